"""Grants from central, and what was spent under them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from kiosk.store.tables.metadata import metadata

grants = Table(
    "grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("request_id", Uuid),
    Column("member_id", Text, nullable=False),
    Column("terminal_id", Text, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("amount_minor", Integer, nullable=False),
    Column("currency", Text, nullable=False),  # or another unit: points, a coupon
    Column("spent_minor", Integer, nullable=False),
    Column("spends", Integer, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("recalled", Boolean, nullable=False),
    Column("seal", Text, nullable=False, server_default=""),
    # Of the event that gave it back unspent or in part.
    Column("told_id", Integer),
    CheckConstraint("spent_minor BETWEEN 0 AND amount_minor", name="never_above_the_grant"),
    UniqueConstraint("request_id", "currency"),  # one grant of each unit for a payment
    sqlite_with_rowid=False,
)

spends = Table(
    "spends",
    metadata,
    Column("grant_id", Uuid, ForeignKey("grants.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("payment_id", Uuid, nullable=False),
    Column("amount_minor", Integer, nullable=False),
    UniqueConstraint("payment_id", "grant_id"),  # a payment uses a grant at most once
    sqlite_with_rowid=False,
)

OPEN_PRE_GRANT = text("closed = 0 AND request_id IS NULL")
Index("open_grants", grants.c.member_id, sqlite_where=OPEN_PRE_GRANT)
# Written so that SQLite does not take the index of `request_id` for it and read every member's.
PRE_GRANT = text("(request_id IS NULL) = 1")
