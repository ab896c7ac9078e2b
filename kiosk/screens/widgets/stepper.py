"""How many: − n +."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv


class Stepper(BoxLayout):
    """Shows `value`; a touch on − or + dispatches `on_step` with the value that is wanted. The owner sets `value`.
    At `lowest` and `highest` the button is disabled; at a value whose next lower is 0 it shows a bin, if at 0 it
    `removes` what it counts."""

    value = NumericProperty(1)
    lowest = NumericProperty(1)
    highest = NumericProperty(20)
    removes = BooleanProperty(defaultvalue=True)
    test_id = StringProperty("")

    __events__ = ("on_step",)

    def on_step(self, wanted: int) -> None:
        """Bound by the owner."""

    def step(self, by: int) -> None:
        """A button was touched."""
        wanted = int(self.value) + by
        if self.lowest <= wanted <= self.highest:
            self.dispatch("on_step", wanted)


load_kv(__file__)
