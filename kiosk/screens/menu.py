"""The menu: categories, dishes, search, diet filters, and the cart beside them."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.ids import ComboId, DishId
from kiosk.screens.cards import Card, Section, card_metrics, card_picture, cart_column_width, plan_grid, rail_width
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.menu_cards import sections, with_counts
from kiosk.screens.menu_cart import CartBar, CartColumn, OrderGlance
from kiosk.screens.menu_filters import FilterRow, FilterSheet
from kiosk.screens.menu_header import MemberRow, MenuHeader
from kiosk.screens.menu_rail import CategoryRail
from kiosk.screens.menu_search import SearchRows
from kiosk.screens.screen import KioskScreen
from kiosk.screens.widgets.dish_grid import DishGrid

_NONE = -1  # of the categories: while searching
_COMBOS_ICON = "silverware-fork-knife"


class MenuScreen(KioskScreen):
    """Upright: everything under one another, the cart as a bar. Lying: the cart as a column at the right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lying = App.get_running_app().look.lying
        dispatch = self.dispatch_flow
        self._offer: tuple[Section, ...] = ()  # what the canteen offers, whatever is in the cart
        self._sections: tuple[Section, ...] = ()
        self._rail_keys: tuple[str, ...] = ()
        self._header = MenuHeader(dispatch)
        self._member: MemberRow | None = None
        self._filters = FilterRow(dispatch)
        self._search: SearchRows | None = None
        self._rail = CategoryRail(self._choose_category)
        self._grid = DishGrid(test_id="dishes")
        self._cart: CartBar | CartColumn = CartColumn(dispatch) if lying else CartBar(dispatch)
        self._glance: OrderGlance | None = None
        self._sheet: FilterSheet | None = None
        self._body = BoxLayout()
        self._body.add_widget(self._rail)
        self._body.add_widget(self._grid)
        self._filters.fbind("width", lambda *_: self._show_filters())
        self._grid.bind(on_open=self._on_open, on_add=self._on_add, top_section=self._on_top_section)
        if lying:
            self.ids.beside.add_widget(self._cart)
        self._state: State | None = None

    # --- showing ---

    def render(self, state: State) -> None:
        self._state = state
        session, searching = state.session, state.browsing.search is not None
        if self.changed("member", session.customer, session.balance_shown) and session.customer:
            self._member = self._member or MemberRow(self.dispatch_flow)
            self._member.show(session.customer, session.balance_shown, self.texts)
        if self.changed("rows", session.customer is not None, searching):
            self._stack_rows(with_member=session.customer is not None, searching=searching)
        self._show_cards(state)  # early: the first pictures are read while the rest is put together
        if self.changed("header", state.menu, state.serving_id, session.view):
            self._header.show(state, self.texts)
        if self.changed("filters", session.diet, session.profile):
            self._show_filters()
        if self.changed("cart", session.cart, state.menu):
            self._cart.show(state, self.texts)
            if self._glance is not None:
                self._glance.show(state, self.texts)
        self._show_sheet(state)

    def _show_cards(self, state: State) -> None:
        session, browsing = state.session, state.browsing
        reading = self._grid.top_section if self._grid.scroll_px > 0 else None
        relooked = self.differs("look", self.look)
        if self.changed("offer", state.menu, state.levels, state.serving_id, session.profile, browsing.search):
            self._offer = sections(state, self.texts)
        if self.changed("cards", self._offer, session.cart, browsing.search):
            self._sections = with_counts(self._offer, session.cart)
            if self._grid.width < 1:
                self._want_first_pictures()
            self._grid.show(self._sections, self.look, self.art)
            self._show_rail(state)
            if browsing.search is not None and self._search is not None:
                found = len(self._sections[0].cards) if self._sections else 0
                self._search.show(browsing.search, found, self.texts)
        if self.differs("visit", session.id) | self.differs("search", browsing.search):
            self._grid.scroll_to(0)
        elif relooked and reading is not None:
            self._grid.scroll_to_section(int(reading))
        if self.differs("category", browsing.category_id, session.id) and browsing.search is None:
            self._scroll_to_category(browsing.category_id)

    def prepare(self) -> None:
        """Made before the first touch asks for them."""
        self._make_search()
        self._make_sheet()
        if isinstance(self._cart, CartColumn):
            self._cart.prepare()

    def _make_search(self) -> SearchRows:
        self._search = self._search or SearchRows(self.dispatch_flow, self.look)
        return self._search

    def _make_sheet(self) -> FilterSheet:
        self._sheet = self._sheet or FilterSheet(self.dispatch_flow)
        return self._sheet

    def _want_first_pictures(self) -> None:
        """While the layout is still to come, the first pictures are read on their own thread."""
        width = self.look.width - rail_width(self.look) - cart_column_width(self.look)
        metrics = card_metrics(self.look, width)
        plan = plan_grid(self._sections, self.look, metrics, width)
        for cell in reversed(plan.visible(0, self.look.height)):
            card = self._sections[cell.section].cards[cell.index]
            self.art.prefetch(card_picture(card, self.look, metrics))

    def _show_rail(self, state: State) -> None:
        icons = {c.id: c.icon for c in state.menu.categories} if state.menu else {}
        if state.browsing.search is not None:
            self._rail.current = _NONE
            return
        self._rail.show([(s.key, icons.get(s.key, _COMBOS_ICON), s.title) for s in self._sections])
        self._rail_keys = tuple(section.key for section in self._sections)
        if self._rail.current == _NONE:
            self._rail.current = int(self._grid.top_section)

    def _show_filters(self) -> None:
        if self._state is not None:
            self._filters.show(self._state, self.look, self.texts)

    def _show_sheet(self, state: State) -> None:
        if state.browsing.filters_open:
            sheet = self._make_sheet()
            if sheet.parent is None:
                self.add_widget(sheet)
            sheet.show(state, self.texts)
        elif self._sheet is not None and self._sheet.parent is not None:
            self.remove_widget(self._sheet)

    def _stack_rows(self, *, with_member: bool, searching: bool) -> None:
        """What stands under one another now."""
        if self.look.low and self._glance is None:
            self._glance = OrderGlance()
        if searching:
            self._make_search()
        # While searching the keys are low already, and the dishes found need the room.
        rows: list[Any] = [self._glance, self._header] if self.look.low and not searching else [self._header]
        if with_member:
            rows.append(self._member)
        if searching and self._search is not None:
            rows += [self._search.field, self._body, self._search.keyboard]
        else:
            rows += [self._filters, self._body]
        if not self.look.lying:
            rows.append(self._cart)
        stack = self.ids.rows
        if list(reversed(stack.children)) != rows:
            stack.clear_widgets()
            for row in rows:
                stack.add_widget(row)

    # --- touches ---

    def _choose_category(self, number: int) -> None:
        key = self._rail_keys[number]
        self.dispatch_flow(ev.CategoryChosen(key))
        self._scroll_to_category(key)  # also when it was chosen before and has been scrolled away

    def _scroll_to_category(self, key: str) -> None:
        keys = [section.key for section in self._sections]
        if key in keys:
            self._grid.scroll_to_section(keys.index(key))
            self._rail.current = keys.index(key)

    def _on_top_section(self, _grid: DishGrid, number: int) -> None:
        if self._rail.current != _NONE:
            self._rail.current = number

    def _on_open(self, _grid: DishGrid, card: Card) -> None:
        if card.opens:
            self.dispatch_flow(ev.ComboOpened(ComboId(card.key)))
        else:
            self.dispatch_flow(ev.DishOpened(DishId(card.key)))

    def _on_add(self, _grid: DishGrid, card: Card) -> None:
        self.dispatch_flow(ev.DishQuickAdded(DishId(card.key)))


load_kv(__file__)
