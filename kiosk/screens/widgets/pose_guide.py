"""Where to look: a ring for the face, an arrow beside it, and a mark for each pose that is taken."""

from __future__ import annotations

from kivy.properties import NumericProperty, OptionProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv

_ARROWS = {"left": "arrow-left", "right": "arrow-right", "up": "arrow-up", "down": "arrow-down", "": ""}
_PLACES = {"left": (0.1, 0.5), "right": (0.9, 0.5), "up": (0.5, 0.88), "down": (0.5, 0.12), "": (0.5, 0.5)}


class PoseGuide(FloatLayout):
    """Lies over the preview. `towards`: where the arrow points, as the person sees it; "" where there is none. `taken`
    of `poses` fill the ring, so that it does not rely on reading."""

    towards = OptionProperty("", options=["", "left", "right", "up", "down"])
    taken = NumericProperty(0)
    poses = NumericProperty(5)

    def arrow(self, towards: str) -> str:
        """The icon's name; kv calls it with all it depends on."""
        return _ARROWS[towards]

    def place(self, towards: str) -> dict[str, float]:
        """Of the arrow's middle, as parts of the guide."""
        x, y = _PLACES[towards]
        return {"center_x": x, "center_y": y}

    def filled_deg(self, taken: float, poses: float) -> float:
        """How far round the ring, from the top."""
        return 360 * min(taken / max(poses, 1), 1.0)


load_kv(__file__)
