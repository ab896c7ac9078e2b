"""The cart beside the menu: a bar at the bottom of an upright screen, a column at the side of a lying one."""

from __future__ import annotations

from collections.abc import Callable

from kivy.clock import Clock
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.cart import Selection
from kiosk.domain.menu import Menu
from kiosk.domain.pricing import PricedLine, price_cart
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.widgets import CachedBox, Pressable
from kiosk.screens.words import selection_words

_GLANCE_LINES = 5
_PREPARE_AFTER_S = 0.1

Dispatch = Callable[[ev.FlowEvent], None]


class CartBar(CachedBox):
    """How many, how much, and the next step."""

    count = StringProperty("")
    count_text = StringProperty("")
    total = StringProperty("")
    hint = StringProperty("")
    checkout = StringProperty("")
    filled = BooleanProperty(defaultvalue=False)

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        super().__init__()

    def show(self, state: State, texts: Texts) -> None:
        menu, cart = state.menu, state.session.cart
        count = cart.item_count
        self.filled = count > 0
        self.count = str(count)
        self.count_text = texts.ngettext("{n} item", "{n} items", count).format(n=count)
        self.total = texts.money(price_cart(cart, menu).total) if menu else ""
        self.hint = texts.gettext("Nothing chosen yet: touch + on a dish")
        self.checkout = texts.gettext("Check out")

    def open_checkout(self) -> None:
        self._dispatch(ev.CheckoutOpened())


class CartLineRow(Pressable, BoxLayout):
    """A line of the cart; a touch opens it to be changed."""

    selection: Selection | None = None

    name = StringProperty("")
    options = StringProperty("")
    count = StringProperty("")
    total = StringProperty("")


class CartColumn(BoxLayout):
    """The whole cart, line by line, with the total and the next step."""

    title = StringProperty("")
    total_label = StringProperty("")
    total = StringProperty("")
    hint = StringProperty("")
    checkout = StringProperty("")
    filled = BooleanProperty(defaultvalue=False)

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._spare: list[CartLineRow] = []
        self._prepare_soon = Clock.create_trigger(lambda _dt: self.prepare(), _PREPARE_AFTER_S)
        super().__init__()

    def prepare(self) -> None:
        """Have a row ready before a touch asks for it."""
        if not self._spare:
            self._spare.append(self._new_row())

    def show(self, state: State, texts: Texts) -> None:
        menu, cart = state.menu, state.session.cart
        if menu is None:
            return
        priced = price_cart(cart, menu)
        self.filled = bool(cart.lines)
        self.title = texts.ngettext("{n} item", "{n} items", cart.item_count).format(n=cart.item_count)
        self.title = self.title if self.filled else texts.gettext("Your order")
        self.total_label = texts.gettext("Total")
        self.total = texts.money(priced.total)
        self.hint = "" if self.filled else texts.gettext("Nothing chosen yet: touch + on a dish")
        self.checkout = texts.gettext("Check out")
        self._show_lines(priced.lines, menu, texts)

    def _show_lines(self, lines: tuple[PricedLine, ...], menu: Menu, texts: Texts) -> None:
        column = self.ids.lines
        while len(column.children) > len(lines):
            self._spare.append(column.children[0])
            column.remove_widget(column.children[0])
        while len(column.children) < len(lines):
            column.add_widget(self._spare.pop() if self._spare else self._new_row())
            self._prepare_soon()
        rows = list(reversed(column.children))
        for row, line in zip(rows, lines, strict=True):
            _fill(row, line, menu, texts)
            row.selection = line.line.selection

    def _new_row(self) -> CartLineRow:
        row = CartLineRow()
        row.fbind("on_release", self._on_row)
        return row

    def _on_row(self, row: CartLineRow) -> None:
        if row.selection is not None:
            self._dispatch(ev.LineOpened(row.selection))

    def open_checkout(self) -> None:
        self._dispatch(ev.CheckoutOpened())


def _fill(row: CartLineRow | GlanceRow, priced: PricedLine, menu: Menu, texts: Texts) -> None:
    """A cart line in words: its name, how it is wanted, how many, how much."""
    selection = priced.line.selection
    words = selection_words(selection, menu, texts)
    row.name, row.options = words.name, words.details
    row.count = f"×{priced.line.quantity}"
    row.total = texts.money(priced.total)
    row.test_id = f"line-{selection.combo_id or selection.dishes[0].dish_id}"


class GlanceRow(BoxLayout):
    """A line of the cart to look at."""

    name = StringProperty("")
    options = StringProperty("")
    count = StringProperty("")
    total = StringProperty("")
    test_id = StringProperty("")


class OrderGlance(BoxLayout):
    """The upper part of the screen in the low layout, out of reach for somebody who sits: nothing to touch there, the
    order to look at."""

    title = StringProperty("")
    hint = StringProperty("")

    def show(self, state: State, texts: Texts) -> None:
        menu, cart = state.menu, state.session.cart
        if menu is None:
            return
        self.title = texts.gettext("Your order")
        self.hint = "" if cart.lines else texts.gettext("Nothing chosen yet: touch + on a dish")
        self.ids.lines.clear_widgets()
        for line in price_cart(cart, menu).lines[-_GLANCE_LINES:]:
            row = GlanceRow()
            _fill(row, line, menu, texts)
            self.ids.lines.add_widget(row)


load_kv(__file__)
