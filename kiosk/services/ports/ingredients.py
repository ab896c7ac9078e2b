"""What looking after ingredients needs of central."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.ids import StaffId
from kiosk.domain.ingredient import IngredientAct, IngredientLevel, IngredientRefusal


@dataclass(frozen=True, slots=True)
class IngredientsAtCentral:
    """`levels` as they stand, what runs out first at the top. `refusal`: nothing was booked; `done`: what was."""

    levels: tuple[IngredientLevel, ...]
    refusal: IngredientRefusal | None = None
    done: IngredientAct | None = None


class Ingredients(Protocol):
    def ask_ingredients(self, staff_id: StaffId, act: IngredientAct | None) -> IngredientsAtCentral:
        """Book the act, the same one once; without an act: as it stands. Raises CentralUnreachable, CentralRefused."""
        ...
