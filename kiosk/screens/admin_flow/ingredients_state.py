"""What the section ingredients shows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kiosk.domain.ingredient import (
    MAX_ACT_MILLI,
    MILLI,
    IngredientAct,
    IngredientActKind,
    IngredientId,
    IngredientLevel,
    IngredientUnit,
)
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.services.ingredients import IngredientTrouble

POINT = "."
MAX_CHARS = 8


@dataclass(frozen=True, slots=True)
class IngredientEntry:
    """One ingredient, as it was shown, and what was typed for it: in kg or l, or with `in_small` in g or ml; pieces are
    pieces. `asks_reason`: the reasons for waste are shown."""

    level: IngredientLevel
    kind: IngredientActKind
    typed: str = ""
    in_small: bool = False
    asks_reason: bool = False

    @property
    def is_piece(self) -> bool:
        return self.level.ingredient.unit is IngredientUnit.PIECE

    @property
    def takes_point(self) -> bool:
        """Half a kilogram can be typed, half a gram or an egg cannot."""
        return not self.is_piece and not self.in_small

    @property
    def milli(self) -> int:
        """In thousandths of the ingredient's unit."""
        scale = MILLI if self.is_piece or self.in_small else MILLI * 1000
        return int(Decimal(self.typed.rstrip(POINT) or "0") * scale)

    @property
    def is_ready(self) -> bool:
        """Something was typed that makes an act."""
        return self.typed != "" if self.kind is IngredientActKind.COUNT else self.milli > 0

    def with_key(self, key: str) -> IngredientEntry:
        """The same with that key typed, if that can be an amount."""
        if key == POINT:
            typed = (self.typed or "0") + POINT if self.takes_point and POINT not in self.typed else self.typed
        else:
            typed = key if self.typed == "0" else self.typed + key
        decimals = len(typed.partition(POINT)[2])
        changed = IngredientEntry(self.level, self.kind, typed, self.in_small)
        fits = len(typed) <= MAX_CHARS and decimals <= 3 and changed.milli <= MAX_ACT_MILLI
        return changed if fits else self


@dataclass(frozen=True, slots=True)
class IngredientDone:
    """What an act did; `level` as it then was."""

    act: IngredientAct
    level: IngredientLevel


@dataclass(frozen=True, slots=True)
class IngredientsState:
    """`levels` None: central has not answered yet. `entry`: the ingredient that is open. `asked`: under way. `trouble`:
    central did not do it; `doubtful` is the act that then may have been booked all the same: nothing else is done until
    it is asked for again as it was."""

    levels: tuple[IngredientLevel, ...] | None = None
    page: int = 0
    entry: IngredientEntry | None = None
    asked: AdminAct | None = None
    trouble: IngredientTrouble | None = None
    doubtful: AdminAct | None = None

    @property
    def screen(self) -> str:
        return "ingredients" if self.entry is None else "ingredient"

    @property
    def is_free(self) -> bool:
        """Something new can be begun."""
        return self.asked is None and self.doubtful is None

    def level(self, ingredient_id: IngredientId) -> IngredientLevel | None:
        return next((level for level in self.levels or () if level.ingredient.id == ingredient_id), None)
