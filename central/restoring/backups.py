"""Copies of the database, and putting one back: SQLite by its own backup API, PostgreSQL by pg_dump and pg_restore.

The keys and the record beside the database are in no copy: the keys, because whoever has both can read it; the record,
because what it knows is newer than any copy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from central.database import copy_sqlite
from central.errors import CentralError
from central.settings import Settings
from central.state_dir import DATABASE_FILE, read_database_key, sync

POSTGRESQL_TOOL_TIMEOUT_S = 4 * 3600
_MAX_REASON_CHARS = 500


class BackupFailed(CentralError):
    """No copy was made, or none was put back."""


def back_up(settings: Settings, target: Path) -> None:
    """A copy of the database at `target`; central may go on serving. That of SQLite is encrypted with the database's
    key, that of PostgreSQL is not. Raises CentralError."""
    if settings.database.url is None:
        copy_sqlite(_sqlite_file(settings), read_database_key(settings.server.state_dir), target)
        return
    unfinished = target.with_name(target.name + ".new")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600))  # it holds personal data
        try:
            _run_on(settings.database.url, "pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}")
            sync(unfinished)
            unfinished.replace(target)
            sync(target.parent)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise BackupFailed(f"{target} cannot be written: {error.strerror}") from error


def check_copy(settings: Settings, copy: Path) -> None:
    """Whether it can be put back; nothing is replaced yet. Raises CentralError."""
    if not copy.is_file():
        raise BackupFailed(f"there is no file {copy}")
    if settings.database.url is None:
        copy_sqlite(copy, read_database_key(settings.server.state_dir), _checked_file(settings))
    else:
        _run("pg_restore", "--list", str(copy))


def put_back(settings: Settings, copy: Path) -> None:
    """Put that copy, which was checked, in the database's place. What stood there stays beside it, as
    central.db.replaced; in PostgreSQL it is gone. Raises CentralError."""
    if settings.database.url is not None:
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        _run_on(settings.database.url, "pg_restore", *options, str(copy))
        return
    place = _sqlite_file(settings)
    try:
        # A write-ahead log that was left behind must not meet the other file.
        for suffix in ("", "-wal", "-shm"):
            left = place.with_name(DATABASE_FILE + suffix)
            if left.exists():
                left.replace(place.with_name(f"{DATABASE_FILE}.replaced{suffix}"))
        _checked_file(settings).replace(place)
        sync(place.parent)
    except OSError as error:
        raise BackupFailed(f"{place} cannot be replaced: {error.strerror}") from error


def _sqlite_file(settings: Settings) -> Path:
    return settings.server.state_dir / DATABASE_FILE


def _checked_file(settings: Settings) -> Path:
    return settings.server.state_dir / (DATABASE_FILE + ".restored")


def _run_on(url: str, program: str, *arguments: str) -> None:
    """A tool of PostgreSQL on that database. The password does not stand among its arguments, where all could read
    it."""
    whole = make_url(url)
    place = whole._replace(password=None).render_as_string(hide_password=False)
    _run(program, f"--dbname={place}", *arguments, password=str(whole.password or ""))


def _run(program: str, *arguments: str, password: str = "") -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupFailed(f"{program} is not installed here: install PostgreSQL's client programs")
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments, and paths that staff typed
            [found, *arguments],
            env=os.environ | ({"PGPASSWORD": password} if password else {}),
            capture_output=True,
            timeout=POSTGRESQL_TOOL_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackupFailed(f"{program} did not end: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[:_MAX_REASON_CHARS]
        raise BackupFailed(f"{program} failed: {said}")
