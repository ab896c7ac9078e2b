"""A reason that none of the keys says, typed on letters and digits: for a bill's number, or a word in pinyin."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.admin_flow.own_reason import OwnReasonEvent, ReasonErased, ReasonTyped
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE
from kiosk.screens.widgets.panel import Panel

_SPACE = "_"
_KEYS = (*"1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ", _SPACE, ERASE)


class OwnReasonPanel(Panel):
    """What was `typed` so far, or the `hint`, over the keys; they can be touched while `typing`. Dispatches
    `on_key_typed` with the flow's event."""

    typed = StringProperty("")
    hint = StringProperty("")
    typing = BooleanProperty(defaultvalue=False)

    __events__ = ("on_key_typed",)

    def on_kv_post(self, _base_widget: object) -> None:
        self.ids.pad.keys = list(_KEYS)

    def on_key_typed(self, event: OwnReasonEvent) -> None:
        """Bound by the owner."""

    def press(self, key: str) -> None:
        self.dispatch("on_key_typed", ReasonErased() if key == ERASE else ReasonTyped(" " if key == _SPACE else key))


load_kv(__file__)
