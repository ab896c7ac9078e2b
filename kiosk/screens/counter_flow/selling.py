"""Making a sale: typed sums become lines, dishes are touched and weighed, lines changed."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import Cart, CartError, Selection, check_selection
from kiosk.domain.menu import Menu
from kiosk.domain.pricing import price_selection
from kiosk.domain.stock import portions_in_cart
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.bill import typed
from kiosk.screens.counter_flow.state import Cleared, Notice, Sale, ScreenName, State, Weighing
from kiosk.screens.counter_flow.steps import Step, begun_anew, noticed
from kiosk.screens.flow import events as common


def on_sum_added(state: State, _event: ev.SumAdded) -> Step:
    return (with_typed_sum(state) if state.screen is ScreenName.SALE else state), ()


def with_typed_sum(state: State) -> State:
    """What was typed as a line. It stays typed while the cart is full."""
    if not state.keyed_minor:
        return state
    before = state.sale.cart
    state = _added(state, Selection.of_sum(typed(state)))
    return state if state.sale.cart == before else replace(state, keyed_minor=0)


def on_dish(state: State, event: ev.DishTouched) -> Step:
    state, menu = begun_anew(state), state.menu
    if menu is None or not _may_add(state):
        return state, ()
    if event.dish_id in menu.weighed_by_id:
        if state.levels.is_sold_out(event.dish_id):
            return noticed(state, Notice.SOLD_OUT), ()
        return replace(state, weighing=Weighing(event.dish_id)), ()
    dish = menu.dish_by_id.get(event.dish_id)
    return (_added(state, Selection.of_dish(dish)) if dish else state), ()


def on_combo(state: State, event: ev.ComboTouched) -> Step:
    """As it comes."""
    state, menu = begun_anew(state), state.menu
    combo = menu.combo_by_id.get(event.combo_id) if menu else None
    if menu is None or combo is None or not _may_add(state):
        return state, ()
    return _added(state, Selection.of_combo(combo, menu)), ()


def on_weight_confirmed(state: State, _event: ev.WeightConfirmed) -> Step:
    weighing, menu = state.weighing, state.menu
    if weighing is None or menu is None or not weighing.grams:
        return state, ()
    selection = Selection.of_weight(menu.weighed_by_id[weighing.dish_id], weighing.grams)
    if not price_selection(selection, menu):
        return noticed(state, Notice.NOTHING_TO_PAY), ()
    return _added(replace(state, weighing=None), selection), ()


def on_weighing_closed(state: State, _event: ev.WeighingClosed) -> Step:
    return replace(state, weighing=None), ()


def on_line(state: State, event: ev.LineChanged) -> Step:
    if state.screen is not ScreenName.SALE or not state.sale.cart.quantity_of(event.selection):
        return state, ()
    return _set_quantity(state, event.selection, event.quantity), ()


def cleared(state: State) -> State:
    """The whole sale at once, which one touch brings back."""
    sale = state.sale
    kept = Cleared(sale.cart, sale.dining_mode) if sale.cart.lines else sale.cleared
    return replace(state, sale=Sale(sale.id + 1, cleared=kept))


def on_brought_back(state: State, _event: ev.SaleBroughtBack) -> Step:
    kept, menu = state.sale.cleared, state.menu
    if state.screen is not ScreenName.SALE or state.sale.cart.lines or kept is None or menu is None:
        return state, ()
    sale = replace(state.sale, cart=kept.cart, dining_mode=kept.dining_mode, cleared=None)
    return without_what_is_gone(replace(state, sale=sale), menu), ()


def on_category(state: State, event: common.CategoryChosen) -> Step:
    return replace(state, category_id=event.category_id), ()


def on_dining_mode(state: State, event: common.DiningModeChosen) -> Step:
    return replace(state, sale=replace(state.sale, dining_mode=event.mode)), ()


def without_what_is_gone(state: State, menu: Menu) -> State:
    """The sale on that new menu: lines that it does not have any more leave, and the screen says so."""
    cart = state.sale.cart
    for line in cart.lines:
        try:
            check_selection(line.selection, menu)
        except CartError:
            cart = cart.set_quantity(line.selection, 0)
    weighing = state.weighing if state.weighing and state.weighing.dish_id in menu.weighed_by_id else None
    if cart == state.sale.cart and weighing == state.weighing:
        return state
    return noticed(replace(state, sale=replace(state.sale, cart=cart), weighing=weighing), Notice.MENU_CHANGED)


def _may_add(state: State) -> bool:
    return state.screen is ScreenName.SALE and state.weighing is None


def _added(state: State, selection: Selection) -> State:
    return _set_quantity(state, selection, state.sale.cart.quantity_of(selection) + 1)


def _set_quantity(state: State, selection: Selection, quantity: int) -> State:
    try:
        return _with_cart(state, state.sale.cart.set_quantity(selection, quantity))
    except CartError:
        return noticed(state, Notice.CART_FULL)


def _with_cart(state: State, cart: Cart) -> State:
    """Unless it now wants more of something than there is."""
    before, after = portions_in_cart(state.sale.cart), portions_in_cart(cart)
    if any(after[dish_id] > before.get(dish_id, 0) for dish_id in state.levels.short_for(cart)):
        return noticed(state, Notice.SOLD_OUT)
    return replace(state, sale=replace(state.sale, cart=cart))
