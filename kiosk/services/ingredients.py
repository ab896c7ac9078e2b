"""Ingredients at a terminal's admin screen: central's alone, which takes what is sold off them as it books it."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from kiosk.domain.ingredient import (
    IngredientAct,
    IngredientActId,
    IngredientId,
    IngredientLevel,
    count,
    delivery,
    opposite,
    waste,
)
from kiosk.domain.staff import Permission, Staff
from kiosk.domain.stock_act import WasteReason
from kiosk.services.ports import CentralRefused, CentralUnreachable, Ingredients, IngredientsAtCentral


class IngredientTrouble(StrEnum):
    """unreachable: whether it was booked is not known; asked for again under the same id it is booked once."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"


IngredientAnswer = IngredientsAtCentral | IngredientTrouble


class IngredientDesk:
    """Its calls block (network). The id of an act is made once, when it is begun. Amounts are thousandths of the
    ingredient's unit."""

    def __init__(self, central: Ingredients) -> None:
        self._central = central

    def see(self, by: Staff) -> IngredientAnswer:
        by.require(Permission.SEE_STOCK)
        return self._ask(by, None)

    def deliver(self, by: Staff, act_id: IngredientActId, ingredient_id: IngredientId, milli: int) -> IngredientAnswer:
        by.require(Permission.RESTOCK)
        return self._ask(by, delivery(act_id, ingredient_id, milli))

    def count(self, by: Staff, act_id: IngredientActId, level: IngredientLevel, counted_milli: int) -> IngredientAnswer:
        """`level` as staff were shown it."""
        by.require(Permission.COUNT_STOCK)
        return self._ask(by, count(act_id, level, counted_milli))

    def waste(
        self, by: Staff, act_id: IngredientActId, ingredient_id: IngredientId, milli: int, reason: WasteReason
    ) -> IngredientAnswer:
        by.require(Permission.WRITE_OFF_WASTE)
        return self._ask(by, waste(act_id, ingredient_id, milli, reason))

    def undo(self, by: Staff, act_id: IngredientActId, made: IngredientAct) -> IngredientAnswer:
        by.require(Permission.SEE_STOCK)
        by.require(made.kind.permission)
        return self._ask(by, opposite(made, act_id))

    def _ask(self, by: Staff, act: IngredientAct | None) -> IngredientAnswer:
        try:
            told = self._central.ask_ingredients(by.id, act)
        except CentralUnreachable:
            return IngredientTrouble.UNREACHABLE
        except CentralRefused:
            return IngredientTrouble.REFUSED
        return replace(told, done=act if told.refusal is None else None)
