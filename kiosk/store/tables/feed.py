"""What central told by its feed, and how far that was read."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, LargeBinary, Table, Text, Uuid, false

from kiosk.store.tables.metadata import metadata

feed_state = Table(
    "feed_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("after", Integer, nullable=False),
    # A full read is under way: rows of other epochs go when its last page is in.
    Column("rereading", Boolean, nullable=False),
    # Central has been told in that epoch what this terminal holds.
    Column("announced", Boolean, nullable=False, server_default=false()),
    CheckConstraint("id = 1", name="one_row"),
)

# Terminals of this site: which key signs the slips of each.
site_terminals = Table(
    "site_terminals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("incarnation", Integer, nullable=False),
    Column("letter", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("is_revoked", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

# What of this terminal's orders another one has collected.
collected_elsewhere = Table(
    "collected_elsewhere", metadata, Column("due_payment_id", Uuid, primary_key=True), sqlite_with_rowid=False
)

menu = Table(
    "menu",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("body", LargeBinary),
    CheckConstraint("id = 1", name="one_row"),
)

members = Table(
    "members",
    metadata,
    Column("id", Text, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

cards = Table(
    "cards",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("member_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Cards that staff blocked here. `told_id`: the outbox row that tells central. `is_told_of`: central has said something
# of the card since.
card_blocks = Table(
    "card_blocks",
    metadata,
    Column("card_uid", Text, primary_key=True),
    Column("told_id", Integer),
    Column("is_told_of", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

stock = Table(
    "stock",
    metadata,
    Column("dish_id", Text, primary_key=True),
    Column("portions", Integer),
    Column("sold_out", Boolean, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("count_id", Uuid),
    Column("free", Integer),  # how many central could hand out then; of a central that hands out none, nothing
    sqlite_with_rowid=False,
)
