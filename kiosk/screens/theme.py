"""Design tokens: colour, type, spacing, motion. Every size on the screens comes from here.

Screens are designed in units: 1080 x 1920 upright, 1920 x 1200 lying. `Look.u` turns units into whole pixels of
the real window. The food is the colour: chrome is quiet and warm, and the accent marks the one next step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kiosk.screens.flow.state import TextSize, View

Rgba = tuple[float, float, float, float]

UPRIGHT_UNITS = (1080, 1920)
LYING_UNITS = (1920, 1200)
TOUCH_UNITS = 110  # 20 mm on a 27 inch screen: nothing to touch is smaller

RADIUS_CARD = 28
RADIUS_BUTTON = 28
RADIUS_SHEET = 48
MARGIN = 32  # screen edge to content
GAP = 16  # between neighbours

# Units of the normal text size. Large sizes grow the small texts fully and the display sizes less.
TYPE_SCALE = {
    "caption": 23,
    "body": 28,
    "label": 32,
    "title": 38,
    "headline": 48,
    "display": 76,
    "banner": 120,
    "number": 220,
}
_GROWTH = {TextSize.NORMAL: 1.0, TextSize.LARGE: 1.18, TextSize.LARGEST: 1.38}
_FULL_GROWTH_UP_TO = 40
_PLAIN_VIEW = View()


def _hex(code: str, alpha: float = 1.0) -> Rgba:
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, alpha


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for. Text colours reach 4.5:1 on the surfaces they are used on (high contrast: 7:1)."""

    background: Rgba
    surface: Rgba
    sunken: Rgba  # quiet buttons, empty fields
    sunken_pressed: Rgba
    line: Rgba
    ink: Rgba
    ink_soft: Rgba
    accent: Rgba  # the one next step
    accent_pressed: Rgba
    accent_soft: Rgba  # what is chosen
    ink_on_accent: Rgba
    accent_ink: Rgba  # accent-coloured text and icons on surfaces
    positive: Rgba
    positive_soft: Rgba
    warning: Rgba
    warning_soft: Rgba
    negative: Rgba
    negative_soft: Rgba
    scrim: Rgba
    outline_units: float  # line around cards and controls


LIGHT = Palette(
    background=_hex("#F7F2EA"),
    surface=_hex("#FFFDFA"),
    sunken=_hex("#F1E9DD"),
    sunken_pressed=_hex("#E3D7C5"),
    line=_hex("#E6DCCD"),
    ink=_hex("#2B2320"),
    ink_soft=_hex("#6F625A"),
    accent=_hex("#C8401A"),
    accent_pressed=_hex("#A33213"),
    accent_soft=_hex("#FBE4D8"),
    ink_on_accent=_hex("#FFFFFF"),
    accent_ink=_hex("#B8380F"),
    positive=_hex("#2C7350"),
    positive_soft=_hex("#E0F0E6"),
    warning=_hex("#8A5A00"),
    warning_soft=_hex("#FBEFCF"),
    negative=_hex("#A4262C"),
    negative_soft=_hex("#FBE3E2"),
    scrim=_hex("#2B1F18", 0.56),
    outline_units=0,
)

HIGH_CONTRAST = Palette(
    background=_hex("#FFFFFF"),
    surface=_hex("#FFFFFF"),
    sunken=_hex("#FFFFFF"),
    sunken_pressed=_hex("#D9D9D9"),
    line=_hex("#000000"),
    ink=_hex("#000000"),
    ink_soft=_hex("#222222"),
    accent=_hex("#8F2200"),
    accent_pressed=_hex("#5C1600"),
    accent_soft=_hex("#FFE9C9"),
    ink_on_accent=_hex("#FFFFFF"),
    accent_ink=_hex("#8F2200"),
    positive=_hex("#00502D"),
    positive_soft=_hex("#FFFFFF"),
    warning=_hex("#5C3B00"),
    warning_soft=_hex("#FFFFFF"),
    negative=_hex("#8B0000"),
    negative_soft=_hex("#FFFFFF"),
    scrim=_hex("#000000", 0.7),
    outline_units=4,
)


@dataclass(frozen=True)
class Look:
    """How everything is drawn at this moment: the window's size in pixels and the customer's view."""

    width: int = UPRIGHT_UNITS[0]
    height: int = UPRIGHT_UNITS[1]
    view: View = _PLAIN_VIEW
    reduce_motion: bool = False

    @cached_property
    def lying(self) -> bool:
        """Wider than high: the cart stands at the side."""
        return self.width > self.height

    @cached_property
    def scale(self) -> float:
        """Pixels of one unit."""
        units = LYING_UNITS if self.lying else UPRIGHT_UNITS
        return min(self.width / units[0], self.height / units[1])

    @cached_property
    def color(self) -> Palette:
        return HIGH_CONTRAST if self.view.high_contrast else LIGHT

    @property
    def low(self) -> bool:
        """Everything to act on within reach of somebody who sits. Only an upright screen has a far end."""
        return self.view.low_layout and not self.lying

    @property
    def outline(self) -> float:
        """Width in pixels of the line around cards and controls; 0 draws none."""
        return self.color.outline_units * self.scale

    def u(self, units: float) -> int:
        """Whole pixels for `units`."""
        return round(units * self.scale)

    def font(self, role: str) -> int:
        """Font size in pixels of a role of TYPE_SCALE, at the customer's text size."""
        return self.u(TYPE_SCALE[role] * self.growth(role))

    def growth(self, role: str = "body") -> float:
        """How much larger a text of this role is than at the normal text size."""
        growth = _GROWTH[self.view.text_size]
        return growth if TYPE_SCALE[role] <= _FULL_GROWTH_UP_TO else growth**0.5

    def line(self, role: str, lines: int = 1) -> int:
        """Height in pixels that `lines` lines of text of this role need."""
        return round(self.font(role) * 1.48 * lines)

    def tone(self, name: str) -> Rgba:
        """A palette colour by its name, for kv."""
        color: Rgba = getattr(self.color, name)
        return color
