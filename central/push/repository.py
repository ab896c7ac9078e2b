"""What was received from each terminal: how far, which events, and those that could not be booked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from central.bulk import BulkInsert
from central.database import UtcDateTime, metadata
from central.statements import Statement, by_keys, per_dialect
from central.terminals.repository import terminal as terminal_table

push_position = Table(
    "push_position",
    metadata,
    Column("terminal_id", ForeignKey("terminal.id"), primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("last_seq", BigInteger, nullable=False),
)

received_event = Table(
    "received_event",
    metadata,
    Column("terminal_id", ForeignKey("terminal.id"), primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Uuid, nullable=False, index=True),
    Column("body_sha256", LargeBinary, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    # The order, refund, … that the event tells of, where that is of a shift.
    Column("about", Uuid),
)

quarantined_event = Table(
    "quarantined_event",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("body_sha256", LargeBinary, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("terminal_id", "incarnation", "seq", "event_id", "body_sha256", name="uq_quarantined_event_once"),
)


# A backlog that was stored and is not booked yet: `body` as the terminal packed it, of which the first `booked` events
# are booked. The oldest of a terminal come first.
waiting_batch = Table(
    "waiting_batch",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False, index=True),
    Column("incarnation", Integer, nullable=False),
    Column("booked", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)


_START = per_dialect(lambda insert: insert(push_position).on_conflict_do_nothing())
_ADD_QUARANTINED = per_dialect(lambda insert: insert(quarantined_event).on_conflict_do_nothing())
_ADD_WAITING = Statement(insert(waiting_batch))
_RECEIVED_COLUMNS = tuple(column.name for column in received_event.c)
_ADD_RECEIVED = BulkInsert(received_event, *_RECEIVED_COLUMNS)
_POSITIONS_LOCKED = by_keys(
    lambda among: (
        select(push_position)
        .where(among(push_position.c.terminal_id))
        .order_by(push_position.c.terminal_id, push_position.c.incarnation)
        .with_for_update()
    )
)
_SET_POSITION = Statement(
    update(push_position)
    .where(
        push_position.c.terminal_id == bindparam("of_terminal"),
        push_position.c.incarnation == bindparam("of_incarnation"),
    )
    .values(last_seq=bindparam("last_seq"))
)
_BY_EVENT_ID = by_keys(
    lambda among: select(received_event.c.event_id, received_event.c.body_sha256).where(
        among(received_event.c.event_id)
    )
)


_first = received_event.alias()


def _of_numbers(table: Table, *columns: Any) -> Statement:
    return Statement(
        select(*columns).where(
            table.c.terminal_id == bindparam("terminal_id"),
            table.c.incarnation == bindparam("incarnation"),
            table.c.seq.between(bindparam("first_seq"), bindparam("last_seq")),
        )
    )


_BY_SEQ = _of_numbers(received_event, received_event.c.seq, received_event.c.event_id, received_event.c.body_sha256)
_SUBJECTS = _of_numbers(
    received_event,
    received_event.c.seq,
    received_event.c.event_id,
    received_event.c.body_sha256,
    func.coalesce(
        received_event.c.about,
        # It came before under another number, where it was read.
        select(_first.c.about)
        .where(_first.c.event_id == received_event.c.event_id, _first.c.about.is_not(None))
        .limit(1)
        .correlate(received_event)
        .scalar_subquery(),
    ).label("about"),
)
_REASONS = _of_numbers(
    quarantined_event, quarantined_event.c.seq, quarantined_event.c.event_id, quarantined_event.c.reason
)

_WAITING_SENDERS = Statement(
    select(waiting_batch.c.terminal_id, waiting_batch.c.incarnation)
    .group_by(waiting_batch.c.terminal_id, waiting_batch.c.incarnation)
    .order_by(func.min(waiting_batch.c.id))
)
_ARE_WAITING = by_keys(
    lambda among: select(waiting_batch.c.terminal_id).where(among(waiting_batch.c.terminal_id)).distinct()
)
_HOW_MANY_WAIT = Statement(select(func.count()).where(waiting_batch.c.terminal_id == bindparam("terminal_id")))
_OLDEST_WAITING = Statement(
    select(waiting_batch)
    .where(waiting_batch.c.terminal_id == bindparam("terminal_id"))
    .order_by(waiting_batch.c.id)
    .limit(1)
)
_SET_BOOKED = Statement(
    update(waiting_batch).where(waiting_batch.c.id == bindparam("of_batch")).values(booked=bindparam("count"))
)
_REMOVE_WAITING = Statement(delete(waiting_batch).where(waiting_batch.c.id == bindparam("of_batch")))

Sender = tuple[str, int]
"""Terminal id and incarnation: who numbers events."""
EventKey = tuple[UUID, bytes]
"""Event id and SHA-256 of the body."""


def lock_positions(connection: Connection, senders: Sequence[Sender]) -> dict[Sender, int]:
    """The last sequence number of each; nobody else receives from them until the transaction ends."""
    ordered = sorted(set(senders))
    found = _locked(connection, ordered)
    missing = [sender for sender in ordered if sender not in found]
    if missing:
        rows = [{"terminal_id": id_, "incarnation": incarnation, "last_seq": 0} for id_, incarnation in missing]
        _START.run(connection, *rows)
        found |= _locked(connection, missing)
    return {sender: found[sender] for sender in ordered}


def _locked(connection: Connection, senders: Sequence[Sender]) -> dict[Sender, int]:
    rows = _POSITIONS_LOCKED.of_keys(connection, [terminal_id for terminal_id, _ in senders])
    return {(row.terminal_id, row.incarnation): row.last_seq for row in rows}


def set_positions(connection: Connection, positions: Mapping[Sender, int]) -> None:
    """One at least."""
    rows = [
        {"of_terminal": id_, "of_incarnation": incarnation, "last_seq": last_seq}
        for (id_, incarnation), last_seq in positions.items()
    ]
    _SET_POSITION.run(connection, *rows)


def received_between(connection: Connection, sender: Sender, first_seq: int, last_seq: int) -> dict[int, EventKey]:
    """By sequence number."""
    rows = _BY_SEQ.rows(connection, _numbers(sender, first_seq, last_seq))
    return {row.seq: (row.event_id, row.body_sha256) for row in rows}


def received_subjects(connection: Connection, sender: Sender, first_seq: int, last_seq: int) -> list[Row[Any]]:
    """Rows of seq, event_id, body_sha256 and about, in order."""
    rows = _SUBJECTS.rows(connection, _numbers(sender, first_seq, last_seq))
    return sorted(rows, key=lambda row: row.seq)


def received_ids(connection: Connection, event_ids: Sequence[UUID]) -> Iterator[EventKey]:
    """Those of them that were received, whatever the number."""
    return ((row.event_id, row.body_sha256) for row in _BY_EVENT_ID.of_keys(connection, event_ids))


def add_received(connection: Connection, rows: list[dict[str, Any]]) -> None:
    _ADD_RECEIVED(connection, [tuple(row[name] for name in _RECEIVED_COLUMNS) for row in rows])


def add_quarantined(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Kept once each, however often it comes."""
    _ADD_QUARANTINED.run(connection, *rows)


