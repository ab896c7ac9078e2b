"""Faces enrolled here, and copies of those of other terminals: what stands in the database of them, and which keys go
with a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.face_consent import ConsentError, FaceConsent, FaceDeletion, check_renewal
from kiosk.domain.face_copy import CopyRefusal, refusal_of
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import FaceConsentId, FaceDeletionId, FaceKeyId, MemberId
from kiosk.services.ports import EnrolledFace
from kiosk.store.connection import Connection
from kiosk.store.face_keys import FaceKeys
from kiosk.store.face_sealing import Models, models_of, seal, unseal
from kiosk.store.part import Finishing
from kiosk.store.tables.faces import face_box, face_deletions, faces
from kiosk.store.tables.feed import members
from kiosk.store.tables.outbox import outbox_state

_AFTER = (
    select(faces).where(faces.c.member_id > bindparam("after")).order_by(faces.c.member_id).limit(bindparam("count"))
)
_OF = select(faces).where(faces.c.member_id == bindparam("of_member"))
_KEYS = select(faces.c.key_id)
_PUT = insert(faces)
_DROP = delete(faces).where(faces.c.member_id == bindparam("of_member"))
_DROP_KEY = delete(faces).where(faces.c.key_id == bindparam("of_key"))
_SET_CONSENT = update(faces).where(faces.c.member_id == bindparam("of_member")).values(consent=bindparam("consent"))
_STRANGERS = select(faces.c.member_id).where(faces.c.member_id.not_in(select(members.c.id)))
_DELETION = select(face_deletions).where(face_deletions.c.member_id == bindparam("of_member"))
_new = insert(face_deletions)
_PUT_DELETION = _new.on_conflict_do_update(
    index_elements=["member_id"],
    set_={name: _new.excluded[name] for name in ("deletion_id", "is_own", "told_id")},
)
_TOLD = (
    update(face_deletions)
    .where(face_deletions.c.is_own, face_deletions.c.told_id.is_(None))
    .values(told_id=bindparam("outbox_id"))
)
_BOX = select(face_box.c.key_id)
_PUT_BOX = insert(face_box)
_DROP_BOX = delete(face_box)
_ACKNOWLEDGED = select(outbox_state.c.acknowledged_id)

_consents = msgspec.json.Decoder(FaceConsent)
_models = msgspec.json.Decoder(Models)


@dataclass(frozen=True, slots=True)
class Sealed:
    """kiosk.services.ports.SealedFace."""

    member_id: MemberId
    key_id: FaceKeyId
    key: bytes | None = field(repr=False)
    consent: bytes = field(repr=False)
    models: bytes = field(repr=False)
    sealed: bytes = field(repr=False)

    def open(self) -> tuple[FaceConsent, FaceTemplate] | None:
        if self.key is None:
            return None
        template = unseal(self.sealed, _models.decode(self.models), self.member_id, self.key_id, self.key)
        return None if template is None else (_consents.decode(self.consent), template)


class SqlFaces(Finishing):
    """kiosk.services.ports.Faces and kiosk.sync.ports.Faces. `dropped`: keys to be destroyed when the
    transaction has been committed; one that was made for a transaction that was not is found at the next start."""

    def __init__(self, connection: Connection, keys: FaceKeys) -> None:
        self._connection = connection
        self._keys = keys
        self._deleted = False
        self._forgot = False
        self.dropped: list[FaceKeyId] = []

    def enrol(self, consent: FaceConsent, template: FaceTemplate) -> None:
        self._drop(consent.member_id)
        key_id, key = self._keys.make()
        row = {
            "member_id": consent.member_id,
            "key_id": key_id,
            "consent": msgspec.json.encode(consent),
            "models": msgspec.json.encode(models_of(template)),
            "sealed": seal(template, consent.member_id, key_id, key),
        }
        self._connection.execute(_PUT, row)

    def renew(self, consent: FaceConsent) -> None:
        face = self.of(consent.member_id)
        if face is None:
            raise ConsentError("there is no face to renew the consent to")
        check_renewal(face.consent, consent)
        row = {"of_member": consent.member_id, "consent": msgspec.json.encode(consent)}
        self._connection.execute(_SET_CONSENT, row)

    def of(self, member_id: MemberId) -> EnrolledFace | None:
        row = self._connection.execute(_OF, {"of_member": member_id}).first()
        if row is None or FaceKeyId(row.key_id) not in self._keys:
            return None
        return EnrolledFace(_consents.decode(row.consent), _models.decode(row.models))

    def sealed_after(self, member_id: str, limit: int) -> tuple[Sealed, ...]:
        return self._sealed(self._connection.execute(_AFTER, {"after": member_id, "count": limit}).all())

    def consents_after(self, member_id: str, limit: int) -> tuple[FaceConsent, ...]:
        rows = self._connection.execute(_AFTER, {"after": member_id, "count": limit}).all()
        return tuple(_consents.decode(row.consent) for row in rows)

    def forget(self, deletion: FaceDeletion) -> EnrolledFace | None:
        face = self.of(deletion.member_id)
        self.destroy(deletion.member_id)
        self._put_deletion(deletion.member_id, deletion.id, is_own=True)
        self._deleted = True
        return face

    def destroy(self, member_id: MemberId) -> None:
        """The box goes too: in it a letter could still be opened that brought the face here, kept by whoever copied
        central's database meanwhile."""
        self._drop(member_id)
        self._forgot = True

    def newest_deletion(self, member_id: MemberId) -> FaceDeletionId | None:
        row = self._connection.execute(_DELETION, {"of_member": member_id}).first()
        return None if row is None else FaceDeletionId(row.deletion_id)

    def deletion_on_the_way(self, member_id: MemberId) -> bool:
        row = self._connection.execute(_DELETION, {"of_member": member_id}).first()
        if row is None or not row.is_own:
            return False
        return row.told_id is None or row.told_id > self._connection.execute(_ACKNOWLEDGED).scalar_one()

    # --- for sync ---

    def hear(self, member_id: MemberId, newest: FaceDeletionId) -> FaceConsentId | None:
        """Central's newest deletion of that member's face: what was enrolled without knowing of it goes; returns under
        which consent. While central does not have one that was made here, that one stays the newest."""
        if self.deletion_on_the_way(member_id):
            return None
        self._put_deletion(member_id, newest, is_own=False)
        row = self._connection.execute(_OF, {"of_member": member_id}).first()
        if row is None:
            return None
        consent = _consents.decode(row.consent)
        if not consent.is_void(newest):
            return None
        self.destroy(member_id)
        return consent.id

    def box(self) -> tuple[FaceKeyId, bytes]:
        """The key pair that letters with copies are sealed to: its id, and its private half (X25519, raw). Made when
        there is none. Raises StorageFailed."""
        row = self._connection.execute(_BOX).first()
        if row is not None:
            key_id = FaceKeyId(row.key_id)
            key = self._keys.get([key_id]).get(key_id)
            if key is not None:
                return key_id, key
        self._connection.execute(_DROP_BOX)
        key_id, key = self._keys.make()
        self._connection.execute(_PUT_BOX, {"id": 1, "key_id": key_id})
        return key_id, key

    def sealed(self, member_id: MemberId) -> Sealed | None:
        row = self._connection.execute(_OF, {"of_member": member_id}).first()
        return None if row is None else self._sealed([row])[0]

    def take_copy(self, consent: FaceConsent, template: FaceTemplate) -> CopyRefusal | None:
        """Keep it under a key of this terminal's own, unless it is refused; what is here already stays."""
        held = self.of(consent.member_id)
        refusal = refusal_of(consent, None if held is None else held.consent, self.newest_deletion(consent.member_id))
        if refusal is None and (held is None or held.consent.id != consent.id):
            self.enrol(consent, template)
        return refusal

    # --- for the store ---

    def keep_members(self) -> None:
        """Members have gone: so do their faces."""
        for member_id in self._connection.execute(_STRANGERS).scalars():
            self.destroy(MemberId(member_id))

    def settle(self) -> None:
        """At a start: keys without a face are destroyed (a crash came between the commit and that, or before the
        commit), and faces without a key go (an old copy was put back)."""
        needed = {FaceKeyId(row.key_id) for row in self._connection.execute(_KEYS)}
        for key_id in needed - self._keys.ids():
            self._connection.execute(_DROP_KEY, {"of_key": key_id})
        box = self._connection.execute(_BOX).scalars()
        self._keys.keep_only(needed.union(map(FaceKeyId, box)))

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of a deletion by the event written beside it."""
        if self._forgot:
            self.dropped += map(FaceKeyId, self._connection.execute(_BOX).scalars())
            self._connection.execute(_DROP_BOX)
        if self._deleted and outbox_id is not None:
            self._connection.execute(_TOLD, {"outbox_id": outbox_id})

    def destroy_dropped(self) -> None:
        """When the transaction has been committed. Raises StorageFailed."""
        if self.dropped:
            self._keys.destroy(self.dropped)

    def _sealed(self, rows: Sequence[Any]) -> tuple[Sealed, ...]:
        keys = self._keys.get(FaceKeyId(row.key_id) for row in rows)
        return tuple(
            Sealed(
                MemberId(row.member_id),
                FaceKeyId(row.key_id),
                keys.get(row.key_id),
                row.consent,
                row.models,
                row.sealed,
            )
            for row in rows
        )

    def _drop(self, member_id: MemberId) -> None:
        row = self._connection.execute(_OF, {"of_member": member_id}).first()
        if row is not None:
            self._connection.execute(_DROP, {"of_member": member_id})
            self.dropped.append(FaceKeyId(row.key_id))

    def _put_deletion(self, member_id: MemberId, deletion_id: FaceDeletionId, *, is_own: bool) -> None:
        row = {"member_id": member_id, "deletion_id": deletion_id, "is_own": is_own, "told_id": None}
        self._connection.execute(_PUT_DELETION, row)
