"""What the grid of dishes shows, and where: pure values and arithmetic, no Kivy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.screens.flow.state import TextSize
from kiosk.screens.pictures import Picture
from kiosk.screens.theme import Look

CARD_MARGIN_UNITS = 10  # around each card: the shadow falls there
CARD_RADIUS_UNITS = 24
_PICTURE_RATIO = 0.68
_PAD_UNITS = 18
_LARGEST_GROWTH = 1.3


class Standing(StrEnum):
    """Whether it can be had."""

    AVAILABLE = "available"
    SOLD_OUT = "sold_out"
    BLOCKED = "blocked"  # does not suit the person
    NOT_NOW = "not_now"


@dataclass(frozen=True, slots=True)
class Card:
    """One dish or combo, in words. `spice_icon` and `marks` are names of icons; `note` says why it cannot be had;
    `count` is how many are in the cart. `opens` rather than adds: a combo. `unit`: what the price is for, where that is
    not a portion."""

    key: str
    name: str
    price: str
    art: str
    spice_icon: str = ""
    marks: tuple[str, ...] = ()
    count: int = 0
    standing: Standing = Standing.AVAILABLE
    note: str = ""
    opens: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A category's cards under its title."""

    key: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class CardMetrics:
    """Pixels. A cell is a card with its margin; the rest is measured inside the card."""

    cell_width: int
    cell_height: int
    margin: int
    pad: int
    picture_height: int
    name_height: int
    marks_height: int
    price_height: int
    columns: int

    @property
    def card_width(self) -> int:
        return self.cell_width - 2 * self.margin

    @property
    def card_height(self) -> int:
        return self.cell_height - 2 * self.margin


def rail_width(look: Look) -> int:
    """Pixels of the categories beside the grid."""
    return look.u(176 if look.growth() < _LARGEST_GROWTH else 196)


def cart_column_width(look: Look) -> int:
    """Pixels of the cart beside the grid; only a lying screen has it."""
    if not look.lying:
        return 0
    return look.u(470 if look.growth() < _LARGEST_GROWTH else 540)


def columns_for(look: Look) -> int:
    """How many cards stand side by side."""
    many = 4 if look.lying else 3
    return many - 1 if look.view.text_size is TextSize.LARGEST else many


def card_metrics(look: Look, width: int, columns: int = 0) -> CardMetrics:
    """Measures of the cards of a grid of that width. `columns` 0: as many as the menu has."""
    columns = columns or columns_for(look)
    cell_width = width // columns
    margin, pad = look.u(CARD_MARGIN_UNITS), look.u(_PAD_UNITS)
    picture_height = round((cell_width - 2 * margin) * _PICTURE_RATIO)
    # English names are longer: two lines; Chinese ones fit on one, or on two of a smaller size.
    name_height = look.line("body", 2) if look.view.language == "en" else round(look.line("label") * 1.2)
    marks_height, price_height = look.u(34), look.line("title")
    height = picture_height + name_height + marks_height + price_height + round(pad * 1.7)
    return CardMetrics(
        cell_width, height + 2 * margin, margin, pad, picture_height, name_height, marks_height, price_height, columns
    )


def card_picture(card: Card, look: Look, metrics: CardMetrics) -> Picture:
    """The picture that the card shows."""
    inset = round(look.outline)
    red, green, blue = (round(channel * 255) for channel in look.color.background[:3])
    width, height = metrics.card_width - 2 * inset, metrics.picture_height - inset
    return Picture(card.art, width, height, look.u(CARD_RADIUS_UNITS) - inset, (red, green, blue))


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a card stands: pixels from the left and from the top of the content."""

    section: int
    index: int
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class GridPlan:
    """Where everything stands. `section_tops` are the tops of the titles."""

    height: int
    section_tops: tuple[int, ...]
    title_height: int
    cells: tuple[Cell, ...]
    cell_height: int

    def visible(self, top: float, bottom: float) -> Sequence[Cell]:
        """The cells of which something is seen between `top` and `bottom`, in pixels from the content's top."""
        return [cell for cell in self.cells if cell.top < bottom and cell.top + self.cell_height > top]

    def section_at(self, top: float) -> int:
        """The section that a reader is in when the content is scrolled to `top`."""
        return max((i for i, y in enumerate(self.section_tops) if y <= top), default=0)


def plan_grid(sections: Sequence[Section], look: Look, metrics: CardMetrics, width: int) -> GridPlan:
    """Cards in rows under their titles; a section without a title has none of its height."""
    columns = metrics.columns
    left_edge = (width - columns * metrics.cell_width) // 2
    title_height = look.line("title") + look.u(26)
    y = look.u(6)
    tops, cells = [], []
    for number, section in enumerate(sections):
        tops.append(y)
        y += title_height if section.title else 0
        for index in range(len(section.cards)):
            row, column = divmod(index, columns)
            left = left_edge + column * metrics.cell_width
            cells.append(Cell(number, index, left, y + row * metrics.cell_height))
        y += -(-len(section.cards) // columns) * metrics.cell_height
    return GridPlan(y + look.u(20), tuple(tops), title_height, tuple(cells), metrics.cell_height)
