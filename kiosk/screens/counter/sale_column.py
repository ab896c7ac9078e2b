"""The sale as it is put together: line by line, the total, and how it is paid."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.counter.words import SaleLine
from kiosk.screens.kv import load_kv

_LAID_OUT_WITHIN_S = 0.3


class SaleRow(BoxLayout):
    """One line, with a button that takes one of it away. `stacked`: the sum stands under a long name."""

    stacked = BooleanProperty(defaultvalue=False)
    name = StringProperty("")
    detail = StringProperty("")
    total = StringProperty("")
    number = NumericProperty(0)

    __events__ = ("on_less",)

    def on_less(self) -> None:
        """Bound by the owner."""


class SaleColumn(BoxLayout):
    """Dispatches `on_less` with the number of a line, `on_clear`, `on_bring_back`, `on_mode`, `on_cash`, `on_charge`.
    `payable`: there is something to pay. `cleared`: there is nothing, but what there was can be brought back."""

    title = StringProperty("")
    hint = StringProperty("")
    total_label = StringProperty("")
    total = StringProperty("")
    charge_text = StringProperty("")
    cash_text = StringProperty("")
    mode_text = StringProperty("")
    take_away = BooleanProperty(defaultvalue=False)
    payable = BooleanProperty(defaultvalue=False)
    cleared = BooleanProperty(defaultvalue=False)

    __events__ = ("on_less", "on_clear", "on_bring_back", "on_mode", "on_cash", "on_charge")

    def on_kv_post(self, _base_widget: object) -> None:
        # A line was added: its place is known only when it has been laid out.
        self._laid_out = Clock.create_trigger(lambda _dt: None, _LAID_OUT_WITHIN_S)
        self.ids.lines.fbind("height", self._on_height)

    def on_less(self, number: int) -> None:
        """Bound by the owner."""

    def on_clear(self) -> None:
        """Bound by the owner."""

    def on_bring_back(self) -> None:
        """Bound by the owner."""

    def on_mode(self) -> None:
        """Bound by the owner."""

    def on_cash(self) -> None:
        """Bound by the owner."""

    def on_charge(self) -> None:
        """Bound by the owner."""

    def show_lines(self, lines: Sequence[SaleLine]) -> None:
        """In this order; a new last one comes into sight."""
        column = self.ids.lines
        more = len(lines) > len(column.children)
        while len(column.children) > len(lines):
            column.remove_widget(column.children[0])
        while len(column.children) < len(lines):
            row = SaleRow(number=len(column.children))
            row.bind(on_less=lambda row: self.dispatch("on_less", int(row.number)))
            column.add_widget(row)
        for row, line in zip(reversed(column.children), lines, strict=True):
            row.name, row.detail, row.total = line.name, line.detail, line.total
        if more:
            self._laid_out()

    def _on_height(self, *_: object) -> None:
        if self._laid_out.is_triggered:
            self.ids.area.scroll_to(self.ids.area.furthest_px)


load_kv(__file__)
