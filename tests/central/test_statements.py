"""Statements handed straight to the driver: as SQLAlchemy would run them, values, rows and errors alike."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import BigInteger, Connection, bindparam, delete, func, insert, literal, select, text, union_all, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from central.database import is_unavailable
from central.members.repository import member
from central.statements import MAX_KEYS, Statement, by_keys, per_dialect, savepoint
from central.tables import TABLES
from central.wallet.repository import grant_request, money_grant
from tests.central.support import Central, Terminal

NOON_IN_BEIJING = datetime(2026, 5, 20, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))


def a_member(**values: object) -> dict[str, object]:
    row = {
        "id": f"m{uuid4().hex}",
        "name": "王伟",
        "unit": "",
        "is_blocked": False,
        "credit_line_minor": -7,
        "diet": b"",
    }
    return {**row, "created_at": NOON_IN_BEIJING, **values}


def test_rows_are_read_as_sqlalchemy_reads_them(central: Central, terminal: Terminal) -> None:
    terminal.push(terminal.bought(central.add_member(), "5.00", points=5))
    with central.parts.database.read() as connection:
        for table in TABLES:
            expected = connection.execute(select(table)).all()
            found = Statement(select(table)).rows(connection)
            assert [row._asdict() for row in found] == [row._asdict() for row in expected]


def test_values_are_stored_as_sqlalchemy_stores_them(central: Central, terminal: Terminal) -> None:
    request = {"request_id": uuid4(), "terminal_id": terminal.id, "incarnation": 1}
    request |= {"is_abandoned": True, "received_at": NOON_IN_BEIJING}
    with central.parts.database.write() as connection:
        Statement(insert(grant_request)).run(connection, request)
        stored = connection.execute(select(grant_request).where(grant_request.c.request_id == request["request_id"]))
        row = stored.one()._asdict()
    assert {name: row[name] for name in request} == request
    assert row["received_at"].tzinfo is not None
    assert row["reply"] is None


def test_however_many_keys(central: Central) -> None:
    rows = [a_member(id=f"{i}'\"\\ 饭 {uuid4().hex[:24]}") for i in range(2 * MAX_KEYS + 1)]
    names = by_keys(lambda among: select(member.c.id).where(among(member.c.id), member.c.name == bindparam("name")))
    with central.parts.database.write() as connection:
        Statement(insert(member)).run(connection, *rows)
        keys = [str(row["id"]) for row in rows]
        found = names.of_keys(connection, [*keys, "nobody"], {"name": "王伟"})
        assert sorted(row.id for row in found) == sorted(keys)
        assert names.of_keys(connection, keys, {"name": "somebody else"}) == []
        assert [row.id for row in names.of_keys(connection, keys[:1], {"name": "王伟"})] == keys[:1]
        assert names.of_keys(connection, keys[:1], {"name": "somebody else"}) == []
        assert names.of_keys(connection, []) == []
        connection.execute(delete(member).where(member.c.id.in_(keys)))


def test_keys_that_are_stored_otherwise(central: Central, terminal: Terminal) -> None:
    grant_id = terminal.grant(central.add_member(), "1.00").grant_id
    of_ids = by_keys(lambda among: select(money_grant.c.id).where(among(money_grant.c.id)))
    with central.parts.database.read() as connection:
        found = of_ids.of_keys(connection, [uuid4(), grant_id])
        alone = of_ids.of_keys(connection, [grant_id])
        assert of_ids.of_keys(connection, [uuid4()]) == []
    assert [row.id for row in found] == [row.id for row in alone] == [grant_id]


def test_values_that_stand_in_the_statement(central: Central) -> None:
    later = Statement(
        select(func.count()).select_from(member).where(member.c.name == "王伟", member.c.id == bindparam("id"))
    )
    row = a_member()
    with central.parts.database.write() as connection:
        put = per_dialect(lambda insert: insert(member).on_conflict_do_nothing().returning(member.c.id))
        assert put.one_or_none(connection, row) == (row["id"],)
        assert put.one_or_none(connection, row) is None
        assert later.one(connection, {"id": row["id"]}) == (1,)
        Statement(update(member).where(member.c.id == bindparam("of"))).run(
            connection, {"of": row["id"], "name": "李娜"}
        )
        assert later.one(connection, {"id": row["id"]}) == (0,)


@pytest.mark.parametrize("values", [{}, {"id": "m1", "nmae": "x"}], ids=["one is missing", "one is misspelt"])
def test_other_values_than_the_statement_has(central: Central, values: dict[str, str]) -> None:
    with pytest.raises(TypeError), central.parts.database.read() as connection:
        Statement(select(member).where(member.c.id == bindparam("id"))).rows(connection, values)


def test_an_error_behind_the_first_row(central: Central) -> None:
    numbers = union_all(select(literal(1, BigInteger).label("n")), select(literal(-(2**63), BigInteger))).subquery()
    with pytest.raises(DBAPIError), central.parts.database.read() as connection:
        Statement(select(func.abs(numbers.c.n))).rows(connection)


def test_a_part_that_the_database_refuses_is_undone_alone(central: Central) -> None:
    first, second = a_member(), a_member()
    add = Statement(insert(member))

    def add_both(connection: Connection) -> None:
        with savepoint(connection):
            add.run(connection, second)
            add.run(connection, first)

    with central.parts.database.write() as connection:
        add.run(connection, first)
        with pytest.raises(IntegrityError):
            add_both(connection)
        add.run(connection, second)
    with central.parts.database.read() as connection:
        stand = by_keys(lambda among: select(member.c.id).where(among(member.c.id)))
        assert len(stand.of_keys(connection, [first["id"], second["id"]])) == 2


def test_a_connection_that_the_server_has_ended(central: Central) -> None:
    database = central.parts.database
    if database.is_sqlite:
        pytest.skip("a file ends no connection")
    ask = Statement(select(func.count()).select_from(member))

    def ask_after_the_end() -> None:
        with database.write() as connection:
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with database.write() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            with savepoint(connection):
                ask.rows(connection)

    with pytest.raises(DBAPIError) as raised:
        ask_after_the_end()
    assert is_unavailable(raised.value)
    with database.read() as connection:
        assert ask.one(connection)[0] >= 0
