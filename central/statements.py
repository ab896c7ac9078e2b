"""Statements that are run often: compiled once for each database, then handed straight to its driver.

SQLAlchemy's own way of running one (its cache keys, contexts, events and results) costs several times what the database
does for most of ours. Tables and statements are SQLAlchemy's all the same: from them come the SQL, the order of the
parameters and how values are stored and read. Rows are named tuples, used and typed as SQLAlchemy's Row: to read one
attribute of that takes twice as long as to make the row.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Row,
    String,
    Table,
    any_,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import ReturnsRows
from sqlalchemy.types import TypeEngine, UserDefinedType

MAX_KEYS = 1000

InsertInto = Callable[[Table], postgresql.Insert | sqlite.Insert]
IsAmong = Callable[[ColumnElement[Any]], ColumnElement[bool]]
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any]


class Statement:
    """One statement, or one by the name of the dialect. Values are given by the names of its parameters and, in an
    INSERT or UPDATE without `values()`, of its columns. Raises what SQLAlchemy would: IntegrityError, DataError …"""

    def __init__(self, of: ReturnsRows | Mapping[str, ReturnsRows], of_one_key: Statement | None = None) -> None:
        """`of_one_key`: see `by_keys`."""
        self._of = of
        self._of_one_key = of_one_key
        self._forms: dict[tuple[str, ...], _Form] = {}

    def rows(self, connection: Connection, values: Values | None = None) -> list[Row[Any]]:
        values = values or {}
        form = self._form(connection, values)
        cursor = run_sql(connection, form.sql, (form.parameters(values),))
        try:
            found = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:  # SQLite finds a row when it is asked for
            raise as_sqlalchemy_error(connection, form.sql, error) from error
        return form.read(found)

    def one_or_none(self, connection: Connection, values: Values | None = None) -> Row[Any] | None:
        """Of a statement that finds one row at most."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def one(self, connection: Connection, values: Values | None = None) -> Row[Any]:
        """Of a statement that finds one row. Raises LookupError when it finds none."""
        found = self.one_or_none(connection, values)
        if found is None:
            raise LookupError("a row that is always there is not")
        return found

    def run(self, connection: Connection, *rows: Values) -> None:
        """Once with each of them; all have the same names."""
        if rows:
            form = self._form(connection, rows[0])
            run_sql(connection, form.sql, [form.parameters(values) for values in rows])

    def of_keys(self, connection: Connection, keys: Sequence[Any], values: Values | None = None) -> list[Row[Any]]:
        """The rows of a statement made `by_keys`, however many keys there are, and with those other values."""
        if len(keys) == 1 and self._of_one_key is not None:
            return self._of_one_key.rows(connection, {"only_key": keys[0], **(values or {})})
        found: list[Row[Any]] = []
        for i in range(0, len(keys), MAX_KEYS):
            found += self.rows(connection, {"keys": keys[i : i + MAX_KEYS], **(values or {})})
        return found

    def _form(self, connection: Connection, values: Values) -> _Form:
        key = (connection.dialect.name, *values)
        form = self._forms.get(key)
        if form is None:
            of = self._of if isinstance(self._of, ReturnsRows) else self._of[connection.dialect.name]
            form = self._forms[key] = _compile(of, connection.dialect, tuple(values))
        return form


