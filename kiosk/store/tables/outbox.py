"""What central is to be told, and what it has acknowledged."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table, Uuid

from kiosk.store.tables.metadata import metadata

outbox_state = Table(
    "outbox_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("acknowledged_id", Integer, nullable=False),
    # Central has heard of everything up to here. What is behind `acknowledged_id` is sent again all the same: after
    # enrolling anew, everything that is kept.
    Column("known_id", Integer, nullable=False, server_default="0"),
    # What was read of the feed has everything up to here: this terminal's own movements count until then.
    Column("booked_id", Integer, nullable=False, server_default="0"),
    # The sequence number of an outbox row in this incarnation is its id less this.
    Column("base_id", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uuid", Uuid, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)
