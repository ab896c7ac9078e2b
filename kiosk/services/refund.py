"""Refund, partial refund and void of what this terminal has sold. Nobody else refunds it, so no network is needed
(docs/decisions/0005)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.ids import OrderId, RefundId
from kiosk.domain.money import Money
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.refund import Refund, RefundError, check_refund, movements_for_refund, plan_refund, portions_left
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.cash_drawer import DrawerOpening, cash_given_back
from kiosk.services.ports import EventEncoder, OutboxSignal, PrintJob, StorageFailed, Store, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason, StaffAct


@dataclass(frozen=True, slots=True)
class Refunded:
    """Durable here, on its way to central. What was paid by balance is on the card when central has it; what was paid
    in cash (`refund.amount_by`) is to be given out now."""

    refund: Refund
    order: Order


class Refunds:
    """The refund service; its calls block (disk) and are made one at a time. The texts of an act must be such
    (kiosk.domain.text), or TextError is raised."""

    def __init__(
        self, store: Store, encoder: EventEncoder, desk: PrintDesk, outbox_signal: OutboxSignal, clock: Clock
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._audit = Audit(clock)

    def refund(
        self,
        act: StaffAct,
        order_id: OrderId,
        portions: Mapping[int, int] | None,
        *,
        restock: bool,
        by: Staff | None = None,
    ) -> Refunded | Refused | NotKnown:
        """Give back so many portions by line (0 …), or all that is left. `restock`: they can be sold again. `by`: who
        does it on the admin screen; raises NotPermitted."""
        if by is not None:
            by.require(Permission.REFUND)
        return self._settle(act, order_id, portions, restock=restock, is_void=False, by=by)

    def void(self, act: StaffAct, order_id: OrderId, *, by: Staff | None = None) -> Refunded | Refused | NotKnown:
        """Take back a whole order that was not handed out: it is cancelled, and its portions can be sold again. `by`:
        who does it on the admin screen (raises NotPermitted); None: a counter undoes what it has just sold."""
        if by is not None:
            by.require(Permission.VOID_ORDERS)
        return self._settle(act, order_id, None, restock=True, is_void=True, by=by)

    def _settle(
        self,
        act: StaffAct,
        order_id: OrderId,
        portions: Mapping[int, int] | None,
        *,
        restock: bool,
        is_void: bool,
        by: Staff | None,
    ) -> Refunded | Refused | NotKnown:
        jobs: tuple[PrintJob, ...] = ()
        opening: DrawerOpening | None = None
        try:
            with self._store.transaction() as tx:
                found = self._known(tx, act, order_id) or self._plan(tx, act, order_id, portions, is_void=is_void)
                if isinstance(found, Refund):
                    if by is not None:
                        self._write_down(tx, by, found, restock=restock)
                    order, jobs = self._record(tx, found, restock=restock)
                    opening = cash_given_back(act.id, order_id, found.amount_by(PaymentMethod.COUNTER))
                    found = Refunded(found, order)
        except RefundError:
            return Refused(RefusedReason.NOTHING_LEFT)
        except StorageFailed:
            return NotKnown(act.id)
        self._desk.submit(jobs, opening)
        self._outbox_signal.wake()
        return found

    def _known(self, tx: Transaction, act: StaffAct, order_id: OrderId) -> Refunded | Refused | None:
        """What became of that act, if it was done before."""
        refund = tx.refunds.get(RefundId(act.id))
        order = tx.orders.get(order_id)
        if refund is None:
            return None
        if order is None or (refund.order_id, refund.staff, refund.reason) != (order_id, act.staff, act.reason):
            return Refused(RefusedReason.ID_IN_USE)
        return Refunded(refund, order)

    def _plan(
        self, tx: Transaction, act: StaffAct, order_id: OrderId, portions: Mapping[int, int] | None, *, is_void: bool
    ) -> Refund | Refused:
        """Raises RefundError when that much was not paid, or was given back already."""
        order = tx.orders.get(order_id)
        reason = RefusedReason.NOT_SOLD_HERE if order is None else why_not_refundable(tx, order)
        if order is None or reason is not None:
            return Refused(reason or RefusedReason.NOT_SOLD_HERE)
        payments, earlier = tx.payments.of_order(order_id), tx.refunds.of_order(order_id)
        lines, parts = plan_refund(order, payments, earlier, portions)
        now = self._clock.now()
        refund = Refund(RefundId(act.id), order_id, lines, parts, act.staff, act.reason, now, is_void)
        check_refund(refund, order, payments, earlier)
        return refund

    def _write_down(self, tx: Transaction, by: Staff, refund: Refund, *, restock: bool) -> None:
        """Who did what, and what had been given back before. The reason stands in the refund: staff typed it."""
        before = Money.sum((r.amount for r in tx.refunds.of_order(refund.order_id)), refund.amount.currency)
        action = Act.ORDER_VOIDED if refund.is_void else Act.REFUNDED
        self._audit.record(
            tx,
            by.id,
            action,
            str(refund.order_id),
            act=refund.id,
            amount_minor=refund.amount.minor,
            refunded_before_minor=before.minor,
            portions=sum(line.quantity for line in refund.lines),
            restock=restock,
        )

    def _record(self, tx: Transaction, refund: Refund, *, restock: bool) -> tuple[Order, tuple[PrintJob, ...]]:
        """The refund's one transaction."""
        order = tx.orders.get(refund.order_id)
        if order is None:
            raise RefundError("the order is gone")
        tx.refunds.add(refund, order, tx.payments.of_order(order.id))
        movements = movements_for_refund(order, refund) if restock else ()
        tx.stock.record(movements, order.id)
        if refund.is_void:
            order = order.to(OrderState.CANCELLED)
            tx.orders.update(order)
        tx.outbox.add(self._encoder.refund(refund, movements))
        jobs = self._desk.refund_jobs(refund, order, tx.menus.current())
        for job in jobs:
            tx.print_jobs.add(job)
        return order, jobs


def why_not_refundable(tx: Transaction, order: Order) -> RefusedReason | None:
    """Why nothing of it can be given back at this terminal; None: something can."""
    if not tx.orders.belongs_here(order.id):
        return RefusedReason.NOT_SOLD_HERE
    if any(tx.collections.is_collected(payment.id) for payment in tx.payments.of_order(order.id)):
        return RefusedReason.COLLECTED
    if order.state is not OrderState.PAID:
        return RefusedReason.NOT_PAID
    return None if portions_left(order, tx.refunds.of_order(order.id)) else RefusedReason.NOTHING_LEFT