def per_dialect(build: Callable[[InsertInto], ReturnsRows]) -> Statement:
    """An INSERT with ON CONFLICT: both databases spell it alike, SQLAlchemy does not."""
    return Statement({"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)})


def by_keys(build: Callable[[IsAmong], ReturnsRows]) -> Statement:
    """A statement with many keys; `build` is given what says of a column that it is one of them. They go as one
    parameter, so it is the same statement however many there are, prepared once: as JSON, which is made quickest.
    For one, as most transactions are of one member, there is a statement without a list."""
    return Statement({"sqlite": build(_is_in_json), "postgresql": build(_is_in_array)}, Statement(build(_is_only)))


class _JsonOf(UserDefinedType[Sequence[Any]]):
    """Values of a type as the database stores them, as a JSON array."""

    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        self.of = of

    def bind_processor(self, dialect: Dialect) -> _Convert:
        store = _stored(self.of, dialect)
        if store is None:
            return lambda values: msgspec.json.encode(values).decode()
        return lambda values: msgspec.json.encode([store(value) for value in values]).decode()


def _is_only(of: ColumnElement[Any]) -> ColumnElement[bool]:
    return of == bindparam("only_key", type_=of.type)


def _is_in_json(of: ColumnElement[Any]) -> ColumnElement[bool]:
    keys = func.json_each(bindparam("keys", type_=_JsonOf(of.type)))
    return of.in_(select(column("value")).select_from(keys))


def _is_in_array(of: ColumnElement[Any]) -> ColumnElement[bool]:
    keys = func.json_array_elements_text(cast(bindparam("keys", type_=_JsonOf(of.type)), JSON))
    array = func.array(select(keys).scalar_subquery())
    # Not to VARCHAR(n)[]: a cast cuts what is longer off.
    return of == any_(array if isinstance(of.type, String) else cast(array, ARRAY(of.type)))


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement for one database with its parameters: their `names` in the order in which it takes them, or if it
    `takes_names` in any. `stores`: the places of those that are not stored as they are given, and how. `fixed`: the
    parameters whose value stands in the statement. `reads`: the columns that are not read as they come, and how."""

    sql: str
    names: tuple[str, ...]
    takes_names: bool
    stores: tuple[tuple[int, _Convert], ...]
    fixed: Mapping[str, Any]
    reads: tuple[tuple[int, _Convert], ...]
    make_row: Callable[[Iterable[Any]], Row[Any]]

    def parameters(self, values: Values) -> Any:
        """As the driver takes them."""
        given = {**self.fixed, **values} if self.fixed else values
        stored = list(map(given.__getitem__, self.names))
        for i, store in self.stores:
            stored[i] = store(stored[i])
        return dict(zip(self.names, stored, strict=True)) if self.takes_names else stored

    def read(self, found: Iterable[Sequence[Any]]) -> list[Row[Any]]:
        if not self.reads:
            return list(map(self.make_row, found))
        rows = [list(row) for row in found]
        for i, convert in self.reads:
            for row in rows:
                row[i] = convert(row[i])
        return list(map(self.make_row, rows))


def _compile(statement: ReturnsRows, dialect: Dialect, names: Sequence[str]) -> _Form:
    compiled: Any = statement.compile(
        dialect=dialect, column_keys=list(names), compile_kwargs={"render_postcompile": True}
    )
    parameters = {name: parameter for parameter, name in compiled.bind_names.items()}
    if unknown := set(names) - set(parameters):
        raise TypeError(f"the statement has no {', '.join(sorted(unknown))}")
    fixed = {name: _fixed_value(parameter, dialect) for name, parameter in parameters.items() if name not in set(names)}
    ordered = tuple(compiled.positiontup) if compiled.positional else (*names, *fixed)
    stores = [None if name in fixed else _stored(parameters[name].type, dialect) for name in ordered]
    columns = statement.exported_columns
    read = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    sql = str(compiled)
    if dialect.name == "sqlite":
        # A LIMIT that is a parameter is looked at while SQLite plans, and the statement planned anew whenever it is
        # given; of an expression nothing is known.
        sql = sql.replace(" LIMIT ? OFFSET ?", " LIMIT +? OFFSET +?")
    row: Any = namedtuple("Row", columns.keys(), rename=True)  # type: ignore[misc]
    make_row: Callable[[Iterable[Any]], Any] = partial(tuple.__new__, row)
    return _Form(
        sql,
        ordered,
        not compiled.positional,
        tuple((i, store) for i, store in enumerate(stores) if store is not None),
        fixed,
        tuple((i, convert) for i, convert in enumerate(read) if convert is not None),
        make_row,
    )


def _fixed_value(parameter: BindParameter[Any], dialect: Dialect) -> Any:
    """Raises TypeError for one that should have been given."""
    if parameter.required:
        raise TypeError(f"the statement needs {parameter.key}")
    store = _stored(parameter.type, dialect)
    return parameter.value if store is None else store(parameter.value)


def _stored(type_: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def run_sql(connection: Connection, sql: str, parameters: Sequence[Any] = ((),)) -> Any:
    """SQL with parameters as the driver takes them, once with each; returns the driver's cursor. Raises what
    SQLAlchemy would."""
    driver: Any = connection.connection.dbapi_connection  # of both databases the driver's own
    try:
        if len(parameters) == 1:
            return driver.execute(sql, parameters[0])
        cursor = driver.cursor()
        cursor.executemany(sql, parameters)
        return cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_sqlalchemy_error(connection, sql, error) from error


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A part of the transaction that is whole or did not happen."""
    run_sql(connection, "SAVEPOINT part")
    try:
        yield
    except BaseException:
        if not connection.invalidated:
            run_sql(connection, "ROLLBACK TO SAVEPOINT part")
        raise
    run_sql(connection, "RELEASE SAVEPOINT part")


def as_sqlalchemy_error(connection: Connection, sql: str, error: Exception) -> BaseException:
    """What SQLAlchemy would raise for the driver's error; a connection that is gone is not used again."""
    dialect = connection.dialect
    driver: Any = connection.connection.driver_connection
    is_gone = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    if is_gone:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_gone,
        dialect=dialect,
    )
