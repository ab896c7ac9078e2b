"""Enrolling a face: first the consent, then the poses; renewing the consent when it ends.

What is refused leaves nothing behind. The pictures never come here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.face_consent import (
    ConsentError,
    ConsentGiver,
    ConsentPurpose,
    FaceConsent,
    check_renewal,
    check_successor,
)
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import FaceConsentId, MemberId, uuid7
from kiosk.domain.text import TextError
from kiosk.services.audit import Audit
from kiosk.services.events import EventSink, FacesChanged
from kiosk.services.ports import EnrolledFace, EventEncoder, OutboxSignal, StorageFailed, Store, Transaction
from kiosk.services.staff_acts import NotKnown


class FaceRefusedReason(StrEnum):
    """consent_incomplete: a guardian is needed, or nobody's, or it never ends, or it would take back sharing (which
    takes a deletion). consent_over: it has ended, or the face was deleted since it was given. deletion_on_the_way:
    central has not yet heard that the face is to be forgotten. models_missing: not all models in use have seen the
    face. another_since: while the consent was over somebody was enrolled whom the engine takes it for."""

    CONSENT_INCOMPLETE = "consent_incomplete"
    CONSENT_OVER = "consent_over"
    DELETION_ON_THE_WAY = "deletion_on_the_way"
    MEMBER_UNKNOWN = "member_unknown"
    TOO_FEW_POSES = "too_few_poses"
    TOO_MANY_POSES = "too_many_poses"
    MODELS_MISSING = "models_missing"
    LOOKS_LIKE_ANOTHER = "looks_like_another"
    ANOTHER_SINCE = "another_since"
    NOT_ENROLLED = "not_enrolled"


@dataclass(frozen=True, slots=True)
class FaceRefused:
    """Nothing was kept."""

    reason: FaceRefusedReason


@dataclass(frozen=True, slots=True)
class FaceEnrolled:
    """Durable here: the face can be used."""

    consent: FaceConsent


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """What was said yes to on the screen: see FaceConsent."""

    text_version: str
    language: str
    purposes: tuple[ConsentPurpose, ...]
    under_14: bool
    given_by: ConsentGiver
    until: datetime
    guardian: str = ""
    staff: str = ""


@dataclass(frozen=True, slots=True)
class EnrolmentRules:
    """How many poses make a template, and the versions of the models in use, by name."""

    models: Mapping[str, str]
    fewest_poses: int = 3
    most_poses: int = 5


class LookAlikes(Protocol):
    """kiosk.face.look_alikes.LookAlikes."""

    def of(self, member_id: MemberId) -> Collection[MemberId]:
        """Whom else, of those whose faces may be used, the member's face here is taken for. Raises StorageFailed."""
        ...


