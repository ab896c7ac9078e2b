"""The menu as staff see it: everything that was imported, whether it is offered now, and what is about to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Menu
from kiosk.domain.menu_change import MenuChange, changes_due, in_order, switched_off
from kiosk.domain.money import Money

COMBOS = ""
"""In the place of a category."""


class MenuRefusal(StrEnum):
    """unknown_item: another menu was imported meanwhile. price: options or a combo would fall below zero. too_late: it
    should hold from a moment that is long past, or too far ahead. nothing_left: nothing would be offered any more."""

    UNKNOWN_ITEM = "unknown_item"
    PRICE = "price"
    TOO_LATE = "too_late"
    NOTHING_LEFT = "nothing_left"
    NOT_PERMITTED = "not_permitted"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A dish or combo. `price` is today's, `next_price` holds from `next_from` on. `is_off`: switched off by staff.
    `category_id` is COMBOS for a combo."""

    id: str
    category_id: str
    name: LocalText
    price: Money
    is_off: bool = False
    next_price: Money | None = None
    next_from: datetime | None = None


def menu_items(imported: Menu, changes: Sequence[MenuChange], now: datetime) -> tuple[MenuItem, ...]:
    """In the menu's order, combos last. `changes`: all that were made, each with its moment, in order of arrival."""
    due = changes_due(changes, now)
    off = switched_off(due)
    prices = {change.item_id: change.price for change in due if change.price is not None}
    ahead: dict[str, MenuChange] = {}
    for change in in_order(changes):
        if change.price is not None and change.from_at is not None and change.from_at > now:
            ahead.setdefault(change.item_id, change)
    things: list[tuple[str, str, LocalText, Money]]
    things = [(d.id, d.category_id, d.name, d.price) for d in (*imported.dishes, *imported.weighed)]
    things += [(c.id, COMBOS, c.name, c.price) for c in imported.combos]
    return tuple(_item(*thing, off, prices, ahead) for thing in things)


def _item(
    item_id: str,
    category_id: str,
    name: LocalText,
    price: Money,
    off: Set[str],
    prices: Mapping[str, Money],
    ahead: Mapping[str, MenuChange],
) -> MenuItem:
    next_price = ahead.get(item_id)
    return MenuItem(
        item_id,
        category_id,
        name,
        prices.get(item_id, price),
        item_id in off,
        next_price.price if next_price else None,
        next_price.from_at if next_price else None,
    )
