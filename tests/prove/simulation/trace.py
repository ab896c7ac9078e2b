"""What happened, as one hash: two runs that did the same have the same."""

from __future__ import annotations

import hashlib
from collections import deque

KEPT_LINES = 60


class Trace:
    """A SHA-256 over every line; the last ones are kept, to be read when something is wrong."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.lines = 0
        self.last: deque[str] = deque(maxlen=KEPT_LINES)

    def add(self, *parts: object) -> None:
        line = " ".join(map(str, parts))
        self._hash.update(line.encode() + b"\n")
        self.last.append(line)
        self.lines += 1

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def brief(body: bytes) -> str:
    """Bytes as they stand in a trace."""
    return hashlib.sha256(body).hexdigest()[:16]
