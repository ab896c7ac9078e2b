"""The cart beside the menu: a bar at the bottom of an upright screen, a column at the side of a lying one."""

from __future__ import annotations

from collections.abc import Callable

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.domain.cart import Selection
from kiosk.domain.menu import Menu
from kiosk.domain.pricing import PricedLine, price_cart
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.menu_cards import chosen_options
from kiosk.screens.texts import Texts
from kiosk.screens.widgets.pressable import Pressable

Dispatch = Callable[[ev.FlowEvent], None]


class CartBar(FloatLayout):
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
        super().__init__()

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
            column.remove_widget(column.children[0])
        while len(column.children) < len(lines):
            column.add_widget(CartLineRow())
        rows = list(reversed(column.children))
        for row, line in zip(rows, lines, strict=True):
            fill_line_row(row, line, menu, texts)
            row.on_release = self._opener(line.line.selection)

    def _opener(self, selection: Selection) -> Callable[[], None]:
        return lambda: self._dispatch(ev.LineOpened(selection))

    def open_checkout(self) -> None:
        self._dispatch(ev.CheckoutOpened())


def fill_line_row(row: CartLineRow, priced: PricedLine, menu: Menu, texts: Texts) -> None:
    """A cart line in words: its name, what differs from the usual, how many, how much."""
    selection = priced.line.selection
    if selection.combo_id is None:
        row.name = texts.of(menu.dish_by_id[selection.dishes[0].dish_id].name)
        row.options = chosen_options(selection.dishes[0], menu, texts)
    else:
        row.name = texts.of(menu.combo_by_id[selection.combo_id].name)
        row.options = texts.listed([texts.of(menu.dish_by_id[c.dish_id].name) for c in selection.dishes])
    row.count = f"×{priced.line.quantity}"
    row.total = texts.money(priced.total)
    row.test_id = f"line-{selection.combo_id or selection.dishes[0].dish_id}"


load_kv(__file__)
