"""What staff key, above the keys they key it with."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import TILL_KEYS


class Entry(BoxLayout):
    """A number with its name, large, and a till's keys. `empty`: nothing was keyed yet, so the value is quiet.
    `sunken`: it stands on a white ground. `keys`, `columns` and `on_key`: see NumberPad."""

    label = StringProperty("")
    value = StringProperty("")
    empty = BooleanProperty(defaultvalue=True)
    sunken = BooleanProperty(defaultvalue=False)
    keys = ListProperty(list(TILL_KEYS))
    columns = NumericProperty(3)

    __events__ = ("on_key",)

    def on_key(self, key: str) -> None:
        """Bound by the owner."""


load_kv(__file__)
