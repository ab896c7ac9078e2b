"""Text in the printer's cells: an ASCII character takes one column, any other two, as printers with a Chinese font
print them."""

from __future__ import annotations

import re
import unicodedata

_OPENING = "（《「『【〔“￥×"
_CLOSING = "，。、；：！？）》」』】〕”…％%,.;:!?)"
_UNIT = re.compile(rf"[{_OPENING}]*(?:[!-~]+|[^ !-~])[{re.escape(_CLOSING)}]*| +")
"""What a line break must not tear: a word, or one wide character with the punctuation that belongs to it."""

_REPLACED = str.maketrans({"¥": "￥", "‘": "'", "’": "'", "–": "-", "\u00a0": " "})
_NO_GLYPH = "□"
_TWO_BYTES = 2


def printable(text: str) -> str:
    """The text in characters every GB18030 printer has, on one line.

    Control characters become spaces (a name must never be a command), Latin letters lose their accents, and what has no
    two-byte code and is no Chinese character becomes □.
    """
    return "".join(_printable_char(char) for char in text.translate(_REPLACED))


def width(text: str) -> int:
    """Columns of a printable text at normal size."""
    return sum(1 if char.isascii() else 2 for char in text)


def wrap(text: str, columns: int) -> list[str]:
    """Printable text broken into lines of at most `columns`; breaks at spaces and between Chinese characters, keeps
    punctuation with its word, and tears only what is longer than a line. At least one line."""
    lines: list[str] = []
    line = ""
    for unit in _UNIT.findall(text):
        if width(line + unit) <= columns or unit.isspace():
            line += unit
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = unit
        while width(line) > columns:
            head = _head(line, columns)
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _head(text: str, columns: int) -> str:
    """As much of the beginning as fits."""
    used = 0
    for i, char in enumerate(text):
        used += width(char)
        if used > columns:
            return text[:i]
    return text


def _printable_char(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() else " "
    category = unicodedata.category(char)
    if category[0] in "CMZ":  # control and format, combining marks, separators
        return " " if category[0] == "Z" else ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    if plain.isascii() and plain.isalpha() and not _is_wide(char):
        return plain
    try:
        code = char.encode("gb18030")
    except UnicodeEncodeError:
        return _NO_GLYPH
    return char if len(code) == _TWO_BYTES or _is_ideograph(char) else _NO_GLYPH


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _is_ideograph(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK UNIFIED IDEOGRAPH")
