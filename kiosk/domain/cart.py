"""What the customer has chosen so far. Selections name the menu by id; prices are never stored here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kiosk.domain.dish import Dish, OptionGroup
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.menu import Combo, Menu
from kiosk.domain.money import Money
from kiosk.domain.weight import MAX_GRAMS

MAX_QUANTITY = 20
MAX_LINES = 30
# Bounds what may be claimed; what staff may key is a setting of the terminal, below it.
MAX_KEYED_MINOR = 1_000_000


class CartError(DomainError):
    """A selection the menu does not allow, or more than a cart holds."""


@dataclass(frozen=True, slots=True)
class DishChoice:
    """One dish and its chosen options, as (group id, choice ids) sorted so that equal choices compare equal.
    `slot_id` names the combo's slot it fills; "" outside combos."""

    dish_id: DishId
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    slot_id: str = ""

    @classmethod
    def of(cls, dish_id: DishId, options: Mapping[str, tuple[str, ...]], slot_id: str = "") -> DishChoice:
        chosen = ((group_id, tuple(sorted(ids))) for group_id, ids in options.items() if ids)
        return cls(dish_id, tuple(sorted(chosen)), slot_id)

    @classmethod
    def default(cls, dish: Dish, slot_id: str = "") -> DishChoice:
        """The dish as it comes when nobody asks for anything else."""
        return cls.of(dish.id, {g.id: g.default_choice_ids for g in dish.option_groups}, slot_id)

    def choice_ids(self, group_id: str) -> tuple[str, ...]:
        return next((ids for gid, ids in self.options if gid == group_id), ())

    def by_group(self, groups: Iterable[OptionGroup]) -> Iterator[tuple[OptionGroup, tuple[str, ...]]]:
        """Each group with what was chosen of it."""
        return ((group, self.choice_ids(group.id)) for group in groups)

    def with_option(self, group_id: str, choice_ids: tuple[str, ...]) -> DishChoice:
        """The same dish with that group's choices replaced."""
        return DishChoice.of(self.dish_id, {**dict(self.options), group_id: choice_ids}, self.slot_id)


@dataclass(frozen=True, slots=True)
class Selection:
    """One thing to order: a single dish, or a combo with a dish in each of its slots, in the combo's order. Sold at the
    counter alone: `grams` of a dish that is sold by weight; or `keyed`, a sum that staff typed, without any dish."""

    dishes: tuple[DishChoice, ...]
    combo_id: ComboId | None = None
    keyed: Money | None = None
    grams: int | None = None

    @classmethod
    def of_dish(cls, dish: Dish) -> Selection:
        return cls((DishChoice.default(dish),))

    @classmethod
    def of_combo(cls, combo: Combo, menu: Menu) -> Selection:
        """The combo with the first dish of each slot, as it comes."""
        first = ((menu.dish_by_id[slot.dish_ids[0]], slot.id) for slot in combo.slots)
        return cls(tuple(DishChoice.default(dish, slot_id) for dish, slot_id in first), combo.id)

    @classmethod
    def of_sum(cls, amount: Money) -> Selection:
        return cls((), keyed=amount)

    @classmethod
    def of_weight(cls, dish: Dish, grams: int) -> Selection:
        return cls((DishChoice(dish.id),), grams=grams)

    @property
    def at_counter_only(self) -> bool:
        """Nothing that a customer could choose."""
        return self.keyed is not None or self.grams is not None

    def with_dish(self, index: int, choice: DishChoice) -> Selection:
        """The same selection with the dish at `index` replaced, keeping its slot."""
        kept = replace(choice, slot_id=self.dishes[index].slot_id)
        return replace(self, dishes=(*self.dishes[:index], kept, *self.dishes[index + 1 :]))


@dataclass(frozen=True, slots=True)
class CartLine:
    selection: Selection
    quantity: int


