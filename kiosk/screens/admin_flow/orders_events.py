"""The section orders: what can happen there, and what it wants done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from kiosk.domain.ids import OrderId
from kiosk.domain.staff import Permission
from kiosk.screens.admin_door import AdminAnswer, AdminEvent
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.orders_state import BackAsked, BackKind, Ended
from kiosk.services.find_orders import NothingFound, OrderPage
from kiosk.services.order_details import OrderDetails
from kiosk.services.payments_lately import PaymentLately

# --- touches ---


@dataclass(frozen=True, slots=True)
class NumberTyped(AdminEvent):
    """A letter or a digit more."""

    key: str


@dataclass(frozen=True, slots=True)
class NumberErased(AdminEvent):
    """The last one goes."""


@dataclass(frozen=True, slots=True)
class NumberConfirmed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class NewestTouched(AdminEvent):
    """Back to the newest page."""


@dataclass(frozen=True, slots=True)
class OlderTouched(AdminEvent):
    """The page behind this one."""


@dataclass(frozen=True, slots=True)
class HourEarlierTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class OrderTouched(AdminEvent):
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class GiveBackTouched(AdminEvent):
    """Of the order that is open: show what goes where, before anything is done."""

    kind: BackKind


@dataclass(frozen=True, slots=True)
class PortionsSet(AdminEvent):
    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class RestockChosen(AdminEvent):
    restock: bool


@dataclass(frozen=True, slots=True)
class ReasonTouched(AdminEvent):
    """Do it, for that reason (kiosk.domain.text)."""

    reason: str


@dataclass(frozen=True, slots=True)
class PrintAgainTouched(AdminEvent):
    job_id: UUID


@dataclass(frozen=True, slots=True)
class PaymentsTouched(AdminEvent):
    """What became of the last payments."""


# --- answers ---


@dataclass(frozen=True, slots=True)
class OrdersFound(AdminAnswer):
    """`is_page`: of all orders; else what was looked for."""

    found: OrderPage | NothingFound
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class OrderLoaded(AdminAnswer):
    order_id: OrderId
    found: OrderDetails | NothingFound


@dataclass(frozen=True, slots=True)
class GivenBack(AdminAnswer):
    asked: BackAsked
    ended: Ended


@dataclass(frozen=True, slots=True)
class PaperSent(AdminAnswer):
    order_id: OrderId
    ended: Ended


@dataclass(frozen=True, slots=True)
class PaymentsListed(AdminAnswer):
    """None: the disk does not answer."""

    payments: tuple[PaymentLately, ...] | None


# --- effects ---


@dataclass(frozen=True, slots=True)
class FindNewest(AdminAct):
    """`before`: the page behind that order; None: the newest of all."""

    before: OrderId | None = None
    needs: ClassVar = Permission.FIND_ORDERS


@dataclass(frozen=True, slots=True)
class FindUntil(AdminAct):
    moment: datetime
    needs: ClassVar = Permission.FIND_ORDERS


@dataclass(frozen=True, slots=True)
class FindByNumber(AdminAct):
    typed: str
    needs: ClassVar = Permission.FIND_ORDERS


@dataclass(frozen=True, slots=True)
class FindByCard(AdminAct):
    uid: str
    needs: ClassVar = Permission.FIND_ORDERS


@dataclass(frozen=True, slots=True)
class FindByCode(AdminAct):
    text: str = field(repr=False)
    needs: ClassVar = Permission.FIND_ORDERS


@dataclass(frozen=True, slots=True)
class LoadOrder(AdminAct):
    order_id: OrderId
    needs: ClassVar = Permission.FIND_ORDERS


@dataclass(frozen=True, slots=True)
class Refund(AdminAct):
    """`act_id` None: begin it; else find out what became of it, and do it if it was not done."""

    asked: BackAsked
    act_id: UUID | None = None
    needs: ClassVar = Permission.REFUND


@dataclass(frozen=True, slots=True)
class VoidOrder(AdminAct):
    """As Refund: of a whole order, paid or still due."""

    asked: BackAsked
    act_id: UUID | None = None
    needs: ClassVar = Permission.VOID_ORDERS


@dataclass(frozen=True, slots=True)
class Reprint(AdminAct):
    order_id: OrderId
    job_id: UUID
    needs: ClassVar = Permission.REPRINT


@dataclass(frozen=True, slots=True)
class SendToKitchen(AdminAct):
    order_id: OrderId
    job_id: UUID
    needs: ClassVar = Permission.RESEND_TO_KITCHEN


@dataclass(frozen=True, slots=True)
class ListPayments(AdminAct):
    needs: ClassVar = Permission.FIND_ORDERS
