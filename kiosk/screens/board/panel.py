"""Numbers in a grid, large enough to be read from eight metres: on a 43 inch display 40 mm high, those that are ready
44 mm."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.board_flow.paging import Turn, turn_of
from kiosk.screens.board_flow.state import ShownNumber
from kiosk.screens.kv import load_kv
from kiosk.screens.theme import Look, Rgba

_CELL_UNITS = {"preparing": (320, 190), "ready": (380, 270)}


class NumberCell(FloatLayout):
    """One number. `is_new`: became ready a moment ago, told by ground, frame, bell and word."""

    number = StringProperty("")
    is_new = BooleanProperty(defaultvalue=False)
    new_text = StringProperty("")
    kind = OptionProperty("preparing", options=list(_CELL_UNITS))

    def ground(self, look: Look, kind: str, is_new: bool) -> Rgba:
        """kv calls it with everything it depends on."""
        return look.color.surface if is_new and kind == "ready" else (0.0, 0.0, 0.0, 0.0)

    def tone(self, kind: str, is_new: bool) -> str:
        """The number's colour."""
        if kind == "preparing":
            return "ink"
        return "positive" if is_new else "ink_on_accent"


class NumberPanel(BoxLayout):
    """`title` over the numbers; `nothing` where there are none. More than there is room for take turns, and `turn`
    says so: "2/3"."""

    kind = OptionProperty("preparing", options=list(_CELL_UNITS))
    title = StringProperty("")
    nothing = StringProperty("")
    new_text = StringProperty("")
    turn = StringProperty("")
    count = NumericProperty(0)
    test_id = StringProperty("")
    _numbers: Sequence[ShownNumber] = ()
    _now_s = 0.0

    def ground(self, look: Look, kind: str) -> Rgba:
        """kv calls it with everything it depends on."""
        return look.color.positive if kind == "ready" else look.color.surface

    def tone(self, kind: str) -> str:
        """Of the title."""
        return "ink_on_accent" if kind == "ready" else "ink"

    def on_kv_post(self, _base_widget: object) -> None:
        self.ids.grid.bind(size=lambda *_: self.show(self._numbers, self._now_s))

    def show(self, numbers: Sequence[ShownNumber], now_s: float) -> None:
        self._numbers, self._now_s = numbers, now_s
        columns, rows = self._places()
        turn = turn_of(numbers, columns * rows, now_s)
        self.turn = f"{turn.page}/{turn.pages}" if turn.pages > 1 else ""
        self.count = len(numbers)
        self._fill(turn, columns)

    def _places(self) -> tuple[int, int]:
        grid, look = self.ids.grid, self._look()
        width, height = _CELL_UNITS[self.kind]
        return max(1, int(grid.width // look.u(width))), max(1, int(grid.height // look.u(height)))

    def _look(self) -> Look:
        from kivy.app import App

        look: Look = App.get_running_app().look
        return look

    def _fill(self, turn: Turn, columns: int) -> None:
        """Cells are kept from one picture to the next."""
        grid, look = self.ids.grid, self._look()
        grid.cols = columns
        grid.row_default_height = look.u(_CELL_UNITS[self.kind][1])
        while len(grid.children) > len(turn.numbers):
            grid.remove_widget(grid.children[0])
        while len(grid.children) < len(turn.numbers):
            grid.add_widget(NumberCell(kind=self.kind))
        for cell, shown in zip(reversed(grid.children), turn.numbers, strict=True):
            cell.number, cell.is_new, cell.new_text = shown.number, shown.is_new, self.new_text


load_kv(__file__)
