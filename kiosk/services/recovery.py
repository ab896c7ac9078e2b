"""After a crash: which payments were left open, and what became of them."""

from __future__ import annotations

from kiosk.domain.ids import PaymentId
from kiosk.domain.payment import PaymentState
from kiosk.services.ports import EventEncoder, Store


def resolve_unfinished(store: Store, encoder: EventEncoder) -> tuple[PaymentId, ...]:
    """Every payment that was intended but not paid was not charged: the sale's one transaction is all or nothing.
    What central may hold for it is released through the outbox. Returns which they were. Raises StorageFailed."""
    with store.transaction() as tx:
        open_payments = tx.payments.unresolved()
        for payment in open_payments:
            tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
            tx.outbox.add(encoder.release(payment.id))
    return tuple(payment.id for payment in open_payments)
