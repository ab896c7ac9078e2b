"""What central knows of a terminal's own upkeep: its feed, its backlog, its events in quarantine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row

from central.feed import repository as feed
from central.orders.repository import numbers_of
from central.push import repository as push
from central.push.reasons import reason_of
from central.terminals.identity import FEED_KINDS, Terminal
from kiosk.domain.version import VERSION
from kiosk.sync import wire

_MAX_TYPE_CHARS = 40
_MAX_NUMBER_CHARS = 12


class _Typed(msgspec.Struct):
    """Of an event's JSON, whatever else it is."""

    type: str


def told(
    connection: Connection, terminal: Terminal, own_epoch: str, release: str, epoch: str, after: int
) -> wire.UpkeepReply:
    """`epoch` and `after`: up to where the terminal has read the feed."""
    count, rows = push.quarantined_of(connection, terminal.id, wire.MAX_QUARANTINED)
    after, kinds = after if epoch == own_epoch else 0, FEED_KINDS.get(terminal.role)
    unread = feed.rows_after(connection, after, 1, terminal.id, terminal.incarnation, kinds)
    return wire.UpkeepReply(
        version=VERSION,
        protocol=wire.PROTOCOL,
        oldest_protocol=wire.OLDEST_PROTOCOL,
        release=release,
        is_behind=next(unread, None) is not None,
        waiting_batches=push.count_waiting(connection, terminal.id),
        quarantined_count=count,
        quarantined=_records(connection, rows),
    )


def _records(connection: Connection, rows: list[Row[Any]]) -> tuple[wire.QuarantinedRecord, ...]:
    events = {row.id: _event(row.body) for row in rows}
    about = {row_id: order_id for row_id, event in events.items() if event and (order_id := _order_id(event))}
    numbers = numbers_of(connection, sorted(set(about.values())))
    return tuple(
        wire.QuarantinedRecord(
            row.incarnation,
            row.seq,
            _type(row.body),
            reason_of(row.reason, is_readable=events[row.id] is not None),
            int(row.received_at.timestamp() * 1000),
            _own_number(events[row.id]) or (numbers.get(about[row.id], "") if row.id in about else ""),
        )
        for row in rows
    )


def _event(body: bytes) -> wire.TerminalEvent | None:
    try:
        return wire.decode_event(body)
    except wire.WireError:
        return None


def _type(body: bytes) -> str:
    try:
        return wire.decode(body, _Typed).type[:_MAX_TYPE_CHARS]
    except wire.WireError:
        return ""


def _own_number(event: wire.TerminalEvent | None) -> str:
    """The number that it brings along."""
    number = ""
    if isinstance(event, wire.OrderRecorded):
        number = event.order.number
    elif isinstance(event, wire.OrderCollected):
        number = event.collection.number
    return number[:_MAX_NUMBER_CHARS] if number.isprintable() else ""


def _order_id(event: wire.TerminalEvent) -> UUID | None:
    """Of what tells of an order without its number."""
    match event:
        case wire.RefundRecorded():
            return event.refund.order_id
        case wire.CounterPaymentRecorded():
            return event.payment.order_id
        case wire.CollectionUndone():
            return event.undone.order_id
        case wire.TicketMarked():
            return event.order_id
    return None
