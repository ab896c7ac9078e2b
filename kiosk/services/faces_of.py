"""Whose face may be used here and now, and what a member is told of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.clock import Clock
from kiosk.domain.face_consent import ConsentPurpose, FaceConsent
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId
from kiosk.services.ports import SealedFace, Store

_AT_ONCE = 200


class FaceState(StrEnum):
    """consent_over: it can be renewed. model_changed: made by models that are no longer in use; enrol anew. forgetting:
    deleted here, and central has not heard of it yet."""

    NONE = "none"
    USABLE = "usable"
    CONSENT_OVER = "consent_over"
    MODEL_CHANGED = "model_changed"
    FORGETTING = "forgetting"


@dataclass(frozen=True, slots=True)
class FaceStatus:
    """What My account shows. `consent` where a face is enrolled here."""

    state: FaceState
    consent: FaceConsent | None = None


class FacesHere:
    """`models`: the versions of those in use, by name."""

    def __init__(self, store: Store, clock: Clock, models: Mapping[str, str]) -> None:
        self._store = store
        self._clock = clock
        self._models = models

    def of(self, member_id: MemberId) -> FaceStatus:
        """Raises StorageFailed."""
        with self._store.transaction() as tx:
            face, forgetting = tx.faces.of(member_id), tx.faces.deletion_on_the_way(member_id)
        if face is None:
            return FaceStatus(FaceState.FORGETTING if forgetting else FaceState.NONE)
        versions = dict(face.models)
        if any(versions.get(model) != version for model, version in self._models.items()):
            return FaceStatus(FaceState.MODEL_CHANGED, face.consent)
        holds = face.consent.holds_at(self._clock.now())
        return FaceStatus(FaceState.USABLE if holds else FaceState.CONSENT_OVER, face.consent)

    def usable(self, purpose: ConsentPurpose) -> dict[MemberId, FaceTemplate]:
        """What the engine may compare with: consented to for that, now, and made by the models in use. Ask again after
        FacesChanged and each day, as consents end. Raises StorageFailed."""
        now, found = self._clock.now(), {}
        for face in self._sealed():
            opened = face.open()
            if opened is None:
                continue
            consent, template = opened
            if consent.allows(purpose, now) and template.fits(self._models):
                found[face.member_id] = template
        return found

    def template_of(self, member_id: MemberId) -> FaceTemplate | None:
        """Whether its consent holds or has ended, when it was made by the models in use; None: there is none. Raises
        StorageFailed."""
        for face in self._sealed():
            if face.member_id == member_id:
                opened = face.open()
                return opened[1] if opened is not None and opened[1].fits(self._models) else None
        return None

    def _sealed(self) -> Iterator[SealedFace]:
        """A handful a transaction: sales go on between them."""
        after = ""
        while True:
            with self._store.transaction() as tx:
                faces = tx.faces.sealed_after(after, _AT_ONCE)
            yield from faces
            if len(faces) == 0:
                return
            after = faces[-1].member_id
