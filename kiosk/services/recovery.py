"""After a crash: which payments were left open, and what became of them."""

from __future__ import annotations

from kiosk.domain.payment import PaymentState
from kiosk.services.ports import EventEncoder, Store


def resolve_unfinished(store: Store, encoder: EventEncoder) -> int:
    """Every payment that was intended but not paid was not charged: the sale's one transaction is all or nothing.
    What central may hold for it is released through the outbox. Returns how many there were. Raises StorageFailed."""
    with store.transaction() as tx:
        open_payments = tx.payments.unresolved()
        for payment in open_payments:
            tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
            tx.outbox.add(encoder.release(payment.id))
    return len(open_payments)
