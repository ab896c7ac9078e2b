"""Paper as data: what stands on a receipt, slip or kitchen ticket, before any printer's bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PaperKind(StrEnum):
    RECEIPT = "receipt"
    COUNTER_SLIP = "counter_slip"
    KITCHEN_TICKET = "kitchen_ticket"
    REFUND_SLIP = "refund_slip"
    TOP_UP_SLIP = "top_up_slip"
    Z_REPORT = "z_report"
    TEST_PAGE = "test_page"


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"


class TextSize(StrEnum):
    NORMAL = "normal"
    TALL = "tall"  # double height
    BIG = "big"  # double width and height


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph; the printer's driver wraps it to its columns."""

    text: str
    align: Align = Align.LEFT
    size: TextSize = TextSize.NORMAL
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """`left` and `right` on one line, right-aligned; `left` wraps before it meets `right`."""

    left: str
    right: str
    bold: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """At most 300 characters of text, or 970 of those that QR packs tightly (0-9 A-Z space $%*+-./:), centred."""

    text: str


@dataclass(frozen=True, slots=True)
class Feed:
    lines: int = 1


Element = Text | Columns | Rule | QrCode | Feed


@dataclass(frozen=True, slots=True)
class Paper:
    """One job for a printer: printed top to bottom, then cut."""

    elements: tuple[Element, ...]
