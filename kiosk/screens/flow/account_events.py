"""What is touched and answered on the screens of My account and of enrolling a face, and what they want done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiosk.domain.face_consent import FaceConsent
from kiosk.domain.ids import MemberId
from kiosk.screens.flow.account_state import StaffPresent
from kiosk.services.accounts import AccountSeen
from kiosk.services.consent_text import ConsentText, Yes
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused
from kiosk.services.forget_face import FaceForgotten
from kiosk.services.posing import PosesTaken
from kiosk.services.staff_acts import NotKnown

# --- touches ---


@dataclass(frozen=True, slots=True)
class AccountOpened:
    pass


@dataclass(frozen=True, slots=True)
class ForgetFaceTouched:
    """Delete my face: first it is asked whether that is meant."""


@dataclass(frozen=True, slots=True)
class ForgetFaceAnswered:
    is_meant: bool


@dataclass(frozen=True, slots=True)
class EnrolFaceTouched:
    """Also to try again after a failure."""


@dataclass(frozen=True, slots=True)
class RenewFaceTouched:
    pass


@dataclass(frozen=True, slots=True)
class AgeAnswered:
    under_14: bool


@dataclass(frozen=True, slots=True)
class SharingTouched:
    """The tick "also at the other terminals" is put there, or taken away."""


@dataclass(frozen=True, slots=True)
class ConsentAnswered:
    agrees: bool


@dataclass(frozen=True, slots=True)
class TryFaceTouched:
    """The face was enrolled: is it known?"""


@dataclass(frozen=True, slots=True)
class FaceResultRead:
    """How it ended was read: back to the account, or, where staff began it, to the next customer."""


@dataclass(frozen=True, slots=True)
class StaffEnrolmentBegun:
    """Staff enrol the face of the member of a card; not a touch of the customer's."""

    by_staff: StaffPresent


# --- answers ---


@dataclass(frozen=True, slots=True)
class AccountLoaded:
    """`seen` None: it could not be looked up."""

    session_id: int
    seen: AccountSeen | None


@dataclass(frozen=True, slots=True)
class FaceForgettingFinished:
    session_id: int
    outcome: FaceForgotten | NotKnown


@dataclass(frozen=True, slots=True)
class ConsentTextRead:
    """None: it is missing."""

    session_id: int
    text: ConsentText | None


@dataclass(frozen=True, slots=True)
class ConsentTaken:
    """None: the disk does not answer."""

    session_id: int
    consent: FaceConsent | FaceRefused | None


@dataclass(frozen=True, slots=True)
class EnrolmentFinished:
    session_id: int
    outcome: FaceEnrolled | FaceRefused | NotKnown


AccountEvent = (
    AccountOpened | ForgetFaceTouched | ForgetFaceAnswered | EnrolFaceTouched | RenewFaceTouched
    | AgeAnswered | SharingTouched | ConsentAnswered | TryFaceTouched | FaceResultRead | StaffEnrolmentBegun
    | AccountLoaded | FaceForgettingFinished | ConsentTextRead | ConsentTaken | EnrolmentFinished
)  # fmt: skip


# --- effects ---


@dataclass(frozen=True, slots=True)
class LoadAccount:
    session_id: int
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class ForgetFace:
    """`act_id`: of the attempt before, which may or may not have been done."""

    session_id: int
    member_id: MemberId
    act_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LoadConsentText:
    session_id: int


@dataclass(frozen=True, slots=True)
class TakeConsent:
    session_id: int
    member_id: MemberId
    yes: Yes


@dataclass(frozen=True, slots=True)
class EnrolFace:
    session_id: int
    consent: FaceConsent
    poses: PosesTaken


@dataclass(frozen=True, slots=True)
class RenewFace:
    session_id: int
    consent: FaceConsent


AccountEffect = LoadAccount | ForgetFace | LoadConsentText | TakeConsent | EnrolFace | RenewFace
