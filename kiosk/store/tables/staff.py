"""Who works here, as central last told, and the tries of whoever typed a PIN."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table, Text

from kiosk.store.tables.metadata import metadata

# `number` is what is typed before the PIN. `body`: StaffEntry.
staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("epoch", Text, nullable=False),
    sqlite_with_rowid=False,
)

staff_cards = Table(
    "staff_cards",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("staff_id", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    sqlite_with_rowid=False,
)

# By staff number: wrong tries since that number's PIN was last typed right. "*": of anybody, since somebody's was.
pin_tries = Table(
    "pin_tries",
    metadata,
    Column("number", Text, primary_key=True),
    Column("wrong", Integer, nullable=False),
    CheckConstraint("wrong > 0", name="counted"),
    sqlite_with_rowid=False,
)
