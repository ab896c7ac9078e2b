"""What there is to pay, and what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.domain.cart import Cart, Selection
from kiosk.domain.dish import Dish
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Combo, Menu
from kiosk.domain.money import Money
from kiosk.domain.order import KEYED_NAME, DiningMode
from kiosk.domain.pricing import price_cart, weight_of
from kiosk.domain.weight import Weight
from kiosk.screens.counter_flow.state import ALL, WEIGHED, State


@dataclass(frozen=True, slots=True)
class BillLine:
    """`weight` of one of `quantity`, where it was weighed."""

    selection: Selection
    name: LocalText
    quantity: int
    unit_price: Money
    total: Money
    weight: Weight | None = None


def bill_lines(cart: Cart, menu: Menu) -> tuple[BillLine, ...]:
    """The menu must allow the cart."""
    return tuple(
        BillLine(
            line.line.selection,
            name_of(line.line.selection, menu),
            line.line.quantity,
            line.unit_price,
            line.total,
            weight_of(line.line.selection, menu),
        )
        for line in price_cart(cart, menu).lines
    )


def cart_total(state: State) -> Money:
    """Of the sale's lines; nothing without a menu."""
    return price_cart(state.sale.cart, state.menu).total if state.menu else Money.zero()


def typed(state: State) -> Money:
    """The sum that was typed and is no line yet."""
    return Money(state.keyed_minor, state.currency)


def due(state: State) -> Money:
    """What the customer is to pay: for a found order, in the lane, or for this sale with what was typed."""
    if state.collecting is not None and state.collecting.chosen is not None:
        return state.collecting.chosen.due
    if state.lane is not None:
        return state.lane.price
    if state.paying is not None:
        return state.paying.amount
    return cart_total(state) + typed(state)


def bought(state: State) -> tuple[Cart, DiningMode]:
    """What is sold next, in the lane or not."""
    if state.lane is not None:
        return state.lane.cart, state.lane.dining_mode
    return state.sale.cart, state.sale.dining_mode


def name_of(selection: Selection, menu: Menu) -> LocalText:
    """The menu must allow the selection."""
    if selection.keyed is not None:
        return KEYED_NAME
    if selection.combo_id is not None:
        return menu.combo_by_id[selection.combo_id].name
    dish_id = selection.dishes[0].dish_id
    return (menu.dish_by_id.get(dish_id) or menu.weighed_by_id[dish_id]).name


def grid(state: State) -> tuple[Dish | Combo, ...]:
    """What can be touched of the category that is open: all that is served now, or, between meals, all there is."""
    menu = state.menu
    if menu is None:
        return ()
    return tuple(item for item in _of_category(menu, state.category_id) if _is_served(item, state.serving_id))


def _of_category(menu: Menu, category_id: str) -> Iterator[Dish | Combo]:
    if category_id == WEIGHED:
        yield from menu.weighed
        return
    for dish in (*menu.dishes, *menu.weighed):
        if category_id in (ALL, dish.category_id):
            yield dish
    if category_id == ALL:
        yield from menu.combos


def _is_served(item: Dish | Combo, serving_id: str | None) -> bool:
    return serving_id is None or serving_id in item.meal_period_ids
