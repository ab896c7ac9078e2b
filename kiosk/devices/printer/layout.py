"""A Paper set into the printer's columns: lines that fit, still without any printer's bytes."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from kiosk.devices.printer.columns import printable, width, wrap
from kiosk.domain.receipt import Align, Columns, Feed, Paper, QrCode, Rule, Text, TextSize

MIN_LEFT_COLUMNS = 10
"""Narrower than this, `left` gets lines of its own and `right` stands below."""
MAX_QR_CHARACTERS = 300
MAX_TIGHT_CHARACTERS = 970
"""Of those that a QR code packs two in eleven bits (ISO/IEC 18004, alphanumeric mode)."""
_TIGHT = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
MAX_FEED_LINES = 20
# Bytes that versions 1, 2 … hold with error correction M (ISO/IEC 18004, table 7).
_QR_BYTES = (
    14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779, 857, 911,
    997,
)  # fmt: skip
_DOTS_PER_COLUMN = 12
_CLAUSE = re.compile(r"[^，。；！？]*[，。；！？]+|[^，。；！？]+$")


class LayoutError(ValueError):
    """The paper holds something no printer can be asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; `text` is printable and fits."""

    text: str = ""
    align: Align = Align.LEFT
    size: TextSize = TextSize.NORMAL
    bold: bool = False


@dataclass(frozen=True, slots=True)
class QrSymbol:
    """A centred QR code; `module_dots` is the side of one module."""

    text: str
    module_dots: int


PrintedPart = Line | QrSymbol


def lay_out(paper: Paper, columns: int) -> list[PrintedPart]:
    """The paper's lines from top to bottom for so many columns. Raises LayoutError."""
    parts: list[PrintedPart] = []
    for element in paper.elements:
        match element:
            case Text():
                parts += _text(element, columns)
            case Columns():
                parts += _columns(element, columns)
            case Rule():
                parts.append(Line("-" * columns))
            case Feed():
                parts += [Line()] * min(max(element.lines, 0), MAX_FEED_LINES)
            case QrCode():
                parts.append(_qr(element.text, columns))
    return parts


def _text(text: Text, columns: int) -> list[PrintedPart]:
    fitting = columns // 2 if text.size is TextSize.BIG else columns
    breaking = _wrap_balanced if text.align is Align.CENTER else wrap
    return [Line(line, text.align, text.size, text.bold) for line in breaking(printable(text.text), fitting)]


def _wrap_balanced(text: str, columns: int) -> list[str]:
    """In no more lines than needed, broken after punctuation where that will do, else about equally long: no lonely
    word under a centred line."""
    lines = wrap(text, columns)
    clauses = _join_clauses(text, columns)
    if len(clauses) == len(lines) and all(width(clause) <= columns for clause in clauses):
        return clauses
    narrower = columns
    while len(lines) > 1 and narrower > MIN_LEFT_COLUMNS:
        narrower -= 1
        closer = wrap(text, narrower)
        if len(closer) > len(lines) or max(map(width, closer)) > narrower:
            break
        lines = closer
    return lines


def _join_clauses(text: str, columns: int) -> list[str]:
    lines = [""]
    for clause in _CLAUSE.findall(text):
        if width((lines[-1] + clause).rstrip()) > columns:
            lines.append("")
        lines[-1] += clause
    return [line.strip() for line in lines]


def _columns(element: Columns, columns: int) -> list[PrintedPart]:
    indent = min(max(element.indent, 0), columns // 2)
    left, right = printable(element.left), printable(element.right)
    left_columns = columns - indent - (width(right) + 1 if right else 0)
    if left_columns < MIN_LEFT_COLUMNS:
        lefts = [" " * indent + line for line in wrap(left, columns - indent)]
        rights = [" " * (columns - width(line)) + line for line in wrap(right, columns)]
        return [Line(line, bold=element.bold) for line in lefts + rights]
    first, *more = [" " * indent + line for line in wrap(left, left_columns)]
    gap = " " * (columns - width(first) - width(right))
    return [Line(line, bold=element.bold) for line in [first + gap + right, *more]]


def _qr(text: str, columns: int) -> QrSymbol:
    """Modules as large as the paper allows, also where the printer packs every character as a byte."""
    is_tight = _TIGHT.issuperset(text)
    if not 1 <= len(text) <= (MAX_TIGHT_CHARACTERS if is_tight else MAX_QR_CHARACTERS):
        raise LayoutError(
            f"a QR code holds 1 to {MAX_QR_CHARACTERS} characters, or {MAX_TIGHT_CHARACTERS} that it packs tightly"
        )
    size = len(text.encode("utf-8"))
    modules = 21 + 4 * bisect_left(_QR_BYTES, size)
    return QrSymbol(text, min(6 if size <= 60 else 5, columns * _DOTS_PER_COLUMN // modules))
