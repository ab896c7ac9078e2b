"""The state directory: secrets in files that only their owner may read, made once; and who is using it."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from central.errors import CentralError

DATABASE_FILE = "central.db"
RECORD_FILE = "restore.record"
_KEY_FILE = "central.key"
_AUDIT_KEY_FILE = "audit.key"
_SEAL_KEY_FILE = "seal.key"
_LOCK_FILE = "central.lock"
_TOKEN_FILE = "api-token"  # noqa: S105 — a file's name
_SECRET_BYTES = 32


class SecretFileError(CentralError):
    """A secret's file is missing, readable by others, or not what was written."""


def create_state_dir(state_dir: Path) -> None:
    """Raises CentralError when it cannot be made."""
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CentralError(f"{state_dir} cannot be made: {error.strerror}") from error


def create_database_key(state_dir: Path) -> None:
    """Make the key once. A database without its key is never given a new one: it could not be read with it."""
    path = state_dir / _KEY_FILE
    if not path.exists() and (state_dir / DATABASE_FILE).exists():
        raise SecretFileError(f"{state_dir / DATABASE_FILE} is there but its key {path} is not: put the key back")
    _create(path)


def read_database_key(state_dir: Path) -> str:
    """64 hex digits, the raw key of SQLCipher."""
    return _read(state_dir / _KEY_FILE)


def create_audit_key(state_dir: Path) -> None:
    """What central countersigns audit logs with. Terminals know its public half: made anew, they do not believe it."""
    _create(state_dir / _AUDIT_KEY_FILE)


def read_audit_key(state_dir: Path) -> bytes:
    """32 bytes, the raw key of Ed25519."""
    return bytes.fromhex(_read(state_dir / _AUDIT_KEY_FILE))


@contextmanager
def using_state_dir(state_dir: Path, *, alone: bool = False) -> Iterator[None]:
    """Say that this process uses the directory, as many may; or, `alone`, that no other may meanwhile. Raises
    CentralError when that cannot be."""
    try:
        lock = os.open(state_dir / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CentralError(f"{state_dir} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise CentralError(
            f"central is in use, in {state_dir}: stop it first" if alone else "a restore is under way"
        ) from error
    try:
        yield
    finally:
        os.close(lock)


def create_seal_key(state_dir: Path) -> None:
    _create(state_dir / _SEAL_KEY_FILE)


def read_seal_key(state_dir: Path) -> str:
    """64 hex digits."""
    return _read(state_dir / _SEAL_KEY_FILE)


def create_api_token(state_dir: Path) -> None:
    _create(state_dir / _TOKEN_FILE)


def read_api_token(state_dir: Path) -> str:
    return _read(state_dir / _TOKEN_FILE)


def _create(path: Path) -> None:
    """Write a fresh secret durably, unless the file is there. It appears whole or not at all."""
    if path.exists():
        return
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(_SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(fresh)  # unlike rename, it leaves what another process was quicker to write
        except FileExistsError:
            pass
        fresh.unlink()
        sync(path.parent)
    except OSError as error:
        raise SecretFileError(f"{path} cannot be written: {error.strerror}") from error


def sync(path: Path) -> None:
    """Make a file's content, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise SecretFileError(f"{path} is missing: run `python -m central init` first") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SecretFileError(f"{path} cannot be read") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretFileError(f"{path} can be read by others: run `chmod 600 {path}`")
    if len(text) != 2 * _SECRET_BYTES or not set(text) <= set("0123456789abcdef"):
        raise SecretFileError(f"{path} is damaged: it must hold {2 * _SECRET_BYTES} hex digits")
    return text