@dataclass(frozen=True, slots=True)
class Cart:
    """Lines in the order they were added; the same selection stands in one line with its quantity."""

    lines: tuple[CartLine, ...] = ()

    @property
    def item_count(self) -> int:
        return sum(line.quantity for line in self.lines)

    def quantity_of(self, selection: Selection) -> int:
        return next((line.quantity for line in self.lines if line.selection == selection), 0)

    def add(self, selection: Selection, quantity: int = 1) -> Cart:
        """Raises CartError beyond MAX_QUANTITY of one selection or MAX_LINES lines."""
        return self.set_quantity(selection, self.quantity_of(selection) + quantity)

    def set_quantity(self, selection: Selection, quantity: int) -> Cart:
        """Zero removes the line. Raises CartError out of bounds."""
        if not 0 <= quantity <= MAX_QUANTITY:
            raise CartError(f"quantity must be 0 to {MAX_QUANTITY}")
        if quantity == 0:
            return Cart(tuple(line for line in self.lines if line.selection != selection))
        if self.quantity_of(selection):
            changed = (replace(x, quantity=quantity) if x.selection == selection else x for x in self.lines)
            return Cart(tuple(changed))
        if len(self.lines) >= MAX_LINES:
            raise CartError(f"a cart holds {MAX_LINES} lines")
        return Cart((*self.lines, CartLine(selection, quantity)))

    def replace_selection(self, old: Selection, new: Selection) -> Cart:
        """`old` becomes `new` in place, joining a line that has `new` already."""
        if old == new:
            return self
        joined = self.quantity_of(new)
        if joined:
            return self.set_quantity(old, 0).set_quantity(new, joined + self.quantity_of(old))
        return Cart(tuple(replace(x, selection=new) if x.selection == old else x for x in self.lines))


EMPTY_CART = Cart()


def check_selection(selection: Selection, menu: Menu) -> None:
    """Raises CartError unless the menu has the thing and allows every choice made."""
    if selection.keyed is not None:
        _check_keyed(selection, menu)
        return
    if selection.grams is not None:
        _check_weight(selection, selection.grams, menu)
        return
    if selection.combo_id is None:
        if len(selection.dishes) != 1 or selection.dishes[0].slot_id:
            raise CartError("outside a combo a selection is one dish")
    else:
        _check_slots(selection, menu)
    for choice in selection.dishes:
        _check_options(choice, menu)


def _check_keyed(selection: Selection, menu: Menu) -> None:
    keyed = selection.keyed
    if keyed is None or selection.dishes or selection.combo_id is not None or selection.grams is not None:
        raise CartError("a keyed sum stands alone")
    if keyed.currency != menu.currency or not 0 < keyed.minor <= MAX_KEYED_MINOR:
        raise CartError(f"a keyed sum is above zero and at most {MAX_KEYED_MINOR} minor units of {menu.currency}")


def _check_weight(selection: Selection, grams: int, menu: Menu) -> None:
    if selection.combo_id is not None or len(selection.dishes) != 1:
        raise CartError("one dish is weighed")
    choice = selection.dishes[0]
    if choice.dish_id not in menu.weighed_by_id or choice.options or choice.slot_id:
        raise CartError(f"{choice.dish_id!r} is not sold by weight")
    if not 1 <= grams <= MAX_GRAMS:
        raise CartError(f"a weight is 1 to {MAX_GRAMS} g")


def _check_slots(selection: Selection, menu: Menu) -> None:
    combo = menu.combo_by_id.get(selection.combo_id) if selection.combo_id else None
    if combo is None:
        raise CartError(f"no combo {selection.combo_id!r} on this menu")
    if tuple(choice.slot_id for choice in selection.dishes) != tuple(s.id for s in combo.slots):
        raise CartError(f"combo {combo.id!r} needs each of its slots once")
    for slot, choice in zip(combo.slots, selection.dishes, strict=True):
        if choice.dish_id not in slot.dish_ids:
            raise CartError(f"{choice.dish_id!r} is not a choice for slot {slot.id!r}")


def _check_options(choice: DishChoice, menu: Menu) -> None:
    dish = menu.dish_by_id.get(choice.dish_id)
    if dish is None:
        raise CartError(f"no dish {choice.dish_id!r} on this menu")
    if not choice.options and not dish.option_groups:
        return
    named = [group_id for group_id, _ in choice.options]
    if not set(named) <= {g.id for g in dish.option_groups} or len(set(named)) != len(named):
        raise CartError(f"dish {dish.id!r} has no such option group")
    for group in dish.option_groups:
        ids = choice.choice_ids(group.id)
        if len(set(ids)) != len(ids) or any(group.choice(i) is None for i in ids):
            raise CartError(f"unknown choice in group {group.id!r}")
        if not group.min_choices <= len(ids) <= group.max_choices:
            raise CartError(f"group {group.id!r} takes {group.min_choices} to {group.max_choices} choices")
