"""Who this terminal is to central."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table, Text

from kiosk.store.tables.metadata import metadata

identity = Table(
    "identity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("terminal_id", Text, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("letter", Text, nullable=False),
    Column("canteen_name", Text, nullable=False),
    Column("private_key", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# Every incarnation that this disk has been: what was granted to one of them it can give back, for it knows the spends.
incarnations = Table("incarnations", metadata, Column("number", Integer, primary_key=True))
