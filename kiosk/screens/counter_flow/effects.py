"""What the flow of a counter wants done, outside of itself; what a self-service terminal wants too is the same here
(kiosk.screens.flow.effects)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from kiosk.domain.cart import Cart
from kiosk.domain.due_order import DueOrder
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import Payer
from kiosk.screens.counter_flow.after_sale_state import Undoable
from kiosk.screens.flow.account_events import AccountEffect
from kiosk.screens.flow.effects import (
    CheckPayment,
    Identify,
    IdentifyByDigits,
    IdentifyFace,
    LetGo,
    LoadFaces,
    LoadLevels,
    LoadMenu,
    LookForFace,
    PlaySound,
    Reserve,
    StopFace,
    TakePoses,
)


@dataclass(frozen=True, slots=True)
class Charge:
    """The sale, to that member."""

    sale_id: int
    payer: Payer
    received_s: float
    cart: Cart
    shown_total: Money
    dining_mode: DiningMode
    language: str


@dataclass(frozen=True, slots=True)
class ChargeInLane:
    """The same of the fixed price. `is_meant`: staff said so, of a member who has just paid here."""

    charge: Charge
    is_meant: bool = False


@dataclass(frozen=True, slots=True)
class SellForCash:
    sale_id: int
    cart: Cart
    shown_total: Money
    received: Money
    dining_mode: DiningMode
    language: str


@dataclass(frozen=True, slots=True)
class CheckCash:
    """Does a sale stand that was to be made by that act?"""

    act_id: UUID


@dataclass(frozen=True, slots=True)
class Undo:
    """Void that sale, or take back that its order was collected. `act_id`: of an undo whose end is not known, to be
    found out; None: begin one."""

    sale: Undoable
    act_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FindOrders:
    """Orders that wait for the counter: by number, of a card's member, or by what a scanner read."""

    sale_id: int
    number: str = ""
    card_uid: str = ""
    slip: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CollectFromBalance:
    """What is left to pay of an order that was found, by that member, whoever ordered."""

    sale_id: int
    due_order: DueOrder
    payer: Payer
    received_s: float


@dataclass(frozen=True, slots=True)
class CollectInCash:
    sale_id: int
    due_order: DueOrder
    received: Money


@dataclass(frozen=True, slots=True)
class CheckCollected:
    """Was that order collected by that act?"""

    act_id: UUID
    due_order: DueOrder


Effect = (
    Charge | ChargeInLane | SellForCash | CheckCash | CheckPayment | Undo | FindOrders | CollectFromBalance
    | CollectInCash | CheckCollected | LookForFace | StopFace | IdentifyFace | IdentifyByDigits | LoadFaces
    | LoadMenu | LoadLevels | PlaySound | Identify | TakePoses | AccountEffect | Reserve | LetGo
)  # fmt: skip
