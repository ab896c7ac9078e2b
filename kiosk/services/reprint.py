"""Printing a paper of an order again, because staff asked for it: marked as a copy, and once for each asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.order import Order, OrderState
from kiosk.domain.receipt import PaperKind
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.ports import PrintJob, StorageFailed, Store, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason

MAX_COPIES = 20
"""Of one kind of paper of one order."""


@dataclass(frozen=True, slots=True)
class PrintingAgain:
    """The copy is kept and handed to its printer; what becomes of it is told as of every print job."""

    job: PrintJob


class Reprints:
    """Its calls block (disk). `job_id` is the first print's; `act_id` is made once for each asking, and becomes the
    copy's: asked for again under it, nothing more is printed."""

    def __init__(self, store: Store, desk: PrintDesk, clock: Clock) -> None:
        self._store = store
        self._desk = desk
        self._audit = Audit(clock)

    def reprint(self, by: Staff, act_id: UUID, job_id: UUID) -> PrintingAgain | Refused | NotKnown:
        """A customer's paper. Raises NotPermitted."""
        by.require(Permission.REPRINT)
        return self._print(by, act_id, job_id, Act.REPRINTED, for_kitchen=False)

    def send_to_kitchen(self, by: Staff, act_id: UUID, job_id: UUID) -> PrintingAgain | Refused | NotKnown:
        """A kitchen ticket. Raises NotPermitted."""
        by.require(Permission.RESEND_TO_KITCHEN)
        return self._print(by, act_id, job_id, Act.SENT_TO_KITCHEN_AGAIN, for_kitchen=True)

    def _print(
        self, by: Staff, act_id: UUID, job_id: UUID, action: Act, *, for_kitchen: bool
    ) -> PrintingAgain | Refused | NotKnown:
        try:
            with self._store.transaction() as tx:
                made = tx.print_jobs.get(act_id)
                if made is not None:
                    return _made_before(tx, made, job_id)
                copy = self._copy(tx, act_id, job_id, for_kitchen=for_kitchen)
                if isinstance(copy, Refused):
                    return copy
                tx.print_jobs.add(copy)
                details = {"job": act_id, "of_job": job_id, "kind": copy.kind, "copy": copy.copy}
                self._audit.record(tx, by.id, action, str(copy.order_id), **details)
        except StorageFailed:
            return NotKnown(act_id)
        self._desk.submit((copy,))
        return PrintingAgain(copy)

    def _copy(self, tx: Transaction, act_id: UUID, job_id: UUID, *, for_kitchen: bool) -> PrintJob | Refused:
        first = tx.print_jobs.get(job_id)
        order = tx.orders.get(first.order_id) if first else None
        if first is None or order is None:
            return Refused(RefusedReason.PAPER_GONE)
        jobs = tx.print_jobs.of_order(order.id)
        is_for_kitchen = first.kind is PaperKind.KITCHEN_TICKET
        if is_for_kitchen is not for_kitchen or first not in printable_again(tx, order, jobs):
            return Refused(RefusedReason.PAPER_OUTDATED)
        number = 1 + max(job.copy for job in jobs if job.kind is first.kind)
        if number > MAX_COPIES:
            return Refused(RefusedReason.TOO_MANY_COPIES)
        copy = self._desk.copy_job(replace(first, id=act_id, copy=number), order.language)
        return Refused(RefusedReason.NO_PRINTER) if copy is None else copy


def printable_again(tx: Transaction, order: Order, jobs: Sequence[PrintJob]) -> tuple[PrintJob, ...]:
    """The first prints among the order's `jobs` whose paper still tells the truth: a slip to pay with only while the
    order waits, a receipt only while it is paid, and of the kitchen's the newest word."""
    firsts = [job for job in jobs if job.copy == 0]
    for_kitchen = [job for job in firsts if job.kind is PaperKind.KITCHEN_TICKET]
    waits = order.state is OrderState.AWAITING_PAYMENT and not _is_collected(tx, order)
    is_true = {
        PaperKind.RECEIPT: order.state is OrderState.PAID,
        PaperKind.COUNTER_SLIP: waits,
        PaperKind.REFUND_SLIP: True,
    }
    return tuple(job for job in firsts if is_true.get(job.kind, job in for_kitchen[-1:]))


def _is_collected(tx: Transaction, order: Order) -> bool:
    return any(tx.collections.is_collected(payment.id) for payment in tx.payments.of_order(order.id))


def _made_before(tx: Transaction, made: PrintJob, job_id: UUID) -> PrintingAgain | Refused:
    first = tx.print_jobs.get(job_id)
    is_of_it = first is not None and (first.order_id, first.kind) == (made.order_id, made.kind)
    return PrintingAgain(made) if made.copy and is_of_it else Refused(RefusedReason.ID_IN_USE)
