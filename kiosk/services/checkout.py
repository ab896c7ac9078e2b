"""Settle a cart: by card against a grant from central, or taken now and paid at the counter.

Every step that moves money is written down before it is taken (rule 2 of the architecture):
intended (durable) → grant from central → one transaction with order, payment, spend, stock, outbox and print jobs.
A crash before that transaction leaves an intended payment, which `recovery` releases: nothing was charged. So does a
failure in the middle of a call; then the next call recovers first.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from kiosk.domain.cart import Cart, CartError
from kiosk.domain.clock import Clock
from kiosk.domain.ids import MemberId, OrderId, PaymentId, uuid7
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.menu import LocalText
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payment import Payment, PaymentError, PaymentMethod, PaymentState
from kiosk.domain.pricing import price_cart
from kiosk.domain.stock import movements_for_sale
from kiosk.domain.wallet import GrantUse, Spend
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Outcome, Paid
from kiosk.services.ports import (
    Central,
    CentralRefused,
    CentralUnreachable,
    EventEncoder,
    GrantIssued,
    GrantRefused,
    OutboxSignal,
    PrintJob,
    Refusal,
    StorageFailed,
    Store,
    Transaction,
)
from kiosk.services.printing import PrintDesk
from kiosk.services.recovery import resolve_unfinished

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """`shown_total` is what the screen said: the customer pays exactly that or nothing."""

    cart: Cart
    shown_total: Money
    dining_mode: DiningMode
    language: str


@dataclass(frozen=True, slots=True)
class _Sale:
    """What is about to be settled."""

    order: Order
    payment: Payment
    canteen: LocalText


class Checkout:
    """The checkout service; its calls block (network, disk) and are made on an executor, one at a time."""

    def __init__(
        self,
        store: Store,
        central: Central,
        encoder: EventEncoder,
        desk: PrintDesk,
        outbox_signal: OutboxSignal,
        clock: Clock,
        points_rule: PointsRule,
    ) -> None:
        self._store = store
        self._central = central
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._points_rule = points_rule
        self._left_open = False

    def pay_by_card(self, request: CheckoutRequest, card_uid: str) -> Outcome:
        """Charge the card's member the cart's total, or say why nothing was charged."""
        try:
            if self._left_open:
                resolve_unfinished(self._store, self._encoder)
                self._left_open = False
            with self._store.transaction() as tx:
                sale = self._begin(tx, request, PaymentMethod.BALANCE, None)
                if isinstance(sale, NotCharged):
                    return sale
                tx.payments.add(sale.payment, card_uid)
                abandons = tx.grants.unreleased_requests(card_uid)
        except StorageFailed:
            return NotCharged(NotChargedReason.STORAGE_FAILED, request.shown_total)
        self._left_open = True
        outcome = self._charge(sale, card_uid, abandons) if sale.payment.amount else self._settle(sale, None)
        self._left_open = isinstance(outcome, BeingChecked)
        return outcome

    def take_order_for_counter(self, request: CheckoutRequest, card_uid: str | None) -> Outcome:
        """Take the order with its number; nothing is charged here."""
        try:
            with self._store.transaction() as tx:
                found = tx.members.by_card(card_uid) if card_uid else None
                member_id = found[0].id if found else None
                sale = self._begin(tx, request, PaymentMethod.COUNTER, member_id)
                if isinstance(sale, NotCharged):
                    return sale
                payment = sale.payment.to(PaymentState.DUE)
                tx.payments.add(payment)
                order = self._record(tx, sale, OrderState.AWAITING_PAYMENT)
                tx.outbox.add(self._encoder.sale(order, payment, None, None))
                jobs = self._desk.counter_jobs(order, sale.canteen)
                for job in jobs:
                    tx.print_jobs.add(job)
        except StorageFailed:
            return NotCharged(NotChargedReason.STORAGE_FAILED, request.shown_total)
        self._outbox_signal.wake()
        self._desk.submit(jobs)
        return DueAtCounter(order)

    def _begin(
        self, tx: Transaction, request: CheckoutRequest, method: PaymentMethod, member_id: MemberId | None
    ) -> _Sale | NotCharged:
        """Price the cart on today's menu and check stock; nothing is written."""
        menu = tx.menus.current()
        try:
            priced = price_cart(request.cart, menu) if menu else None
        except CartError:
            priced = None
        if menu is None or priced is None or priced.total != request.shown_total:
            return NotCharged(NotChargedReason.MENU_CHANGED, request.shown_total)
        short = tx.stock.levels().short_for(request.cart)
        if short:
            return NotCharged(NotChargedReason.SOLD_OUT, priced.total, sold_out=short)
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
        payment = Payment(PaymentId(uuid7(unix_ms)), order.id, method, priced.total, member_id=member_id)
        return _Sale(order, payment, menu.canteen)

    def _charge(self, sale: _Sale, card_uid: str, abandons: tuple[PaymentId, ...]) -> Outcome:
        payment = sale.payment
        try:
            answer = self._central.request_grant(payment.id, card_uid, payment.amount, abandons)
        except CentralUnreachable:
            return self._give_up(payment, NotChargedReason.CENTRAL_UNREACHABLE)
        except CentralRefused:
            return self._give_up(payment, NotChargedReason.CENTRAL_REFUSED)
        if isinstance(answer, GrantRefused):
            return self._refused(payment, answer)
        if not _fits(answer, payment):
            log.error("grant_does_not_fit", extra={"payment": str(payment.id)})
            return self._give_up(payment, NotChargedReason.CENTRAL_REFUSED)
        return self._settle(sale, answer)

    def _settle(self, sale: _Sale, issued: GrantIssued | None) -> Outcome:
        """Afterwards the order is paid, durable, and waiting for central; or nothing of it stands."""
        try:
            paid, jobs = self._commit(sale, issued)
        except Exception:
            log.exception("sale_not_committed", extra={"payment": str(sale.payment.id)})
            return self._give_up(sale.payment, NotChargedReason.STORAGE_FAILED)
        self._desk.submit(jobs)
        self._outbox_signal.wake()
        return paid

    def _commit(self, sale: _Sale, issued: GrantIssued | None) -> tuple[Paid, tuple[PrintJob, ...]]:
        """The sale's one transaction."""
        with self._store.transaction() as tx:
            member_id = issued.grant.member_id if issued else None
            payment = replace(sale.payment, member_id=member_id).to(PaymentState.PAID)
            sale = replace(sale, order=replace(sale.order, member_id=member_id), payment=payment)
            order = self._record(tx, sale, OrderState.PAID)
            use, spend = _spend(tx, issued, payment) if issued else (None, None)
            tx.payments.settle(payment)
            tx.outbox.add(self._encoder.sale(order, payment, use, spend))
            points = self._points_rule.points_for(payment.amount) if issued else 0
            paid = Paid(order, issued.free_after if issued else None, points)
            jobs = self._desk.paid_jobs(paid, sale.canteen)
            for job in jobs:
                tx.print_jobs.add(job)
        return paid, jobs

    def _record(self, tx: Transaction, sale: _Sale, state: OrderState) -> Order:
        day = self._desk.local_time(sale.order.created_at).date()
        order = replace(sale.order.to(state), number=tx.orders.next_number(day))
        tx.orders.add(order)
        tx.stock.record(movements_for_sale(order), order.id)
        return order

    def _refused(self, payment: Payment, answer: GrantRefused) -> NotCharged | BeingChecked:
        """Central's refusal is final for this request, so there is nothing to release."""
        try:
            with self._store.transaction() as tx:
                tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
        except StorageFailed:
            return BeingChecked(payment.id, payment.amount)
        return NotCharged(_REASONS[answer.refusal], payment.amount, free=answer.free)

    def _give_up(self, payment: Payment, reason: NotChargedReason) -> NotCharged | BeingChecked:
        """No spend was made and none will be: whatever central holds for this request is released. Should the payment
        stand as paid after all, the store refuses the step."""
        try:
            with self._store.transaction() as tx:
                tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
                tx.outbox.add(self._encoder.release(payment.id))
        except (StorageFailed, PaymentError):
            return BeingChecked(payment.id, payment.amount)
        self._outbox_signal.wake()
        return NotCharged(reason, payment.amount)


_REASONS = {
    Refusal.INSUFFICIENT: NotChargedReason.INSUFFICIENT,
    Refusal.CARD_UNKNOWN: NotChargedReason.CARD_UNKNOWN,
    Refusal.CARD_BLOCKED: NotChargedReason.CARD_BLOCKED,
    Refusal.MEMBER_BLOCKED: NotChargedReason.MEMBER_BLOCKED,
    Refusal.ABANDONED: NotChargedReason.CENTRAL_REFUSED,
}


def _fits(issued: GrantIssued, payment: Payment) -> bool:
    return issued.grant.request_id == payment.id and issued.grant.amount == payment.amount


def _spend(tx: Transaction, issued: GrantIssued, payment: Payment) -> tuple[GrantUse, Spend]:
    """A just-in-time grant is spent whole, once, and closed with it."""
    tx.grants.add(issued.grant)
    fresh = GrantUse(issued.grant, Money.zero(payment.amount.currency))
    use, spend = fresh.spend(payment.id, payment.amount)
    use = use.close()
    tx.grants.record_spend(use, spend)
    return use, spend
