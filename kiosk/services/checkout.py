"""Settle a cart: by card or face from what central has granted (money, points, a coupon), or taken now and paid at the
counter, all of it or what the balance has left.

Every step that moves money is written down before it is taken (rule 2 of the architecture). The sale is one
transaction: order, payment, spends, stock, outbox and print jobs. Where the pre-grants here are enough, central is not
asked: no step is taken outside, and that transaction is all (docs/decisions/0004). For what they do not cover:
intended (durable) → grants from central, asked for in one call → the sale's transaction. A crash before it leaves an
intended payment, which `recovery` releases: nothing was charged. So does a failure in the middle of a call; then the
next call recovers first.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from kiosk.domain.audit import Act
from kiosk.domain.cart import Cart
from kiosk.domain.clock import Clock
from kiosk.domain.counter import NOTHING_KEYED, CounterLimits
from kiosk.domain.ids import MemberId, OrderId, PaymentId, uuid7
from kiosk.domain.local_text import LocalText
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payer import ByCard, ByFace, Payer
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState, with_balance
from kiosk.domain.wallet import GrantUse, Spend, SpendPlan
from kiosk.services.audit import Audit
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Outcome, Paid
from kiosk.services.ports import (
    Central,
    CentralRefused,
    CentralUnreachable,
    EventEncoder,
    GrantIssued,
    GrantOutdated,
    GrantRefused,
    OutboxSignal,
    PrintJob,
    Refusal,
    StorageFailed,
    StorageFull,
    Store,
    Transaction,
)
from kiosk.services.printing import PrintDesk
from kiosk.services.recovery import resolve_unfinished
from kiosk.services.signed_slip import slip_of
from kiosk.services.spending import Needed, balance_after, fits, holder, needed, spend_issued, spend_planned, whose
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
    payer: Payer | None


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
    ) -> None:
        """`face_limits`: None where nobody pays by face."""
        self._store = store
        self._central = central
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._points_rule = points_rule
        self._face_limits = face_limits
        self._audit = Audit(clock)
        self._limits = limits
        self._left_open = False
        self.begun: PaymentId | None = None

    def pay_by_card(self, request: CheckoutRequest, card_uid: str) -> Outcome:
        """As `pay`, by whoever has that card."""
        return self.pay(request, ByCard(card_uid))

    def pay(self, request: CheckoutRequest, payer: Payer) -> Outcome:
        """Charge the payer the cart's total, but for what is to be paid at the counter; or say why nothing was
        charged. Should it fail with a fault of our own, `begun` says which payment that was; None: none was begun, so
        nothing was charged."""
        self.begun = None
        at_once: _Sale | None = None
        try:
            if self._left_open:
                resolve_unfinished(self._store, self._encoder)
                self._left_open = False
            with self._store.transaction() as tx:
                method, parts = _parts_told(request)
                member = holder(tx, payer)
                sale = self._begin(tx, request, method, member.id if member else None, parts, payer)
                if isinstance(sale, NotCharged):
                    return sale
                refused = self._refused_here(tx, payer, sale.payment)
                if refused is not None:
                    return refused
                wanted = needed(tx, sale.payment)
                if wanted:
                    tx.payments.add(sale.payment, payer)
                    abandons = tx.grants.unreleased_requests(payer)
                else:
                    at_once = sale
                    settled, jobs = self._pay_at_once(tx, sale, wanted.plan, member)
        except Exception as error:
            if at_once is not None:
                log.exception("sale_not_committed", extra={"payment": str(at_once.payment.id)})
                return self._if_not_stored(at_once.payment, error)
            if isinstance(error, StorageFailed):
                return NotCharged(NotChargedReason.STORAGE_FAILED, request.shown_total)
            raise
        if at_once is not None:
            return self._hand_on(settled, jobs)
        self._left_open = True
        outcome = self._charge(sale, wanted, payer, abandons)
        self._left_open = isinstance(outcome, BeingChecked)
        return outcome

    def take_order_for_counter(self, request: CheckoutRequest, payer: Payer | None) -> Outcome:
        """Take the order with its number, as that member's if there is one; nothing is charged here."""
        try:
            with self._store.transaction() as tx:
                member_id = whose(tx, payer) if payer else None
                sale = self._begin(tx, request, PaymentMethod.COUNTER, member_id)
                if isinstance(sale, NotCharged):
                    return sale
                payment = sale.payment.to(PaymentState.DUE)
                tx.payments.add(payment)
                order = take(tx, self._desk, sale.order, OrderState.AWAITING_PAYMENT)
                tx.outbox.add(self._encoder.sale(order, payment, ()))
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
        method: PaymentMethod,
        member_id: MemberId | None,
        parts: tuple[PaymentPart, ...] = (),
        payer: Payer | None = None,
    ) -> _Sale | NotCharged:
        """Price the cart on today's menu and check stock; nothing is written."""
        found = price_today(tx, request.cart, request.shown_total, self._limits)
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
        return _Sale(order, payment, menu.canteen, payer)

    def _refused_here(self, tx: Transaction, payer: Payer, payment: Payment) -> NotCharged | None:
        """Nothing is charged by a face that was forgotten meanwhile, or beyond what is allowed."""
        if not isinstance(payer, ByFace):
            return None
        reason: NotChargedReason | None = NotChargedReason.FACE_NOT_ALLOWED
        if self._face_limits is not None:
            reason = self._face_limits.refusal(tx, payer, payment, self._clock.now())
        return None if reason is None else NotCharged(reason, payment.amount, parts=payment.parts)

    def _charge(self, sale: _Sale, wanted: Needed, payer: Payer, abandons: tuple[PaymentId, ...]) -> Outcome:
        """With grants for what the pre-grants here do not cover."""
        payment = sale.payment
        try:
            answer = self._central.request_grant(payment.id, payer, wanted.money, abandons, wanted.further)
        except CentralUnreachable:
            return self._give_up(payment, NotChargedReason.CENTRAL_UNREACHABLE)
        except CentralRefused:
            return self._give_up(payment, NotChargedReason.CENTRAL_REFUSED)
        if isinstance(answer, GrantRefused):
            return self._refused(payment, answer)
        if not fits(answer, payment, wanted):
            log.error("grant_does_not_fit", extra={"payment": str(payment.id)})
            return self._give_up(payment, NotChargedReason.CENTRAL_REFUSED)
        return self._settle(sale, answer)

    def _settle(self, sale: _Sale, issued: GrantIssued) -> Outcome:
        """Afterwards the order is taken, durable, and waiting for central; or nothing of it stands."""
        try:
            with self._store.transaction() as tx:
                settled, jobs = self._pay_with_grants(tx, sale, issued)
        except GrantOutdated:
            return self._give_up(sale.payment, NotChargedReason.CENTRAL_UNREACHABLE)
        except Exception:
            log.exception("sale_not_committed", extra={"payment": str(sale.payment.id)})
            return self._give_up(sale.payment, NotChargedReason.STORAGE_FAILED)
        return self._hand_on(settled, jobs)

    def _pay_at_once(self, tx: Transaction, sale: _Sale, plan: SpendPlan, member: Member | None) -> _Written:
        """Nothing was asked of central: the payment stands only now, as it ends."""
        sale = replace(sale, payment=_ended(sale.payment))
        uses = spend_planned(tx, plan)
        tx.payments.add(sale.payment, sale.payer)
        return self._write(tx, sale, uses, member.balance if member else None)

    def _pay_with_grants(self, tx: Transaction, sale: _Sale, issued: GrantIssued) -> _Written:
        member_id = issued.grants[0].member_id
        payment = _ended(replace(sale.payment, member_id=member_id))
        sale = replace(sale, order=replace(sale.order, member_id=member_id), payment=payment)
        uses = spend_issued(tx, issued, payment)
        tx.payments.settle(payment)
        return self._write(tx, sale, uses, issued.free_after)

    def _write(
        self, tx: Transaction, sale: _Sale, uses: tuple[tuple[GrantUse, Spend], ...], told: Money | None
    ) -> _Written:
        """All else of the sale, which is paid from the wallet by `uses`. `told`: the member's balance, by central."""
        payment = sale.payment
        is_due = payment.state is PaymentState.DUE
        order = take(tx, self._desk, sale.order, OrderState.AWAITING_PAYMENT if is_due else OrderState.PAID)
        tx.outbox.add(self._encoder.sale(order, payment, uses))
        if isinstance(sale.payer, ByFace):
            payer = sale.payer
            ids = {"payment": payment.id, "consent": payer.consent_id}
            self._audit.record(tx, "member", Act.PAID_BY_FACE, payer.member_id, **ids)
        points = self._points_rule.points_for(payment.from_balance)
        after = balance_after(tx, told, payment)
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

    def _hand_on(self, settled: Paid | DueAtCounter, jobs: tuple[PrintJob, ...]) -> Paid | DueAtCounter:
        self._desk.submit(jobs)
        self._outbox_signal.wake()
        return settled

    def _refused(self, payment: Payment, answer: GrantRefused) -> NotCharged | BeingChecked:
        """Central's refusal is final for this request, so there is nothing to release."""
        try:
            with self._store.transaction() as tx:
                tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
                free = answer.free
                if free is not None and payment.member_id is not None:
                    free -= tx.grants.unacknowledged(payment.member_id, free.currency)
        except StorageFailed:
            return BeingChecked(payment.id, payment.amount)
        reason, elsewhere = NOT_CHARGED_REASONS[answer.refusal], answer.held_elsewhere
        return NotCharged(reason, payment.amount, free=free, held_elsewhere=elsewhere, parts=payment.parts)

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

    def _give_up(self, payment: Payment, reason: NotChargedReason) -> NotCharged | BeingChecked:
        """No spend was made and none will be: whatever central holds for this request is released. Should the sale
        stand after all, paid or in part due at the counter, it stays so."""
        try:
            with self._store.transaction() as tx:
                stored = tx.payments.get(payment.id)
                if stored is None or stored.state is not PaymentState.INTENDED:
                    return BeingChecked(payment.id, payment.amount)
                tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
                tx.outbox.add(self._encoder.release(payment.id))
        except StorageFailed:
            return BeingChecked(payment.id, payment.amount)
        self._outbox_signal.wake()
        return NotCharged(reason, payment.amount, parts=payment.parts)


