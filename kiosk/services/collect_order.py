"""Settling an order at this counter, of whichever terminal took it: in cash, or by card or face from the
balance (docs/decisions/0010).

Central is asked before, where it answers, that nobody else settles it meanwhile. Then it is one transaction
(kiosk.services.collection_book). From the balance it goes the way of every payment (kiosk.services.charging).
"""

from __future__ import annotations

import logging

from kiosk.domain.clock import Clock
from kiosk.domain.collection import ClaimAnswer, CollectionError
from kiosk.domain.counter import change_for
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import CollectionId, PaymentId, uuid7
from kiosk.domain.money import Money
from kiosk.domain.payer import Payer
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.services.cash_drawer import cash_taken
from kiosk.services.charging import Charged, Charging
from kiosk.services.collected import Collected, CollectOutcome, NotCollected, NotCollectedReason
from kiosk.services.collection_book import CollectionBook, Written
from kiosk.services.counter_payment import CounterPayments, CounterSettled
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.outcomes import BeingChecked, NotCharged
from kiosk.services.ports import (
    Central,
    CentralRefused,
    CentralUnreachable,
    DueOrders,
    EventEncoder,
    OutboxSignal,
    StorageFailed,
    Store,
)
from kiosk.services.printing import PrintDesk
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
        face_limits: FacePaymentLimits | None = None,
    ) -> None:
        """`face_limits`: None where nobody pays by face."""
        self._store = store
        self._due_orders = due_orders
        self._counter_payments = counter_payments
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._book = book
        self._charging = Charging(store, central, encoder, outbox_signal, clock, face_limits)

    def take_cash(self, act: StaffAct, due: DueOrder, received: Money | None = None) -> CollectOutcome:
        """The cash for all that is due is in the drawer: what was `received`, of which the rest goes back. Raises
        CashError when that is less than what is due."""
        if received is not None:
            change_for(due.due, received)
        try:
            ended = self._before(act, due)
            if ended is not None:
                return ended
            with self._store.transaction() as tx:
                is_own = tx.orders.belongs_here(due.order_id)
                written = None if is_own else self._book.add_cash(tx, act, due, received)
        except CollectionError:
            return NotCollected(NotCollectedReason.SETTLED)
        except StorageFailed:
            return NotKnown(act.id)
        return self._take_own_cash(act, due, received) if written is None else self._hand_on(written)

    def pay(self, act: StaffAct, due: DueOrder, payer: Payer) -> CollectOutcome:
        """Charge the payer, whoever ordered, all that is due; or say why nothing was charged."""
        if not due.due:
            return self.take_cash(act, due)
        try:
            self._charging.recover()
            ended = self._before(act, due)
            if ended is not None:
                return ended
            outcome = self._charge(act, due, payer)
        except CollectionError:
            return NotCollected(NotCollectedReason.SETTLED)
        except StorageFailed:
            return NotKnown(act.id)
        if isinstance(outcome, BeingChecked):
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

    def _take_own_cash(self, act: StaffAct, due: DueOrder, received: Money | None) -> CollectOutcome:
        """Of this terminal's own order it is a counter payment, which it may refund afterwards."""
        settled = self._counter_payments.take_cash(act, due.order_id, received)
        if isinstance(settled, CounterSettled):
            return Collected(settled.order, settled.payment.amount)
        if isinstance(settled, Refused):
            return NotCollected(NotCollectedReason.SETTLED)
        return settled

    # --- from the balance ---

    def _charge(self, act: StaffAct, due: DueOrder, payer: Payer) -> Collected | NotCharged | BeingChecked:
        payment_id = PaymentId(uuid7(int(self._clock.now().timestamp() * 1000)))
        payment = Payment(payment_id, due.order_id, PaymentMethod.BALANCE, due.due)
        with self._store.transaction() as tx:
            charge = self._charging.begin(tx, payment, payer)
            if isinstance(charge, NotCharged):
                return charge
            if isinstance(charge, Charged):
                written = self._book.add_paid(tx, act, due, charge)
        if isinstance(charge, Charged):
            return self._hand_on(written)
        outcome = self._charging.pay(charge, lambda tx, charged: self._book.add_paid(tx, act, due, charged))
        return outcome if isinstance(outcome, NotCharged | BeingChecked) else self._hand_on(outcome)

    def _hand_on(self, written: Written) -> Collected:
        collected, jobs = written
        made = collected.made
        in_cash = made is not None and made.method is PaymentMethod.COUNTER
        self._desk.submit(jobs, cash_taken(made.id, made.order_id, made.amount) if made and in_cash else None)
        self._outbox_signal.wake()
        return collected
