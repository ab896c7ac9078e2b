"""Charging a payment to its payer's wallet, for a sale (kiosk.services.checkout) as for an order that is collected
(kiosk.services.collect_order).

Where the pre-grants here are enough, central is not asked: no step is taken outside, and the caller's one transaction
is all (docs/decisions/0004). For what they do not cover: intended (durable) → grants from central, asked for in one
call → the caller's transaction. A crash before it leaves an intended payment, which `recovery` releases: nothing was
charged. So does a failure in the middle of a call; then the next call recovers first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.collection import CollectionError
from kiosk.domain.ids import PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByFace, Payer
from kiosk.domain.payment import Payment, PaymentState
from kiosk.domain.wallet import GrantUse, Spend
from kiosk.services.audit import Audit
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason
from kiosk.services.ports import (
    Central,
    CentralRefused,
    CentralUnreachable,
    EventEncoder,
    GrantIssued,
    GrantOutdated,
    GrantRefused,
    OutboxSignal,
    Refusal,
    StorageFailed,
    Store,
    Transaction,
)
from kiosk.services.recovery import resolve_unfinished
from kiosk.services.spending import Needed, fits, holder, needed, spend_issued, spend_planned

log = logging.getLogger(__name__)

Written = TypeVar("Written")


@dataclass(frozen=True, slots=True)
class Charged:
    """Written in the caller's transaction: the payment as it ends, the spends that pay it, each with its grant after
    it. `told`: the member's balance, as central last told it."""

    payment: Payment
    uses: tuple[tuple[GrantUse, Spend], ...]
    told: Money | None


@dataclass(frozen=True, slots=True)
class Intended:
    """Written down, and to be paid with what central grants. `abandons`: the payer's earlier requests that will never
    be spent."""

    payment: Payment
    payer: Payer
    wanted: Needed
    abandons: tuple[PaymentId, ...]


class Charging:
    """Its calls are made one at a time. `face_limits`: None where nobody pays by face."""

    def __init__(
        self,
        store: Store,
        central: Central,
        encoder: EventEncoder,
        outbox_signal: OutboxSignal,
        clock: Clock,
        face_limits: FacePaymentLimits | None,
    ) -> None:
        self._store = store
        self._central = central
        self._encoder = encoder
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._face_limits = face_limits
        self._audit = Audit(clock)
        self._left_open = False

    def recover(self) -> None:
        """Before each payment: settle what the last one has left open. Raises StorageFailed."""
        if self._left_open:
            resolve_unfinished(self._store, self._encoder)
            self._left_open = False

    def begin(self, tx: Transaction, payment: Payment, payer: Payer) -> Charged | Intended | NotCharged:
        """As a part of the caller's transaction: paid from the pre-grants here, or written down as intended; or refused
        here, with nothing written. Whose the payment is, is looked up."""
        member = holder(tx, payer)
        payment = replace(payment, member_id=member.id if member else None)
        refused = self._refused_here(tx, payer, payment)
        if refused is not None:
            return refused
        wanted = needed(tx, payment)
        if wanted:
            tx.payments.add(payment, payer)
            self._left_open = True
            return Intended(payment, payer, wanted, tx.grants.unreleased_requests(payer))
        ended = _ended(payment)
        uses = spend_planned(tx, wanted.plan)
        tx.payments.add(ended, payer)
        self._note_face(tx, ended, payer)
        return Charged(ended, uses, member.balance if member else None)

    def pay(
        self, intended: Intended, write: Callable[[Transaction, Charged], Written]
    ) -> Written | NotCharged | BeingChecked:
        """What central grants pays it, in one transaction with all that `write` writes. Raises only `write`'s
        CollectionError, after the payment was given up, and faults of our own."""
        outcome = self._with_grants(intended, write)
        self._left_open = isinstance(outcome, BeingChecked)
        return outcome

    def _refused_here(self, tx: Transaction, payer: Payer, payment: Payment) -> NotCharged | None:
        """Nothing is charged to a card that staff have blocked here, of which central may not have heard; nor by a face
        that was forgotten meanwhile, or beyond what is allowed."""
        if not isinstance(payer, ByFace):
            is_known_as_active = payment.member_id is not None  # so nobody has blocked it here
            if is_known_as_active or not tx.card_blocks.holds(payer.uid):
                return None
            return NotCharged(NotChargedReason.CARD_BLOCKED, payment.amount, parts=payment.parts)
        reason: NotChargedReason | None = NotChargedReason.FACE_NOT_ALLOWED
        if self._face_limits is not None:
            reason = self._face_limits.refusal(tx, payer, payment, self._clock.now())
        return None if reason is None else NotCharged(reason, payment.amount, parts=payment.parts)

    def _with_grants(
        self, intended: Intended, write: Callable[[Transaction, Charged], Written]
    ) -> Written | NotCharged | BeingChecked:
        payment, payer, wanted = intended.payment, intended.payer, intended.wanted
        try:
            answer = self._central.request_grant(payment.id, payer, wanted.money, intended.abandons, wanted.further)
        except CentralUnreachable:
            return self._give_up(payment, NotChargedReason.CENTRAL_UNREACHABLE)
        except CentralRefused:
            return self._give_up(payment, NotChargedReason.CENTRAL_REFUSED)
        if isinstance(answer, GrantRefused):
            return self._refused(payment, answer)
        if not fits(answer, payment, wanted):
            log.error("grant_does_not_fit", extra={"payment": str(payment.id)})
            return self._give_up(payment, NotChargedReason.CENTRAL_REFUSED)
        return self._settle(intended, answer, write)

    def _settle(
        self, intended: Intended, issued: GrantIssued, write: Callable[[Transaction, Charged], Written]
    ) -> Written | NotCharged | BeingChecked:
        """Afterwards all of it stands, durable, and waiting for central; or nothing of it does."""
        payment = intended.payment
        try:
            with self._store.transaction() as tx:
                ended = _ended(replace(payment, member_id=issued.grants[0].member_id))
                uses = spend_issued(tx, issued, ended)
                tx.payments.settle(ended)
                self._note_face(tx, ended, intended.payer)
                return write(tx, Charged(ended, uses, issued.free_after))
        except GrantOutdated:
            return self._give_up(payment, NotChargedReason.CENTRAL_UNREACHABLE)
        except CollectionError:
            self._give_up(payment, NotChargedReason.CHECKED)
            raise
        except Exception:
            log.exception("payment_not_committed", extra={"payment": str(payment.id)})
            return self._give_up(payment, NotChargedReason.STORAGE_FAILED)

    def _note_face(self, tx: Transaction, payment: Payment, payer: Payer) -> None:
        """Its payer showed nothing that stays."""
        if isinstance(payer, ByFace):
            ids = {"payment": payment.id, "consent": payer.consent_id}
            self._audit.record(tx, "member", Act.PAID_BY_FACE, payer.member_id, **ids)

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
        reason, elsewhere = _REASONS[answer.refusal], answer.held_elsewhere
        return NotCharged(reason, payment.amount, free=free, held_elsewhere=elsewhere, parts=payment.parts)

    def _give_up(self, payment: Payment, reason: NotChargedReason) -> NotCharged | BeingChecked:
        """No spend was made and none will be: whatever central holds for this request is released. Should the payment
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


_REASONS = {
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
