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
    select,
    update,
)

from central.database import UtcDateTime, insert, metadata
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


def lock_position(connection: Connection, terminal: Terminal) -> int:
    """The terminal's last sequence number; nobody else receives from it until the transaction ends."""
    key = {"terminal_id": terminal.id, "incarnation": terminal.incarnation}
    first = insert(connection, push_position).values(last_seq=0, **key).on_conflict_do_nothing()
    connection.execute(first)
    last_seq: int = connection.execute(select(push_position.c.last_seq).filter_by(**key).with_for_update()).scalar_one()
    return last_seq


def set_position(connection: Connection, terminal: Terminal, last_seq: int) -> None:
    key = {"terminal_id": terminal.id, "incarnation": terminal.incarnation}
    connection.execute(update(push_position).filter_by(**key).values(last_seq=last_seq))


def find_by_seq(connection: Connection, terminal: Terminal, seq: int) -> Row[Any] | None:
    statement = select(received_event).filter_by(terminal_id=terminal.id, incarnation=terminal.incarnation, seq=seq)
    return connection.execute(statement).one_or_none()


def find_by_event_id(connection: Connection, event_id: UUID) -> Sequence[Row[Any]]:
    return connection.execute(select(received_event).where(received_event.c.event_id == event_id)).all()


def add_received(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(insert(connection, received_event).values(row))


def add_quarantined(connection: Connection, row: dict[str, Any]) -> None:
    """Kept once, however often it comes."""
    connection.execute(insert(connection, quarantined_event).values(row).on_conflict_do_nothing())


def quarantine_reason(connection: Connection, terminal: Terminal, seq: int, event_id: UUID) -> str:
    """Why that event is in quarantine; "" when it is not."""
    statement = select(quarantined_event.c.reason).filter_by(
        terminal_id=terminal.id, incarnation=terminal.incarnation, seq=seq, event_id=event_id
    )
    return connection.execute(statement).scalars().first() or ""


def newest_quarantined(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Newest first, each with `terminal_letter`."""
    letter = terminal_table.c.letter.label("terminal_letter")
    statement = select(quarantined_event, letter).join(terminal_table)
    return connection.execute(statement.order_by(quarantined_event.c.id.desc()).limit(limit)).all()
