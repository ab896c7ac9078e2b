"""The database: an encrypted SQLite file or PostgreSQL, opened so that what is committed stays committed.

SQLite: WAL with synchronous=FULL, one writer at a time. PostgreSQL: READ COMMITTED; who changes a member's money holds
that member's row.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool
from sqlalchemy.types import TypeDecorator
from sqlcipher3 import dbapi2 as sqlcipher

from central.connections import LOCK_TIMEOUT_S, Connections, KeptConnections
from central.errors import DatabaseUnusable
from central.restoring.safe import Safe
from central.settings import Settings
from central.state_dir import DATABASE_FILE, read_database_key, sync
from central.statements import run_sql

STATEMENT_TIMEOUT_S = 30
CONNECT_TIMEOUT_S = 5
PREPARED_STATEMENTS = 500  # kept by each SQLite connection: more than central has
ASK_AFTER_S = 1.0  # a connection that lay idle for so long is asked whether it still stands
# Below it a WAL database can be corrupted: "the WAL-reset bug", sqlite.org/wal.html.
OLDEST_SQLITE = (3, 51, 3)
SqliteError: type[Exception] = sqlcipher.Error

# Not so on every database that speaks PostgreSQL's language.
_CAN_NOTIFY = text("SELECT to_regproc('pg_notify') IS NOT NULL")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, timezone-aware on both sides; SQLite keeps no zone, so UTC is what it keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Connections to one database. `writers` is how many transactions may write at the same time, `safe` what is kept
    beside it."""

    def __init__(self, writing: Connections, reading: Connections, writers: int, safe: Safe) -> None:
        self._writing = writing
        self._reading = reading
        self.safe = safe
        self.writers = writers

    @property
    def is_sqlite(self) -> bool:
        return self._writing.engine.dialect.name == "sqlite"

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that may write; committed durably when the block ends without an error."""
        return self._writing.transaction()

    def read(self) -> AbstractContextManager[Connection]:
        """To read only; on SQLite in a transaction, which never waits for a writer."""
        return self._reading.transaction()

    @property
    def notifies(self) -> bool:
        """Whether it can tell one process what another has committed (LISTEN and NOTIFY)."""
        return bool(self._writing.engine.get_execution_options().get("notifies"))

    @notifies.setter
    def notifies(self, can: bool) -> None:
        self._writing.engine.update_execution_options(notifies=can)

    def detached(self) -> Any:
        """A connection of the driver's, which the caller closes."""
        pooled = self._reading.engine.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()
        return connection

    def write_back(self) -> None:
        """SQLite's write-ahead log into the database, so that nothing older stands in it; what somebody reads just now
        is left for later."""
        if self.is_sqlite:
            connection = self.detached()
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()

    @property
    def conninfo(self) -> str:
        """PostgreSQL's address, secrets included, as its driver takes it."""
        return self._writing.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def close(self) -> None:
        self._writing.close()
        self._reading.close()


def check_sqlite_version(version: tuple[int, ...]) -> None:
    """Raises DatabaseUnusable for a SQLite that can corrupt a WAL database."""
    if version < OLDEST_SQLITE:
        have, need = (".".join(map(str, v)) for v in (version, OLDEST_SQLITE))
        raise DatabaseUnusable(f"SQLite {have} can corrupt a database in WAL mode; {need} or newer is needed")


