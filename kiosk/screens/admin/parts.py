"""What the sections' screens are made of."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.properties import ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.widgets.push_button import PushButton
from kiosk.screens.widgets.sheet import Sheet


class AdminRow(Pressable, BoxLayout):
    """A row as wide as the screen: an icon, a text with a line under it, and at the right a value in its tone. Touched
    all over; one that is `disabled` only shows something."""

    icon = StringProperty("")
    text = StringProperty("")
    detail = StringProperty("")
    value = StringProperty("")
    tone = StringProperty("ink")


class ReasonKey(PushButton):
    """One of the reasons of a ConfirmSheet."""


class ConfirmSheet(Sheet):
    """Says what is about to be done, and asks once. `reasons`: (key, words) pairs, one of which is touched to do it;
    none: the one button `confirm_text` does it, with the key "". Dispatches `on_confirm` with the key, `on_dismiss` for
    what is not to be done."""

    title = StringProperty("")
    detail = StringProperty("")
    confirm_text = StringProperty("")
    cancel_text = StringProperty("")
    reasons = ListProperty()

    __events__ = ("on_confirm",)

    def on_confirm(self, reason: str) -> None:
        """Bound by the owner."""

    def on_reasons(self, _sheet: ConfirmSheet, reasons: Sequence[tuple[str, str]]) -> None:
        keys = self.ids.reasons
        keys.clear_widgets()
        for reason, words in reasons:
            key = ReasonKey(test_id=f"reason-{reason}", text=words)
            key.fbind("on_release", self._confirm, reason)
            keys.add_widget(key)

    def _confirm(self, reason: str, _key: ReasonKey) -> None:
        self.dispatch("on_confirm", reason)


load_kv(__file__)
