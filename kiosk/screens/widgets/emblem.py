"""The sign of an outcome: each kind has its own shape, icon and colour, so that none is told by colour alone."""

from __future__ import annotations

from kivy.properties import NumericProperty, OptionProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.theme import Look, Rgba


class Emblem(FloatLayout):
    """`shape`: a disc (done), a ticket (something is left to do), an octagon (stopped), a diamond (wait and see).
    `tone` is the name of its fill, `icon_tone` that of what stands on it, `ground_tone` that of what it stands on;
    `units` its width and height."""

    shape = OptionProperty("disc", options=["disc", "ticket", "octagon", "diamond"])
    icon = StringProperty("check-bold")
    tone = StringProperty("positive")
    icon_tone = StringProperty("ink_on_accent")
    ground_tone = StringProperty("background")
    units = NumericProperty(220)

    def fill(self, look: Look, tone: str, shape: str, wanted: str) -> Rgba:
        """The colour of the part `wanted`; clear when another shape is shown. kv calls it with all it depends on."""
        return look.tone(tone) if shape == wanted else (0.0, 0.0, 0.0, 0.0)

    def octagon(self, x: float, y: float, side: float) -> list[float]:
        """Its corners as mesh vertices (x, y, u, v), the centre first."""
        near, far = side * 0.293, side * 0.707
        corners = [(near, 0), (far, 0), (side, near), (side, far), (far, side), (near, side), (0, far), (0, near)]
        return _fan(x, y, side, corners)

    def diamond(self, x: float, y: float, side: float) -> list[float]:
        """The same for a square on its corner."""
        half = side / 2
        return _fan(x, y, side, [(half, 0), (side, half), (half, side), (0, half)])


def _fan(x: float, y: float, side: float, corners: list[tuple[float, float]]) -> list[float]:
    points = [(side / 2, side / 2), *corners, corners[0]]
    return [value for px, py in points for value in (x + px, y + py, 0, 0)]


load_kv(__file__)
