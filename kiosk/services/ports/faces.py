"""What the services of faces need of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.face_consent import FaceConsent, FaceDeletion
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import FaceDeletionId, MemberId


@dataclass(frozen=True, slots=True)
class EnrolledFace:
    """That a face is enrolled here. `models`: name and version of each that made its template."""

    consent: FaceConsent
    models: tuple[tuple[str, str], ...]


class SealedFace(Protocol):
    """As it is stored, with its key: opened when the transaction is over, as that takes longer than a sale may wait."""

    @property
    def member_id(self) -> MemberId: ...

    def open(self) -> tuple[FaceConsent, FaceTemplate] | None:
        """None for what cannot be opened: its key is gone, or somebody has changed it."""
        ...


class Faces(Protocol):
    """The faces enrolled at this terminal, one a member. Each template has a key of its own outside the database; the
    key of a face that goes is destroyed when the transaction has been committed and before it returns, or else at the
    next start. Keys that cannot be written or destroyed raise StorageFailed."""

    def enrol(self, consent: FaceConsent, template: FaceTemplate) -> None:
        """In the place of the one that the member had."""
        ...

    def renew(self, consent: FaceConsent) -> None:
        """The member's face stays, with that consent. Raises ConsentError where it is no renewal, or there is none."""
        ...

    def of(self, member_id: MemberId) -> EnrolledFace | None: ...

    def sealed_after(self, member_id: str, limit: int) -> Sequence[SealedFace]:
        """The next ones in the order of the members' ids; "" for the first."""
        ...

    def forget(self, deletion: FaceDeletion) -> EnrolledFace | None:
        """The member's face goes, and the deletion is kept as known here; returns what was enrolled."""
        ...

    def consents_after(self, member_id: str, limit: int) -> Sequence[FaceConsent]:
        """Of the next faces in the order of the members' ids, usable or not; "" for the first."""
        ...

    def destroy(self, member_id: MemberId) -> None:
        """The member's face goes here alone; no deletion is made of it."""
        ...

    def newest_deletion(self, member_id: MemberId) -> FaceDeletionId | None:
        """That is known here: what a consent comes after."""
        ...

    def deletion_on_the_way(self, member_id: MemberId) -> bool:
        """Whether a deletion was made here that central has not acknowledged."""
        ...
