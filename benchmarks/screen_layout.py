"""Where on the menu screen the finger goes and the eye looks: the terminal and the page have the same layout."""

from __future__ import annotations

from benchmarks.virtual_screen import Box
from kiosk.screens.cards import card_metrics, columns_for
from kiosk.screens.theme import Look

_HEADER_UNITS, _FILTERS_UNITS, _RAIL_UNITS, _CART_BAR_UNITS, _CART_COLUMN_UNITS = 144, 114, 176, 184, 470
_LIST_TOP_UNITS = _HEADER_UNITS + _FILTERS_UNITS
_TITLE_UNITS = 88
_PLUS_CENTRE_UNITS = 10 + 14 + 36  # margin, inset, half the button: from the cell's corner


class MenuLayout:
    """Pixels of a window of that size."""

    def __init__(self, width: int, height: int) -> None:
        self._look = look = Look(width, height)
        self._width, self._height = width, height
        list_width = width - look.u(_RAIL_UNITS) - (look.u(_CART_COLUMN_UNITS) if look.lying else 0)
        self._metrics = card_metrics(look, list_width)
        list_bottom = height - (0 if look.lying else look.u(_CART_BAR_UNITS))
        rows = (list_bottom - look.u(_LIST_TOP_UNITS + _TITLE_UNITS)) // self._metrics.cell_height
        self.cells = [(row, column) for row in range(rows) for column in range(columns_for(look))]

    def plus(self, row: int, column: int) -> tuple[int, int]:
        """The middle of that card's plus."""
        _, _, right, bottom = self.card(row, column)
        inset = self._look.u(_PLUS_CENTRE_UNITS)
        return right - inset, bottom - inset

    def picture(self, row: int, column: int) -> tuple[int, int]:
        """A point on that card's picture."""
        left, top, right, bottom = self.card(row, column)
        return (left + right) // 2, top + (bottom - top) // 3

    def card(self, row: int, column: int) -> Box:
        look, metrics = self._look, self._metrics
        left = look.u(_RAIL_UNITS) + column * metrics.cell_width
        top = look.u(_LIST_TOP_UNITS + _TITLE_UNITS) + row * metrics.cell_height
        return left, top, left + metrics.cell_width, top + metrics.cell_height

    @property
    def cart(self) -> Box:
        """Where the cart is shown."""
        if self._look.lying:
            return self._width - self._look.u(_CART_COLUMN_UNITS - 10), 0, self._width, self._height
        return 0, self._height - self._look.u(_CART_BAR_UNITS - 10), self._width // 2, self._height

    @property
    def sheet(self) -> Box:
        """A part of what the sheet of a dish covers."""
        return self._width // 2, self._height // 4, self._width * 3 // 4, self._height * 3 // 4

    @property
    def beside_sheet(self) -> tuple[int, int]:
        """A touch here closes the sheet."""
        look = self._look
        return (look.u(300), look.u(600)) if look.lying else (look.u(300), look.u(60))

    @property
    def list_strip(self) -> Box:
        """A low strip across the list, for counting frames: too low to be seen half drawn for long."""
        look = self._look
        left, middle = look.u(_RAIL_UNITS), self._height // 2
        right = self._width - (look.u(_CART_COLUMN_UNITS) if look.lying else 0)
        return left, middle, right, middle + 32
