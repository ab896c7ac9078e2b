"""Every menu that was ever offered, by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, Row, Table, insert, select

from central.database import UtcDateTime, metadata

# `changed_from`: the imported menu that staff changed; NULL for one that was imported itself.
menu = Table(
    "menu",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("changed_from", Integer),
)


def newest(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(menu).order_by(menu.c.version.desc()).limit(1)).one_or_none()


def imported(connection: Connection, *, lock: bool = False) -> Row[Any] | None:
    """The newest menu that was imported. `lock`: nobody else changes it meanwhile."""
    query = select(menu).where(menu.c.changed_from.is_(None)).order_by(menu.c.version.desc()).limit(1)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def add_menu(connection: Connection, version: int, body: bytes, now: datetime, changed_from: int | None = None) -> None:
    row = {"version": version, "body": body, "imported_at": now, "changed_from": changed_from}
    connection.execute(insert(menu), row)
