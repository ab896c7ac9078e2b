"""The keys of the enrolled faces: one for each, in a file of its own beside the database.

They are not in the database, because what was deleted there lingers: in freed pages, in the write-ahead log, in every
older backup. A key stands in one place of this file and is overwritten there; no backup holds it, and the file is never
copied or renamed. The file is a row of slots of 64 bytes, none across a sector's border: the key's id, the key, and a
checksum; zeros where there is none.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from collections.abc import Collection, Iterable
from pathlib import Path
from uuid import UUID, uuid4

from kiosk.domain.ids import FaceKeyId
from kiosk.services.ports import StorageFailed
from kiosk.store.errors import FaceKeysUnusable
from kiosk.store.key_file import KEY_BYTES, sync_folder

MAX_KEYS = 100_000
SLOT_BYTES = 64
_HEADER = b"kiosk face keys 1".ljust(SLOT_BYTES, b"\n")
_ID_BYTES = 16
_EMPTY = bytes(SLOT_BYTES)

log = logging.getLogger(__name__)


def face_keys_beside(database: Path) -> Path:
    return database.with_suffix(".face-keys")


class FaceKeys:
    """Made when the first face is enrolled. Its calls are made in turn, under the database's write lock where they
    write. `path` is opened anew for each: a file that was put in its place is seen."""

    def __init__(self, path: Path) -> None:
        """Raises FaceKeysUnusable."""
        self._path = path
        self._slots: dict[FaceKeyId, int] = {}
        self._free: list[int] = []
        self._torn: list[int] = []
        self._end = 1
        if path.exists():
            self._read_all()

    def __contains__(self, key_id: FaceKeyId) -> bool:
        return key_id in self._slots

    def ids(self) -> frozenset[FaceKeyId]:
        return frozenset(self._slots)

    def make(self) -> tuple[FaceKeyId, bytes]:
        """Another key, durable when this returns. Raises StorageFailed."""
        number = self._free[-1] if self._free else self._end
        if number > MAX_KEYS:
            raise StorageFailed(f"there are {MAX_KEYS} keys of faces")
        key_id, key = FaceKeyId(uuid4()), secrets.token_bytes(KEY_BYTES)
        try:
            self._write([number], _slot(key_id, key), make=True)
        except OSError as error:
            raise StorageFailed(f"a face's key cannot be written: {error.strerror}") from error
        if self._free:
            self._free.pop()
        else:
            self._end += 1
        self._slots[key_id] = number
        return key_id, key

    def get(self, key_ids: Iterable[FaceKeyId]) -> dict[FaceKeyId, bytes]:
        """Those of them that are there. Raises StorageFailed."""
        places = [(key_id, self._slots[key_id]) for key_id in key_ids if key_id in self._slots]
        if not places:
            return {}
        keys: dict[FaceKeyId, bytes] = {}
        try:
            with self._path.open("rb", buffering=0) as file:
                for key_id, number in places:
                    found = _read(os.pread(file.fileno(), SLOT_BYTES, number * SLOT_BYTES))
                    if found is not None and found[0] == key_id:
                        keys[key_id] = found[1]
        except OSError as error:
            raise StorageFailed(f"a face's key cannot be read: {error.strerror}") from error
        return keys

    def destroy(self, key_ids: Iterable[FaceKeyId]) -> None:
        """Overwritten with zeros, and synced, when this returns; one that is not there was. Raises StorageFailed."""
        there = [key_id for key_id in key_ids if key_id in self._slots]
        numbers = [self._slots[key_id] for key_id in there]
        if not numbers:
            return
        try:
            self._write(numbers, _EMPTY)
        except OSError as error:
            raise StorageFailed(f"a face's key cannot be destroyed: {error.strerror}") from error
        for key_id in there:
            self._free.append(self._slots.pop(key_id))

    def keep_only(self, needed: Collection[FaceKeyId]) -> int:
        """Destroy all others, and what a crash left of one; how many there were. Raises StorageFailed."""
        others = [key_id for key_id in self._slots if key_id not in needed]
        self.destroy(others)
        torn, self._torn = self._torn, []
        if torn:
            try:
                self._write(torn, _EMPTY)
            except OSError as error:
                raise StorageFailed(f"a face's key cannot be destroyed: {error.strerror}") from error
            self._free += torn
        return len(others) + len(torn)

    def _write(self, numbers: Iterable[int], slot: bytes, *, make: bool = False) -> None:
        """In place: a new file under the old name would leave the old one's blocks as they were."""
        is_new = make and not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | (os.O_CREAT if make else 0), 0o600)
        try:
            if make:  # also where the power went before it was whole
                os.pwrite(descriptor, _HEADER, 0)
            for number in numbers:
                if os.pwrite(descriptor, slot, number * SLOT_BYTES) != SLOT_BYTES:
                    raise OSError(0, "it was written in part")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            sync_folder(self._path.parent)

    def _read_all(self) -> None:
        try:
            with self._path.open("rb") as file:
                header = file.read(SLOT_BYTES)
                content = file.read(MAX_KEYS * SLOT_BYTES)
        except OSError as error:
            raise FaceKeysUnusable(self._path, f"cannot be read: {error.strerror}") from error
        if header != _HEADER and (content or not _HEADER.startswith(header.rstrip(b"\0"))):
            self._start_over(len(header) + len(content))
            return
        for start in range(0, len(content), SLOT_BYTES):
            number, slot = start // SLOT_BYTES + 1, content[start : start + SLOT_BYTES]
            found = _read(slot)
            if found is not None:
                self._slots[found[0]] = number
            elif slot.strip(b"\0"):
                self._torn.append(number)  # the power went while it was written or overwritten
            else:
                self._free.append(number)
            self._end = number + 1
        self._free.reverse()

    def _start_over(self, size: int) -> None:
        """It is no file of keys any more. Without faces a terminal sells, so everybody enrols anew; and what may still
        be a key in it is destroyed, not kept for who finds it."""
        log.error("face_keys_damaged", extra={"bytes": size})
        try:
            self._write(range(1, -(-size // SLOT_BYTES)), _EMPTY, make=True)
        except OSError as error:
            raise FaceKeysUnusable(self._path, f"is damaged and cannot be made anew: {error.strerror}") from error


def _slot(key_id: UUID, key: bytes) -> bytes:
    filled = key_id.bytes + key
    return filled + _checksum(filled)


def _read(slot: bytes) -> tuple[FaceKeyId, bytes] | None:
    filled, checksum = slot[: _ID_BYTES + KEY_BYTES], slot[_ID_BYTES + KEY_BYTES :]
    if len(slot) != SLOT_BYTES or slot == _EMPTY or _checksum(filled) != checksum:
        return None
    return FaceKeyId(UUID(bytes=filled[:_ID_BYTES])), filled[_ID_BYTES:]


def _checksum(filled: bytes) -> bytes:
    return hashlib.sha256(b"kiosk face key 1\0" + filled).digest()[: SLOT_BYTES - _ID_BYTES - KEY_BYTES]
