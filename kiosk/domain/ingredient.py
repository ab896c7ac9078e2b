"""What dishes are made of: ingredients, recipes, and how much of an ingredient is left.

Amounts are integer thousandths of the ingredient's unit (`milli`: mg, µl, thousandths of a piece), so that half a piece
or 2.5 g of salt a portion adds up exactly. What is left is the sum of movements, never "set to"; it may be below zero,
as a kitchen cooks what the books do not know of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.staff import Permission
from kiosk.domain.stock_act import WasteReason

IngredientId = NewType("IngredientId", str)
IngredientActId = NewType("IngredientActId", UUID)

MILLI = 1000
MAX_ID_CHARS = 40
MAX_PORTION_MILLI = 10_000 * MILLI  # 10 kg in one portion: above it somebody mistyped
MAX_ACT_MILLI = 10_000_000 * MILLI  # 10 t at a time
MAX_KNOWN_MILLI = 10**15  # what a count may correct
LOW_DAYS = 2.0


class IngredientError(DomainError):
    """That is no act with an ingredient that staff could have done."""


class IngredientUnit(StrEnum):
    GRAM = "g"
    MILLILITRE = "ml"
    PIECE = "piece"


@dataclass(frozen=True, slots=True)
class Ingredient:
    """`warn_below_milli`: staff are warned when less is left; 0: when nothing is."""

    id: IngredientId
    name: LocalText
    unit: IngredientUnit
    warn_below_milli: int = 0


Recipe = Mapping[IngredientId, int]
"""What one portion uses, in thousandths of each ingredient's unit."""


def moved_with(portions: Mapping[DishId, int], recipes: Mapping[DishId, Recipe]) -> dict[IngredientId, int]:
    """What moves of each ingredient when so many portions of dishes move: below zero for what was sold, above for what
    was given back. A dish without a recipe moves nothing."""
    moved: dict[IngredientId, int] = {}
    for dish_id, count in portions.items():
        for ingredient_id, milli in recipes.get(dish_id, {}).items():
            moved[ingredient_id] = moved.get(ingredient_id, 0) + count * milli
    return {ingredient_id: milli for ingredient_id, milli in moved.items() if milli}


# --- what staff do ---


class IngredientActKind(StrEnum):
    DELIVERY = "delivery"
    COUNT = "count"
    WASTE = "waste"

    @property
    def permission(self) -> Permission:
        return _PERMISSIONS[self]


_PERMISSIONS = {
    IngredientActKind.DELIVERY: Permission.RESTOCK,
    IngredientActKind.COUNT: Permission.COUNT_STOCK,
    IngredientActKind.WASTE: Permission.WRITE_OFF_WASTE,
}


@dataclass(frozen=True, slots=True)
class IngredientAct:
    """One act of one staff member with one ingredient: `milli` are added (negative: taken out). Of a count: what was
    `counted_milli`, what was shown as left (`known_milli`), and the newest count of which the screen knew. With
    `undoes` it is the opposite of that act."""

    id: IngredientActId
    kind: IngredientActKind
    ingredient_id: IngredientId
    milli: int
    counted_milli: int | None = None
    known_milli: int | None = None
    after_count: IngredientActId | None = None
    reason: WasteReason | None = None
    undoes: IngredientActId | None = None


def delivery(act_id: IngredientActId, ingredient_id: IngredientId, milli: int) -> IngredientAct:
    return IngredientAct(act_id, IngredientActKind.DELIVERY, ingredient_id, milli)


def count(act_id: IngredientActId, level: IngredientLevel, counted_milli: int) -> IngredientAct:
    """The movement of the difference that staff were shown: what is sold meanwhile counts on."""
    known = level.left_milli
    ingredient_id = level.ingredient.id
    moved = counted_milli - known
    return IngredientAct(
        act_id, IngredientActKind.COUNT, ingredient_id, moved, counted_milli, known, level.newest_count
    )


def waste(act_id: IngredientActId, ingredient_id: IngredientId, milli: int, reason: WasteReason) -> IngredientAct:
    return IngredientAct(act_id, IngredientActKind.WASTE, ingredient_id, -milli, reason=reason)


