"""What this database is: one row, written when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import CheckConstraint, Column, Connection, Integer, String, Table, insert, select, update

from central.database import UtcDateTime, metadata
from central.feed.repository import start_feed

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("epoch", String(36), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # How often this database was put back to a backup.
    Column("restores", Integer, nullable=False, server_default="0"),
    # Counts up; the record beside the database names it too (central/restoring/record.py).
    Column("mark", Integer, nullable=False, server_default="0"),
)


@dataclass(frozen=True, slots=True)
class Installation:
    """`epoch` names this history of the database, the `restores`-th after the first: a restored one gets another.
    `currency` is that of every amount."""

    epoch: str
    currency: str
    restores: int = 0
    mark: int = 0


def create_installation(connection: Connection, currency: str, now: datetime) -> None:
    """Write that row into a database that is new, and begin its feed."""
    connection.execute(insert(installation).values(id=1, epoch=str(uuid4()), currency=currency, created_at=now))
    start_feed(connection)


def find_installation(connection: Connection) -> Installation | None:
    row = connection.execute(select(installation)).one_or_none()
    return Installation(row.epoch, row.currency, row.restores, row.mark) if row else None


def lock_installation(connection: Connection) -> Installation:
    """The row, held until the transaction ends: one at a time enrols, and writes into the record beside the
    database."""
    row = connection.execute(select(installation).with_for_update()).one()
    return Installation(row.epoch, row.currency, row.restores, row.mark)


def change_installation(connection: Connection, values: dict[str, Any]) -> None:
    connection.execute(update(installation).values(values))
