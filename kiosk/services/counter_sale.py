"""A sale at the counter that is paid in cash at once: order and payment stand together, or neither does.

Central is told what it knows already: an order that was due at the counter, and its payment there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from kiosk.domain.cash import CashError, CounterPayment, CounterResult
from kiosk.domain.clock import Clock
from kiosk.domain.counter import CounterLimits, change_for
from kiosk.domain.ids import CounterPaymentId, OrderId, PaymentId, uuid7
from kiosk.domain.money import Money, MoneyError
from kiosk.domain.order import Order, OrderState, draft_order
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.services.cash_drawer import DrawerOpening, cash_taken
from kiosk.services.checkout import CheckoutRequest
from kiosk.services.outcomes import DueAtCounter, NotCharged
from kiosk.services.ports import EventEncoder, OutboxSignal, PrintJob, StorageFailed, Store, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.reserving import Reserving
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason, StaffAct
from kiosk.services.taking import price_today, take


@dataclass(frozen=True, slots=True)
class CashSold:
    """Durable here, on its way to central; `payment` says what was received."""

    order: Order
    payment: CounterPayment

    @property
    def change(self) -> Money:
        """To be given out now."""
        return self.payment.change


class CashSales:
    """Its calls block (disk) and are made one at a time. The texts of an act must be such (kiosk.domain.text), or
    TextError is raised."""

    def __init__(
        self,
        store: Store,
        encoder: EventEncoder,
        desk: PrintDesk,
        outbox_signal: OutboxSignal,
        clock: Clock,
        limits: CounterLimits,
        reserving: Reserving | None = None,
    ) -> None:
        """`reserving`: None where all is sold that is left."""
        self._store = store
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._limits = limits
        self._reserving = reserving

    def sell(
        self, act: StaffAct, request: CheckoutRequest, received: Money
    ) -> CashSold | NotCharged | Refused | NotKnown:
        """`received` is in the drawer; what is above the total goes back. The request names no other parts."""
        if self._reserving is None:
            return self._sell(act, request, received, None)
        attempt = partial(self._sell, act, request, received)
        return self._reserving.selling(request.cart, request.shown_total, attempt)

    def _sell(
        self, act: StaffAct, request: CheckoutRequest, received: Money, oversell: int | None
    ) -> CashSold | NotCharged | Refused | NotKnown:
        found: CashSold | NotCharged | Refused | None
        jobs: tuple[PrintJob, ...] = ()
        opening: DrawerOpening | None = None
        try:
            change_for(request.shown_total, received)
            with self._store.transaction() as tx:
                found = self._known(tx, act, request, received)
                if found is None:
                    found, jobs = self._record(tx, act, request, received, oversell)
                    opening = cash_taken(act.id, found.order.id, received) if isinstance(found, CashSold) else None
        except (CashError, MoneyError):
            return Refused(RefusedReason.AMOUNT_NOT_ALLOWED)
        except StorageFailed:
            return NotKnown(act.id)
        self._desk.submit(jobs, opening)
        self._outbox_signal.wake()
        return found

    def find(self, act_id: UUID) -> CashSold | None:
        """What became of a sale that was not known; None: it does not stand, and never will. A store that has failed is
        opened anew. Raises StorageFailed while the disk still refuses."""
        try:
            return self._read(act_id)
        except StorageFailed:
            self._store.reopen()
            return self._read(act_id)

    def _read(self, act_id: UUID) -> CashSold | None:
        with self._store.transaction() as tx:
            return _sold(tx, act_id)

    def _known(
        self, tx: Transaction, act: StaffAct, request: CheckoutRequest, received: Money
    ) -> CashSold | Refused | None:
        sold = _sold(tx, act.id)
        if sold is None:
            return None
        asked = (act.staff, request.shown_total, received)
        if (sold.payment.staff, sold.order.total, sold.payment.received) != asked:
            return Refused(RefusedReason.ID_IN_USE)
        return sold

    def _record(
        self, tx: Transaction, act: StaffAct, request: CheckoutRequest, received: Money, oversell: int | None
    ) -> tuple[CashSold | NotCharged, tuple[PrintJob, ...]]:
        """The one transaction. Raises CashError for an act that stands for something else, NotInHand."""
        found = price_today(tx, request.cart, request.shown_total, self._limits, oversell)
        if isinstance(found, NotCharged):
            return found, ()
        priced, menu = found
        now = self._clock.now()
        unix_ms = int(now.timestamp() * 1000)
        draft = draft_order(
            OrderId(uuid7(unix_ms)),
            priced,
            menu,
            dining_mode=request.dining_mode,
            language=request.language,
            created_at=now,
        )
        due, taken = take(tx, self._desk, draft, OrderState.AWAITING_PAYMENT)
        payment = Payment(PaymentId(uuid7(unix_ms)), due.id, PaymentMethod.COUNTER, due.total).to(PaymentState.DUE)
        tx.outbox.add(self._encoder.sale(due, payment, (), taken))
        ids = CounterPaymentId(act.id), due.id, payment.id
        made = CounterPayment(*ids, CounterResult.PAID, due.total, act.staff, now, received=received)
        tx.cash.add_counter_payment(made)
        tx.payments.add(payment.to(PaymentState.PAID))
        order = due.to(OrderState.PAID)
        tx.orders.update(order)
        tx.outbox.add(self._encoder.counter_payment(made, (), 0))
        jobs = self._desk.cash_jobs(made, DueAtCounter(order), menu)
        for job in jobs:
            tx.print_jobs.add(job)
        return CashSold(order, made), jobs


def _sold(tx: Transaction, act_id: UUID) -> CashSold | None:
    made = tx.cash.counter_payment(CounterPaymentId(act_id))
    order = tx.orders.get(made.order_id) if made else None
    return CashSold(order, made) if made and order else None
