"""What staff see of an order: a row in a list, or all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kiosk.domain.ids import OrderId
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.order_standing import Standing, standing_of
from kiosk.domain.payment import Payment
from kiosk.domain.receipt import PaperKind
from kiosk.domain.refund import Refund, portions_left
from kiosk.services.events import PrintJobState
from kiosk.services.journal import card_end
from kiosk.services.ports import PrintJob, Transaction
from kiosk.services.refund import why_not_refundable
from kiosk.services.reprint import printable_again
from kiosk.services.staff_acts import RefusedReason


@dataclass(frozen=True, slots=True)
class OrderRow:
    """`taken_at` is the canteen's time."""

    id: OrderId
    number: str
    taken_at: datetime
    total: Money
    standing: Standing


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """A paper of the order and what is known of its newest print; `job_id` is the first one's. `copies`: how often
    staff have printed one of its kind again."""

    job_id: UUID
    kind: PaperKind
    state: PrintJobState
    copies: int
    may_print_again: bool


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """`not_refundable`: why nothing of it can be given back at this terminal; None: something can. `card_end`: of the
    card that paid, or a part of it; ""."""

    order: Order
    taken_at: datetime
    standing: Standing
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]
    papers: tuple[OrderPaper, ...]
    not_refundable: RefusedReason | None
    card_end: str = ""

    @property
    def is_voidable(self) -> bool:
        """Whole, and nothing of it was given back yet."""
        return self.not_refundable is None and not self.refunds

    @property
    def is_cancellable(self) -> bool:
        """It waits for its payment, and is this terminal's to give up."""
        return self.standing is Standing.AWAITING_PAYMENT and self.not_refundable is RefusedReason.NOT_PAID

    @property
    def portions_left(self) -> dict[int, int]:
        """By line: what was not given back yet."""
        return portions_left(self.order, self.refunds)


def order_row(tx: Transaction, order: Order, taken_at: datetime) -> OrderRow:
    return OrderRow(order.id, order.number, taken_at, order.total, _standing(tx, order))


def order_details(tx: Transaction, order: Order, taken_at: datetime) -> OrderDetails:
    payments, refunds = tx.payments.of_order(order.id), tx.refunds.of_order(order.id)
    ends = (card_end(tx.payments.payer_of(payment.id)) for payment in payments)
    return OrderDetails(
        order,
        taken_at,
        _standing(tx, order),
        payments,
        refunds,
        _papers(tx, order),
        why_not_refundable(tx, order),
        next(filter(None, ends), ""),
    )


def _standing(tx: Transaction, order: Order) -> Standing:
    is_collected = any(tx.collections.is_collected(payment.id) for payment in tx.payments.of_order(order.id))
    return standing_of(order, tx.refunds.of_order(order.id), is_collected=is_collected)


def _papers(tx: Transaction, order: Order) -> tuple[OrderPaper, ...]:
    jobs = tx.print_jobs.of_order(order.id)
    printable = printable_again(tx, order, jobs)
    return tuple(_paper(job, jobs, may_print_again=job in printable) for job in jobs if job.copy == 0)


def _paper(first: PrintJob, jobs: tuple[PrintJob, ...], *, may_print_again: bool) -> OrderPaper:
    copies = [job for job in jobs if job.kind is first.kind and job.copy]
    newest = copies[-1] if copies and may_print_again else first
    return OrderPaper(first.id, first.kind, newest.state, len(copies), may_print_again)