def opposite(act: IngredientAct, act_id: IngredientActId) -> IngredientAct:
    """The act that undoes it."""
    return IngredientAct(act_id, act.kind, act.ingredient_id, -act.milli, reason=act.reason, undoes=act.id)


def check_ingredient_act(act: IngredientAct) -> None:
    """Raises IngredientError unless the act agrees with itself and is within bounds."""
    _require(1 <= len(act.ingredient_id) <= MAX_ID_CHARS and act.ingredient_id.isprintable(), "that is no ingredient")
    _require((act.reason is not None) == (act.kind is IngredientActKind.WASTE), "waste has a reason, nothing else has")
    _require(act.undoes != act.id, "an act does not undo itself")
    sign = 1 if act.undoes is None else -1
    if act.kind is IngredientActKind.COUNT:
        _check_count(act)
        return
    _require((act.counted_milli, act.known_milli, act.after_count) == (None, None, None), "only a count counts")
    added = act.milli if act.kind is IngredientActKind.DELIVERY else -act.milli
    _require(1 <= sign * added <= MAX_ACT_MILLI, f"an act is of 1 to {MAX_ACT_MILLI} thousandths")


def _check_count(act: IngredientAct) -> None:
    _require(abs(act.milli) <= MAX_KNOWN_MILLI + MAX_ACT_MILLI, "what a count moves is out of bounds")
    if act.undoes is not None:
        _require((act.counted_milli, act.known_milli, act.after_count) == (None, None, None), "an undone count is none")
        return
    if act.counted_milli is None or act.known_milli is None:
        raise IngredientError("a count says what was counted, and what was known")
    _require(0 <= act.counted_milli <= MAX_ACT_MILLI, f"0 to {MAX_ACT_MILLI} thousandths are counted")
    _require(abs(act.known_milli) <= MAX_KNOWN_MILLI, "what was known is out of bounds")
    _require(act.milli == act.counted_milli - act.known_milli, "a count moves what counted and known differ by")


class IngredientRefusal(StrEnum):
    """unknown: no ingredient of the recipes. not_permitted: at central they may not, or are not known. counted_since:
    somebody else counted it meanwhile. undone: it was undone, or counted since. id_in_use: another act has that id."""

    UNKNOWN = "unknown"
    NOT_PERMITTED = "not_permitted"
    COUNTED_SINCE = "counted_since"
    UNDONE = "undone"
    ID_IN_USE = "id_in_use"


# --- what is left ---


@dataclass(frozen=True, slots=True)
class IngredientLevel:
    """`used_a_day_milli`: what sales use on a day of selling, from the last days; None: nothing was sold. `is_known`:
    somebody has counted it or had it delivered; until then what is left says nothing."""

    ingredient: Ingredient
    left_milli: int
    used_a_day_milli: int | None = None
    is_known: bool = True
    newest_count: IngredientActId | None = None

    @property
    def days_left(self) -> float | None:
        """At the pace of the last days; None: nobody can say."""
        if not self.is_known or not self.used_a_day_milli or self.used_a_day_milli < 0:
            return None
        return max(0, self.left_milli) / self.used_a_day_milli

    @property
    def is_low(self) -> bool:
        """Staff are warned."""
        below = self.left_milli < max(1, self.ingredient.warn_below_milli)
        days = self.days_left
        return self.is_known and (below or (days is not None and days < LOW_DAYS))


def by_urgency(levels: Iterable[IngredientLevel]) -> list[IngredientLevel]:
    """What runs out first stands first; then what is low, then what has no pace, then what nobody has counted."""

    def key(level: IngredientLevel) -> tuple[bool, bool, float, bool, str]:
        days = 0.0 if level.is_known and level.left_milli <= 0 else level.days_left
        rank = float("inf") if days is None else days
        return not level.is_known, not level.is_low, rank, days is None, level.ingredient.id

    return sorted(levels, key=key)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise IngredientError(reason)