def quarantine_reasons(
    connection: Connection, sender: Sender, first_seq: int, last_seq: int
) -> dict[tuple[int, UUID], str]:
    """Why events are in quarantine, by sequence number and event id."""
    rows = _REASONS.rows(connection, _numbers(sender, first_seq, last_seq))
    return {(row.seq, row.event_id): row.reason for row in rows}


def _numbers(sender: Sender, first_seq: int, last_seq: int) -> dict[str, Any]:
    return {"terminal_id": sender[0], "incarnation": sender[1], "first_seq": first_seq, "last_seq": last_seq}


def add_waiting(connection: Connection, sender: Sender, body: bytes, now: datetime) -> None:
    row = {"terminal_id": sender[0], "incarnation": sender[1], "booked": 0, "body": body, "received_at": now}
    _ADD_WAITING.run(connection, row)


def senders_waiting(connection: Connection) -> list[Sender]:
    """Of whom something waits, the longest waiting first."""
    return [(row.terminal_id, row.incarnation) for row in _WAITING_SENDERS.rows(connection)]


def terminals_waiting(connection: Connection, terminal_ids: Sequence[str]) -> set[str]:
    """Those of them of whom something waits."""
    return {row.terminal_id for row in _ARE_WAITING.of_keys(connection, terminal_ids)}


def count_waiting(connection: Connection, terminal_id: str) -> int:
    """Batches of that terminal."""
    count: int = _HOW_MANY_WAIT.one(connection, {"terminal_id": terminal_id})[0]
    return count


def oldest_waiting(connection: Connection, terminal_id: str) -> Row[Any] | None:
    return _OLDEST_WAITING.one_or_none(connection, {"terminal_id": terminal_id})


def set_booked(connection: Connection, batch_id: int, count: int) -> None:
    _SET_BOOKED.run(connection, {"of_batch": batch_id, "count": count})


def remove_waiting(connection: Connection, batch_id: int) -> None:
    _REMOVE_WAITING.run(connection, {"of_batch": batch_id})


def newest_quarantined(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Newest first, each with `terminal_letter`."""
    letter = terminal_table.c.letter.label("terminal_letter")
    statement = select(quarantined_event, letter).join(terminal_table)
    return connection.execute(statement.order_by(quarantined_event.c.id.desc()).limit(limit)).all()


def quarantined_of(connection: Connection, terminal_id: str, limit: int) -> tuple[int, list[Row[Any]]]:
    """How many events of that terminal are in quarantine, and the newest of them, newest first."""
    of_terminal = quarantined_event.c.terminal_id == terminal_id
    count = connection.execute(select(func.count()).select_from(quarantined_event).where(of_terminal)).scalar_one()
    newest = select(quarantined_event).where(of_terminal).order_by(quarantined_event.c.id.desc()).limit(limit)
    return count, list(connection.execute(newest))
