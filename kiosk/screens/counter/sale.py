"""The counter's main screen: dishes, a till's keys for sums, and the sale beside them."""

from __future__ import annotations

from typing import Any

from kiosk.domain.order import DiningMode
from kiosk.screens.cards import Card
from kiosk.screens.counter.dish_cards import categories, number_of, sections, touched
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter.words import line_words
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.bill import BillLine, bill_lines, due, typed
from kiosk.screens.counter_flow.state import PayMethod, State
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import TextSize
from kiosk.screens.kv import load_kv
from kiosk.screens.menu_rail import CategoryRail
from kiosk.screens.widgets.dish_grid import DishGrid
from kiosk.screens.widgets.number_pad import ERASE

_COLUMNS, _COLUMNS_LARGEST = 3, 2


class CounterSaleScreen(CounterScreen):
    """From the left: categories, dishes, keys, the sale."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines: tuple[BillLine, ...] = ()
        self._keys: tuple[tuple[str, str, str], ...] = ()
        self._undoable: ev.UndoTouched | None = None
        self._rail = CategoryRail(self._choose_category)
        self._grid = DishGrid(test_id="dishes")
        self._grid.bind(on_open=self._on_card, on_add=self._on_card)
        self.ids.dishes.add_widget(self._rail)
        self.ids.dishes.add_widget(self._grid)

    # --- showing ---

    def render(self, state: State) -> None:
        if state.menu is None:
            return
        if self.changed("rail", state.menu):
            self._keys = categories(state.menu, self.texts)
            self._rail.show(self._keys)
        if self.changed("grid", state.menu, state.levels, state.serving_id, state.category_id, state.sale.cart):
            self._grid.columns = _COLUMNS_LARGEST if self.look.view.text_size is TextSize.LARGEST else _COLUMNS
            self._grid.show(sections(state, self.texts), self.look, self.art)
        if self.differs("category", state.category_id):
            self._rail.current = number_of(self._keys, state.category_id)
            self._grid.scroll_to(0)
        if self.changed("keyed", state.keyed_minor, state.menu.currency):
            self._render_entry(state)
        if self.changed("sale", state.menu, state.sale, state.keyed_minor):
            self._render_sale(state)
        if self.changed("last", state.undoable, state.now_s):
            self.ids.last.show(state, self.texts)
            self._undoable = ev.UndoTouched(state.undoable[0].order.id) if state.undoable else None

    def _render_entry(self, state: State) -> None:
        _, entry = self.texts.gettext, self.ids.entry
        entry.label = _("Sum")
        entry.empty = not state.keyed_minor
        entry.value = self.texts.money(typed(state))
        self.ids.add.text = _("Add sum")
        self.ids.add.disabled = not state.keyed_minor

    def _render_sale(self, state: State) -> None:
        assert state.menu is not None  # noqa: S101 - render has looked
        _, column = self.texts.gettext, self.ids.sale
        self._lines = bill_lines(state.sale.cart, state.menu)
        column.title = _("This sale")
        column.cleared = state.sale.cleared is not None and not self._lines and not state.keyed_minor
        column.hint = "" if self._lines else _("Touch a dish, or key a sum")
        if column.cleared:
            column.hint = _("The sale was cleared. The arrow brings it back.")
        column.total_label, column.total = _("Total"), self.texts.money(due(state))
        column.payable = bool(self._lines or state.keyed_minor)
        column.charge_text, column.cash_text = _("Charge"), _("Cash")
        column.take_away = state.sale.dining_mode is DiningMode.TAKE_AWAY
        column.mode_text = _("Take away") if column.take_away else _("Eat here")
        column.show_lines([line_words(line, self.texts) for line in self._lines])

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.EraseTouched() if key == ERASE else ev.DigitsTyped(key))

    def add_sum(self) -> None:
        self.dispatch_flow(ev.SumAdded())

    def take_less(self, number: int) -> None:
        line = self._lines[number]
        self.dispatch_flow(ev.LineChanged(line.selection, line.quantity - 1))

    def clear(self) -> None:
        self.dispatch_flow(ev.ClearTouched())

    def bring_back(self) -> None:
        self.dispatch_flow(ev.SaleBroughtBack())

    def switch_mode(self) -> None:
        take_away = not self.ids.sale.take_away
        self.dispatch_flow(common.DiningModeChosen(DiningMode.TAKE_AWAY if take_away else DiningMode.DINE_IN))

    def charge(self) -> None:
        self.dispatch_flow(ev.MethodTouched(PayMethod.MEMBER))

    def take_cash(self) -> None:
        self.dispatch_flow(ev.MethodTouched(PayMethod.CASH))

    def undo(self) -> None:
        if self._undoable is not None:
            self.dispatch_flow(self._undoable)

    def _choose_category(self, number: int) -> None:
        self.dispatch_flow(common.CategoryChosen(self._keys[number][0]))

    def _on_card(self, _grid: DishGrid, card: Card) -> None:
        self.dispatch_flow(touched(card))


load_kv(__file__)
