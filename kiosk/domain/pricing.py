"""What a cart costs, line by line. The only place where prices are added up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.domain.cart import Cart, CartLine, DishChoice, Selection, check_selection
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.weight import Weight


@dataclass(frozen=True, slots=True)
class PricedLine:
    """`total == unit_price * quantity`, never below zero."""

    line: CartLine
    unit_price: Money
    total: Money


@dataclass(frozen=True, slots=True)
class PricedCart:
    """`total` is the sum of its lines' totals, in the menu's currency."""

    lines: tuple[PricedLine, ...]
    total: Money


def price_selection(selection: Selection, menu: Menu) -> Money:
    """The price of one of it. Raises CartError for a selection that the menu does not allow."""
    check_selection(selection, menu)
    if selection.keyed is not None:
        return selection.keyed
    weight = weight_of(selection, menu)
    if weight is not None:
        return weight.amount
    if selection.combo_id is None:
        base = menu.dish_by_id[selection.dishes[0].dish_id].price
    else:
        base = menu.combo_by_id[selection.combo_id].price
    deltas = (delta for choice in selection.dishes for delta in _option_deltas(choice, menu))
    return Money.sum((base, *deltas), menu.currency)


def weight_of(selection: Selection, menu: Menu) -> Weight | None:
    """What was weighed; None for what is not sold by weight. The menu must allow the selection."""
    if selection.grams is None:
        return None
    dish = menu.weighed_by_id[selection.dishes[0].dish_id]
    return None if dish.per_g is None else Weight(selection.grams, dish.price, dish.per_g)


def price_cart(cart: Cart, menu: Menu) -> PricedCart:
    """Prices every line. Raises CartError if any selection is not on this menu any more."""
    lines = []
    for line in cart.lines:
        unit_price = price_selection(line.selection, menu)
        lines.append(PricedLine(line, unit_price, unit_price * line.quantity))
    return PricedCart(tuple(lines), Money.sum((x.total for x in lines), menu.currency))


def _option_deltas(choice: DishChoice, menu: Menu) -> Iterator[Money]:
    dish = menu.dish_by_id[choice.dish_id]
    for group, chosen in choice.by_group(dish.option_groups):
        yield from (option.price_delta for option in group.choices if option.id in chosen)
