"""What an event is about: by that a Z report that adds it up can be checked against the books (central.shifts)."""

from __future__ import annotations

from uuid import UUID

from kiosk.sync import wire


def subject_of(event: wire.TerminalEvent) -> UUID | None:
    """The id under which it is booked; of an undone collection the collection's. None: no report adds it up."""
    match event:
        case wire.OrderRecorded():
            return event.order.id
        case wire.RefundRecorded():
            return event.refund.id
        case wire.CounterPaymentRecorded():
            return event.payment.id
        case wire.OrderCollected():
            return event.collection.id
        case wire.CollectionUndone():
            return event.undone.collection_id
        case wire.CashTopUpRecorded():
            return event.top_up.id
        case wire.CashMoved():
            return event.movement.id
    return None
