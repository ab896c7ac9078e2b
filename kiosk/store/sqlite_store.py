"""The terminal's store: one encrypted SQLite file, one writer, whole transactions or nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import sqlcipher3.dbapi2 as sqlcipher

from kiosk.services.ports import StorageFailed, StorageFull, TerminalIdentity
from kiosk.store.connection import Connection
from kiosk.store.database import check_sqlite_version, connect, copy_to, make_durable, quick_check
from kiosk.store.errors import CannotOpenStore, Conflict, StorageBusy
from kiosk.store.face_keys import FaceKeys, face_keys_beside
from kiosk.store.faces import SqlFaces
from kiosk.store.key_file import load_or_make_key
from kiosk.store.schema import bring_up_to_date
from kiosk.store.unit_of_work import Caches, UnitOfWork

# A thread that waits longer than this for its turn gives up: nothing of its transaction has happened.
TURN_TIMEOUT_S = 5.0
# Reads some 40 MB on a slow machine; the nightly copy is checked whole.
CHECK_BUDGET_S = 0.25
_BUSY_CODES = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_FULL_CODE = 13  # SQLITE_FULL

log = logging.getLogger(__name__)


def open_store(path: Path, key_path: Path) -> SqliteStore:
    """Open the terminal's database, made at first start together with its key; checks it and upgrades it.

    Raises CannotOpenStore: SqliteTooOld, KeyMissing, WrongKey, DatabaseDamaged, DatabaseTooNew, FaceKeysUnusable; and
    StorageFailed when a face's key cannot be destroyed that should be.
    """
    check_sqlite_version(path)
    key = load_or_make_key(key_path, path)
    connection = _opened(path, key)
    try:
        bring_up_to_date(connection.raw, path, key)
        return SqliteStore(path, key, connection, _settled_face_keys(connection, path))
    except BaseException:
        connection.close()
        raise


def _opened(path: Path, key: bytes) -> Connection:
    """Checked, and what is found in it made durable. Raises CannotOpenStore."""
    raw = connect(path, key)
    try:
        if not quick_check(raw, path, CHECK_BUDGET_S):
            log.info("database_check_not_finished", extra={"budget_s": CHECK_BUDGET_S})
        make_durable(raw, path)
        return Connection(raw)
    except BaseException:
        raw.close()
        raise


def _settled_face_keys(connection: Connection, path: Path) -> FaceKeys:
    """What a crash left undone of enrolling and forgetting is done now. Under the write lock, as all that writes keys:
    another program may just be enrolling. Raises CannotOpenStore, StorageFailed."""
    try:
        with connection.begin():
            keys = FaceKeys(face_keys_beside(path))
            SqlFaces(connection, keys).settle()
        return keys
    except sqlcipher.Error as error:
        raise CannotOpenStore(path, f"its faces cannot be looked through: {error}") from error


class SqliteStore:
    """kiosk.services.ports.Store and kiosk.sync.ports.SyncStore.

    Once the disk has refused a commit every later transaction raises StorageFailed too, until the store is opened
    anew: after a failed fsync nobody knows what the disk holds.
    """

    def __init__(self, path: Path, key: bytes, connection: Connection, face_keys: FaceKeys) -> None:
        self._path = path
        self._key = key
        self._connection = connection
        self._face_keys = face_keys
        self._turn = Lock()
        self._failure = ""
        self._on_failure: Callable[[], None] = lambda: None
        self._closed = False
        self._caches = Caches()

    def when_failed(self, tell: Callable[[], None]) -> None:
        """`tell` is called once, on the thread that met the failure, when the disk refuses. It must not block."""
        self._on_failure = tell

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """One unit of work, committed durably at the end of the block. Do not nest.

        Raises StorageFailed (the disk), StorageBusy (no turn in time), Conflict (an id or number given twice).
        """
        if not self._turn.acquire(timeout=TURN_TIMEOUT_S):
            raise StorageBusy("the database is in use by another thread")
        try:
            if self._failure:
                raise StorageFailed(self._failure)
            with self._connection.begin():
                unit = UnitOfWork(self._connection, self._caches, self._face_keys)
                yield unit
                unit.finish()
            self._destroy_keys(unit)
        except sqlcipher.IntegrityError as error:
            raise Conflict(str(error)) from error
        except sqlcipher.Error as error:
            raise self._failed(error) from error
        finally:
            self._turn.release()

    def _destroy_keys(self, unit: UnitOfWork) -> None:
        """Of faces that have gone: committed, so the next start does it if this does not."""
        try:
            unit.destroy_keys()
        except StorageFailed as error:
            self._stop(str(error))
            raise

    def reopen(self) -> None:
        """After the disk has refused: open the file anew, check it and make durable what it holds, as a start does.
        Raises StorageFailed while that does not work; does nothing to a store that works."""
        if not self._turn.acquire(timeout=TURN_TIMEOUT_S):
            raise StorageBusy("the database is in use by another thread")
        try:
            if self._closed:
                raise StorageFailed(self._failure)
            if not self._failure:
                return
            if not self._path.exists():  # opening would make an empty one
                raise StorageFailed(f"{self._path} is not there")
            self._connection.close()
            self._connection = _opened(self._path, self._key)
            self._face_keys = _settled_face_keys(self._connection, self._path)
            self._failure = ""
            log.warning("storage_works_again")
        except (CannotOpenStore, sqlcipher.Error) as error:
            raise StorageFailed(f"the database cannot be opened anew: {error}") from error
        finally:
            self._turn.release()

    def _failed(self, error: sqlcipher.Error) -> StorageFailed:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _BUSY_CODES:
            return StorageBusy("the database is in use by another program")
        self._stop(f"the database failed: {error}")
        return (StorageFull if code == _FULL_CODE else StorageFailed)(self._failure)

    def _stop(self, failure: str) -> None:
        self._failure = failure
        log.error("storage_failed", extra={"reason": failure})
        self._on_failure()

    def close(self) -> None:
        """Afterwards every transaction raises StorageFailed. Waits for the one under way, but not for ever: one that
        hangs is left to the end of the program, which rolls it back."""
        self._closed = True
        self._failure = self._failure or "the store is closed"
        if not self._turn.acquire(timeout=TURN_TIMEOUT_S):
            log.error("storage_close_timed_out")
            return
        try:
            self._connection.close()
        except sqlcipher.Error:
            log.exception("storage_close_failed")
        finally:
            self._turn.release()

    def backup_to(self, path: Path) -> None:
        """A checked copy at `path`, encrypted with this terminal's key; sales go on. Raises BackupFailed."""
        copy_to(self._path, self._key, path)

    def identity(self) -> TerminalIdentity | None:
        """None before the first enrolment. Raises StorageFailed."""
        with self.transaction() as unit:
            return unit.identity.get()

    def save_identity(self, identity: TerminalIdentity) -> None:
        """A first or a new enrolment, in a transaction of its own."""
        with self.transaction() as unit:
            unit.enrol(identity)

    def must_enrol_anew(self) -> bool:
        """This database is a backup's copy that was put back: whom it was enrolled as, the terminal may have gone on
        being since. Raises StorageFailed."""
        with self.transaction() as unit:
            return unit.identity.is_forgotten()
