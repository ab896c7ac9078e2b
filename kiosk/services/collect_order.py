"""Settling an order at this counter, of whichever terminal took it: in cash, or by card from the balance
(docs/decisions/0010).

Central is asked before, where it answers, that nobody else settles it meanwhile. Then it is one transaction
(kiosk.services.collection_book). From the balance it goes the way of every payment by card (kiosk.services.checkout):
pre-grants first, central for what they do not cover.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from kiosk.domain.clock import Clock
from kiosk.domain.collection import ClaimAnswer, CollectionError
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import CollectionId, PaymentId, uuid7
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.wallet import WalletError
from kiosk.services.cash_drawer import cash_taken
from kiosk.services.checkout import NOT_CHARGED_REASONS
from kiosk.services.collected import Collected, CollectOutcome, NotCollected, NotCollectedReason
from kiosk.services.collection_book import CollectionBook, Written
from kiosk.services.counter_payment import CounterPayments, CounterSettled
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.ports import (
    Central,
    CentralRefused,
    CentralUnreachable,
    EventEncoder,
    GrantIssued,
    GrantOutdated,
    GrantRefused,
    OutboxSignal,
    StorageFailed,
    Store,
)
from kiosk.services.printing import PrintDesk
from kiosk.services.recovery import resolve_unfinished
from kiosk.services.slip_ports import DueOrders
from kiosk.services.spending import Needed, fits, holder, needed, spend_issued, spend_planned
from kiosk.services.staff_acts import NotKnown, Refused, StaffAct

log = logging.getLogger(__name__)

_CLAIMS = {
    ClaimAnswer.SETTLED: NotCollectedReason.SETTLED,
    ClaimAnswer.CANCELLED: NotCollectedReason.CANCELLED,
    ClaimAnswer.CLAIMED_ELSEWHERE: NotCollectedReason.CLAIMED_ELSEWHERE,
}


class CollectOrders:
    """Its calls block (disk, network) and are made one at a time, on the thread of the other payments. Under the same
    act it is done once: after a second touch, a doubtful end, a restart. The act's texts must be such
    (kiosk.domain.text), or TextError is raised."""

    def __init__(
        self,
        store: Store,
        central: Central,
        due_orders: DueOrders,
        counter_payments: CounterPayments,
        encoder: EventEncoder,
        desk: PrintDesk,
        outbox_signal: OutboxSignal,
        clock: Clock,
        book: CollectionBook,
    ) -> None:
        self._store = store
        self._central = central
        self._due_orders = due_orders
        self._counter_payments = counter_payments
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._book = book
        self._left_open = False

    def take_cash(self, act: StaffAct, due: DueOrder) -> CollectOutcome:
        """The cash for all that is due is in the drawer."""
        try:
            ended = self._before(act, due)
            if ended is not None:
                return ended
            with self._store.transaction() as tx:
                is_own = tx.orders.belongs_here(due.order_id)
                written = None if is_own else self._book.add_cash(tx, act, due)
        except CollectionError:
            return NotCollected(NotCollectedReason.SETTLED)
        except StorageFailed:
            return NotKnown(act.id)
        return self._take_own_cash(act, due) if written is None else self._hand_on(written)

    def pay_by_card(self, act: StaffAct, due: DueOrder, card_uid: str) -> CollectOutcome:
        """Charge the card's member, whoever ordered, all that is due; or say why nothing was charged."""
        if not due.due:
            return self.take_cash(act, due)
        try:
            if self._left_open:
                resolve_unfinished(self._store, self._encoder)
                self._left_open = False
            ended = self._before(act, due)
            if ended is not None:
                return ended
            outcome = self._charge(act, due, ByCard(card_uid))
        except CollectionError:
            return NotCollected(NotCollectedReason.SETTLED)
        except StorageFailed:
            self._left_open = True
            return NotKnown(act.id)
        if isinstance(outcome, NotCharged):
            self._give_up_claim(act, due)
        return outcome

    # --- before any money moves ---

    def _before(self, act: StaffAct, due: DueOrder) -> Collected | NotCollected | None:
        """What became of that act, or why it cannot be begun. Where central does not answer, the slip must do."""
        with self._store.transaction() as tx:
            ended = self._book.ended(tx, act, due)
        if ended is not None:
            return ended
        try:
            answer = self._due_orders.claim(CollectionId(act.id), due)
        except (CentralUnreachable, CentralRefused):
            return None
        return NotCollected(_CLAIMS[answer]) if answer in _CLAIMS else None

    def _give_up_claim(self, act: StaffAct, due: DueOrder) -> None:
        try:
            self._due_orders.give_up_claim(CollectionId(act.id), due)
        except (CentralUnreachable, CentralRefused):
            log.info("claim_not_given_up", extra={"order": str(due.order_id)})  # it lapses

    # --- in cash ---

    def _take_own_cash(self, act: StaffAct, due: DueOrder) -> CollectOutcome:
        """Of this terminal's own order it is a counter payment, which it may refund afterwards."""
        settled = self._counter_payments.take_cash(act, due.order_id)
        if isinstance(settled, CounterSettled):
            return Collected(settled.order, settled.payment.amount)
        if isinstance(settled, Refused):
            return NotCollected(NotCollectedReason.SETTLED)
        return settled

    # --- from the balance ---

    def _charge(self, act: StaffAct, due: DueOrder, payer: ByCard) -> Collected | NotCharged:
        payment_id = PaymentId(uuid7(int(self._clock.now().timestamp() * 1000)))
        with self._store.transaction() as tx:
            member = holder(tx, payer)
            member_id = member.id if member else None
            payment = Payment(payment_id, due.order_id, PaymentMethod.BALANCE, due.due, member_id=member_id)
            wanted = needed(tx, payment)
            if wanted:
                tx.payments.add(payment, payer)
                abandons = tx.grants.unreleased_requests(payer)
            else:
                paid = payment.to(PaymentState.PAID)
                uses = spend_planned(tx, wanted.plan)
                tx.payments.add(paid, payer)
                written = self._book.add_paid(tx, act, due, paid, uses, member.balance if member else None)
        if not wanted:
            return self._hand_on(written)
        self._left_open = True
        outcome = self._with_grant(act, due, payment, wanted, payer, abandons)
        self._left_open = False
        return outcome

    def _with_grant(
        self,
        act: StaffAct,
        due: DueOrder,
        payment: Payment,
        wanted: Needed,
        payer: ByCard,
        abandons: tuple[PaymentId, ...],
    ) -> Collected | NotCharged:
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
        return self._settle(act, due, payment, answer)

    def _settle(self, act: StaffAct, due: DueOrder, payment: Payment, issued: GrantIssued) -> Collected | NotCharged:
        paid = replace(payment, member_id=issued.grants[0].member_id).to(PaymentState.PAID)
        try:
            with self._store.transaction() as tx:
                uses = spend_issued(tx, issued, paid)
                tx.payments.settle(paid)
                written = self._book.add_paid(tx, act, due, paid, uses, issued.free_after)
        except (GrantOutdated, WalletError):
            return self._give_up(payment, NotChargedReason.CENTRAL_UNREACHABLE)
        except CollectionError:
            self._give_up(payment, NotChargedReason.CHECKED)
            raise
        return self._hand_on(written)

    def _refused(self, payment: Payment, answer: GrantRefused) -> NotCharged:
        """Central's refusal is final for this request, so there is nothing to release."""
        free = answer.free
        with self._store.transaction() as tx:
            tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
            if free is not None and payment.member_id is not None:
                free -= tx.grants.unacknowledged(payment.member_id, free.currency)
        reason, elsewhere = NOT_CHARGED_REASONS[answer.refusal], answer.held_elsewhere
        return NotCharged(reason, payment.amount, free=free, held_elsewhere=elsewhere)

    def _give_up(self, payment: Payment, reason: NotChargedReason) -> NotCharged:
        """No spend was made and none will be: whatever central holds for this request is released."""
        with self._store.transaction() as tx:
            tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
            tx.outbox.add(self._encoder.release(payment.id))
        self._outbox_signal.wake()
        return NotCharged(reason, payment.amount)

    def _hand_on(self, written: Written) -> Collected:
        collected, jobs = written
        made = collected.made
        in_cash = made is not None and made.method is PaymentMethod.COUNTER
        self._desk.submit(jobs, cash_taken(made.id, made.order_id, made.amount) if made and in_cash else None)
        self._outbox_signal.wake()
        return collected
