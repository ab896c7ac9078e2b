"""Planted bugs, by name: terminals or a central that share faces with one thing wrong, everything else being real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.domain.face_consent import FaceConsent
from kiosk.domain.face_copy import CopyRefusal
from kiosk.domain.face_template import FaceTemplate
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.face_letters import FaceCopy, SiteKey
from kiosk.sync.wire import FaceBox
from tests.central.sharing import RealTerminal
from tests.till.mutants import Overlaid

# --- terminals ---


class _EveryBox(SiteKey):
    def has_certified(self, box: FaceBox) -> bool:
        return True


class BelievesEveryBox(RealTerminal):
    """Writes letters to whatever box central names."""

    def site_key(self, key: bytes) -> SiteKey:
        return _EveryBox(key)


class _EveryLetter(SiteKey):
    def open(self, sealed: bytes, box: FaceBox, private_key: bytes) -> FaceCopy | None:
        rest = sealed[32:]
        return super().open(self._mac("kiosk face letter 1", box.id.bytes, rest) + rest, box, private_key)


class BelievesEveryLetter(RealTerminal):
    """Takes what is sealed to its box, whoever wrote it."""

    def site_key(self, key: bytes) -> SiteKey:
        return _EveryLetter(key)


class OtherStore:
    """A terminal's, with other faces."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._store.transaction() as tx:
            yield Overlaid(tx, faces=self.faces(tx.faces))

    def faces(self, faces: Any) -> Any:
        return faces


class _TakesEverything(OtherStore):
    def faces(self, faces: Any) -> Any:
        def take_copy(consent: FaceConsent, template: FaceTemplate) -> CopyRefusal | None:
            faces.enrol(consent, template)
            return None

        return Overlaid(faces, take_copy=take_copy)


class TakesEveryCopy(RealTerminal):
    """Whatever is here, and whatever was deleted since."""

    def store(self, store: SqliteStore) -> Any:
        return _TakesEverything(store)


class _KeepsBox(OtherStore):
    def faces(self, faces: Any) -> Any:
        faces.destroy = faces._drop
        return faces


class KeepsItsBox(RealTerminal):
    """What a letter was opened with outlives the face that was in it."""

    def store(self, store: SqliteStore) -> Any:
        return _KeepsBox(store)


class _SharesAll(OtherStore):
    def faces(self, faces: Any) -> Any:
        def sealed(member_id: Any) -> Any:
            found = faces.sealed(member_id)
            return None if found is None else Overlaid(found, open=lambda: _as_shared(found.open()))

        return Overlaid(faces, sealed=sealed)


class _Shared(FaceConsent):
    @property
    def is_shared(self) -> bool:
        return True


def _as_shared(opened: Any) -> Any:
    if opened is None:
        return None
    consent, template = opened
    values = {name: getattr(consent, name) for name in FaceConsent.__slots__}
    return _Shared(**values), template


class SendsWithoutConsent(RealTerminal):
    """Writes whatever letter central asks for."""

    def store(self, store: SqliteStore) -> Any:
        return _SharesAll(store)


# --- central: what its database is told not to do ---

DELETION_KEEPS_LETTERS = (
    "CREATE TRIGGER plant_1 BEFORE DELETE ON face_letter BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER plant_2 BEFORE DELETE ON shared_face BEGIN SELECT RAISE(IGNORE); END",
)
"""A deletion reaches the terminals, and what is on its way stays so."""

_STAYS_ENROLLED = """CREATE TRIGGER plant_2 AFTER UPDATE OF is_revoked ON terminal WHEN NEW.is_revoked
BEGIN UPDATE terminal SET is_revoked = 0 WHERE id = NEW.id; END"""
WRITES_FOR_THE_REVOKED = (
    "CREATE TRIGGER plant_1 BEFORE DELETE ON face_box BEGIN SELECT RAISE(IGNORE); END",
    _STAYS_ENROLLED,
)
"""A revocation does not reach what is shared."""
