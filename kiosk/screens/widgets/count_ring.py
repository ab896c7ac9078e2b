"""Seconds that are left: their number, and round it a ring that runs down with them."""

from __future__ import annotations

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv


class CountRing(FloatLayout):
    """`left_s` of `count_s` seconds, `units` wide and high; of 0 units nothing is drawn. `tone`: the ring's colour;
    `count_id`: the number's test_id."""

    left_s = NumericProperty(0)
    count_s = NumericProperty(1)
    units = NumericProperty(260)
    tone = StringProperty("warning")
    count_id = StringProperty("count")

    def left_deg(self, left_s: float, count_s: float) -> float:
        """How far round the ring, from the top; kv calls it with all it depends on."""
        return max(1.0, 360 * min(left_s / max(count_s, 1), 1.0))


load_kv(__file__)
