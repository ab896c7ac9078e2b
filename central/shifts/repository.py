"""Z reports, their corrections, and cash that was put into drawers or taken out. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
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
    insert,
    select,
)

from central.database import UtcDateTime, metadata
from central.push.repository import received_event
from central.statements import by_keys
from central.terminals.repository import terminal
from kiosk.domain.refund import MAX_REASON_CHARS
from kiosk.domain.shift import CashMovement
from kiosk.domain.z_report import ZCorrection, ZReport

MAX_STAFF_ID_CHARS = 60

# `event`: the report as its terminal told it, byte for byte; its SHA-256 stands in that terminal's audit log.
z_report = Table(
    "z_report",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("closed_at", UtcDateTime, nullable=False, index=True),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("event", LargeBinary, nullable=False),
    UniqueConstraint("terminal_id", "incarnation", "number", name="uq_z_report_number"),
)

z_correction = Table(
    "z_correction",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("report_id", ForeignKey("z_report.id"), nullable=False, index=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("event", LargeBinary, nullable=False),
)

cash_movement = Table(
    "cash_movement",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("direction", String(10), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("staff", String(MAX_STAFF_ID_CHARS), nullable=False),
    Column("reason", String(MAX_REASON_CHARS), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("event", LargeBinary, nullable=False),
)

_REPORT = select(z_report).where(z_report.c.id == bindparam("id"))
_NUMBERED = select(z_report.c.id).where(
    z_report.c.terminal_id == bindparam("terminal_id"),
    z_report.c.incarnation == bindparam("incarnation"),
    z_report.c.number == bindparam("number"),
)
_CORRECTION = select(z_correction.c.event).where(z_correction.c.id == bindparam("id"))
_CORRECTIONS = (
    select(z_correction.c.event)
    .where(z_correction.c.report_id == bindparam("of_report"))
    .order_by(z_correction.c.booked_at, z_correction.c.id)
)
_MOVEMENT = select(cash_movement.c.event).where(cash_movement.c.id == bindparam("id"))
_ADD_REPORT, _ADD_CORRECTION, _ADD_MOVEMENT = insert(z_report), insert(z_correction), insert(cash_movement)
_NEWEST = (
    select(z_report, terminal.c.letter.label("terminal_letter"))
    .join(terminal)
    .order_by(z_report.c.closed_at.desc(), z_report.c.terminal_id, z_report.c.number.desc())
)
# Of events that came under several numbers: in which reports they are.
_REPORTS_OF = by_keys(
    lambda among: (
        select(z_report.c.id)
        .join(
            received_event,
            (received_event.c.terminal_id == z_report.c.terminal_id)
            & (received_event.c.incarnation == z_report.c.incarnation)
            & (received_event.c.seq.between(z_report.c.first_seq, z_report.c.last_seq)),
        )
        .where(among(received_event.c.event_id))
        .distinct()
    )
)


def find_report(connection: Connection, report_id: UUID) -> Row[Any] | None:
    return connection.execute(_REPORT, {"id": report_id}).one_or_none()


def is_numbered(connection: Connection, terminal_id: str, incarnation: int, number: int) -> bool:
    """Whether a report of that number stands."""
    values = {"terminal_id": terminal_id, "incarnation": incarnation, "number": number}
    return connection.execute(_NUMBERED, values).first() is not None


def add_report(connection: Connection, terminal_id: str, made: ZReport, now: datetime, event: bytes) -> None:
    row = {
        "id": made.id,
        "terminal_id": terminal_id,
        "incarnation": made.incarnation,
        "number": made.number,
        "first_seq": made.first_seq,
        "last_seq": made.last_seq,
        "closed_at": made.closed_at,
        "booked_at": now,
        "event": event,
    }
    connection.execute(_ADD_REPORT, row)


def find_correction(connection: Connection, correction_id: UUID) -> bytes | None:
    return connection.execute(_CORRECTION, {"id": correction_id}).scalar()


def add_correction(connection: Connection, made: ZCorrection, now: datetime, event: bytes) -> None:
    row = {"id": made.id, "report_id": made.report_id, "made_at": made.made_at, "booked_at": now, "event": event}
    connection.execute(_ADD_CORRECTION, row)


def corrections_of(connection: Connection, report_id: UUID) -> Sequence[bytes]:
    """As they were told, oldest first."""
    return connection.execute(_CORRECTIONS, {"of_report": report_id}).scalars().all()


def find_movement(connection: Connection, movement_id: UUID) -> bytes | None:
    return connection.execute(_MOVEMENT, {"id": movement_id}).scalar()


def add_movement(connection: Connection, terminal_id: str, made: CashMovement, now: datetime, event: bytes) -> None:
    row = {
        "id": made.id,
        "terminal_id": terminal_id,
        "direction": made.direction.value,
        "amount_minor": made.amount.minor,
        "staff": made.staff,
        "reason": made.reason,
        "made_at": made.made_at,
        "booked_at": now,
        "event": event,
    }
    connection.execute(_ADD_MOVEMENT, row)


def newest_reports(connection: Connection, letter: str | None, limit: int) -> Sequence[Row[Any]]:
    """Newest first, each with `terminal_letter`; only of that terminal if one is named."""
    statement = _NEWEST if letter is None else _NEWEST.where(terminal.c.letter == letter)
    return connection.execute(statement.limit(limit)).all()


def reports_of_events(connection: Connection, event_ids: Sequence[UUID]) -> set[UUID]:
    """Which reports have at least one of those events."""
    return {row.id for row in _REPORTS_OF.of_keys(connection, event_ids)}
