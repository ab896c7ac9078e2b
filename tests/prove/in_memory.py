"""For proofs that are about money and not about files: databases in memory, where there is any, and without what nobody
needs to be told there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

_MEMORY = Path("/dev/shm")  # noqa: S108 - files that live in memory
_ROOM_BYTES = 4 << 30


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Nothing in it outlives the process: a crash in these proofs ends a program, not the machine."""
    in_memory = _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES else None
    with tempfile.TemporaryDirectory(dir=in_memory) as folder:
        yield Path(folder)


@contextmanager
def pages_without_hmac() -> Iterator[None]:
    """Nobody tampers with these files, and signing each page is a fifth of a run's processor time. For databases that
    are opened meanwhile in this process. The HMAC also tells a torn page: where one is possible (power_cut), something
    else must."""
    with closing(sqlcipher.connect(":memory:")) as any_database:
        any_database.execute("PRAGMA cipher_default_use_hmac = OFF")
        try:
            yield
        finally:
            any_database.execute("PRAGMA cipher_default_use_hmac = ON")
