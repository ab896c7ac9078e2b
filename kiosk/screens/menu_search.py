"""Search: what has been typed, and the keys to type it with: letters for pinyin initials and English."""

from __future__ import annotations

import string
from collections.abc import Callable

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.flow import events as ev
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.screens.widgets.push_button import PushButton

_KEYS_IN_A_ROW, _KEYS_IN_A_ROW_LYING = 8, 10

Dispatch = Callable[[ev.FlowEvent], None]


class SearchField(BoxLayout):
    """What is searched for and how many were found."""

    typed = StringProperty("")
    hint = StringProperty("")
    found = StringProperty("")

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        super().__init__()

    def show(self, typed: str, found: int, texts: Texts) -> None:
        self.typed = typed.upper()
        self.hint = self.hint_words(texts)
        self.found = texts.ngettext("{n} dish found", "{n} dishes found", found).format(n=found) if typed else ""

    def hint_words(self, texts: Texts) -> str:
        """What can be typed."""
        return texts.gettext("Type pinyin initials or English")

    def close(self) -> None:
        self._dispatch(ev.SearchChanged(None))


class KeyRow(BoxLayout):
    """Keys beside one another."""


class Keyboard(BoxLayout):
    """Letters in the order of the alphabet, which everybody finds, or other `characters`; in the last row the rest, and
    the way back."""

    def __init__(self, dispatch: Dispatch, columns: int, characters: str = string.ascii_uppercase) -> None:
        super().__init__()
        self._dispatch = dispatch
        self._typed = ""
        rest = len(characters) % columns
        keys = [self._key(f"key-{letter}", self._on_letter, letter, text=letter) for letter in characters]
        keys.append(self._key("key-back", self._on_back, icon="backspace-outline"))
        keys.append(self._key("key-clear", self._on_clear, icon="close"))
        weight = columns - rest - 2
        self._has_words = weight > 1  # a key like the others has no room for them
        self._done = self._key("search-done", self._on_done, icon="" if self._has_words else "check", weight=weight)
        keys.append(self._done)
        for start in range(0, len(keys) - rest - 3, columns):
            self._add_row(keys[start : start + columns])
        self._add_row(keys[-rest - 3 :])

    def _key(
        self, test_id: str, act: Callable[..., None], *arguments: str, text: str = "", icon: str = "", weight: int = 1
    ) -> PushButton:
        key = PushButton(text=text, icon=icon, test_id=test_id, role="title", size_hint_y=1, size_hint_x=weight)
        key.fbind("on_release", act, *arguments)
        return key

    def _add_row(self, keys: list[PushButton]) -> None:
        row = KeyRow()
        for key in keys:
            row.add_widget(key)
        self.add_widget(row)

    def show(self, typed: str, texts: Texts) -> None:
        self._typed = typed
        if self._has_words:
            self._done.text = texts.gettext("All dishes")

    def _on_letter(self, letter: str, _key: PushButton) -> None:
        self._dispatch(ev.SearchChanged(self._typed + letter.lower()))

    def _on_back(self, _key: PushButton) -> None:
        self._dispatch(ev.SearchChanged(self._typed[:-1]))

    def _on_clear(self, _key: PushButton) -> None:
        self._dispatch(ev.SearchChanged(""))

    def _on_done(self, _key: PushButton) -> None:
        self._dispatch(ev.SearchChanged(None))


class SearchRows:
    """The field above the dishes and the keys below them."""

    def __init__(self, dispatch: Dispatch, look: Look) -> None:
        self.field = SearchField(dispatch)
        self.keyboard = Keyboard(dispatch, _KEYS_IN_A_ROW_LYING if look.lying else _KEYS_IN_A_ROW)

    def show(self, typed: str, found: int, texts: Texts) -> None:
        self.field.show(typed, found, texts)
        self.keyboard.show(typed, texts)


load_kv(__file__)
