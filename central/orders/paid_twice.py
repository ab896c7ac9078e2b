"""Cash that was taken for an order which needed it no more, and is given back."""

from __future__ import annotations

from uuid import UUID

from central.errors import Conflict, NotFound
from central.orders import collection_repository
from central.transactions import Transaction
from central.wallet import ledger
from kiosk.domain.audit import Act
from kiosk.domain.money import Money
from kiosk.domain.refund import MAX_STAFF_CHARS
from kiosk.domain.text import check_text


def give_back_cash(tx: Transaction, payment_id: UUID, staff: str) -> Money:
    """Out of the office's cash, once; returns how much. Raises NotFound, Conflict, TextError."""
    check_text(staff, MAX_STAFF_CHARS, "who gives it back")
    row = collection_repository.lock_paid_twice(tx.connection, payment_id)
    if row is None:
        raise NotFound(f"nothing was paid twice under {payment_id}")
    if row.given_back_at is not None:
        raise Conflict(f"it was given back already, by {row.given_back_by}")
    amount = Money(row.amount_minor, tx.currency)
    if amount:
        entry = ledger.transfer("paid_twice", ledger.REFUNDS, ledger.OFFICE_CASH, amount)
        ledger.book(tx.connection, [(f"paid_twice:{payment_id}", entry)], tx.now)
    collection_repository.set_given_back(tx.connection, payment_id, tx.now, staff)
    tx.record(Act.REFUNDED, str(row.order_id), refund=payment_id, amount_minor=amount.minor, currency=tx.currency)
    return amount
