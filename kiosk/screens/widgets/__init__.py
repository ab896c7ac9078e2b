"""The few widgets that all screens share. None of them knows the flow; sizes and colours come from `app.look`.

Importing the package makes every one of them known to kv files by its name.
"""

from kiosk.screens.widgets.cached_box import CachedBox
from kiosk.screens.widgets.chip import Chip
from kiosk.screens.widgets.count_ring import CountRing
from kiosk.screens.widgets.labels import FitText, Glyph, TextBlock
from kiosk.screens.widgets.mini_card import MiniCard
from kiosk.screens.widgets.picture_box import PictureBox
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.widgets.push_button import IconButton, PushButton
from kiosk.screens.widgets.scroll_area import ScrollArea
from kiosk.screens.widgets.sheet import Sheet, SheetPanel
from kiosk.screens.widgets.status_strip import StatusStrip
from kiosk.screens.widgets.stepper import Stepper
from kiosk.screens.widgets.toast import Toast

__all__ = [
    "CachedBox",
    "Chip",
    "CountRing",
    "FitText",
    "Glyph",
    "IconButton",
    "MiniCard",
    "PictureBox",
    "Pressable",
    "PushButton",
    "ScrollArea",
    "Sheet",
    "SheetPanel",
    "StatusStrip",
    "Stepper",
    "TextBlock",
    "Toast",
]
