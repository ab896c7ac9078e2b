"""Shifts, Z reports and what belongs to them: rows are only ever added, but for the one of `shift_state`."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    Uuid,
)

from kiosk.store.tables.metadata import metadata

# Which shift something belongs to nobody writes down: a Z report is of all events of the outbox behind the one before.
# `closed_id`: the last row of the outbox that belongs to a Z report. `opened_id`: the newest when the open shift began.
shift_state = Table(
    "shift_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("closed_id", Integer, nullable=False),
    Column("drawer_openings", Integer, nullable=False),
    Column("opening_id", Uuid),
    Column("opened_id", Integer),
    CheckConstraint("id = 1", name="one_row"),
)

shift_openings = Table(
    "shift_openings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

cash_movements = Table(
    "cash_movements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

z_reports = Table(
    "z_reports",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("incarnation", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("incarnation", "number"),
)

z_corrections = Table(
    "z_corrections",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("report_id", Uuid, ForeignKey("z_reports.id"), nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("z_corrections_of_report", z_corrections.c.report_id)

# Printed again, by whatever act.
z_copies = Table(
    "z_copies",
    metadata,
    Column("report_id", Uuid, ForeignKey("z_reports.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    sqlite_with_rowid=False,
)
