"""What this database is: one row, written when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, Column, Connection, Integer, String, Table, insert, select

from central.database import UtcDateTime, metadata
from central.feed.repository import start_feed

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("epoch", String(36), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Installation:
    """`epoch` names this history of the database; a restored one gets another. `currency` is that of every amount."""

    epoch: str
    currency: str


def create_installation(connection: Connection, currency: str, now: datetime) -> None:
    """Write that row into a database that is new, and begin its feed."""
    connection.execute(insert(installation).values(id=1, epoch=str(uuid4()), currency=currency, created_at=now))
    start_feed(connection)


def find_installation(connection: Connection) -> Installation | None:
    row = connection.execute(select(installation.c.epoch, installation.c.currency)).one_or_none()
    return Installation(row.epoch, row.currency) if row else None
