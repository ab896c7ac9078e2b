"""The section menu of the day: what can happen there, and what it wants done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kiosk.domain.money import Money
from kiosk.domain.staff import Permission
from kiosk.screens.admin_door import AdminAnswer, AdminEvent
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.menu_of_day_state import Pricing, Switching
from kiosk.services.menu_of_day import MenuAnswer

PricingChange = Callable[[Pricing], Pricing]

# --- touches ---


@dataclass(frozen=True, slots=True)
class CategoryTouched(AdminEvent):
    category_id: str


@dataclass(frozen=True, slots=True)
class ItemsSwitched(AdminEvent):
    """One of them, or all of a category."""

    item_ids: frozenset[str]
    off: bool


@dataclass(frozen=True, slots=True)
class PriceTouched(AdminEvent):
    item_id: str


@dataclass(frozen=True, slots=True)
class PriceTyped(AdminEvent):
    digits: str


@dataclass(frozen=True, slots=True)
class PriceErased(AdminEvent):
    """The last digit goes."""


@dataclass(frozen=True, slots=True)
class SinceChosen(AdminEvent):
    tomorrow: bool


@dataclass(frozen=True, slots=True)
class PriceConfirmed(AdminEvent):
    """Do it, for that reason (kiosk.domain.text)."""

    reason: str


@dataclass(frozen=True, slots=True)
class TryAgainTouched(AdminEvent):
    """What central did not answer."""


# --- effects ---


@dataclass(frozen=True, slots=True)
class SeeMenu(AdminAct):
    needs: ClassVar = Permission.SWITCH_DISHES


@dataclass(frozen=True, slots=True)
class SwitchItems(AdminAct):
    """`act_id` None: begin it; else it was begun, and nobody knows how it ended."""

    switching: Switching
    act_id: UUID | None = None
    needs: ClassVar = Permission.SWITCH_DISHES


@dataclass(frozen=True, slots=True)
class ChangePrice(AdminAct):
    """As SwitchItems."""

    pricing: Pricing
    price: Money
    reason: str
    act_id: UUID | None = None
    needs: ClassVar = Permission.CHANGE_PRICES


MenuEffect = SeeMenu | SwitchItems | ChangePrice


# --- answers ---


@dataclass(frozen=True, slots=True)
class MenuTold(AdminAnswer):
    """`asked`: with the act's id."""

    asked: MenuEffect
    answer: MenuAnswer
