"""Portions left today. Stock changes by movements only, never by "set to", so that terminals merge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kiosk.domain.cart import Cart
from kiosk.domain.dish import Dish
from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.menu import Combo
from kiosk.domain.order import Order


@dataclass(frozen=True, slots=True)
class StockMovement:
    """`portions` added to (or, negative, taken from) a dish, and why."""

    dish_id: DishId
    portions: int
    reason: str


class ToldStock(NamedTuple):
    """One dish as central tells it: portions left (None: not counted), said to be sold out, the newest count, how many
    of them it could hand to a terminal (None: it hands out none)."""

    portions: int | None
    sold_out: bool
    count_id: StockActId | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class StockLevels:
    """Portions left of the dishes that are counted; a dish that is not named is not counted. `sold_out` is said by
    staff and holds whatever the count says."""

    portions: Mapping[DishId, int]
    sold_out: frozenset[DishId] = frozenset()

    def is_sold_out(self, dish_id: DishId) -> bool:
        return dish_id in self.sold_out or self.portions.get(dish_id, 1) <= 0

    def is_item_sold_out(self, item: Dish | Combo) -> bool:
        """Of a combo: some slot has nothing left to choose."""
        if isinstance(item, Dish):
            return self.is_sold_out(item.id)
        return any(all(self.is_sold_out(dish_id) for dish_id in slot.dish_ids) for slot in item.slots)

    def short_for(self, cart: Cart) -> tuple[DishId, ...]:
        """The dishes of which the cart wants more than there is, in the cart's order."""
        wanted = portions_in_cart(cart)
        return tuple(d for d, n in wanted.items() if d in self.sold_out or self.portions.get(d, n) < n)


def portions_in_cart(cart: Cart) -> dict[DishId, int]:
    """Portions of each dish in the cart, combos opened up."""
    wanted: dict[DishId, int] = {}
    for line in cart.lines:
        for choice in line.selection.dishes:
            wanted[choice.dish_id] = wanted.get(choice.dish_id, 0) + line.quantity
    return wanted


def movements_for_sale(order: Order) -> tuple[StockMovement, ...]:
    """What a sale takes out of stock, one movement a dish."""
    taken: dict[DishId, int] = {}
    for line in order.lines:
        for dish in line.dishes:
            taken[dish.dish_id] = taken.get(dish.dish_id, 0) + line.quantity
    return tuple(StockMovement(d, -n, "sale") for d, n in taken.items())


def apply_movements(levels: StockLevels, movements: Iterable[StockMovement]) -> StockLevels:
    """The levels after those movements; dishes that are not counted stay so."""
    portions = dict(levels.portions)
    for movement in movements:
        if movement.dish_id in portions:
            portions[movement.dish_id] += movement.portions
    return StockLevels(portions, levels.sold_out)
