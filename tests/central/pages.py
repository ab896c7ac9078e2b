"""What stands in the pages of an encrypted SQLite database and its write-ahead log, deleted rows and free pages too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

# SQLCipher 4 (zetetic.net/sqlcipher/design): AES-256-CBC, at each page's end 16 bytes of IV and 64 of HMAC; the first
# page begins with the salt.
PAGE_BYTES, IV_BYTES, SALT_BYTES, RESERVED_BYTES = 4096, 16, 16, 80
WAL_HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24


def opened_pages(database: Path, key: bytes) -> bytes:
    """All of it in the clear; `key` is the raw one. Whatever SQLite itself would still read must be among it."""
    found = [_open(page, key, number) for number, page in _pages_of(database)]
    wal = database.with_name(database.name + "-wal")
    if wal.exists():
        found += [_open(page, key, number) for number, page in _frames_of(wal)]
    assert any(b"CREATE TABLE" in page for page in found), "that is not how its pages are opened"
    return b"".join(found)


def _pages_of(database: Path) -> Iterator[tuple[int, bytes]]:
    content = database.read_bytes()
    for start in range(0, len(content), PAGE_BYTES):
        yield start // PAGE_BYTES + 1, content[start : start + PAGE_BYTES]


def _frames_of(wal: Path) -> Iterator[tuple[int, bytes]]:
    """Those too that were checkpointed and are to be written over."""
    content = wal.read_bytes()
    step = FRAME_HEADER_BYTES + PAGE_BYTES
    for start in range(WAL_HEADER_BYTES, len(content) - step + 1, step):
        frame = content[start : start + step]
        yield int.from_bytes(frame[:4]), frame[FRAME_HEADER_BYTES:]


def _open(page: bytes, key: bytes, number: int) -> bytes:
    end = PAGE_BYTES - RESERVED_BYTES
    decryptor = Cipher(algorithms.AES(key), modes.CBC(page[end : end + IV_BYTES])).decryptor()
    return decryptor.update(page[SALT_BYTES if number == 1 else 0 : end]) + decryptor.finalize()
