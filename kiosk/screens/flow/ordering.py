"""Choosing: categories, search, the sheet of a dish or combo, the cart."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import Cart, CartError, DishChoice, Selection, check_selection
from kiosk.domain.diet import blocks_for_selection
from kiosk.domain.dish import Dish
from kiosk.domain.menu import Combo
from kiosk.domain.stock import portions_in_cart
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.serving import at_meal_time, is_served_now
from kiosk.screens.flow.state import Browsing, Editing, Notice, ScreenName, ShownNotice, State

NOTICE_S = 4.0
Step = tuple[State, tuple[fx.Effect, ...]]


def noticed(state: State, notice: Notice) -> State:
    return replace(state, notice=ShownNotice(notice, state.now_s + NOTICE_S))


def on_category(state: State, event: ev.CategoryChosen) -> Step:
    return replace(state, browsing=Browsing(event.category_id)), ()


def on_search(state: State, event: ev.SearchChanged) -> Step:
    text = None if event.text is None else event.text[:20]
    return replace(state, browsing=replace(state.browsing, search=text, filters_open=False)), ()


def on_filters(state: State, event: ev.FiltersOpened) -> Step:
    return replace(state, browsing=replace(state.browsing, filters_open=event.is_open)), ()


def on_diet(state: State, event: ev.DietChosen) -> Step:
    return replace(state, session=replace(state.session, diet=event.diet)), ()


def on_dish_opened(state: State, event: ev.DishOpened) -> Step:
    dish = state.menu.dish_by_id.get(event.dish_id) if state.menu else None
    if dish is None or state.screen is not ScreenName.MENU:
        return state, ()
    return replace(state, editing=Editing(Selection.of_dish(dish))), ()


def on_combo_opened(state: State, event: ev.ComboOpened) -> Step:
    combo = state.menu.combo_by_id.get(event.combo_id) if state.menu else None
    if combo is None or state.screen is not ScreenName.MENU:
        return state, ()
    return replace(state, editing=Editing(_combo_in_stock(combo, state))), ()


def on_line_opened(state: State, event: ev.LineOpened) -> Step:
    quantity = state.session.cart.quantity_of(event.selection)
    if not quantity or state.screen not in (ScreenName.MENU, ScreenName.CHECKOUT):
        return state, ()
    return replace(state, editing=Editing(event.selection, quantity, replaces=event.selection)), ()


def on_quick_added(state: State, event: ev.DishQuickAdded) -> Step:
    dish = state.menu.dish_by_id.get(event.dish_id) if state.menu else None
    if dish is None or state.screen is not ScreenName.MENU:
        return state, ()
    return _add(state, Selection.of_dish(dish), 1), ()


def on_slot_unfolded(state: State, event: ev.SlotUnfolded) -> Step:
    if state.editing is None:
        return state, ()
    index = event.index
    if index is not None and not 0 <= index < len(state.editing.selection.dishes):
        index = None
    return replace(state, editing=replace(state.editing, open_slot=index)), ()


def on_choice(state: State, event: ev.ChoiceChanged) -> Step:
    editing = state.editing
    if editing is None or state.menu is None or not 0 <= event.index < len(editing.selection.dishes):
        return state, ()
    selection = editing.selection.with_dish(event.index, event.choice)
    try:
        check_selection(selection, state.menu)
    except CartError:
        return state, ()
    return replace(state, editing=replace(editing, selection=selection)), ()


def on_sheet_quantity(state: State, event: ev.SheetQuantityChanged) -> Step:
    editing = state.editing
    lowest = 0 if editing and editing.replaces else 1
    if editing is None or not lowest <= event.quantity <= 20:
        return state, ()
    return replace(state, editing=replace(editing, quantity=event.quantity)), ()


def on_sheet_confirmed(state: State, _event: ev.SheetConfirmed) -> Step:
    editing = state.editing
    if editing is None:
        return state, ()
    state = replace(state, editing=None)
    if editing.replaces is None:
        return _add(state, editing.selection, editing.quantity), ()
    try:
        cart = state.session.cart.set_quantity(editing.replaces, editing.quantity)
        return _with_cart(state, cart.replace_selection(editing.replaces, editing.selection)), ()
    except CartError:
        return noticed(state, Notice.CART_FULL), ()


def on_sheet_closed(state: State, _event: ev.SheetClosed) -> Step:
    return replace(state, editing=None), ()


def on_line_quantity(state: State, event: ev.LineQuantityChanged) -> Step:
    if not state.session.cart.quantity_of(event.selection):
        return state, ()
    try:
        return _with_cart(state, state.session.cart.set_quantity(event.selection, event.quantity)), ()
    except CartError:
        return noticed(state, Notice.CART_FULL), ()


def on_menu_loaded(state: State, event: ev.MenuLoaded) -> Step:
    """A new menu while somebody orders: lines it does not have any more leave the cart, and the screen says so."""
    state = at_meal_time(replace(state, menu=event.menu, levels=event.levels))
    cart = state.session.cart
    for line in cart.lines:
        try:
            check_selection(line.selection, event.menu)
        except CartError:
            cart = cart.set_quantity(line.selection, 0)
    if cart != state.session.cart:
        state = noticed(_without_lines(state, cart), Notice.MENU_CHANGED)
    if state.editing is not None:
        try:
            check_selection(state.editing.selection, event.menu)
        except CartError:
            state = noticed(replace(state, editing=None), Notice.MENU_CHANGED)
    return state, ()


def on_levels_loaded(state: State, event: ev.LevelsLoaded) -> Step:
    return replace(state, levels=event.levels), ()


def item_of(selection: Selection, state: State) -> Dish | Combo | None:
    """The thing on the menu that the selection is about."""
    if state.menu is None:
        return None
    if selection.combo_id is not None:
        return state.menu.combo_by_id.get(selection.combo_id)
    return state.menu.dish_by_id.get(selection.dishes[0].dish_id)


def _add(state: State, selection: Selection, quantity: int) -> State:
    item = item_of(selection, state)
    if item is None or not is_served_now(item, state):
        return noticed(state, Notice.NOT_SERVED_NOW)
    try:
        return _with_cart(state, state.session.cart.add(selection, quantity))
    except CartError:
        return noticed(state, Notice.CART_FULL)


def _with_cart(state: State, cart: Cart) -> State:
    """The cart as the customer changed it, unless it now wants more of something than there is."""
    before, after = portions_in_cart(state.session.cart), portions_in_cart(cart)
    if any(after[dish_id] > before.get(dish_id, 0) for dish_id in state.levels.short_for(cart)):
        return noticed(state, Notice.SOLD_OUT)
    return _without_lines(state, cart)


def _without_lines(state: State, cart: Cart) -> State:
    """With nothing left to pay for, the customer is back at the menu."""
    state = replace(state, session=replace(state.session, cart=cart))
    pays = state.screen in (ScreenName.CHECKOUT, ScreenName.PAYING) or state.facing is not None
    waiting = pays and not state.in_flight
    if waiting and not cart.lines:
        return replace(state, screen=ScreenName.MENU, paying=None, choosing_coupon=False)
    return state


def usual_now(state: State) -> Cart | None:
    """The member's usual, if every part of it is on the menu, served now, in stock and fit for their diet."""
    customer, menu = state.session.customer, state.menu
    usual = customer.member.usual if customer else None
    if usual is None or menu is None or not usual.lines or state.levels.short_for(usual):
        return None
    for selection in (line.selection for line in usual.lines):
        try:
            check_selection(selection, menu)
        except CartError:
            return None
        item = item_of(selection, state)
        if item is None or not is_served_now(item, state):
            return None
        if blocks_for_selection(selection, menu, state.session.profile):
            return None
    return usual


def _combo_in_stock(combo: Combo, state: State) -> Selection:
    """The combo as it comes, with sold-out dishes replaced by the first of the slot that is left."""
    assert state.menu is not None  # noqa: S101 - the caller found the combo on it
    selection = Selection.of_combo(combo, state.menu)
    for index, slot in enumerate(combo.slots):
        left = [d for d in slot.dish_ids if not state.levels.is_sold_out(d)]
        if left and selection.dishes[index].dish_id not in left:
            selection = selection.with_dish(index, DishChoice.default(state.menu.dish_by_id[left[0]]))
    return selection
