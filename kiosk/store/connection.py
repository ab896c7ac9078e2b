"""The store's one connection: SQLAlchemy's statements on SQLite's own driver.

SQLAlchemy writes a statement's SQL and says how its types are stored, once. Each execution after that is the driver's
alone: through SQLAlchemy's engine it took longer than in SQLite, and a sale has some twenty.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.sql import ClauseElement, ColumnElement
from sqlalchemy.types import TypeEngine

_DIALECT = dialect()
_STATEMENTS_KEPT = 256  # more than the store has
_NONE: Mapping[str, Any] = MappingProxyType({})

_MakeRow = Callable[[Sequence[Any]], Any]
_Convert = Callable[[Any], Any] | None


class Connection:
    """Takes statements as sqlalchemy.Connection does; errors are the driver's (sqlcipher3.dbapi2.Error), whose texts
    name tables and columns and never a value. `raw`: the driver's connection (kiosk.store.database.connect)."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    @contextmanager
    def begin(self) -> Iterator[None]:
        """A transaction, which takes the write lock at its beginning. Do not nest."""
        self.raw.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.raw.execute("COMMIT")
        except BaseException:
            self.raw.rollback()  # does nothing where SQLite has done so itself, as on a full disk
            raise

    def execute(self, statement: ClauseElement, parameters: Mapping[str, Any] = _NONE) -> Rows:
        """A list in IN is not supported: its SQL would depend on its length."""
        compiled = _compiled(statement, tuple(parameters))
        return Rows(self.raw.execute(compiled.sql, compiled.values(parameters)), compiled.make_row)

    def execute_many(self, statement: ClauseElement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Once for each of at least one row; all name the same parameters."""
        compiled = _compiled(statement, tuple(rows[0]))
        self.raw.executemany(compiled.sql, map(compiled.values, rows))

    def exec_driver_sql(self, sql: str, rows: Sequence[Sequence[Any]] | None = None) -> Rows:
        """SQL as it is, once or for each of `rows`; values are stored and given as they are."""
        cursor = self.raw.execute(sql) if rows is None else self.raw.executemany(sql, rows)
        return Rows(cursor, tuple)

    def close(self) -> None:
        self.raw.close()


class Rows:
    """What a statement gave, to be read once. While some are unread SQLite keeps the statement running: read all, or
    leave the rest by `first` or `close`."""

    __slots__ = ("_cursor", "_make_row")

    def __init__(self, cursor: Any, make_row: _MakeRow) -> None:
        self._cursor = cursor
        self._make_row = make_row

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        count: int = self._cursor.rowcount
        return count

    @property
    def lastrowid(self) -> int:
        """Of the row that was inserted last, in a table with row ids."""
        row_id: int = self._cursor.lastrowid
        return row_id

    def __iter__(self) -> Iterator[Any]:
        """Named tuples."""
        return map(self._make_row, self._cursor)

    def all(self) -> list[Any]:
        return list(self)

    def scalars(self) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self]

    def first(self) -> Any | None:
        values = self._cursor.fetchone()
        self.close()
        return None if values is None else self._make_row(values)

    def scalar(self) -> Any | None:
        """The first value of the first row; None also when there is no row."""
        row = self.first()
        return None if row is None else row[0]

    def one(self) -> Any:
        """The first row. Raises LookupError when there is none."""
        row = self.first()
        if row is None:
            raise LookupError("the statement gave no row")
        return row

    def scalar_one(self) -> Any:
        """The first value of the first row. Raises LookupError when there is none."""
        return self.one()[0]

    def close(self) -> None:
        self._cursor.close()


class _Compiled:
    """A statement as the driver takes it. `make_row` makes a row of what the driver gives."""

    def __init__(self, statement: ClauseElement, given: tuple[str, ...]) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT, column_keys=list(given))
        # A LIMIT that is a parameter is looked at while SQLite plans, and the statement planned anew whenever it is
        # given; of an expression nothing is known.
        self.sql: str = compiled.string.replace(" LIMIT ? OFFSET ?", " LIMIT +? OFFSET +?")
        self.make_row: _MakeRow = _row_maker(getattr(statement, "exported_columns", ()))
        self._names: list[str] = compiled.positiontup
        # Values that are part of the statement, as they are stored; and by position how others are, if not as given.
        self._own: dict[str, Any] = {}
        self._stores: list[tuple[int, Callable[[Any], Any]]] = []
        for place, name in enumerate(self._names):
            bind = compiled.binds[name]
            store = _stored_by(bind.type)
            if not (name in given or bind.required):
                self._own[name] = store(bind.effective_value) if store else bind.effective_value
            elif store:
                self._stores.append((place, store))

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """Raises KeyError for a parameter that was not given."""
        named = {**self._own, **given} if self._own else given
        values = list(map(named.__getitem__, self._names))
        for place, store in self._stores:
            values[place] = store(values[place])
        return values


_compiled = lru_cache(_STATEMENTS_KEPT)(_Compiled)
"""By the statement itself and the names of the parameters: what is not named is not written."""


def _row_maker(columns: Iterable[ColumnElement[Any]]) -> _MakeRow:
    columns = tuple(columns)
    if not columns:
        return tuple
    names = [str(column.key) for column in columns]
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    make: _MakeRow = partial(tuple.__new__, row)  # as row._make, which also counts the values
    converts = [(i, convert) for i, column in enumerate(columns) if (convert := _read_by(column.type))]
    if not converts:
        return make

    def converted(values: Sequence[Any]) -> Any:
        given = list(values)
        for i, convert in converts:
            given[i] = convert(given[i])
        return make(given)

    return converted


def _stored_by(type_: TypeEngine[Any]) -> _Convert:
    return type_.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _read_by(type_: TypeEngine[Any]) -> _Convert:
    return type_.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
