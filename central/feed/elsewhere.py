"""What other processes (staff's commands, other servers on the same database) put on the feed, heard of at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from central.database import Database, SqliteError
from central.feed.repository import CHANNEL

# Looking costs microseconds: SQLite counts in shared memory what other connections have committed.
SQLITE_LOOK_EVERY_S = 0.005
# For what PostgreSQL did not tell: a database that only speaks its language may have no NOTIFY.
POSTGRESQL_LOOK_EVERY_S = 1.0
_LAST_SEQ = "SELECT last_seq FROM feed_position"

FAILURES = (SqliteError, psycopg.Error, SQLAlchemyError, OSError)


async def last_seqs(database: Database) -> AsyncGenerator[int, None]:
    """The number of the feed's last row, again and again: when it grew, and sometimes when it did not. Without end;
    raises one of FAILURES."""
    seqs = _on_sqlite(database) if database.is_sqlite else _on_postgresql(database)
    async for seq in seqs:
        yield seq


async def _on_sqlite(database: Database) -> AsyncGenerator[int, None]:
    """In the event loop: neither statement ever waits for a writer."""
    connection = database.detached()
    try:
        connection.execute("PRAGMA busy_timeout = 0")
        seen = None
        while True:
            version = connection.execute("PRAGMA data_version").fetchone()
            if version != seen:
                seen = version
                yield connection.execute(_LAST_SEQ).fetchone()[0]
            await asyncio.sleep(SQLITE_LOOK_EVERY_S)
    finally:
        connection.close()


async def _on_postgresql(database: Database) -> AsyncGenerator[int, None]:
    async with await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True) as connection:
        if database.notifies:
            await connection.execute(f"LISTEN {CHANNEL}")
        while True:
            row = await (await connection.execute(_LAST_SEQ)).fetchone()
            if row is not None:
                yield row[0]
            async for told in connection.notifies(timeout=POSTGRESQL_LOOK_EVERY_S):
                yield int(told.payload)
