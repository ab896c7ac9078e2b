"""Which dishes the section stock lists, in which order."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.domain.dish import Dish
from kiosk.domain.find_dish import matches, matches_number
from kiosk.domain.ids import DishId
from kiosk.domain.menu import Menu
from kiosk.domain.stock_pace import Outlook, cook_next, outlooks
from kiosk.screens.admin_flow.stock_state import Stock


def dishes_of(menu: Menu) -> Iterator[Dish]:
    """What can run out: also what is sold by weight."""
    yield from menu.dishes
    yield from menu.weighed


def dish_of(menu: Menu | None, dish_id: DishId) -> Dish | None:
    return None if menu is None else menu.dish_by_id.get(dish_id) or menu.weighed_by_id.get(dish_id)


def listed(menu: Menu, stock: Stock) -> list[Outlook]:
    """As it stands; a new one has those that will run out soon first, the next to do so at the top, then the menu's
    order; or what to cook next."""
    if stock.order is not None:
        standing = [dish_id for dish_id in stock.order if dish_of(menu, dish_id) is not None]
        return outlooks(stock.known.levels, stock.paces, standing, stock.known.beyond)
    chosen = [dish.id for dish in dishes_of(menu) if _is_chosen(dish, stock)]
    found = outlooks(stock.known.levels, stock.paces, chosen, stock.known.beyond)
    if stock.cook_next:
        return cook_next(found)
    low = sorted((one for one in found if one.is_low), key=lambda one: one.minutes_left or 0.0)
    return [*low, *(one for one in found if not one.is_low)]


def _is_chosen(dish: Dish, stock: Stock) -> bool:
    if stock.search is not None:
        return matches(dish, stock.search) or matches_number(dish, stock.search)
    return stock.category_id in ("", dish.category_id)
