"""SQLAlchemy's statements on the driver: values of every type there and back, and errors that name no value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.sqlite import dialect, insert
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import NullType

from kiosk.store.connection import Connection
from kiosk.store.database import connect

thing = Table(
    "thing",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("count", Integer),  # a tuple's method too
    Column("is_open", Boolean),
    Column("day", Date),
    Column("body", LargeBinary),
    CheckConstraint("count < 10", name="few"),
)
ADD = insert(thing)
ALL = select(thing).order_by(thing.c.id)
OF_ID = select(thing).where(thing.c.id == bindparam("thing_id"))
FIRST, SECOND = UUID(int=1), UUID(int=2)
WHOLE = {"id": FIRST, "name": "张伟", "count": 9, "is_open": True, "day": date(2026, 11, 22), "body": b"\x00\xff"}
EMPTY = {"id": SECOND, "name": None, "count": None, "is_open": None, "day": None, "body": None}
SECRET = "62E3090001"


class Colour(StrEnum):
    RED = "red"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    connection = Connection(connect(tmp_path / "things.db", bytes(range(32))))
    connection.exec_driver_sql(str(CreateTable(thing).compile(dialect=dialect())))
    yield connection
    connection.close()


def test_values_of_every_type_and_nulls(connection: Connection) -> None:
    connection.execute_many(ADD, [WHOLE, EMPTY])
    rows = connection.execute(ALL).all()
    assert [row._asdict() for row in rows] == [WHOLE, EMPTY]
    assert [type(value) for value in rows[0]] == [UUID, str, int, bool, date, bytes]
    stored = connection.exec_driver_sql("SELECT id, is_open, day, body FROM thing").first()
    assert stored == (FIRST.hex, 1, "2026-11-22", b"\x00\xff"), "as SQLAlchemy's engine has always stored them"


def test_what_is_not_named_is_not_written(connection: Connection) -> None:
    connection.execute(ADD, {"id": FIRST, "name": "old", "count": 1})
    connection.execute(ADD, {"id": SECOND})
    change = update(thing).where(thing.c.id == bindparam("thing_id"))
    assert connection.execute(change, {"thing_id": FIRST, "name": "new"}).rowcount == 1
    assert connection.execute(change, {"thing_id": FIRST, "is_open": False}).rowcount == 1
    assert connection.execute(change, {"thing_id": UUID(int=3), "name": "new"}).rowcount == 0
    row = connection.execute(OF_ID, {"thing_id": FIRST}).one()
    assert (row.name, row.count, row.is_open) == ("new", 1, False)


def test_values_that_are_part_of_the_statement(connection: Connection) -> None:
    """Beside given ones, in any order, one of them twice, and with a type of their own."""
    connection.execute(ADD, WHOLE)
    few = bindparam("few")
    put = (
        ADD.values(id=bindparam("thing_id"), count=1, is_open=False, day=date(2000, 1, 1))
        .on_conflict_do_update(
            index_elements=["id"],
            set_={"count": thing.c.count - 1, "is_open": case((few > few - 1, False), else_=True)},
        )
        .returning(thing.c.count, thing.c.is_open)
    )
    assert connection.execute(put, {"few": 3, "thing_id": FIRST}).one() == (8, False)
    assert connection.execute(put, {"few": 3, "thing_id": SECOND}).one() == (1, False)
    named = connection.execute(select(func.max(thing.c.count).label("most"), func.count())).one()
    assert (named.most, named[1]) == (8, 2)
    assert connection.execute(select(thing.c.day).where(thing.c.id == SECOND)).scalar_one() == date(2000, 1, 1)
    assert connection.execute(ALL.limit(1).offset(1)).one().id == SECOND
    raw = select(type_coerce(thing.c.is_open, NullType()), type_coerce(thing.c.id, NullType()).label("as_stored"))
    assert connection.execute(raw).one() == (0, FIRST.hex)


def test_an_enumeration_is_stored_as_its_value(connection: Connection) -> None:
    connection.execute(ADD, {"id": FIRST, "name": Colour.RED})
    assert connection.execute(select(thing.c.name)).scalar_one() == "red"


def test_where_there_is_no_row(connection: Connection) -> None:
    assert connection.execute(ALL).all() == []
    assert connection.execute(ALL).first() is None
    assert connection.execute(ALL).scalar() is None
    for read in (connection.execute(ALL).one, connection.execute(ALL).scalar_one):
        with pytest.raises(LookupError):
            read()


def test_a_parameter_that_is_missing(connection: Connection) -> None:
    with pytest.raises(KeyError):
        connection.execute(OF_ID)


def test_a_failed_transaction_leaves_nothing_and_the_next_one_works(connection: Connection) -> None:
    with pytest.raises(sqlcipher.IntegrityError), connection.begin():
        connection.execute_many(ADD, [WHOLE, WHOLE])
    with connection.begin():
        connection.execute(ADD, EMPTY)
    assert connection.execute(select(thing.c.id)).scalars() == [SECOND]
    assert not connection.raw.in_transaction


@pytest.mark.parametrize("left", ["first", "close"])
def test_rows_that_are_left_unread_hold_nothing(connection: Connection, left: str) -> None:
    """A statement that still runs would keep the write-ahead log from being taken into the file."""
    with connection.begin():
        connection.execute_many(ADD, [WHOLE, EMPTY])
    rows = connection.execute(ALL)
    getattr(rows, left)()
    assert connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").first() == (0, 0, 0)


@pytest.mark.parametrize("row", [EMPTY | {"name": SECRET}, WHOLE | {"id": UUID(int=3), "name": SECRET, "count": 10}])
def test_a_conflict_names_no_value(connection: Connection, row: dict[str, object]) -> None:
    connection.execute(ADD, EMPTY)
    for many in (False, True):
        with pytest.raises(sqlcipher.IntegrityError, match=r"thing\.id|few") as raised:
            connection.execute_many(ADD, [row]) if many else connection.execute(ADD, row)
        assert SECRET not in str(raised.value)


def test_a_value_that_cannot_be_stored_is_not_named(connection: Connection) -> None:
    with pytest.raises(sqlcipher.Error) as raised:
        connection.execute(ADD, {"id": FIRST, "name": {SECRET}})
    assert SECRET not in str(raised.value)


def test_a_full_disk(connection: Connection) -> None:
    """SQLite itself has ended the transaction by then; what stood stands."""
    with connection.begin():
        connection.execute(ADD, WHOLE)
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()
    with pytest.raises(sqlcipher.OperationalError, match="full") as raised, connection.begin():
        connection.execute(ADD, EMPTY | {"name": SECRET * 1000})
    assert raised.value.sqlite_errorcode == sqlcipher.SQLITE_FULL
    assert SECRET not in str(raised.value)
    assert connection.execute(ALL).all() == [tuple(WHOLE.values())]
    with connection.begin():
        connection.execute(update(thing), {"name": "same size"})
