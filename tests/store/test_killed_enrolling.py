"""Killed at every boundary between the steps of enrolling and forgetting: the next start finishes what was begun, what
was said holds, and no key is left that nobody needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.store.connection import Connection
from kiosk.store.database import connect
from kiosk.store.face_keys import SLOT_BYTES, FaceKeys, face_keys_beside
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.wire import FaceConsentGiven, FaceForgotten, decode_event
from tests.store.enrolling import template
from tests.store.sales import new_store

ROOT = Path(__file__).resolve().parents[2]


def killed(folder: Path, planted: str = "none") -> list[Path]:
    """What each of the killed terminals left; the last one was not killed."""
    folder.mkdir()
    new_store(folder).close()
    command = [sys.executable, "-m", "tests.store.enroller", str(folder), planted]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    return sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: int(path.name))


def started(folder: Path) -> SqliteStore:
    return open_store(folder / "kiosk.db", folder / "kiosk.key")


def started_without_settling(folder: Path) -> SqliteStore:
    """Planted: a start that looks for nothing that a crash left."""
    path, key = folder / "kiosk.db", (folder / "kiosk.key").read_bytes()
    return SqliteStore(path, key, Connection(connect(path, key)), FaceKeys(face_keys_beside(path)))


def check(folder: Path, store: SqliteStore) -> str:
    """Raises AssertionError; returns what had been said."""
    said_path = folder / "said"
    said = said_path.read_text() if said_path.exists() else ""
    with store.transaction() as tx:
        events = [decode_event(body) for _, body in tx.outbox.next_batch(10, 10**6)[1]]
        opened = [face.open() for face in tx.faces.sealed_after("", 10)]
    store.close()
    consents = [event.consent for event in events if isinstance(event, FaceConsentGiven)]
    is_forgotten = any(isinstance(event, FaceForgotten) for event in events)
    assert len(consents) >= said.count("FaceEnrolled")
    assert is_forgotten or "FaceForgotten" not in said
    if consents and not is_forgotten:
        assert opened == [(consents[-1], template(first=len(consents) - 1.0))], "what central hears of can be used"
    else:
        assert opened == []
    path = face_keys_beside(folder / "kiosk.db")
    content = path.read_bytes()[SLOT_BYTES:] if path.exists() else b""
    slots = [content[i : i + SLOT_BYTES] for i in range(0, len(content), SLOT_BYTES)]
    assert sum(any(slot) for slot in slots) == len(opened), "no key that nobody needs, nor a part of one"
    return said


def test_killed_at_every_boundary(tmp_path: Path) -> None:
    folders = killed(tmp_path / "killed")
    said = [check(folder, started(folder)) for folder in folders]
    assert len(folders) > 15
    assert set(said) == {
        "",
        "FaceEnrolled 0.0\n",
        "FaceEnrolled 0.0\nFaceEnrolled 1.0\n",
        "FaceEnrolled 0.0\nFaceEnrolled 1.0\nFaceForgotten\n",
    }


def caught(folders: list[Path], start: Callable[[Path], SqliteStore]) -> int:
    """In how many of them something is wrong."""
    count = 0
    for folder in folders:
        try:
            check(folder, start(folder))
        except AssertionError:
            count += 1
    return count


def test_a_key_that_is_only_written_later_is_caught(tmp_path: Path) -> None:
    assert caught(killed(tmp_path / "killed", "writes_later"), started) > 0


def test_a_key_that_is_not_overwritten_is_caught(tmp_path: Path) -> None:
    not_killed = killed(tmp_path / "killed", "only_forgets")[-1]  # else the start mends it
    assert caught([not_killed], started_without_settling) == 1


def test_a_start_that_finishes_nothing_is_caught(tmp_path: Path) -> None:
    assert caught(killed(tmp_path / "killed"), started_without_settling) > 3
