"""The key of the terminal's database: 32 random bytes in a file of its own, made at first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kiosk.store.errors import KeyMissing

KEY_BYTES = 32


def load_or_make_key(key_path: Path, database_path: Path) -> bytes:
    """The key. Made (mode 0600) only while there is no database yet: a new key opens no old database.

    Raises KeyMissing when the database stands and its key does not, or when the file is no key.
    """
    if not key_path.exists() and not (database_path.exists() and database_path.stat().st_size > 0):
        return _make_key(key_path)
    return load_key(key_path, database_path)


def load_key(key_path: Path, database_path: Path) -> bytes:
    """The key that is there. Raises KeyMissing."""
    try:
        with key_path.open("rb") as file:
            key = file.read(KEY_BYTES + 1)
    except FileNotFoundError as error:
        reason = f"its key {key_path} is missing; put the key file back, or restore database and key together"
        raise KeyMissing(database_path, reason) from error
    except OSError as error:
        raise KeyMissing(database_path, f"its key {key_path} cannot be read: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise KeyMissing(database_path, f"{key_path} is not a key: it must be {KEY_BYTES} bytes")
    return key


def _make_key(key_path: Path) -> bytes:
    """Durable before the database's first byte: a database whose key a power cut took is lost."""
    key = secrets.token_bytes(KEY_BYTES)
    unfinished = key_path.with_name(key_path.name + ".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(key_path)
    sync_folder(key_path.parent)
    return key


def sync_folder(folder: Path) -> None:
    """Make names created or replaced in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
