"""Where the tickets stand: in columns from the left, from top to bottom, the oldest first. Pure, in rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from kiosk.domain.kitchen import TicketLine
from kiosk.screens.kitchen_flow.state import State
from kiosk.services.kitchen_events import HeardTicket

CARD_ROWS = 6
"""What number, age, button and the gap to the next one take, in rows."""
_FIRST_WIDE = 0x2E80  # from here on (CJK) characters are as wide as high
_NARROW = 0.56  # of the height: what a Latin character takes in bold


@dataclass(frozen=True, slots=True)
class Room:
    """`columns` of `rows` rows of text, each `ems` wide: so many characters that are as wide as high."""

    columns: int
    rows: int
    ems: float


@dataclass(frozen=True, slots=True)
class Row:
    """A dish with its quantity, or with `is_note` what is special about it; so many rows `high`."""

    text: str
    is_note: bool = False
    high: int = 1


@dataclass(frozen=True, slots=True)
class CardPart:
    """A ticket, or a part of one that is longer than a column: `part` of `parts`, from 1. Only the last has the
    button."""

    heard: HeardTicket
    rows: tuple[Row, ...]
    part: int = 1
    parts: int = 1

    @property
    def high(self) -> int:
        return CARD_ROWS + sum(row.high for row in self.rows)


Column = tuple[CardPart, ...]
Page = tuple[Column, ...]


def arrange(state: State, room: Room, without: str) -> tuple[Page, ...]:
    """Pages of columns; one page at least. A short ticket may stand under an older one where there is room.
    `without`: how what is left out is said ("Without {option}")."""
    pages: list[list[list[CardPart]]] = [[]]
    for heard in state.to_make:
        first = 0  # the parts of a ticket follow each other
        for part in _parts(heard, room, state.view.language, without):
            page = pages[-1]
            free = range(first, len(page)) if part.parts == 1 else ()
            column = next((i for i in free if sum(c.high for c in page[i]) + part.high <= room.rows), None)
            if column is None and len(page) == room.columns:
                page, first = [], 0
                pages.append(page)
            if column is None:
                page.append([])
                column = len(page) - 1
            page[column].append(part)
            first = column
    return tuple(tuple(tuple(column) for column in page) for page in pages)


def page_shown(state: State, pages: Sequence[Page]) -> int:
    """The chosen page, or the last one when there are fewer by now."""
    return min(state.page, len(pages) - 1)


def rows_high(text: str, ems: float) -> int:
    """How many rows the text takes."""
    return max(1, ceil(sum(1.0 if ord(c) >= _FIRST_WIDE else _NARROW for c in text) / ems))


def _parts(heard: HeardTicket, room: Room, language: str, without: str) -> list[CardPart]:
    cut: list[list[Row]] = [[]]
    for row in _rows(heard.ticket.lines, room, language, without):
        if cut[-1] and sum(each.high for each in cut[-1]) + row.high > room.rows - CARD_ROWS:
            cut.append([])
        cut[-1].append(row)
    return [CardPart(heard, tuple(rows), number, len(cut)) for number, rows in enumerate(cut, start=1)]


def _rows(lines: Sequence[TicketLine], room: Room, language: str, without: str) -> Iterator[Row]:
    for line in lines:
        dish = f"{line.quantity} × {line.name.get(language)}"
        yield Row(dish, high=rows_high(dish, room.ems))
        for note in notes_of(line, language, without):
            yield Row(note, is_note=True, high=rows_high(note, room.ems))


def notes_of(line: TicketLine, language: str, without: str) -> Iterator[str]:
    """As on paper: the options, what is left out, the weight."""
    yield from (f"· {option.get(language)}" for option in line.options)
    yield from (f"· {without.format(option=option.get(language))}" for option in line.without)
    if line.grams is not None:
        yield f"· {line.grams} g"