class FaceEnrolment:
    """`look_alikes`: None where nobody is recognised. Its calls block (disk) and are made one at a time."""

    def __init__(
        self,
        store: Store,
        encoder: EventEncoder,
        outbox_signal: OutboxSignal,
        events: EventSink,
        clock: Clock,
        rules: EnrolmentRules,
        look_alikes: LookAlikes | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._outbox_signal = outbox_signal
        self._events = events
        self._clock = clock
        self._rules = rules
        self._look_alikes = look_alikes
        self._audit = Audit(clock)

    def take_consent(self, member_id: MemberId, form: ConsentForm) -> FaceConsent | FaceRefused:
        """The member's consent, given now, for `enrol` or `renew`; it is kept only by those. Raises StorageFailed."""
        now = self._clock.now()
        consent_id = FaceConsentId(uuid7(int(now.timestamp() * 1000)))
        with self._store.transaction() as tx:
            if tx.members.get(member_id) is None:
                return FaceRefused(FaceRefusedReason.MEMBER_UNKNOWN)
            if tx.faces.deletion_on_the_way(member_id):
                return FaceRefused(FaceRefusedReason.DELETION_ON_THE_WAY)
            after, had = tx.faces.newest_deletion(member_id), tx.faces.of(member_id)
        number = 1 if had is None or had.consent.after != after else had.consent.number + 1
        try:
            return FaceConsent(
                consent_id,
                member_id,
                form.text_version,
                form.language,
                form.purposes,
                form.under_14,
                form.given_by,
                now,
                form.until,
                form.guardian,
                form.staff,
                after,
                number,
            )
        except (ConsentError, TextError):
            return FaceRefused(FaceRefusedReason.CONSENT_INCOMPLETE)

    def enrol(
        self, consent: FaceConsent, template: FaceTemplate, too_near: Collection[MemberId]
    ) -> FaceEnrolled | FaceRefused | NotKnown:
        """Keep the member's face, in the place of an earlier one. `too_near`: whom else the engine takes it for. Asked
        for again with the same consent it is done once."""
        refused = self._refused_template(consent, template, too_near)
        if refused is not None:
            return FaceRefused(refused)
        return self._act(consent, Act.FACE_ENROLLED, template)

    def renew(self, consent: FaceConsent) -> FaceEnrolled | FaceRefused | NotKnown:
        """The face stays, under that consent."""
        try:
            alike = self._look_alikes.of(consent.member_id) if self._look_alikes is not None else ()
        except StorageFailed:
            return NotKnown(consent.id)
        if any(member_id != consent.member_id for member_id in alike):
            return FaceRefused(FaceRefusedReason.ANOTHER_SINCE)
        return self._act(consent, Act.FACE_RENEWED, None)

    def _refused_template(
        self, consent: FaceConsent, template: FaceTemplate, too_near: Collection[MemberId]
    ) -> FaceRefusedReason | None:
        if template.poses < self._rules.fewest_poses:
            return FaceRefusedReason.TOO_FEW_POSES
        if template.poses > self._rules.most_poses:
            return FaceRefusedReason.TOO_MANY_POSES
        if not template.fits(self._rules.models):
            return FaceRefusedReason.MODELS_MISSING
        if any(member_id != consent.member_id for member_id in too_near):
            return FaceRefusedReason.LOOKS_LIKE_ANOTHER
        return None

    def _act(
        self, consent: FaceConsent, act: Act, template: FaceTemplate | None
    ) -> FaceEnrolled | FaceRefused | NotKnown:
        try:
            with self._store.transaction() as tx:
                had = tx.faces.of(consent.member_id)
                if had is not None and had.consent.id == consent.id:
                    return FaceEnrolled(had.consent)
                refused = self._refused_now(tx, consent, had, renews=template is None)
                if refused is not None:
                    return FaceRefused(refused)
                if template is None:
                    tx.faces.renew(consent)
                else:
                    tx.faces.enrol(consent, template)
                tx.outbox.add(self._encoder.face_consent(consent))
                actor = "staff" if consent.staff else "member"
                self._audit.record(tx, actor, act, consent.member_id, consent=consent.id, given_by=consent.given_by)
        except StorageFailed:
            return NotKnown(consent.id)
        self._outbox_signal.wake()
        self._events.publish(FacesChanged())
        return FaceEnrolled(consent)

    def _refused_now(
        self, tx: Transaction, consent: FaceConsent, had: EnrolledFace | None, *, renews: bool
    ) -> FaceRefusedReason | None:
        """What may have changed since the consent was given."""
        if tx.members.get(consent.member_id) is None:
            return FaceRefusedReason.MEMBER_UNKNOWN
        if tx.faces.deletion_on_the_way(consent.member_id):
            return FaceRefusedReason.DELETION_ON_THE_WAY
        if consent.is_void(tx.faces.newest_deletion(consent.member_id)) or not consent.holds_at(self._clock.now()):
            return FaceRefusedReason.CONSENT_OVER
        if renews and had is None:
            return FaceRefusedReason.NOT_ENROLLED
        if had is None:
            return None
        try:
            (check_renewal if renews else check_successor)(had.consent, consent)
        except ConsentError:
            return FaceRefusedReason.CONSENT_INCOMPLETE
        return None
