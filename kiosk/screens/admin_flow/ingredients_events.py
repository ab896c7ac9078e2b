"""The section ingredients: what can happen there, and what it wants done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kiosk.domain.ingredient import (
    IngredientAct,
    IngredientActId,
    IngredientActKind,
    IngredientId,
    IngredientLevel,
)
from kiosk.domain.staff import Permission
from kiosk.domain.stock_act import WasteReason
from kiosk.screens.admin_door import AdminAnswer, AdminEvent
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.services.ingredients import IngredientAnswer

# --- touches ---


@dataclass(frozen=True, slots=True)
class IngredientTouched(AdminEvent):
    ingredient_id: IngredientId


@dataclass(frozen=True, slots=True)
class IngredientsPageTurned(AdminEvent):
    page: int


@dataclass(frozen=True, slots=True)
class IngredientModeChosen(AdminEvent):
    kind: IngredientActKind


@dataclass(frozen=True, slots=True)
class AmountKeyTyped(AdminEvent):
    """A digit or the point."""

    key: str


@dataclass(frozen=True, slots=True)
class AmountErased(AdminEvent):
    """The last one goes."""


@dataclass(frozen=True, slots=True)
class SmallUnitChosen(AdminEvent):
    """g for kg, ml for l; or back."""

    in_small: bool


@dataclass(frozen=True, slots=True)
class AmountConfirmed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class IngredientWasteReasonChosen(AdminEvent):
    reason: WasteReason


@dataclass(frozen=True, slots=True)
class IngredientReasonsDismissed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class IngredientUndoTouched(AdminEvent):
    made: IngredientAct


@dataclass(frozen=True, slots=True)
class AskIngredientsAgain(AdminEvent):
    """What central did not answer."""


# --- effects ---


@dataclass(frozen=True, slots=True)
class SeeIngredients(AdminAct):
    needs: ClassVar = Permission.SEE_STOCK


@dataclass(frozen=True, slots=True)
class DeliverIngredient(AdminAct):
    """`act_id` None: begin it; else it was begun, and nobody knows how it ended."""

    ingredient_id: IngredientId
    milli: int
    act_id: IngredientActId | None = None
    needs: ClassVar = Permission.RESTOCK


@dataclass(frozen=True, slots=True)
class CountIngredient(AdminAct):
    """As DeliverIngredient; `level` as it was shown."""

    level: IngredientLevel
    counted_milli: int
    act_id: IngredientActId | None = None
    needs: ClassVar = Permission.COUNT_STOCK


@dataclass(frozen=True, slots=True)
class WasteIngredient(AdminAct):
    """As DeliverIngredient."""

    ingredient_id: IngredientId
    milli: int
    reason: WasteReason
    act_id: IngredientActId | None = None
    needs: ClassVar = Permission.WRITE_OFF_WASTE


@dataclass(frozen=True, slots=True)
class UndoIngredientAct(AdminAct):
    """As DeliverIngredient. Its service also asks for the permission of what is undone."""

    made: IngredientAct
    act_id: IngredientActId | None = None
    needs: ClassVar = Permission.SEE_STOCK


IngredientEffect = SeeIngredients | DeliverIngredient | CountIngredient | WasteIngredient | UndoIngredientAct


# --- answers ---


@dataclass(frozen=True, slots=True)
class IngredientsTold(AdminAnswer):
    """`asked`: with the act's id."""

    asked: IngredientEffect
    answer: IngredientAnswer
