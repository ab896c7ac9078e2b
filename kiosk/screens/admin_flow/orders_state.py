"""The section orders: what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from kiosk.domain.ids import OrderId
from kiosk.domain.payment import PaymentState
from kiosk.domain.refund import RefundError, RefundPart, parts_before_counter, plan_refund
from kiosk.screens.admin_door import AdminEffect
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.find_orders import NothingFound, OrderPage
from kiosk.services.order_details import OrderDetails
from kiosk.services.payments_lately import PaymentLately
from kiosk.services.refund import Refunded
from kiosk.services.reprint import PrintingAgain
from kiosk.services.staff_acts import NotKnown, Refused


class BackKind(StrEnum):
    """refund: portions of a paid order. void: a whole one that was not handed out. cancel: one that nobody pays."""

    REFUND = "refund"
    VOID = "void"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class GivingBack:
    """What is about to be given back of the order that is open. `portions` by line, those of 0 included. `restock`:
    they can be sold again. `typed`: the reason so far, while one is typed; None: it is chosen from keys."""

    kind: BackKind
    details: OrderDetails
    portions: Mapping[int, int]
    restock: bool = False
    typed: str | None = None

    @property
    def parts(self) -> tuple[RefundPart, ...]:
        """Where it goes, each by the method it was paid with; none while nothing is chosen."""
        payments = self.details.payments
        if self.kind is BackKind.CANCEL:
            due = next((payment for payment in payments if payment.state is PaymentState.DUE), None)
            return parts_before_counter(due) if due else ()
        try:
            return plan_refund(self.details.order, payments, self.details.refunds, self.chosen)[1]
        except RefundError:
            return ()

    @property
    def chosen(self) -> dict[int, int]:
        return {line: quantity for line, quantity in self.portions.items() if quantity}

    @property
    def is_ready(self) -> bool:
        return self.kind is BackKind.CANCEL or bool(self.chosen)


@dataclass(frozen=True, slots=True)
class BackAsked:
    """What was asked of the service, as it must be asked again while its end is not known."""

    kind: BackKind
    order_id: OrderId
    portions: Mapping[int, int]
    restock: bool
    reason: str


@dataclass(frozen=True, slots=True)
class BeingFoundOut:
    """The disk failed over it: asked for again under the same id when it is time to."""

    act_id: UUID
    asked: BackAsked
    again_s: float


Ended = Refunded | CounterSettled | Refused | NotKnown | PrintingAgain


@dataclass(frozen=True, slots=True)
class OrdersState:
    """`typed`: the number so far. `looking`: asked, not answered yet. `found`: the list, or why there is none. `page`:
    by what the list was asked for, where it is a page of all orders. `details`: of the order that is open; with
    `giving_back` something of it is about to be given back. `in_flight`: a service is at it, further touches come too
    late. `ended`: how the last act on this order ended. `payments` None: not told yet, or the disk does not answer."""

    screen: str = "orders"
    typed: str = ""
    looking: bool = True
    found: OrderPage | NothingFound = field(default_factory=lambda: OrderPage(()))
    page: AdminEffect | None = None
    details: OrderDetails | None = None
    giving_back: GivingBack | None = None
    in_flight: bool = False
    ended: Ended | None = None
    being_found_out: BeingFoundOut | None = None
    payments: tuple[PaymentLately, ...] | None = None
    payments_again_s: float = 0.0
