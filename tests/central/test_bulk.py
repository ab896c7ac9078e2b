"""Rows added in bulk: converted by the columns' types, whatever was declared first."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Uuid, create_engine, select

from central.bulk import BulkInsert


def test_a_foreign_key_to_a_table_that_is_declared_later() -> None:
    tables = MetaData()
    line = Table("line", tables, Column("id", Integer, primary_key=True), Column("of", ForeignKey("whole.id")))
    add_lines = BulkInsert(line, "id", "of")
    whole = Table("whole", tables, Column("id", Uuid, primary_key=True))
    key = uuid4()
    with create_engine("sqlite://").begin() as connection:
        tables.create_all(connection)
        connection.execute(whole.insert(), {"id": key})
        add_lines(connection, [(1, key)])
        assert connection.execute(select(line.c["of"])).scalar_one() == key
