"""A terminal that enrols a face, enrols it anew and forgets it, killed at the n-th boundary between its steps.

Arguments: a folder with kiosk.db and kiosk.key, and the name of a planted bug or "none". For n = 0, 1, … it leaves a
folder `n` with what such a terminal left behind and `said`, what it had told by then; the last one ended by itself.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.domain.ids import FaceKeyId
from kiosk.domain.loyalty import PointsRule
from kiosk.services.enrol_face import FaceEnrolled
from kiosk.services.forget_face import FaceForgotten
from kiosk.store.connection import Connection
from kiosk.store.database import connect
from kiosk.store.face_keys import FaceKeys, face_keys_beside
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync import wire
from kiosk.sync.encoder import WireEncoder
from tests.store.enrolling import consent, deletion, template

ENCODER = WireEncoder(PointsRule(100))


class Fuse:
    """Kills this process at the n-th boundary."""

    def __init__(self, n: int) -> None:
        self._left = n

    def boundary(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


class CutConnection(Connection):
    def __init__(self, raw: Any, fuse: Fuse) -> None:
        super().__init__(raw)
        self._fuse = fuse

    @contextmanager
    def begin(self) -> Iterator[None]:
        self._fuse.boundary()
        with super().begin():
            yield
            self._fuse.boundary()
        self._fuse.boundary()


class CutKeys(FaceKeys):
    def __init__(self, path: Path, fuse: Fuse) -> None:
        super().__init__(path)
        self._fuse = fuse

    def _write(self, numbers: Iterable[int], slot: bytes, *, make: bool = False) -> None:
        self._fuse.boundary()
        half = len(slot) // 2
        super()._write(list(numbers), slot[:half].ljust(len(slot), b"?") if any(slot) else slot, make=make)
        self._fuse.boundary()
        super()._write(list(numbers), slot, make=make)
        self._fuse.boundary()


class OnlyForgets(CutKeys):
    """Planted: a key is no longer found, and stands in the file."""

    def destroy(self, key_ids: Iterable[FaceKeyId]) -> None:
        for key_id in key_ids:
            self._slots.pop(key_id, None)


class WritesLater(CutKeys):
    """Planted: a key is given out and not written."""

    def make(self) -> tuple[FaceKeyId, bytes]:
        return FaceKeyId(consent().id), bytes(range(32))


KEYS = {"none": CutKeys, "only_forgets": OnlyForgets, "writes_later": WritesLater}


def live(folder: Path, keys: type[CutKeys], n: int) -> None:
    fuse, path = Fuse(n), folder / "kiosk.db"
    key = (folder / "kiosk.key").read_bytes()
    raw = connect(path, key)
    store = SqliteStore(path, key, CutConnection(raw, fuse), keys(face_keys_beside(path), fuse))
    with (folder / "said").open("a") as said:
        for first in (0.0, 1.0):
            with store.transaction() as tx:
                given = consent()
                tx.faces.enrol(given, template(first=first))
                tx.outbox.add(ENCODER.face_consent(given))
            said.write(f"{FaceEnrolled.__name__} {first}\n")
            said.flush()
        with store.transaction() as tx:
            gone = deletion()
            face = tx.faces.forget(gone)
            tx.outbox.add(ENCODER.face_forgotten(gone, face.consent.id if face else None))
        said.write(f"{FaceForgotten.__name__}\n")
        said.flush()


def main() -> None:
    source, keys = Path(sys.argv[1]), KEYS[sys.argv[2]]
    wire.decode_event(ENCODER.face_consent(consent()))
    n = 0
    while True:
        folder = source / str(n)
        folder.mkdir()
        for name in ("kiosk.db", "kiosk.key"):
            shutil.copy(source / name, folder / name)
        child = os.fork()
        if child == 0:
            live(folder, keys, n)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            os._exit(status and 1)
        n += 1


if __name__ == "__main__":
    main()