def _ended(payment: Payment) -> Payment:
    """Paid, or for a part of it due at the counter."""
    return payment.to(PaymentState.DUE if payment.due else PaymentState.PAID)


def _parts_told(request: CheckoutRequest) -> tuple[PaymentMethod, tuple[PaymentPart, ...]]:
    """The payment's method and, when it is paid in more ways than from the balance, its parts."""
    is_due = any(part.method is PaymentMethod.COUNTER for part in request.others)
    method = PaymentMethod.COUNTER if is_due else PaymentMethod.BALANCE
    return method, with_balance(request.others, request.shown_total) if request.others else ()


NOT_CHARGED_REASONS = {
    Refusal.INSUFFICIENT: NotChargedReason.INSUFFICIENT,
    Refusal.CARD_UNKNOWN: NotChargedReason.CARD_UNKNOWN,
    Refusal.CARD_BLOCKED: NotChargedReason.CARD_BLOCKED,
    Refusal.MEMBER_BLOCKED: NotChargedReason.MEMBER_BLOCKED,
    Refusal.ABANDONED: NotChargedReason.CENTRAL_REFUSED,
    Refusal.POINTS_INSUFFICIENT: NotChargedReason.POINTS_INSUFFICIENT,
    Refusal.COUPON_NOT_VALID: NotChargedReason.COUPON_NOT_VALID,
    Refusal.FACE_NOT_ALLOWED: NotChargedReason.FACE_NOT_ALLOWED,
    Refusal.AWAITING_TERMINALS: NotChargedReason.CENTRAL_UNREACHABLE,
}
