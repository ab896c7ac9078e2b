"""Why the store could not be opened, and the two refusals that are not the disk's fault."""

from __future__ import annotations

from pathlib import Path

from kiosk.services.ports import StorageFailed


class CannotOpenStore(Exception):
    """The terminal's database cannot be used. `reason` says what is wrong and what to do, in plain words."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class KeyMissing(CannotOpenStore):
    """The database is there, its key file is not (or is no key)."""


class WrongKey(CannotOpenStore):
    """The key does not open the database, or its first page is damaged; the two cannot be told apart."""


class DatabaseTooNew(CannotOpenStore):
    """A newer version of this program has changed the database."""


class DatabaseDamaged(CannotOpenStore):
    """SQLite's own check found damage."""


class SqliteTooOld(CannotOpenStore):
    """This SQLite can corrupt a WAL database (the WAL-reset bug, sqlite.org/wal.html)."""


class FaceKeysUnusable(CannotOpenStore):
    """The file of the faces' keys is there, and the disk does not let it be read or made anew."""


class BackupFailed(Exception):
    """No copy was made at `path`; one that stood there stands unchanged."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class StorageBusy(StorageFailed):
    """Another thread or program held the database for too long. Nothing happened; the store still works."""


class Conflict(Exception):
    """What was to be written contradicts what stands (an id, a number given twice). Nothing was written."""


class NotEnrolled(Exception):
    """The terminal has no identity yet, so it has no letter for order numbers. Enrol it first."""
