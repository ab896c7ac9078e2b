"""Connections that are kept between transactions."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from central.connections import KeptConnections


def test_a_connection_serves_again_and_what_failed_on_it_is_undone() -> None:
    kept = KeptConnections(create_engine("sqlite://", poolclass=NullPool), 1)
    with kept.transaction() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER UNIQUE)"))
    with pytest.raises(IntegrityError), kept.transaction() as connection:
        _add_twice(connection)
    with kept.transaction() as connection:  # in memory: another connection would not know the table
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
    kept.close()
    assert connection.closed


def _add_twice(connection: Connection) -> None:
    for _ in range(2):
        connection.execute(text("INSERT INTO t VALUES (1)"))
