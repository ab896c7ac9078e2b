"""Slips of this terminal, and whether to trust those of others."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.domain.due_order import due_order_of
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment
from kiosk.domain.scanned_code import is_payment_code
from kiosk.domain.slip import Slip, SlipError, read_slip, slip_payload, slip_text
from kiosk.services.collected import NotCollected, NotCollectedReason
from kiosk.services.ports import Transaction

SLIP_VALID_FOR = timedelta(days=2)
"""Either way, so that a clock that is wrong by a day is not in the way. Only for good order: that nothing is paid twice
does not rest on it."""


def slip_of(tx: Transaction, order: Order, payment: Payment) -> str:
    """The text of the code that goes on the slip; "" on a terminal that cannot sign."""
    own = tx.slips.own()
    if own is None:
        return ""
    payload = slip_payload(due_order_of(order, payment, own.terminal_id, own.incarnation))
    signature = tx.slips.sign(payload)
    return slip_text(payload, signature) if signature else ""


def check_slip(tx: Transaction, text: str, now: datetime) -> Slip | NotCollected:
    """The slip, signed by a terminal of this site for an order that is not settled as far as it is known here."""
    if is_payment_code(text):
        return NotCollected(NotCollectedReason.PAYMENT_CODE)
    try:
        slip = read_slip(text)
    except SlipError as error:
        return NotCollected(NotCollectedReason(error.fault.value))
    reason = _fault(tx, slip, now)
    return slip if reason is None else NotCollected(reason)


def _fault(tx: Transaction, slip: Slip, now: datetime) -> NotCollectedReason | None:
    due = slip.due
    terminal = tx.slips.terminal(due.terminal_id)
    if terminal is None:
        return NotCollectedReason.UNKNOWN_TERMINAL
    if terminal.is_revoked:
        return NotCollectedReason.TERMINAL_REVOKED
    if due.incarnation < terminal.incarnation:
        return NotCollectedReason.EARLIER_INCARNATION
    if due.incarnation > terminal.incarnation:
        return NotCollectedReason.UNKNOWN_TERMINAL
    if not tx.slips.is_signed(terminal, slip.payload, slip.signature):
        return NotCollectedReason.FORGED
    if abs(now - due.taken_at) > SLIP_VALID_FOR:
        return NotCollectedReason.TOO_OLD
    if tx.collections.is_collected(due.payment_id):
        return NotCollectedReason.SETTLED
    return None
