"""Ingredients: seen by staff at a terminal, and what they do with them, at central at once (docs/decisions/0019)."""

from __future__ import annotations

import msgspec

from kiosk.domain.ingredient import IngredientAct, IngredientLevel


class IngredientsRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `staff` (an id) does; no act: what is left is asked for. An act of the same id is the same act."""

    staff: str
    act: IngredientAct | None = None


class IngredientsReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """`refusal`: why nothing was booked (kiosk.domain.ingredient.IngredientRefusal), "" when it was. `levels`: as they
    stand now, what runs out first at the top."""

    levels: tuple[IngredientLevel, ...]
    refusal: str = ""
