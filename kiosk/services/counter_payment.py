"""An order that is due at the counter: paid there in cash, or cancelled. Only the terminal that took the order does it,
as with refunds (docs/decisions/0005)."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.audit import Act
from kiosk.domain.cash import CashError, CounterPayment, CounterResult
from kiosk.domain.clock import Clock
from kiosk.domain.ids import CounterPaymentId, OrderId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.refund import movements_back, parts_before_counter
from kiosk.domain.staff import Permission, Staff
from kiosk.domain.stock import StockMovement
from kiosk.services.audit import Audit
from kiosk.services.cash_drawer import DrawerOpening, cash_taken
from kiosk.services.outcomes import DueAtCounter
from kiosk.services.ports import EventEncoder, OutboxSignal, PrintJob, StorageFailed, Store, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason, StaffAct


@dataclass(frozen=True, slots=True)
class CounterSettled:
    """Durable here, on its way to central: the order is paid and the kitchen hears of it, or it is cancelled."""

    payment: CounterPayment
    order: Order


class CounterPayments:
    """Its calls block (disk) and are made one at a time. The texts of an act must be such (kiosk.domain.text), or
    TextError is raised."""

    def __init__(
        self,
        store: Store,
        encoder: EventEncoder,
        desk: PrintDesk,
        outbox_signal: OutboxSignal,
        clock: Clock,
        points_rule: PointsRule,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._points_rule = points_rule
        self._audit = Audit(clock)

    def take_cash(
        self, act: StaffAct, order_id: OrderId, received: Money | None = None
    ) -> CounterSettled | Refused | NotKnown:
        """The cash for all that was due is in the drawer: what was `received`, of which the rest goes back; None where
        nobody said. Less than what is due is refused."""
        return self._settle(act, order_id, CounterResult.PAID, received=received)

    def cancel(
        self, act: StaffAct, order_id: OrderId, *, by: Staff | None = None
    ) -> CounterSettled | Refused | NotKnown:
        """Nobody pays it: nothing was cooked yet, so its portions can be sold again. What card, points and a coupon
        have paid of it central gives back. The act says why. `by`: who does it on the admin screen; raises
        NotPermitted."""
        if by is not None:
            by.require(Permission.VOID_ORDERS)
        return self._settle(act, order_id, CounterResult.CANCELLED, by)

    def _settle(
        self,
        act: StaffAct,
        order_id: OrderId,
        result: CounterResult,
        by: Staff | None = None,
        received: Money | None = None,
    ) -> CounterSettled | Refused | NotKnown:
        jobs: tuple[PrintJob, ...] = ()
        opening: DrawerOpening | None = None
        try:
            with self._store.transaction() as tx:
                found = self._known(tx, act, order_id, result)
                if found is None:
                    found, jobs = self._record(tx, act, order_id, result, received)
                    if by is not None and isinstance(found, CounterSettled):
                        due = found.payment.amount.minor
                        self._audit.record(tx, by.id, Act.ORDER_CANCELLED, str(order_id), act=act.id, due_minor=due)
                    if isinstance(found, CounterSettled) and result is CounterResult.PAID:
                        opening = cash_taken(act.id, order_id, found.payment.amount)
        except CashError:
            return Refused(RefusedReason.NOT_DUE)
        except StorageFailed:
            return NotKnown(act.id)
        self._desk.submit(jobs, opening)
        self._outbox_signal.wake()
        return found

    def _known(
        self, tx: Transaction, act: StaffAct, order_id: OrderId, result: CounterResult
    ) -> CounterSettled | Refused | None:
        made = tx.cash.counter_payment(CounterPaymentId(act.id))
        order = tx.orders.get(order_id)
        if made is None:
            return None
        if order is None or (made.order_id, made.result, made.staff) != (order_id, result, act.staff):
            return Refused(RefusedReason.ID_IN_USE)
        return CounterSettled(made, order)

    def _record(
        self, tx: Transaction, act: StaffAct, order_id: OrderId, result: CounterResult, received: Money | None
    ) -> tuple[CounterSettled | Refused, tuple[PrintJob, ...]]:
        """The one transaction. Raises CashError when the payment was settled here already."""
        order = tx.orders.get(order_id)
        if order is None or not tx.orders.belongs_here(order_id):
            return Refused(RefusedReason.NOT_SOLD_HERE), ()
        if any(tx.collections.is_collected(payment.id) for payment in tx.payments.of_order(order_id)):
            return Refused(RefusedReason.COLLECTED), ()
        due = _due(order, tx)
        if due is None:
            return Refused(RefusedReason.NOT_DUE), ()
        now = self._clock.now()
        ids = CounterPaymentId(act.id), order.id, due.id
        made = CounterPayment(*ids, result, due.due, act.staff, now, act.reason, received)
        tx.cash.add_counter_payment(made)
        paid = result is CounterResult.PAID
        order = order.to(OrderState.PAID if paid else OrderState.CANCELLED)
        movements = () if paid else _all_back(order)
        points = self._points_rule.points_for(due.due) if paid and order.member_id is not None else 0
        tx.payments.settle(due.to(PaymentState.PAID if paid else PaymentState.NOT_CHARGED))
        tx.orders.update(order)
        tx.stock.record(movements, order.id)
        tx.outbox.add(self._encoder.counter_payment(made, movements, points))
        menu = tx.menus.current()
        if paid:
            jobs = self._desk.cash_jobs(made, DueAtCounter(order, due.parts, points=points), menu)
        else:
            jobs = self._desk.cancelled_jobs(made, parts_before_counter(due), order, menu)
        for job in jobs:
            tx.print_jobs.add(job)
        return CounterSettled(made, order), jobs


def _all_back(order: Order) -> tuple[StockMovement, ...]:
    whole = {number: line.quantity for number, line in enumerate(order.lines)}
    return movements_back(order, whole, "cancelled")


def _due(order: Order, tx: Transaction) -> Payment | None:
    """The payment that is due at the counter, if the order waits for it."""
    if order.state is not OrderState.AWAITING_PAYMENT:
        return None
    payments = tx.payments.of_order(order.id)
    return next((p for p in payments if p.state is PaymentState.DUE and p.method is PaymentMethod.COUNTER), None)