def open_database(settings: Settings) -> Database:
    """Connect as the settings say. Raises DatabaseUnusable or SecretFileError when that does not work."""
    safe = Safe(settings.server.state_dir)
    if settings.database.url is not None:
        engine = _postgresql_engine(settings.database.url)
        # Each statement sees what was committed when it began, in a transaction or not: reading does without one, and
        # without the two messages that it costs.
        reading = Connections(engine.execution_options(isolation_level="AUTOCOMMIT"))
        database = Database(Connections(engine), reading, writers=8, safe=safe)
    else:
        check_sqlite_version(sqlcipher.sqlite_version_info)
        path, key = settings.server.state_dir / DATABASE_FILE, read_database_key(settings.server.state_dir)
        # One connection does all the writing: what others commit empties a connection's cache of pages, and each page
        # that it reads again is to be decrypted. A writer takes its place at once: a transaction that begins reading
        # cannot always become one.
        writing = KeptConnections(_sqlite_engine(path, key, begin="BEGIN IMMEDIATE"), 1)
        reading = KeptConnections(_sqlite_engine(path, key, begin="BEGIN"), 8)
        database = Database(writing, reading, writers=1, safe=safe)
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
            can_notify = not database.is_sqlite and connection.execute(_CAN_NOTIFY).scalar_one()
        database.notifies = bool(can_notify)
    except DBAPIError as error:
        database.close()
        raise DatabaseUnusable(_why_unusable(error, settings)) from error
    return database


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """The same for the time of the block."""
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


def _why_unusable(error: DBAPIError, settings: Settings) -> str:
    if settings.database.url is None:
        path = settings.server.state_dir / DATABASE_FILE
        if "not a database" in str(error.orig):
            return f"{path} cannot be read with its key: the file or the key is not the right one"
        return f"{path} cannot be opened: {error.orig}"
    place = make_url(settings.database.url).render_as_string(hide_password=True)
    return f"{place} does not let us in: {str(error.orig).strip()}"


def _sqlite_engine(path: Path, key: str, begin: str) -> Engine:
    def connect() -> Any:
        connection = sqlcipher.connect(
            str(path),
            timeout=LOCK_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=PREPARED_STATEMENTS,
        )
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what was deleted is overwritten in its page
        return connection

    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=connect,
        poolclass=NullPool,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        run_sql(connection, begin)

    return engine


def _postgresql_engine(url: str) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
        pool_size=16,
        max_overflow=0,
        pool_timeout=LOCK_TIMEOUT_S,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def bound_waits(connection: Any, _entry: ConnectionPoolEntry) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'")
            cursor.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT_S}s'")
            cursor.execute("SET synchronous_commit = on")
        connection.commit()

    @event.listens_for(engine, "checkin")
    def note_use(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["used_s"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask_after_a_pause(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        # At every use, as the pool can do it, this would be a fifth of the messages of a small read.
        used_s = entry.info.get("used_s")
        if used_s is None or time.monotonic() - used_s < ASK_AFTER_S:
            return  # connected just now, or used
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise DisconnectionError from error  # the pool connects anew

    return engine


def copy_sqlite(source: Path, key: str, target: Path) -> None:
    """A checked copy, encrypted with the same key, by SQLite's backup API: who writes goes on meanwhile. `target`
    appears, or is replaced, when the copy is whole and durable. Raises DatabaseUnusable."""
    unfinished = target.with_name(target.name + ".new")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(_keyed(source, key)) as original, closing(_keyed(unfinished, key, mode="rwc")) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a -wal beside it
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise DatabaseUnusable(f"{source} is damaged: {found}")
        unfinished.chmod(0o600)
        sync(unfinished)
        unfinished.replace(target)
        sync(target.parent)
    except (OSError, sqlcipher.Error) as error:
        raise DatabaseUnusable(f"{source} cannot be copied to {target}: {error}") from error


def _keyed(path: Path, key: str, mode: str = "rw") -> Any:
    """A connection to that file, which is made only with `mode` "rwc"."""
    connection = sqlcipher.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=LOCK_TIMEOUT_S)
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    return connection


def is_transient(error: DBAPIError) -> bool:
    """Two transactions stood in each other's way (deadlock, serialization): the same again may succeed."""
    return getattr(error.orig, "sqlstate", None) in {"40P01", "40001"}


def is_unavailable(error: DBAPIError) -> bool:
    """The database does not answer or has no room: nothing was done, later it may."""
    return isinstance(error, OperationalError) or error.connection_invalidated
