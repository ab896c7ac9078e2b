"""Does a dish suit a person? Unknown ingredients count as blocked, never as safe, inside combos too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.cart import DishChoice, Selection
from kiosk.domain.dish import Allergen, DietTag, Dish, OptionChoice
from kiosk.domain.menu import Menu


@dataclass(frozen=True, slots=True)
class DietProfile:
    """What a person avoids (allergens) and keeps to (tags; not spicy)."""

    avoids: frozenset[Allergen] = frozenset()
    keeps: frozenset[DietTag] = frozenset()
    no_spicy: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.avoids or self.keeps or self.no_spicy)

    def union(self, other: DietProfile) -> DietProfile:
        return DietProfile(self.avoids | other.avoids, self.keeps | other.keeps, self.no_spicy or other.no_spicy)


NO_DIET = DietProfile()


class BlockReason(StrEnum):
    ALLERGEN = "allergen"
    UNKNOWN_INGREDIENTS = "unknown_ingredients"
    NOT_TAGGED = "not_tagged"
    SPICY = "spicy"


@dataclass(frozen=True, slots=True)
class Block:
    """Why not: the reason and, where there is one, the allergen or tag it is about."""

    reason: BlockReason
    allergen: Allergen | None = None
    tag: DietTag | None = None


def blocks_for_dish(dish: Dish, profile: DietProfile) -> tuple[Block, ...]:
    """Every reason why the dish, as it comes by default, does not suit the person; empty when it does."""
    return _blocks(dish, DishChoice.default(dish), profile)


def blocks_for_selection(selection: Selection, menu: Menu, profile: DietProfile) -> tuple[Block, ...]:
    """The same for a selection with its options, every dish of a combo included; each reason once."""
    found: dict[Block, None] = {}
    for choice in selection.dishes:
        found.update(dict.fromkeys(_blocks(menu.dish_by_id[choice.dish_id], choice, profile)))
    return tuple(found)


def _blocks(dish: Dish, choice: DishChoice, profile: DietProfile) -> tuple[Block, ...]:
    chosen = tuple(_chosen(dish, choice))
    found: list[Block] = []
    if profile.avoids:
        found += _allergen_blocks(dish, chosen, profile.avoids)
    fit_for = dish.diet_tags.difference(*(c.breaks for c in chosen))
    found += [Block(BlockReason.NOT_TAGGED, tag=t) for t in sorted(profile.keeps - fit_for)]
    levels = [c.spice for c in chosen if c.spice is not None]
    if profile.no_spicy and (max(levels) if levels else dish.spice) > 0:
        found.append(Block(BlockReason.SPICY))
    return tuple(found)


def _allergen_blocks(dish: Dish, chosen: tuple[OptionChoice, ...], avoids: frozenset[Allergen]) -> Iterator[Block]:
    sources = [dish.allergens, *(c.allergens for c in chosen)]
    if any(s is None for s in sources):
        yield Block(BlockReason.UNKNOWN_INGREDIENTS)
    present = frozenset[Allergen]().union(*(s for s in sources if s is not None))
    for allergen in sorted(present & avoids):
        yield Block(BlockReason.ALLERGEN, allergen=allergen)


def _chosen(dish: Dish, choice: DishChoice) -> Iterator[OptionChoice]:
    for group in dish.option_groups:
        ids = choice.choice_ids(group.id)
        yield from (c for c in group.choices if c.id in ids)
