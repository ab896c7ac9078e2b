"""Every menu that was ever offered, by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, Row, Table, insert, select

from central.database import UtcDateTime, metadata

menu = Table(
    "menu",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
)


def newest(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(menu).order_by(menu.c.version.desc()).limit(1)).one_or_none()


def add_menu(connection: Connection, version: int, body: bytes, now: datetime) -> None:
    connection.execute(insert(menu), {"version": version, "body": body, "imported_at": now})
