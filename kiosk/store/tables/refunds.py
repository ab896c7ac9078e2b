"""Refunds, with running totals of what was given back."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, Uuid

from kiosk.store.tables.metadata import metadata

refunds = Table(
    "refunds",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("order_id", Uuid, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("refunds_of_order", refunds.c.order_id)

# Running totals: no sum of refunds can be more than was sold and paid, whatever the program does.
refunded_lines = Table(
    "refunded_lines",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("sold", Integer, nullable=False),
    Column("refunded", Integer, nullable=False),
    CheckConstraint("refunded BETWEEN 0 AND sold", name="never_more_than_sold"),
    sqlite_with_rowid=False,
)

refunded_parts = Table(
    "refunded_parts",
    metadata,
    Column("payment_id", Uuid, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("paid_minor", Integer, nullable=False),
    Column("refunded_minor", Integer, nullable=False),
    CheckConstraint("refunded_minor BETWEEN 0 AND paid_minor", name="never_more_than_paid"),
    sqlite_with_rowid=False,
)
