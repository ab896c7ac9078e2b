"""Today's dishes: what is left of each, sold out and back with one touch, restock with the next; what to cook next."""

from __future__ import annotations

from functools import partial

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.ids import DishId
from kiosk.domain.menu import Menu
from kiosk.domain.staff import Permission, Staff
from kiosk.domain.stock_pace import Outlook
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin.stock_foot import FootKey, foot_keys
from kiosk.screens.admin.stock_search import StockSearch
from kiosk.screens.admin.stock_words import dish_name, left_words, said_words
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.stock_dish import open_to
from kiosk.screens.admin_flow.stock_find import NoSuchLabel, SearchTyped
from kiosk.screens.admin_flow.stock_rows import listed
from kiosk.screens.admin_flow.stock_several import SeveralTouched, TickTouched
from kiosk.screens.admin_flow.stock_state import Said, Stock
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.widgets.push_button import PushButton

_ROW_UNITS = 136
_ROW_GAP_UNITS = 14
_KEY_GAP_UNITS = 10


class StockRow(Pressable, BoxLayout):
    """A dish. Dispatches `on_release` (the dish, or its plus; its tick) and `on_mark` (sold out, or back). `opens`:
    whether anything can be done with its portions. `ticks`: several are being ticked."""

    name = StringProperty("")
    detail = StringProperty("")
    tone = StringProperty("ink_soft")
    portions = StringProperty("")
    mark_text = StringProperty("")
    marked = BooleanProperty(defaultvalue=False)
    opens = BooleanProperty(defaultvalue=False)
    ticks = BooleanProperty(defaultvalue=False)
    ticked = BooleanProperty(defaultvalue=False)
    dish_id = StringProperty("")

    __events__ = ("on_mark",)

    def on_mark(self) -> None:
        """Bound by the owner."""


class FilterKey(PushButton):
    """All dishes, those to cook next, a category; or the next page."""


