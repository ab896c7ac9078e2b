"""Characters drawn into a printer's cells: for printers without a Chinese font, and for pictures of printed paper."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL_DOTS = 12
"""Width of one column; a wide character takes two, and both are 24 high."""
HEIGHT_DOTS = 24

FONT_FOLDER = Path(__file__).resolve().parents[3] / "assets" / "fonts"
_FILES = {False: "NotoSansSC-Regular.ttf", True: "NotoSansSC-Bold.ttf"}
_EM_SHARE = 0.9  # of the cell's height: leaves the hairline between characters that a printer's own font has
_BASELINE_SHARE = 0.785  # from the top: room for an ideograph's square above, for the tail of a g below
_CACHED_GLYPHS = 2048


def cells(char: str) -> int:
    return 1 if char.isascii() else 2


@lru_cache(maxsize=_CACHED_GLYPHS)
def glyph(char: str, scale_x: int, scale_y: int, *, bold: bool) -> Image.Image:
    """A mask ("L", 255 is ink) of the character's cell: 12 or 24 dots wide times `scale_x`, 24 high times `scale_y`.
    What is too wide for its cell is narrowed, as in a printer's font."""
    width, height = cells(char) * CELL_DOTS * scale_x, HEIGHT_DOTS * scale_y
    font = _font(round(height * _EM_SHARE), bold=bold)
    natural = max(round(font.getlength(char)), 1)
    natural_cell = cells(char) * CELL_DOTS * scale_y
    mask = Image.new("L", (max(natural, natural_cell), height), 0)
    origin = (mask.width - natural) / 2, height * _BASELINE_SHARE
    ImageDraw.Draw(mask).text(origin, char, fill=255, font=font, anchor="ls")
    return mask if mask.width == width else mask.resize((width, height), Image.Resampling.LANCZOS)


@lru_cache(maxsize=8)
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_FOLDER / _FILES[bold], size, layout_engine=ImageFont.Layout.BASIC)
