"""A member's consent to be recognised by face: to which text, by whom, what for, until when; and its end.

Which deletion of the member's face a consent came after is part of it, so that what was forgotten stays so whatever the
clocks of the terminals say and however late one of them is heard of: a consent that was given without knowing of the
newest deletion is void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import FaceConsentId, FaceDeletionId, MemberId
from kiosk.domain.refund import MAX_STAFF_CHARS
from kiosk.domain.text import check_text

GUARDIAN_NEEDED_UNDER_YEARS = 14
"""Of the member (China: Personal Information Protection Law, article 31)."""

MAX_TERM = timedelta(days=400)
"""A school year and the summer behind it: a consent is asked for again each year."""

MAX_VERSION_CHARS = 20
MAX_LANGUAGE_CHARS = 10
MAX_GUARDIAN_CHARS = 60
MAX_NUMBER = 1_000_000

# Terminals' clocks differ by so much at most, or one of them is wrong and the face waits until it is right.
_CLOCKS_DIFFER = timedelta(days=1)


class ConsentError(DomainError):
    """That is no consent to anything."""


class ConsentPurpose(StrEnum):
    """What a face may be used for."""

    ORDERING = "ordering"  # to be recognised on the attract screen, with diet and usual
    PAYING = "paying"
    SHARING = "sharing"  # the others at every terminal of the site, which keeps a copy; alone it is for nothing


USES = (ConsentPurpose.ORDERING, ConsentPurpose.PAYING)
"""What a face is compared for."""


class ConsentGiver(StrEnum):
    MEMBER = "member"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class FaceConsent:
    """`text_version` of the consent text in `language`. `under_14` as it was declared when the consent was given: then
    a guardian gives it, whose name is kept, else the member. `after`: the newest deletion of the member's face that was
    known where it was given. From `given_at` the face may be used for `purposes`, from `until` it may not. `number`:
    one more than that of the member's consent which was known there: without a clock it tells the newer of two."""

    id: FaceConsentId
    member_id: MemberId
    text_version: str
    language: str
    purposes: tuple[ConsentPurpose, ...]
    under_14: bool
    given_by: ConsentGiver
    given_at: datetime
    until: datetime
    guardian: str = ""
    staff: str = ""
    after: FaceDeletionId | None = None
    number: int = 1

    def __post_init__(self) -> None:
        """Raises ConsentError, or TextError."""
        check_text(self.text_version, MAX_VERSION_CHARS, "the version of the text")
        check_text(self.language, MAX_LANGUAGE_CHARS, "the text's language")
        if self.staff:
            check_text(self.staff, MAX_STAFF_CHARS, "who was there of the staff")
        if set(self.purposes).isdisjoint(USES) or len(set(self.purposes)) != len(self.purposes):
            raise ConsentError("a consent is for something, each thing named once")
        if not 1 <= self.number <= MAX_NUMBER:
            raise ConsentError("the consent's number is out of bounds")
        if self.given_at.utcoffset() is None or self.until.utcoffset() is None:
            raise ConsentError("a consent's moments have a time zone")
        if not timedelta(0) < self.until - self.given_at <= MAX_TERM:
            raise ConsentError(f"a consent ends, at most {MAX_TERM.days} days after it was given")
        self._check_giver()

    def _check_giver(self) -> None:
        if self.under_14 != (self.given_by is ConsentGiver.GUARDIAN):
            raise ConsentError("under 14 a guardian consents, from 14 on the member")
        if self.given_by is ConsentGiver.GUARDIAN:
            check_text(self.guardian, MAX_GUARDIAN_CHARS, "the guardian's name")
        elif self.guardian:
            raise ConsentError("a guardian is named who gave no consent")

    def holds_at(self, now: datetime) -> bool:
        """Whether the face may be used. A clock before the consent is wrong: it may not, lest a clock set back bring
        an ended consent to life."""
        return self.given_at - _CLOCKS_DIFFER <= now < self.until

    def allows(self, purpose: ConsentPurpose, now: datetime) -> bool:
        return purpose in self.purposes and self.holds_at(now)

    @property
    def is_shared(self) -> bool:
        return ConsentPurpose.SHARING in self.purposes

    def is_newer_than(self, other: FaceConsent) -> bool:
        """Of two of one member after the same deletion. Given at two terminals that did not know of each other, both
        have one number: then the ids decide, the same everywhere."""
        return (self.number, self.id) > (other.number, other.id)

    def is_void(self, newest_deletion: FaceDeletionId | None) -> bool:
        """Whether it was given without knowledge of the newest deletion of that member's face."""
        return newest_deletion is not None and self.after != newest_deletion


def check_successor(old: FaceConsent, new: FaceConsent) -> None:
    """Raises ConsentError where `new` would leave copies at other terminals without a consent: what was shared is taken
    back by a deletion, which reaches them."""
    if old.is_shared and not new.is_shared:
        raise ConsentError("sharing is taken back by deleting the face")


def check_renewal(old: FaceConsent, new: FaceConsent) -> None:
    """The face stays, with another consent. Raises ConsentError unless `new` is of the same member and ends later, and
    both came after the same deletion."""
    check_successor(old, new)
    if new.member_id != old.member_id or new.id == old.id:
        raise ConsentError("a renewal is another consent of the same member")
    if new.until <= old.until:
        raise ConsentError("a renewal ends later than what it renews")
    if new.after != old.after:
        raise ConsentError("between the two the face was deleted")


@dataclass(frozen=True, slots=True)
class FaceDeletion:
    """The face of that member is to be forgotten everywhere. `staff`: who did it for them; "": they themselves."""

    id: FaceDeletionId
    member_id: MemberId
    made_at: datetime
    staff: str = ""

    def __post_init__(self) -> None:
        """Raises ConsentError, or TextError."""
        if self.staff:
            check_text(self.staff, MAX_STAFF_CHARS, "who deletes it")
        if self.made_at.utcoffset() is None:
            raise ConsentError("a deletion's moment has a time zone")