class StockScreen(AdminScreen):
    """A page of rows at a time, turned by large keys: nothing has to be dragged with wet hands."""

    notice_units = NumericProperty(205)

    _state: AdminState | None = None
    _menu: Menu | None = None
    _search: StockSearch | None = None
    _page = 0

    def on_kv_post(self, _base_widget: object) -> None:
        self._usual = list(reversed(self.ids.stack.children))

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Stock")

    def notice_words(self, about: object) -> str:
        if isinstance(about, NoSuchLabel):
            return self.texts.gettext("No dish of this menu has that label.")
        return said_words(self.texts, self._menu, about) if isinstance(about, Said) else ""

    def on_height(self, _screen: StockScreen, _height: float) -> None:
        """Another number of rows fits."""
        if self._state is not None:
            self.render(self._state)

    def left(self) -> None:
        self._state = None

    def render(self, state: AdminState) -> None:
        self._state = state
        stock, self._menu = state.open, state.menu
        if not isinstance(stock, Stock) or state.menu is None or state.staff is None:
            return
        rows = listed(state.menu, stock)
        self._stack(stock.search, len(rows))
        self._show_filters(state.menu, state.staff, stock)
        keys = foot_keys(self.texts, state.menu, state.staff, stock, frozenset(one.dish_id for one in rows))
        a_page = self._rows_a_page(has_foot=bool(keys))
        last = max(0, (len(rows) - 1) // a_page)
        page = min(stock.page, last)
        shown = rows[page * a_page : (page + 1) * a_page]
        if self.changed("rows", shown, state.menu.version, state.staff, stock.known, stock.ticked, stock.may_act):
            self._show_rows(state.menu, state.staff, stock, shown)
        if self.changed("pages", page, last):
            self._show_pages(page, last)
        if self.changed("foot", keys):
            self._show_foot(keys)
        self.ids.nothing.text = "" if rows else self._nothing_words(stock)

    def _stack(self, typed: str | None, found: int) -> None:
        """What stands under one another: while somebody searches the keys take the room below the rows."""
        if typed is None:
            parts = self._usual
        else:
            self._search = self._search or StockSearch(self.dispatch_flow, lying=self.look.lying)
            self._search.show(typed, found, self.texts)
            nothing, rows, filler = self._usual[1:4]
            parts = [self._search.field, nothing, rows, filler, self._search.keyboard]
        if list(reversed(self.ids.stack.children)) != parts:
            self.ids.stack.clear_widgets()
            for part in parts:
                self.ids.stack.add_widget(part)

    def _rows_a_page(self, *, has_foot: bool) -> int:
        look, filters = self.look, self.ids.filters
        keys = -(-len(filters.children) // filters.cols) * (self._next.height + look.u(_KEY_GAP_UNITS))
        taken = keys + look.u(self.notice_units + 40 + (140 if has_foot else 0))
        if self._search is not None and self._search.field.parent is not None:
            taken = look.u(self._search.units + 40)
        row = max(look.u(_ROW_UNITS), look.line("label") + look.line("body") + look.u(28)) + look.u(_ROW_GAP_UNITS)
        cols: int = self.ids.rows.cols
        return max(1, int(self.height - taken) // row) * cols

    def _nothing_words(self, stock: Stock) -> str:
        _ = self.texts.gettext
        if stock.search:
            return _("No dish is called so.")
        return _("Nothing is going to run out, as far as it was seen.") if stock.cook_next else ""

    def _show_filters(self, menu: Menu, staff: Staff, stock: Stock) -> None:
        ticks = stock.ticked is not None
        if not self.changed("filters", menu.version, staff, stock.category_id, stock.cook_next, ticks):
            return
        _ = self.texts.gettext
        self.ids.filters.clear_widgets()
        self._add_filter("search", "", SearchTyped(""), icon="magnify")
        if staff.may(Permission.MARK_SOLD_OUT):
            self._add_filter("several", _("Several"), SeveralTouched(), active=ticks)
        self._add_filter("all", _("All"), st.CategoryChosen(""), active=not stock.category_id and not stock.cook_next)
        self._add_filter("cook-next", _("Cook next"), st.CookNextTouched(), active=stock.cook_next)
        for category in menu.categories:
            chosen = category.id == stock.category_id
            self._add_filter(category.id, self.texts.of(category.name), st.CategoryChosen(category.id), active=chosen)
        self._previous = FilterKey(test_id="previous-page", icon="arrow-up")
        self._next = FilterKey(test_id="next-page", icon="arrow-down")
        for key, by in ((self._previous, -1), (self._next, 1)):
            key.fbind("on_release", lambda _key, by=by: self.dispatch_flow(st.PageTurned(self._page + by)))
            self.ids.filters.add_widget(key)
        self._shown.pop("pages", None)

    def _add_filter(self, name: str, text: str, event: object, *, active: bool = False, icon: str = "") -> None:
        key = FilterKey(test_id=f"filter-{name}", text=text, icon=icon, chosen=active)
        key.fbind("on_release", lambda _key: self.dispatch_flow(event))
        self.ids.filters.add_widget(key)

    def _show_rows(self, menu: Menu, staff: Staff, stock: Stock, shown: list[Outlook]) -> None:
        rows, _ = self.ids.rows, self.texts.gettext
        rows.clear_widgets()
        ticked, may_mark = stock.ticked, staff.may(Permission.MARK_SOLD_OUT)
        for one in shown:
            marked = one.dish_id in stock.known.levels.sold_out
            detail, tone = left_words(self.texts, one, said_sold_out=marked)
            mark_text = _("Bring back") if marked else _("Mark sold out")
            row = StockRow(
                test_id=f"dish-{one.dish_id}",
                dish_id=one.dish_id,
                name=dish_name(self.texts, menu, one.dish_id),
                detail=detail,
                tone=tone,
                portions="—" if one.portions is None else str(one.portions),
                mark_text=mark_text if may_mark and ticked is None else "",
                marked=marked,
                opens=bool(open_to(staff, stock, one.dish_id)),
                ticks=ticked is not None,
                ticked=ticked is not None and one.dish_id in ticked,
                disabled=not stock.may_act,
            )
            touched = st.DishTouched(one.dish_id) if ticked is None else TickTouched(one.dish_id)
            row.fbind("on_release", partial(self._touch, touched))
            row.fbind("on_mark", partial(self._mark, one.dish_id, marked))
            rows.add_widget(row)

    def _show_pages(self, page: int, last: int) -> None:
        self._previous.disabled, self._next.disabled = page == 0, page == last
        self._next.text = f"{page + 1}/{last + 1}"
        self._page = page

    def _show_foot(self, keys: tuple[FootKey, ...]) -> None:
        foot = self.ids.foot
        foot.clear_widgets()
        foot.height = self.look.u(126) if keys else 0
        for one in keys:
            button = PushButton(
                test_id=one.name,
                text=one.text,
                kind=one.kind,
                disabled=not one.can_touch,
                size_hint=(one.weight, 1),
            )
            button.fbind("on_release", partial(self._touch, one.event))
            foot.add_widget(button)

    def _touch(self, event: object, _widget: object) -> None:
        self.dispatch_flow(event)

    def _mark(self, dish_id: DishId, marked: bool, _row: StockRow) -> None:
        self.dispatch_flow(st.BackOnSaleTouched(dish_id) if marked else st.SoldOutTouched(dish_id))


load_kv(__file__)
