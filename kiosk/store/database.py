"""The encrypted SQLite file: opening, checking, copying. Without SQLAlchemy, which takes long to import.

WAL with synchronous=FULL is what survives a power cut; one connection writes.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from kiosk.store.errors import BackupFailed, CannotOpenStore, DatabaseDamaged, SqliteTooOld, WrongKey
from kiosk.store.key_file import sync_folder

OLDEST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_S = 5.0
_CACHE_KIB = 2000  # holds what sales touch; SQLCipher's own 8 MB would fill over a day's orders and look like a leak
_NOT_A_DATABASE = 26  # SQLITE_NOTADB
_PROGRESS_STEPS = 1000
_SMALL_PAGES = 512  # 2 MB: checked long before anybody's budget is over
# Checked last at start, smallest first: the check may run out of time on them.
_TABLES_THAT_GROW = ("spends", "stock_movements", "payments", "print_jobs", "outbox", "orders", "faces")


def check_sqlite_version(path: Path, version: tuple[int, ...] = sqlcipher.sqlite_version_info) -> None:
    """Raises SqliteTooOld below 3.51.3."""
    if version < OLDEST_SQLITE:
        found, needed = (".".join(map(str, v)) for v in (version, OLDEST_SQLITE))
        raise SqliteTooOld(path, f"needs SQLite {needed} or newer and this is {found}; install the locked sqlcipher3")


def connect(path: Path, key: bytes) -> Any:
    """A DB-API connection to the file (made with mode 0600 if missing), keyed, with the pragmas that make a commit
    durable. Raises WrongKey, CannotOpenStore."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        raw = sqlcipher.connect(str(path), timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    except (OSError, sqlcipher.Error) as error:
        raise CannotOpenStore(path, f"cannot be opened: {error}") from error
    try:
        _unlock(raw, path, key)
    except BaseException:
        raw.close()
        raise
    return raw


def _unlock(raw: Any, path: Path, key: bytes) -> None:
    raw.execute("PRAGMA cipher_log_level = NONE")  # else a wrong key writes to stderr behind our back
    raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")  # a raw key: nothing to stretch, so no slow start
    try:
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        journal = raw.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    except sqlcipher.DatabaseError as error:
        if error.sqlite_errorcode == _NOT_A_DATABASE:
            reason = "the key does not open it, or it is damaged; restore database and key together from a backup"
            raise WrongKey(path, reason) from error
        raise CannotOpenStore(path, f"cannot be read: {error}") from error
    if journal != "wal":
        raise CannotOpenStore(path, "its file system does not allow SQLite's WAL mode; use a local disk")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA secure_delete = ON")  # what was deleted is overwritten in its page
    raw.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


def make_durable(raw: Any, path: Path) -> None:
    """A program that was killed may have written a sale and not synced it: the next one finds it, and the next power
    cut takes it. A checkpoint syncs all that was found, before anyone relies on it. Raises CannotOpenStore."""
    try:
        raw.execute("PRAGMA wal_checkpoint").fetchone()
    except sqlcipher.DatabaseError as error:
        raise CannotOpenStore(path, f"what it holds cannot be made durable: {error}") from error


def quick_check(raw: Any, path: Path, budget_s: float) -> bool:
    """SQLite's quick_check: of a small file all at once, which costs less and sees pages that no table uses; of others
    table by table, the small ones first. True when all of it was done within the budget, False when the rest had to be
    left. Raises DatabaseDamaged."""
    deadline = time.monotonic() + budget_s
    raw.set_progress_handler(lambda: time.monotonic() > deadline, _PROGRESS_STEPS)
    try:
        for check in _checks(raw):
            found = raw.execute(check).fetchone()[0]
            if found != "ok":
                raise DatabaseDamaged(path, f"SQLite found damage ({found}); restore a backup")
    except sqlcipher.DatabaseError as error:
        if error.sqlite_errorcode == sqlcipher.SQLITE_INTERRUPT:
            return False
        raise DatabaseDamaged(path, f"SQLite cannot read it ({error}); restore a backup") from error
    finally:
        raw.set_progress_handler(None, 0)
    return True


def _checks(raw: Any) -> list[str]:
    if raw.execute("PRAGMA page_count").fetchone()[0] <= _SMALL_PAGES:
        return ["PRAGMA quick_check(1)"]
    names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [f'PRAGMA quick_check("{name}")' for name in sorted(names, key=_weight)]


def _weight(table: str) -> int:
    return _TABLES_THAT_GROW.index(table) if table in _TABLES_THAT_GROW else -1


def copy_to(path: Path, key: bytes, target: Path) -> None:
    """A checked copy, encrypted with the same key, by SQLite's backup API on a connection of its own: sales go on
    meanwhile. `target` is replaced only when the copy is whole and durable. Raises BackupFailed.

    What is sold after the copy was made it does not know. It therefore forgets which incarnation it was: until it is
    enrolled anew, nothing is spent under grants, and none is given back (docs/decisions/0004)."""
    unfinished = target.with_name(target.name + ".new")
    try:
        unfinished.unlink(missing_ok=True)
        source = connect(path, key)
        try:
            _copy(source, unfinished, key)
        finally:
            source.close()
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
        sync_folder(target.parent)
    except (OSError, sqlcipher.Error, CannotOpenStore) as error:
        raise BackupFailed(target, str(error)) from error


def put_back(copy: Path, key: bytes, path: Path) -> None:
    """Make a backup's copy the database. What stood there stays beside it, as `.replaced`. Nobody may be using either.
    Raises BackupFailed."""
    if not copy.is_file():
        raise BackupFailed(copy, "there is no such file")
    whole = path.with_name(path.name + ".restored")
    copy_to(copy, key, whole)  # checked; and a copy by hand forgets its incarnation too
    try:
        # A write-ahead log that was left behind must not meet the other file.
        for suffix in ("", "-wal", "-shm"):
            left = path.with_name(path.name + suffix)
            if left.exists():
                left.replace(path.with_name(f"{path.name}.replaced{suffix}"))
        whole.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise BackupFailed(path, str(error)) from error


def _copy(source: Any, unfinished: Path, key: bytes) -> None:
    copy = connect(unfinished, key)
    try:
        source.backup(copy)
        copy.execute("DELETE FROM incarnations")
        copy.execute("UPDATE audit_logs SET is_open = 0")  # what was written after the copy stands in that log
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a -wal beside it
        quick_check(copy, unfinished, budget_s=float("inf"))
    finally:
        copy.close()
