"""Text measured and drawn outside of Kivy's Label: the font size at which it fits, and cached textures."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from functools import lru_cache

from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase
from kivy.graphics.texture import Texture

from kiosk.screens.window import FONTS

TEXT_FONT = "Sans"
ICON_FONT = "Icons"
UNKNOWN_ICON = "silverware-fork-knife"
_CACHED_TEXTURES = 600
_ONE_LINE_SHRINK = 0.8
_LATIN_WORD = re.compile(r"[^\s　-鿿＀-￯]+")

LabelBase.register(TEXT_FONT, str(FONTS / "NotoSansSC-Regular.ttf"), fn_bold=str(FONTS / "NotoSansSC-Bold.ttf"))
LabelBase.register(ICON_FONT, str(FONTS / "Icons.ttf"))
_ICONS: dict[str, str] = {
    name: chr(int(code, 16)) for name, code in json.loads((FONTS / "icons.json").read_text()).items()
}


def icon_character(name: str) -> str:
    """The character that draws an icon in ICON_FONT; a plain cutlery for a name that the font does not have."""
    return _ICONS.get(name) or _ICONS[UNKNOWN_ICON]


@lru_cache(maxsize=4096)
def fitting_font_px(text: str, bold: bool, width: int, height: int, largest_px: int, smallest_px: int) -> int:
    """The largest font size of that range at which `text` fits into `width` x `height` pixels, wrapped between
    words only; `smallest_px` if none does. A little smaller on one line is better than large on two."""
    if "\n" not in text:
        one_line = CoreLabel(text=text, font_name=TEXT_FONT, font_size=largest_px, bold=bold).get_extents(text)
        for font_px in range(largest_px, max(smallest_px, round(largest_px * _ONE_LINE_SHRINK)) - 1, -1):
            if one_line[0] * font_px <= (width - 2) * largest_px and one_line[1] * font_px <= height * largest_px:
                return font_px
    for font_px in range(largest_px, smallest_px, -1):
        if fits(text, bold, width, height, font_px):
            return font_px
    return smallest_px


def fits(text: str, bold: bool, width: int, height: int, font_px: int) -> bool:
    """Whether the whole text is seen in that box, no word broken (Chinese breaks anywhere)."""
    label = CoreLabel(text=text, font_name=TEXT_FONT, font_size=font_px, bold=bold, text_size=(width, None))
    if any(label.get_extents(word)[0] > width for word in _LATIN_WORD.findall(text)):
        return False
    return label.render()[1] <= height


class TextTextures:
    """Textures of white text to be tinted, the least recently used thrown away."""

    def __init__(self) -> None:
        self._textures: OrderedDict[tuple[object, ...], Texture] = OrderedDict()

    def get(
        self, text: str, font_px: int, *, bold: bool = False, font: str = TEXT_FONT, width: int | None = None
    ) -> Texture:
        """A texture of the text, wrapped and cut to `width` if given; its size is the text's size in pixels."""
        key = (text, font_px, bold, font, width)
        texture = self._textures.get(key)
        if texture is None:
            texture = self._textures[key] = _draw(text, font_px, bold, font, width)
            if len(self._textures) > _CACHED_TEXTURES:
                self._textures.popitem(last=False)
        else:
            self._textures.move_to_end(key)
        return texture


def _draw(text: str, font_px: int, bold: bool, font: str, width: int | None) -> Texture:
    label = CoreLabel(text=text, font_name=font, font_size=font_px, bold=bold, color=(1, 1, 1, 1))
    if width is not None:
        label.options["text_size"] = label.text_size = (width, None)
    label.refresh()
    texture = label.texture
    texture.mag_filter = texture.min_filter = "nearest"  # drawn on whole pixels at its own size; cheaper without GPU
    return texture
