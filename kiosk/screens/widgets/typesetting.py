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
_CACHED_TEXTURES = 100
_ONE_LINE_SHRINK = 0.79
_LINE_HEIGHT = 1.45  # of the fonts, in font sizes
_STEPS = (1, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62, 0.56)
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
def fitting_font_px(text: str, width: int, height: int, largest_px: int, smallest_px: int, *, bold: bool) -> int:
    """The largest font size of a few steps down from `largest_px` at which `text` fits into `width` x `height`
    pixels, wrapped between words only; `smallest_px` if none does. Where there are no spaces to break at, a little
    smaller on one line is better than large on two."""
    sizes = [round(largest_px * step) for step in _STEPS]
    sizes = [*[size for size in sizes if size > smallest_px], smallest_px]
    if " " not in text and "\n" not in text:
        one_line = text_width(text, largest_px, bold=bold)
        for font_px in sizes:
            if font_px < largest_px * _ONE_LINE_SHRINK:
                break
            narrow = one_line * font_px <= (width - 2) * largest_px
            if narrow and font_px * _LINE_HEIGHT + 1 <= height:
                return font_px
    for font_px in sizes:
        # Measured at one size in a box that grows instead: a font is opened anew for every size it is asked for.
        scale = largest_px / font_px
        roomy = fits(text, round(width * scale), round(height * scale), largest_px, bold=bold)
        if roomy and (font_px == largest_px or fits(text, width, height, font_px, bold=bold)):
            return font_px
    return smallest_px


def text_width(text: str, font_px: int, *, bold: bool) -> int:
    """Pixels of the text on one line."""
    label = CoreLabel(text=text, font_name=TEXT_FONT, font_size=font_px, bold=bold)
    width: int = label.get_extents(text)[0]
    return width


def fits(text: str, width: int, height: int, font_px: int, *, bold: bool) -> bool:
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
