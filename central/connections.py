"""Connections to a database, for one transaction after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

LOCK_TIMEOUT_S = 5


class Connections:
    """Taken out of the engine's pool for each transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Committed when the block ends without an error. Raises sqlalchemy.exc.TimeoutError when all connections were
        in use for too long."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()


class KeptConnections(Connections):
    """As many as `most` of an engine without a pool, kept as they are between transactions: to take one out of
    SQLAlchemy's pool and to put it back costs as much as a small transaction on a file. (Nothing ends them from
    outside, as a server's may.)"""

    def __init__(self, engine: Engine, most: int) -> None:
        super().__init__(engine)
        self._most = most
        # None: not opened yet. The one used last is the next, as it has its pages still.
        self._free: LifoQueue[Connection | None] = LifoQueue()
        for _ in range(most):
            self._free.put(None)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        try:
            connection = self._free.get(timeout=LOCK_TIMEOUT_S)
        except Empty as error:
            raise PoolTimeout(f"all {self._most} connections were in use for {LOCK_TIMEOUT_S} s") from error
        try:
            if connection is None:
                connection = self.engine.connect()
            with connection.begin():
                yield connection
        finally:
            if connection is not None and not _has_ended(connection):
                connection.close()  # which undoes what it holds; the next transaction opens another
                connection = None
            self._free.put(connection)

    def close(self) -> None:
        """Those that are free just now."""
        free = [self._free.get() for _ in range(self._free.qsize())]
        for connection in free:
            if connection is not None:
                connection.close()
            self._free.put(None)
        super().close()


def _has_ended(connection: Connection) -> bool:
    """The transaction, as the driver says: SQLAlchemy takes one whose end has failed for over."""
    driver: Any = None if connection.invalidated else connection.connection.driver_connection
    return driver is not None and not driver.in_transaction
