"""The menu: what a canteen offers, when, and its combos of dishes. A Menu that exists is consistent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property

from kiosk.domain.barcode import barcode_fault
from kiosk.domain.dish import MAX_SPICE, Dish, OptionGroup
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from kiosk.domain.weight import PER_G


class MenuError(DomainError):
    """The menu contradicts itself. `field` is a path such as `dishes[3].price`, for the one who wrote the file."""

    def __init__(self, field_path: str, reason: str) -> None:
        super().__init__(f"{field_path}: {reason}")
        self.field_path = field_path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class MealPeriod:
    """A part of the day with its own dishes; `starts <= local time < ends`, never over midnight."""

    id: str
    name: LocalText
    starts: time
    ends: time

    def contains(self, local: time) -> bool:
        return self.starts <= local < self.ends


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    name: LocalText
    icon: str


@dataclass(frozen=True, slots=True)
class ComboSlot:
    """One place of a combo, filled with exactly one of `dish_ids`; the first is the default."""

    id: str
    name: LocalText
    dish_ids: tuple[DishId, ...]


@dataclass(frozen=True, slots=True)
class Combo:
    """A meal of several dishes at one price, whatever is chosen for its slots (options keep their differences)."""

    id: ComboId
    name: LocalText
    description: LocalText
    price: Money
    art: str
    meal_period_ids: frozenset[str]
    slots: tuple[ComboSlot, ...]
    search_keys: tuple[str, ...] = ()

    def slot(self, slot_id: str) -> ComboSlot | None:
        return next((s for s in self.slots if s.id == slot_id), None)


@dataclass(frozen=True)
class Menu:
    """All that a canteen offers. Raises MenuError at construction if anything points to nothing or costs below zero.
    `weighed`: what is sold by weight, at the counter alone. They are no `dishes`, so that whoever cannot weigh, such as
    an older terminal, never offers them."""

    version: int
    canteen: LocalText
    currency: str
    meal_periods: tuple[MealPeriod, ...]
    categories: tuple[Category, ...]
    dishes: tuple[Dish, ...]
    combos: tuple[Combo, ...]
    weighed: tuple[Dish, ...] = ()

    def __post_init__(self) -> None:
        _check_menu(self)

    @cached_property
    def dish_by_id(self) -> Mapping[DishId, Dish]:
        return {d.id: d for d in self.dishes}

    @cached_property
    def weighed_by_id(self) -> Mapping[DishId, Dish]:
        return {d.id: d for d in self.weighed}

    @cached_property
    def combo_by_id(self) -> Mapping[ComboId, Combo]:
        return {c.id: c for c in self.combos}

    def meal_period_at(self, local: time) -> MealPeriod | None:
        """The meal period that serves at that local time; None between periods."""
        return next((p for p in self.meal_periods if p.contains(local)), None)


def _check_menu(menu: Menu) -> None:
    periods = _unique("meal_periods", [p.id for p in menu.meal_periods])
    categories = _unique("categories", [c.id for c in menu.categories])
    dish_ids = _unique("dishes", [d.id for d in menu.dishes])
    _unique("weighed", [d.id for d in menu.weighed])
    _unique("combos", [c.id for c in menu.combos])
    for i, period in enumerate(menu.meal_periods):
        if period.starts >= period.ends:
            raise MenuError(f"meal_periods[{i}].ends", "must be later than starts")
    for i, dish in enumerate(menu.dishes):
        if dish.per_g is not None:
            raise MenuError(f"dishes[{i}].per_g", "what is sold by weight is no dish of this list")
        _check_dish(f"dishes[{i}]", dish, menu.currency, categories, periods)
    for i, dish in enumerate(menu.weighed):
        _check_weighed(f"weighed[{i}]", dish, dish_ids)
        _check_dish(f"weighed[{i}]", dish, menu.currency, categories, periods)
    _check_barcodes(menu)
    for i, combo in enumerate(menu.combos):
        _check_combo(f"combos[{i}]", combo, menu.currency, dish_ids, periods)
        _check_combo_floor(f"combos[{i}]", combo, menu)


def _unique(path: str, ids: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for i, one in enumerate(ids):
        if not one:
            raise MenuError(f"{path}[{i}].id", "must not be empty")
        if one in seen:
            raise MenuError(f"{path}[{i}].id", f"{one!r} stands twice")
        seen.add(one)
    return seen


def _known(path: str, wanted: Iterable[str], known: set[str]) -> None:
    for one in sorted(wanted):
        if one not in known:
            raise MenuError(path, f"{one!r} does not exist")


def _check_price(path: str, price: Money, currency: str) -> None:
    if price.is_negative:
        raise MenuError(path, f"{price.decimal_text()} is below zero")
    if price.currency != currency:
        raise MenuError(path, f"is in {price.currency}, the menu in {currency}")


def _check_dish(path: str, dish: Dish, currency: str, categories: set[str], periods: set[str]) -> None:
    _check_price(f"{path}.price", dish.price, currency)
    _known(f"{path}.category", [dish.category_id], categories)
    _known(f"{path}.meal_periods", dish.meal_period_ids, periods)
    if not 0 <= dish.spice <= MAX_SPICE:
        raise MenuError(f"{path}.spice", f"must be 0 to {MAX_SPICE}")
    _unique(f"{path}.options", [g.id for g in dish.option_groups])
    cheapest = dish.price
    for i, group in enumerate(dish.option_groups):
        _check_group(f"{path}.options[{i}]", group, currency)
        cheapest += _lowest_delta(group, currency)
    if cheapest.is_negative:
        raise MenuError(f"{path}.options", "the cheapest choices make the price fall below zero")


def _check_weighed(path: str, dish: Dish, portion_ids: set[str]) -> None:
    if dish.id in portion_ids:
        raise MenuError(f"{path}.id", f"{dish.id!r} stands twice")
    if dish.per_g not in PER_G:
        raise MenuError(f"{path}.per_g", f"must be one of {', '.join(map(str, PER_G))}")
    if dish.option_groups:
        raise MenuError(f"{path}.options", "what is sold by weight has none")


def _check_barcodes(menu: Menu) -> None:
    """A label leads to one dish: by its barcode, or by its id."""
    lists = ("dishes", menu.dishes), ("weighed", menu.weighed)
    coded = [(f"{path}[{i}].barcode", dish) for path, among in lists for i, dish in enumerate(among) if dish.barcode]
    seen: dict[str, DishId] = {dish.id: dish.id for _, among in lists for dish in among}
    for path, dish in coded:
        fault = barcode_fault(dish.barcode)
        if fault:
            raise MenuError(path, fault)
        if seen.setdefault(dish.barcode, dish.id) != dish.id:
            raise MenuError(path, f"{dish.barcode!r} is on the label of {seen[dish.barcode]!r} already")


def _check_group(path: str, group: OptionGroup, currency: str) -> None:
    ids = _unique(f"{path}.choices", [c.id for c in group.choices])
    if not 0 <= group.min_choices <= group.max_choices <= len(group.choices) or group.max_choices == 0:
        raise MenuError(f"{path}.min", "needs 0 <= min <= max <= number of choices, max at least 1")
    _known(f"{path}.default", group.default_choice_ids, ids)
    if len(set(group.default_choice_ids)) != len(group.default_choice_ids):
        raise MenuError(f"{path}.default", "names a choice twice")
    if not group.min_choices <= len(group.default_choice_ids) <= group.max_choices:
        raise MenuError(f"{path}.default", "must itself be an allowed choice")
    for i, choice in enumerate(group.choices):
        if choice.price_delta.currency != currency:
            raise MenuError(f"{path}.choices[{i}].price_delta", f"is not in {currency}")
        if choice.spice is not None and not 0 <= choice.spice <= MAX_SPICE:
            raise MenuError(f"{path}.choices[{i}].spice", f"must be 0 to {MAX_SPICE}")


def _lowest_delta(group: OptionGroup, currency: str) -> Money:
    """The lowest price difference that allowed choices of this group can make."""
    ordered = sorted(c.price_delta for c in group.choices)
    forced, free = ordered[: group.min_choices], ordered[group.min_choices : group.max_choices]
    return Money.sum([*forced, *(d for d in free if d.is_negative)], currency)


def _check_combo(path: str, combo: Combo, currency: str, dish_ids: set[str], periods: set[str]) -> None:
    _check_price(f"{path}.price", combo.price, currency)
    _known(f"{path}.meal_periods", combo.meal_period_ids, periods)
    if not combo.slots:
        raise MenuError(f"{path}.slots", "must not be empty")
    _unique(f"{path}.slots", [s.id for s in combo.slots])
    for i, slot in enumerate(combo.slots):
        if not slot.dish_ids:
            raise MenuError(f"{path}.slots[{i}].dishes", "must not be empty")
        _unique(f"{path}.slots[{i}].dishes", slot.dish_ids)
        _known(f"{path}.slots[{i}].dishes", slot.dish_ids, dish_ids)


def _check_combo_floor(path: str, combo: Combo, menu: Menu) -> None:
    """Options keep their price differences inside a combo: even the cheapest must not fall below zero."""
    lowest = combo.price
    for slot in combo.slots:
        dishes = (menu.dish_by_id[dish_id] for dish_id in slot.dish_ids)
        lowest += min(
            Money.sum([_lowest_delta(g, menu.currency) for g in d.option_groups], menu.currency) for d in dishes
        )
    if lowest.is_negative:
        raise MenuError(f"{path}.price", "the cheapest choices make the price fall below zero")
