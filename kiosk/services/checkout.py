"""Settle a cart: by card or face from what central has granted (money, points, a coupon), or taken now and paid at the
counter, all of it or what the balance has left.

Every step that moves money is written down before it is taken (rule 2 of the architecture). The sale is one
transaction: order, payment, spends, stock, outbox and print jobs. How its payer is charged: kiosk.services.charging.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from kiosk.domain.cart import Cart
from kiosk.domain.clock import Clock
from kiosk.domain.counter import NOTHING_KEYED, CounterLimits
from kiosk.domain.ids import MemberId, OrderId, PaymentId, uuid7
from kiosk.domain.local_text import LocalText
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payer import ByCard, Payer
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState, with_balance
from kiosk.services.charging import Charged, Charging
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Outcome, Paid
from kiosk.services.ports import (
    Central,
    EventEncoder,
    OutboxSignal,
    PrintJob,
    StorageFailed,
    StorageFull,
    Store,
    Transaction,
)
from kiosk.services.printing import PrintDesk
from kiosk.services.reserving import Reserving
from kiosk.services.signed_slip import slip_of
from kiosk.services.spending import balance_after, whose
from kiosk.services.taking import price_today, take

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """`shown_total` is what the screen said: the customer pays exactly that or nothing. `others`: what of it is not
    paid from the balance (points, a coupon, a rest at the counter)."""

    cart: Cart
    shown_total: Money
    dining_mode: DiningMode
    language: str
    others: tuple[PaymentPart, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sale:
    """What is about to be settled."""

    order: Order
    payment: Payment
    canteen: LocalText


_Written = tuple[Paid | DueAtCounter, tuple[PrintJob, ...]]


class Checkout:
    """The checkout service; its calls block (network, disk) and are made on an executor, one at a time. `limits`: of
    what staff type, at a counter."""

    def __init__(
        self,
        store: Store,
        central: Central,
        encoder: EventEncoder,
        desk: PrintDesk,
        outbox_signal: OutboxSignal,
        clock: Clock,
        points_rule: PointsRule,
        face_limits: FacePaymentLimits | None = None,
        limits: CounterLimits = NOTHING_KEYED,
        reserving: Reserving | None = None,
    ) -> None:
        """`face_limits`: None where nobody pays by face. `reserving`: None where all is sold that is left."""
        self._store = store
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._points_rule = points_rule
        self._charging = Charging(store, central, encoder, outbox_signal, clock, face_limits)
        self._limits = limits
        self._reserving = reserving
        self.begun: PaymentId | None = None

    def pay_by_card(self, request: CheckoutRequest, card_uid: str) -> Outcome:
        """As `pay`, by whoever has that card."""
        return self.pay(request, ByCard(card_uid))

    def _selling(self, request: CheckoutRequest, attempt: Callable[[int | None], Outcome]) -> Outcome:
        if self._reserving is None:
            return attempt(None)
        return self._reserving.selling(request.cart, request.shown_total, attempt)

    def pay(self, request: CheckoutRequest, payer: Payer) -> Outcome:
        """Charge the payer the cart's total, but for what is to be paid at the counter; or say why nothing was
        charged. Should it fail with a fault of our own, `begun` says which payment that was; None: none was begun, so
        nothing was charged."""
        return self._selling(request, lambda oversell: self._pay(request, payer, oversell))

    def _pay(self, request: CheckoutRequest, payer: Payer, oversell: int | None) -> Outcome:
        self.begun = None
        at_once: Payment | None = None
        try:
            self._charging.recover()
            with self._store.transaction() as tx:
                sale = self._begin(tx, request, oversell, *_parts_told(request))
                if isinstance(sale, NotCharged):
                    return sale
                charge = self._charging.begin(tx, sale.payment, payer)
                if isinstance(charge, NotCharged):
                    return charge
                if isinstance(charge, Charged):
                    at_once = charge.payment
                    written = self._write(sale, tx, charge)
        except Exception as error:
            if at_once is not None:
                log.exception("payment_not_committed", extra={"payment": str(at_once.id)})
                return self._if_not_stored(at_once, error)
            if isinstance(error, StorageFailed):
                return NotCharged(NotChargedReason.STORAGE_FAILED, request.shown_total)
            raise
        if isinstance(charge, Charged):
            return self._hand_on(written)
        outcome = self._charging.pay(charge, partial(self._write, sale))
        return outcome if isinstance(outcome, NotCharged | BeingChecked) else self._hand_on(outcome)

    def take_order_for_counter(self, request: CheckoutRequest, payer: Payer | None) -> Outcome:
        """Take the order with its number, as that member's if there is one; nothing is charged here."""
        return self._selling(request, lambda oversell: self._take_order(request, payer, oversell))

    def _take_order(self, request: CheckoutRequest, payer: Payer | None, oversell: int | None) -> Outcome:
        try:
            with self._store.transaction() as tx:
                member_id = whose(tx, payer) if payer else None
                sale = self._begin(tx, request, oversell, PaymentMethod.COUNTER, member_id=member_id)
                if isinstance(sale, NotCharged):
                    return sale
                payment = sale.payment.to(PaymentState.DUE)
                tx.payments.add(payment)
                order, taken = take(tx, self._desk, sale.order, OrderState.AWAITING_PAYMENT)
                tx.outbox.add(self._encoder.sale(order, payment, (), taken))
                due = DueAtCounter(order, slip=slip_of(tx, order, payment))
                jobs = self._desk.counter_jobs(due, sale.canteen)
                for job in jobs:
                    tx.print_jobs.add(job)
        except StorageFailed:
            return NotCharged(NotChargedReason.STORAGE_FAILED, request.shown_total)
        self._outbox_signal.wake()
        self._desk.submit(jobs)
        return due

    def _begin(
        self,
        tx: Transaction,
        request: CheckoutRequest,
        oversell: int | None,
        method: PaymentMethod,
        parts: tuple[PaymentPart, ...] = (),
        member_id: MemberId | None = None,
    ) -> _Sale | NotCharged:
        """Price the cart on today's menu and check stock; nothing is written. Raises NotInHand."""
        found = price_today(tx, request.cart, request.shown_total, self._limits, oversell)
        if isinstance(found, NotCharged):
            return found
        priced, menu = found
        now = self._clock.now()
        unix_ms = int(now.timestamp() * 1000)
        order = draft_order(
            OrderId(uuid7(unix_ms)),
            priced,
            menu,
            dining_mode=request.dining_mode,
            language=request.language,
            created_at=now,
            member_id=member_id,
        )
        payment_id = PaymentId(uuid7(unix_ms))
        payment = Payment(payment_id, order.id, method, priced.total, member_id=member_id, parts=parts)
        self.begun = payment.id
        return _Sale(order, payment, menu.canteen)

    def _write(self, sale: _Sale, tx: Transaction, charged: Charged) -> _Written:
        """All else of the sale that was charged."""
        payment = charged.payment
        is_due = payment.state is PaymentState.DUE
        draft = replace(sale.order, member_id=payment.member_id)
        order, taken = take(tx, self._desk, draft, OrderState.AWAITING_PAYMENT if is_due else OrderState.PAID)
        tx.outbox.add(self._encoder.sale(order, payment, charged.uses, taken))
        points = self._points_rule.points_for(payment.from_balance)
        after = balance_after(tx, charged.told, payment)
        settled: Paid | DueAtCounter
        if is_due:
            settled = DueAtCounter(order, payment.parts, after, points, slip_of(tx, order, payment))
            jobs = self._desk.counter_jobs(settled, sale.canteen)
        else:
            settled = Paid(order, after, points, payment.parts)
            jobs = self._desk.paid_jobs(settled, sale.canteen)
        for job in jobs:
            tx.print_jobs.add(job)
        return settled, jobs

    def _hand_on(self, written: _Written) -> Paid | DueAtCounter:
        settled, jobs = written
        self._desk.submit(jobs)
        self._outbox_signal.wake()
        return settled

    def _if_not_stored(self, payment: Payment, error: Exception) -> NotCharged | BeingChecked:
        """A sale at once has failed. Nothing was asked of central, so nothing is to be released; but a disk may have
        taken what it said it did not."""
        try:
            with self._store.transaction() as tx:
                stands = tx.payments.get(payment.id) is not None
        except StorageFailed:
            stands = not isinstance(error, StorageFull)
        if stands:
            return BeingChecked(payment.id, payment.amount)
        return NotCharged(NotChargedReason.STORAGE_FAILED, payment.amount)


def _parts_told(request: CheckoutRequest) -> tuple[PaymentMethod, tuple[PaymentPart, ...]]:
    """The payment's method and, when it is paid in more ways than from the balance, its parts."""
    is_due = any(part.method is PaymentMethod.COUNTER for part in request.others)
    method = PaymentMethod.COUNTER if is_due else PaymentMethod.BALANCE
    return method, with_balance(request.others, request.shown_total) if request.others else ()
