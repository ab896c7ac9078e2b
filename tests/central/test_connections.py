"""Connections that are kept between transactions."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from central.connections import KeptConnections


def test_a_connection_serves_again_and_what_failed_on_it_is_undone() -> None:
    kept = KeptConnections(create_engine("sqlite://", poolclass=NullPool), 1)
    with kept.transaction() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER UNIQUE)"))
    with pytest.raises(IntegrityError), kept.transaction() as connection:
        _add(connection, times=2)
    with kept.transaction() as connection:  # in memory: another connection would not know the table
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
    kept.close()
    assert connection.closed


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_a_connection_that_cannot_end_its_transaction_is_left_and_nothing_of_it_stands(
    tmp_path: Path, ending: str
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}", poolclass=NullPool)
    kept = KeptConnections(engine, 1)
    with kept.transaction() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER UNIQUE)"))
    disk = _BrokenDisk(engine, ending)
    with pytest.raises(OSError, match=ending), kept.transaction() as broken:
        _add(broken, times=1 if ending == "commit" else 2)
    disk.works = True
    with kept.transaction() as connection:
        assert connection is not broken
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0


def test_who_finds_all_in_use_for_too_long_is_told() -> None:
    kept = KeptConnections(create_engine("sqlite://", poolclass=NullPool), 1)
    with kept.transaction(), pytest.raises(PoolTimeout), kept.transaction():
        pass


class _BrokenDisk:
    """One on which transactions do not end in that way until it works."""

    def __init__(self, engine: Engine, ending: str) -> None:
        self._ending, self.works = ending, False
        event.listen(engine, ending, self._refuse)

    def _refuse(self, _: Connection) -> None:
        if not self.works:
            raise OSError(self._ending)


def _add(connection: Connection, times: int) -> None:
    """The second time it is refused."""
    for _ in range(times):
        connection.execute(text("INSERT INTO t VALUES (1)"))
