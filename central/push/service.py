"""Intake of what terminals did: every event once, in order, and none lost.

An event that cannot be booked is kept in quarantine and counts as received, so that it never blocks those behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError

from central.errors import CentralError
from central.feed.changes import Changes
from central.orders.counter_payments import record_counter_payment
from central.orders.refunds import record_refund
from central.orders.service import record_order
from central.push import repository
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet.cash_top_ups import record_cash_top_up
from central.wallet.service import release
from central.wallet.settling import close_grant
from kiosk.domain.errors import DomainError
from kiosk.sync import wire
from kiosk.sync.wire import GrantReleased, OrderRecorded, PushedEvent, PushReply, Quarantined, WireError

MAX_REASON_CHARS = 300


class EventRefused(CentralError):
    """The event's own id or size is wrong."""


def receive(tx: Transaction, terminal: Terminal, first_seq: int, events: Sequence[PushedEvent]) -> PushReply:
    """Take in events numbered from `first_seq`; stops at a gap. The reply says up to where everything is in."""
    last_seq = repository.lock_position(tx.connection, terminal)
    quarantined: list[Quarantined] = []
    for seq, event in enumerate(events, start=first_seq):
        if seq > last_seq + 1:
            break
        reason = _again(tx, terminal, seq, event) if seq <= last_seq else _first_time(tx, terminal, seq, event)
        if reason:
            quarantined.append(Quarantined(seq, reason))
        last_seq = max(last_seq, seq)
    repository.set_position(tx.connection, terminal, last_seq)
    return PushReply(last_seq, tuple(quarantined))


def _again(tx: Transaction, terminal: Terminal, seq: int, event: PushedEvent) -> str:
    """A number that was taken in already: normally the same event. Another one under the same number was sold by a
    terminal that forgot it had used the number; it is kept too."""
    known = repository.find_by_seq(tx.connection, terminal, seq)
    if known is not None and (known.event_id, known.body_sha256) == (event.id, _sha256(event)):
        return repository.quarantine_reason(tx.connection, terminal, seq, event.id)
    return _quarantine(tx, terminal, seq, event, "another event was received under this number")


def _first_time(tx: Transaction, terminal: Terminal, seq: int, event: PushedEvent) -> str:
    """Book it. Returns why it is in quarantine, or ""."""
    reason = ""
    booking = replace(tx, changes=Changes(), moved=set())
    try:
        with tx.connection.begin_nested():
            _book(booking, terminal, event)
        tx.changes.add(booking.changes)
        tx.moved.update(booking.moved)
    except (CentralError, DomainError, WireError) as error:
        reason = str(error)
    except (IntegrityError, DataError, OverflowError) as error:
        # Another terminal was quicker with the same id, or a value that no column holds.
        reason = f"the database refused it ({type(error).__name__})"
    row = {"seq": seq, "event_id": event.id, "body_sha256": _sha256(event)}
    repository.add_received(tx.connection, _row_of(tx, terminal) | row)
    return _quarantine(tx, terminal, seq, event, reason) if reason else ""


def _book(tx: Transaction, terminal: Terminal, pushed: PushedEvent) -> None:
    """Raises CentralError, DomainError or WireError for an event that cannot be booked."""
    known = repository.find_by_event_id(tx.connection, pushed.id)
    if known:
        if any(row.body_sha256 == _sha256(pushed) for row in known):
            return  # the same event under another number: it was dealt with then
        raise EventRefused("an event of that id but with another body was received before")
    body = bytes(pushed.body)
    if len(body) > wire.MAX_EVENT_BYTES:
        raise EventRefused(f"the event is larger than {wire.MAX_EVENT_BYTES} bytes")
    event = wire.decode_event(body)
    if isinstance(event, OrderRecorded):
        record_order(tx, terminal, event, body)
    elif isinstance(event, wire.RefundRecorded):
        record_refund(tx, terminal, event, body)
    elif isinstance(event, wire.CounterPaymentRecorded):
        record_counter_payment(tx, terminal, event, body)
    elif isinstance(event, wire.CashTopUpRecorded):
        record_cash_top_up(tx, terminal, event, body)
    elif isinstance(event, GrantReleased):
        release(tx, terminal, event.request_id)
    else:
        close_grant(tx, terminal, event.grant_id, event.spends)


def _quarantine(tx: Transaction, terminal: Terminal, seq: int, event: PushedEvent, reason: str) -> str:
    reason = reason.replace("\0", " ")[:MAX_REASON_CHARS]
    row = {
        "seq": seq,
        "event_id": event.id,
        "body": bytes(event.body),
        "body_sha256": _sha256(event),
        "reason": reason,
    }
    repository.add_quarantined(tx.connection, _row_of(tx, terminal) | row)
    return reason


def _row_of(tx: Transaction, terminal: Terminal) -> dict[str, Any]:
    return {"terminal_id": terminal.id, "incarnation": terminal.incarnation, "received_at": tx.now}


def _sha256(event: PushedEvent) -> bytes:
    return hashlib.sha256(event.body).digest()
