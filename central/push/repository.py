"""What was received from each terminal: how far, which events, and those that could not be booked."""

from __future__ import annotations

from collections.abc import Sequence
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
    insert,
    select,
    update,
)

from central.database import UtcDateTime, metadata, per_dialect
from central.terminals.identity import Terminal
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


_START = per_dialect(lambda insert: insert(push_position).on_conflict_do_nothing())
_ADD_QUARANTINED = per_dialect(lambda insert: insert(quarantined_event).on_conflict_do_nothing())
_ADD_RECEIVED = insert(received_event)
_POSITION_LOCKED = (
    select(push_position.c.last_seq)
    .where(
        push_position.c.terminal_id == bindparam("terminal_id"),
        push_position.c.incarnation == bindparam("incarnation"),
    )
    .with_for_update()
)
_SET_POSITION = update(push_position).where(
    push_position.c.terminal_id == bindparam("of_terminal"), push_position.c.incarnation == bindparam("of_incarnation")
)
_BY_SEQ = select(received_event).where(
    received_event.c.terminal_id == bindparam("terminal_id"),
    received_event.c.incarnation == bindparam("incarnation"),
    received_event.c.seq == bindparam("seq"),
)
_REASON = select(quarantined_event.c.reason).where(
    quarantined_event.c.terminal_id == bindparam("terminal_id"),
    quarantined_event.c.incarnation == bindparam("incarnation"),
    quarantined_event.c.seq == bindparam("seq"),
    quarantined_event.c.event_id == bindparam("event_id"),
)
_BY_EVENT_ID = select(received_event).where(received_event.c.event_id == bindparam("event_id"))


def lock_position(connection: Connection, terminal: Terminal) -> int:
    """The terminal's last sequence number; nobody else receives from it until the transaction ends."""
    key = {"terminal_id": terminal.id, "incarnation": terminal.incarnation}
    connection.execute(_START[connection.dialect.name], key | {"last_seq": 0})
    last_seq: int = connection.execute(_POSITION_LOCKED, key).scalar_one()
    return last_seq


def set_position(connection: Connection, terminal: Terminal, last_seq: int) -> None:
    key = {"of_terminal": terminal.id, "of_incarnation": terminal.incarnation}
    connection.execute(_SET_POSITION, key | {"last_seq": last_seq})


def find_by_seq(connection: Connection, terminal: Terminal, seq: int) -> Row[Any] | None:
    key = {"terminal_id": terminal.id, "incarnation": terminal.incarnation, "seq": seq}
    return connection.execute(_BY_SEQ, key).one_or_none()


def find_by_event_id(connection: Connection, event_id: UUID) -> Sequence[Row[Any]]:
    return connection.execute(_BY_EVENT_ID, {"event_id": event_id}).all()


def add_received(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_ADD_RECEIVED, row)


def add_quarantined(connection: Connection, row: dict[str, Any]) -> None:
    """Kept once, however often it comes."""
    connection.execute(_ADD_QUARANTINED[connection.dialect.name], row)


def quarantine_reason(connection: Connection, terminal: Terminal, seq: int, event_id: UUID) -> str:
    """Why that event is in quarantine; "" when it is not."""
    key = {"terminal_id": terminal.id, "incarnation": terminal.incarnation, "seq": seq, "event_id": event_id}
    return connection.execute(_REASON, key).scalars().first() or ""


def newest_quarantined(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Newest first, each with `terminal_letter`."""
    letter = terminal_table.c.letter.label("terminal_letter")
    statement = select(quarantined_event, letter).join(terminal_table)
    return connection.execute(statement.order_by(quarantined_event.c.id.desc()).limit(limit)).all()
