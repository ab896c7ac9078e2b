"""The payment journal: what became of a payment by card that a crash, or a disk that refused, left open.

A payment is written down before it is begun and settled in the same transaction as its sale (kiosk.services.checkout),
so whoever reads the store afterwards knows: it stands as paid, or it was not charged. Only while the store cannot be
read is it being checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from kiosk.domain.clock import Clock
from kiosk.domain.ids import PaymentId, unix_ms_of
from kiosk.domain.order import Order
from kiosk.domain.payer import ByCard, Payer
from kiosk.domain.payment import PaymentPart, PaymentState
from kiosk.services.ports import EventEncoder, StorageFailed, Store, Transaction
from kiosk.services.recovery import resolve_unfinished

# After a start, one that was paid so recently may not have been seen by its customer.
MAY_BE_UNSEEN_FOR = timedelta(minutes=15)
_CARD_CHARS = 4


class Fate(StrEnum):
    """due: the order is taken, and what the card has not paid of it is due at the counter."""

    PAID = "paid"
    DUE = "due"
    NOT_CHARGED = "not_charged"
    BEING_CHECKED = "being_checked"


_FATES = {PaymentState.PAID: Fate.PAID, PaymentState.DUE: Fate.DUE}


@dataclass(frozen=True, slots=True)
class CardPayment:
    """A payment by card or face, as it may be spoken of on a screen that anybody sees: by the end of the card's number
    (by face: "") and the canteen's wall time. `order` when it was taken, `parts` when it was paid in several."""

    payment_id: PaymentId
    card_end: str
    at: time
    fate: Fate
    order: Order | None = None
    parts: tuple[PaymentPart, ...] = ()


def card_end(payer: Payer | None) -> str:
    """What of a card's UID may be shown; nothing of a face."""
    return payer.uid[-_CARD_CHARS:] if isinstance(payer, ByCard) else ""


class PaymentJournal:
    """Asked by the thread that makes payments, when none is under way. `local_time` is the canteen's."""

    def __init__(
        self, store: Store, encoder: EventEncoder, clock: Clock, local_time: Callable[[datetime], datetime]
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._clock = clock
        self._local_time = local_time

    def at_start(self) -> CardPayment | None:
        """Settle what the last run left open. Returns the last payment by card or face if its customer may not know
        what became of it: it was left open, or was made just before. Raises StorageFailed."""
        left_open = resolve_unfinished(self._store, self._encoder)
        with self._store.transaction() as tx:
            last = tx.payments.last_by_payer()
            if last is None:
                return None
            payment_id = last[0].id
            age = self._clock.now() - _begun_at(payment_id)
            unseen = payment_id in left_open or timedelta() <= age <= MAY_BE_UNSEEN_FOR
            return self._read(tx, payment_id) if unseen else None

    def check(self, payment_id: PaymentId) -> CardPayment | None:
        """What became of that payment, after settling what is open; None: it was never begun, so nothing was charged. A
        store that has failed is opened anew. Raises StorageFailed while the disk still refuses."""
        try:
            resolve_unfinished(self._store, self._encoder)
        except StorageFailed:
            self._store.reopen()
            resolve_unfinished(self._store, self._encoder)
        with self._store.transaction() as tx:
            return self._read(tx, payment_id)

    def _read(self, tx: Transaction, payment_id: PaymentId) -> CardPayment | None:
        payment, payer = tx.payments.get(payment_id), tx.payments.payer_of(payment_id)
        if payment is None:
            return None
        fate = _FATES.get(payment.state, Fate.NOT_CHARGED)
        order = None if fate is Fate.NOT_CHARGED else tx.orders.get(payment.order_id)
        at = self._local_time(_begun_at(payment_id)).time()
        return CardPayment(payment_id, card_end(payer), at, fate, order, payment.parts)


def _begun_at(payment_id: PaymentId) -> datetime:
    """By the terminal's clock of that moment: for display only."""
    return datetime.fromtimestamp(unix_ms_of(payment_id) / 1000, UTC)
