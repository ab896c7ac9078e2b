"""The menu of the day: what staff change of the menu that was imported. Dishes and combos are switched off and on, and
get another price from some moment on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from kiosk.domain.dish import Dish
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import DishId
from kiosk.domain.menu import Combo, ComboSlot, Menu
from kiosk.domain.money import Money
from kiosk.domain.staff import Permission

MAX_PRICE_MINOR = 1_000_000  # 10,000.00, as in a menu file
MAX_CHANGES = 500  # in one act
MAX_REASON_CHARS = 60


_ALWAYS = datetime.min.replace(tzinfo=UTC)


class MenuChangeError(DomainError):
    """That is no change of a menu."""


class MenuChangeKind(StrEnum):
    OFF = "off"
    ON = "on"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class MenuChange:
    """Of one dish or combo. `price` stands with PRICE alone; `from_at` (with a time zone) None: at once."""

    item_id: str
    kind: MenuChangeKind
    price: Money | None = None
    from_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raises MenuChangeError."""
        if (self.price is not None) != (self.kind is MenuChangeKind.PRICE):
            raise MenuChangeError("a price stands where a price is changed, and nowhere else")
        if self.price is not None and not 0 < self.price.minor <= MAX_PRICE_MINOR:
            raise MenuChangeError(f"a price is above zero and at most {Money(MAX_PRICE_MINOR).decimal_text()}")
        if self.from_at is not None and self.from_at.utcoffset() is None:
            raise MenuChangeError("a moment has a time zone")


def permission_for(change: MenuChange) -> Permission:
    return Permission.CHANGE_PRICES if change.kind is MenuChangeKind.PRICE else Permission.SWITCH_DISHES


def in_order(changes: Iterable[MenuChange]) -> list[MenuChange]:
    """By the moment from which each holds; what has none is put first. Of one moment the last to arrive is last."""
    return sorted(changes, key=lambda change: change.from_at or _ALWAYS)


def changes_due(changes: Iterable[MenuChange], now: datetime) -> list[MenuChange]:
    """Those that hold at `now`, in order."""
    return [change for change in in_order(changes) if change.from_at is None or change.from_at <= now]


def switched_off(changes: Iterable[MenuChange]) -> set[str]:
    """After those changes, in their order."""
    off: set[str] = set()
    for change in changes:
        if change.kind is MenuChangeKind.OFF:
            off.add(change.item_id)
        elif change.kind is MenuChangeKind.ON:
            off.discard(change.item_id)
    return off


def changed_menu(imported: Menu, changes: Sequence[MenuChange], version: int) -> Menu:
    """The imported menu after those changes, in their order. What is off is not on the menu at all, and no choice of a
    combo; a combo that has nothing left for one of its slots is off too. Changes of what is not on the imported menu do
    nothing. Raises MenuError where a price cannot be."""
    off = switched_off(changes)
    prices = {change.item_id: change.price for change in changes if change.price is not None}
    return replace(
        imported,
        version=version,
        dishes=_offered(imported.dishes, off, prices),
        weighed=_offered(imported.weighed, off, prices),
        combos=tuple(_combos(imported.combos, off, prices)),
    )


def _offered(dishes: tuple[Dish, ...], off: set[str], prices: Mapping[str, Money]) -> tuple[Dish, ...]:
    return tuple(replace(dish, price=prices.get(dish.id, dish.price)) for dish in dishes if dish.id not in off)


def _combos(combos: tuple[Combo, ...], off: set[str], prices: Mapping[str, Money]) -> Iterable[Combo]:
    for combo in combos:
        slots = tuple(_without(slot, off) for slot in combo.slots)
        if combo.id not in off and all(slot.dish_ids for slot in slots):
            yield replace(combo, price=prices.get(combo.id, combo.price), slots=slots)


def _without(slot: ComboSlot, off: set[str]) -> ComboSlot:
    return replace(slot, dish_ids=tuple(DishId(dish_id) for dish_id in slot.dish_ids if dish_id not in off))
