"""Where a line of Chinese ends. Kivy breaks it behind any character; but a mark that closes never begins a line, one
that opens never ends one, and a number or a Latin word stays whole (W3C, Requirements for Chinese Text Layout:
prohibition rules for line start and line end).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from kivy.core.text import Label as CoreLabel

_CLOSING = "，。、；：？！）》〉」』】〕”’％…—·,.;:?!)%"
_OPENING = "（《〈「『【〔“‘("
_CHINESE = "　-鿿＀-￯"
_UNIT = re.compile(rf"\s+|[{re.escape(_OPENING)}]*(?:[^\s{_CHINESE}“”‘’…—]+|[{_CHINESE}])?[{re.escape(_CLOSING)}]*")
_HAS_CHINESE = re.compile(f"[{_CHINESE}]")


@lru_cache(maxsize=512)
def with_line_breaks(text: str, width: int, font: str, font_px: float, *, bold: bool) -> str:
    """The text with a line feed wherever a line of `width` pixels has to end; as it is, if there is no Chinese in it:
    Kivy breaks at spaces by itself."""
    if width <= 0 or not _HAS_CHINESE.search(text):
        return text
    label = CoreLabel(font_name=font, font_size=font_px, bold=bold)

    def is_too_wide(line: str) -> bool:
        """Measured only where it may be: no character is wider than the font is high."""
        return len(line) * font_px > width and bool(label.get_extents(line)[0] > width)

    paragraphs = text.split("\n")
    return "\n".join(line for paragraph in paragraphs for line in _lines(paragraph, is_too_wide))


def _lines(paragraph: str, is_too_wide: Callable[[str], bool]) -> Iterator[str]:
    if not is_too_wide(paragraph):
        yield paragraph
        return
    line = ""
    for unit in filter(None, _UNIT.findall(paragraph)):
        if line and is_too_wide((line + unit).rstrip()):
            yield line.rstrip()
            line = unit.lstrip()
        else:
            line += unit
    yield line
