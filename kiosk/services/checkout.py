"""Settle a cart: by card from what central has granted, or taken now and paid at the counter.

Every step that moves money is written down before it is taken (rule 2 of the architecture). The sale is one
transaction: order, payment, spends, stock, outbox and print jobs. Where the pre-grants here are enough, central is not
asked: no step is taken outside, and that transaction is all (docs/decisions/0004). For what they do not cover:
intended (durable) → a grant from central → the sale's transaction. A crash before it leaves an intended payment, which
`recovery` releases: nothing was charged. So does a failure in the middle of a call; then the next call recovers first.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from kiosk.domain.cart import Cart, CartError
from kiosk.domain.clock import Clock
from kiosk.domain.ids import MemberId, OrderId, PaymentId, uuid7
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import CardState
from kiosk.domain.menu import LocalText
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payment import Payment, PaymentError, PaymentMethod, PaymentState
from kiosk.domain.pricing import price_cart
from kiosk.domain.stock import movements_for_sale
from kiosk.domain.wallet import GrantUse, Spend, SpendPlan, WalletError, plan_spends
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
        self.begun: PaymentId | None = None

    def pay_by_card(self, request: CheckoutRequest, card_uid: str) -> Outcome:
        """Charge the card's member the cart's total, or say why nothing was charged. Should it fail with a fault of our
        own, `begun` says which payment that was; None: none was begun, so nothing was charged."""
        self.begun = None
        at_once: _Sale | None = None
        try:
            if self._left_open:
                resolve_unfinished(self._store, self._encoder)
                self._left_open = False
            with self._store.transaction() as tx:
                sale = self._begin(tx, request, PaymentMethod.BALANCE, _holder(tx, card_uid))
                if isinstance(sale, NotCharged):
                    return sale
                missing = _plan(tx, sale.payment, sale.payment.amount).missing
                if missing:
                    tx.payments.add(sale.payment, card_uid)
                    abandons = tx.grants.unreleased_requests(card_uid)
                else:
                    at_once = sale
                    paid, jobs = self._write(tx, sale, None, card_uid)
        except Exception as error:
            if at_once is not None:
                log.exception("sale_not_committed", extra={"payment": str(at_once.payment.id)})
                return self._if_not_stored(at_once.payment, error)
            if isinstance(error, StorageFailed):
                return NotCharged(NotChargedReason.STORAGE_FAILED, request.shown_total)
            raise
        if at_once is not None:
            return self._hand_on(paid, jobs)
        self._left_open = True
        outcome = self._charge(sale, missing, card_uid, abandons)
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
                tx.outbox.add(self._encoder.sale(order, payment, ()))
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
        self.begun = payment.id
        return _Sale(order, payment, menu.canteen)

    def _charge(self, sale: _Sale, missing: Money, card_uid: str, abandons: tuple[PaymentId, ...]) -> Outcome:
        """With a grant for what the pre-grants here do not cover."""
        payment = sale.payment
        try:
            answer = self._central.request_grant(payment.id, card_uid, missing, abandons)
        except CentralUnreachable:
            return self._give_up(payment, NotChargedReason.CENTRAL_UNREACHABLE)
        except CentralRefused:
            return self._give_up(payment, NotChargedReason.CENTRAL_REFUSED)
        if isinstance(answer, GrantRefused):
            return self._refused(payment, answer)
        if not _fits(answer, payment, missing):
            log.error("grant_does_not_fit", extra={"payment": str(payment.id)})
            return self._give_up(payment, NotChargedReason.CENTRAL_REFUSED)
        return self._settle(sale, answer)

    def _settle(self, sale: _Sale, issued: GrantIssued) -> Outcome:
        """Afterwards the order is paid, durable, and waiting for central; or nothing of it stands."""
        try:
            with self._store.transaction() as tx:
                paid, jobs = self._write(tx, sale, issued)
        except GrantOutdated:
            return self._give_up(sale.payment, NotChargedReason.CENTRAL_UNREACHABLE)
        except Exception:
            log.exception("sale_not_committed", extra={"payment": str(sale.payment.id)})
            return self._give_up(sale.payment, NotChargedReason.STORAGE_FAILED)
        return self._hand_on(paid, jobs)

    def _write(
        self, tx: Transaction, sale: _Sale, issued: GrantIssued | None, card_uid: str | None = None
    ) -> tuple[Paid, tuple[PrintJob, ...]]:
        """All of the sale. Where nothing was asked of central, the payment stands only now, as paid."""
        member_id = issued.grant.member_id if issued else sale.payment.member_id
        payment = replace(sale.payment, member_id=member_id).to(PaymentState.PAID)
        sale = replace(sale, order=replace(sale.order, member_id=member_id), payment=payment)
        order = self._record(tx, sale, OrderState.PAID)
        uses = _spend(tx, issued, payment)
        if issued:
            tx.payments.settle(payment)
        else:
            tx.payments.add(payment, card_uid)
        tx.outbox.add(self._encoder.sale(order, payment, uses))
        points = self._points_rule.points_for(payment.amount)
        paid = Paid(order, _balance_after(tx, issued, payment), points)
        jobs = self._desk.paid_jobs(paid, sale.canteen)
        for job in jobs:
            tx.print_jobs.add(job)
        return paid, jobs

    def _hand_on(self, paid: Paid, jobs: tuple[PrintJob, ...]) -> Paid:
        self._desk.submit(jobs)
        self._outbox_signal.wake()
        return paid

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
                free = answer.free
                if free is not None and payment.member_id is not None:
                    free -= tx.grants.unacknowledged(payment.member_id, free.currency)
        except StorageFailed:
            return BeingChecked(payment.id, payment.amount)
        return NotCharged(_REASONS[answer.refusal], payment.amount, free=free, held_elsewhere=answer.held_elsewhere)

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
    Refusal.AWAITING_TERMINALS: NotChargedReason.CENTRAL_UNREACHABLE,
}


def _fits(issued: GrantIssued, payment: Payment, missing: Money) -> bool:
    """What was asked for, and for the member whose pre-grants pay the rest: a card may have changed hands."""
    grant = issued.grant
    same_member = missing == payment.amount or grant.member_id == payment.member_id
    return grant.request_id == payment.id and grant.amount == missing and same_member


def _holder(tx: Transaction, card_uid: str) -> MemberId | None:
    """Whose card it is, as far as this terminal knows; None for one that is blocked: then central is to say why."""
    found = tx.members.by_card(card_uid)
    return found[0].id if found and found[1].state is CardState.ACTIVE else None


def _plan(tx: Transaction, payment: Payment, amount: Money) -> SpendPlan:
    """How much of `amount` the pre-grants of the payment's member cover."""
    open_grants = tx.grants.open_pre_grants(payment.member_id) if payment.member_id else ()
    return plan_spends(open_grants, payment.id, amount)


def _spend(tx: Transaction, issued: GrantIssued | None, payment: Payment) -> tuple[tuple[GrantUse, Spend], ...]:
    """A just-in-time grant is spent whole, once, and closed with it; the rest comes from pre-grants."""
    uses: tuple[tuple[GrantUse, Spend], ...] = ()
    rest = payment.amount
    if issued is not None:
        tx.grants.add(issued.grant)
        uses = (GrantUse(issued.grant, Money.zero(rest.currency)).spend(payment.id, issued.grant.amount),)
        rest -= issued.grant.amount
    plan = _plan(tx, payment, rest)
    if plan.missing:
        raise WalletError("a pre-grant is gone that was there when the payment began")
    for use, spend in (*uses, *plan.uses):
        tx.grants.record_spend(use, spend)
    return (*uses, *plan.uses)


def _balance_after(tx: Transaction, issued: GrantIssued | None, payment: Payment) -> Money | None:
    """What central last told, less what was spent here since and central has not heard of. None for a meal that cost
    nothing."""
    if not payment.amount or payment.member_id is None:
        return None
    member = tx.members.get(payment.member_id)
    told = issued.free_after if issued else member.balance if member else None
    return None if told is None else told - tx.grants.unacknowledged(payment.member_id, told.currency)
