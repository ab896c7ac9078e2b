"""SQLAlchemy's engine on the one connection that writes, for migrations."""

from __future__ import annotations

from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool


def writer(raw: Any) -> Connection:
    """SQLAlchemy on that connection. A transaction takes the write lock at its beginning."""
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: raw,
        module=sqlcipher,
        poolclass=StaticPool,
        hide_parameters=True,  # an error's text goes to the log; names and card numbers do not
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine.connect()
