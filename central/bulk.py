"""Adding many rows at once past SQLAlchemy's work on each value, which costs more than storing it: COPY on PostgreSQL,
executemany on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection, Table, Uuid
from sqlalchemy.types import TypeEngine

from central.database import UtcDateTime
from central.statements import as_sqlalchemy_error, run_sql

_Convert = Callable[[Sequence[Any]], Sequence[Any]]


class BulkInsert:
    """Rows into those columns of a table."""

    def __init__(self, table: Table, *columns: str) -> None:
        names = ", ".join(table.c[column].name for column in columns)
        self._copy = f"COPY {table.name} ({names}) FROM STDIN"
        self._insert = f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        self._columns = [table.c[column] for column in columns]

    def __call__(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """In the connection's transaction. Raises what SQLAlchemy would: IntegrityError, DataError …"""
        if not rows:
            return
        columns = zip(*rows, strict=True)
        if connection.dialect.name == "sqlite":
            stored = [convert(values) for convert, values in zip(self._stored, columns, strict=True)]
            run_sql(connection, self._insert, list(zip(*stored, strict=True)))
            return
        copied = [convert(values) for convert, values in zip(self._copied, columns, strict=True)]
        driver: Any = connection.connection.driver_connection
        try:
            with driver.cursor() as cursor, cursor.copy(self._copy) as copy:
                for row in zip(*copied, strict=True):
                    copy.write_row(row)
        except psycopg.Error as error:
            raise as_sqlalchemy_error(connection, self._copy, error) from error

    @cached_property
    def _stored(self) -> list[_Convert]:
        """Known when rows come: a foreign key's type is that of another table, which may be declared later."""
        return [_converter(column.type, _without_zone) for column in self._columns]

    @cached_property
    def _copied(self) -> list[_Convert]:
        """For PostgreSQL: texts, which its driver writes faster than what it would make the same texts of."""
        return [_converter(column.type, _with_zone) for column in self._columns]


def _converter(type_: TypeEngine[Any], as_text: Callable[[datetime], str]) -> _Convert:
    """How SQLAlchemy stores a column's values."""
    if isinstance(type_, Uuid):
        return lambda values: [None if value is None else value.hex for value in values]
    if isinstance(type_, UtcDateTime):
        moment = lru_cache(maxsize=16)(as_text)  # most are the transaction's
        return lambda values: [moment(value) for value in values]
    return lambda values: values


def _without_zone(value: datetime) -> str:
    """As SQLite keeps it."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _with_zone(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()
