"""What the screens show of a member's account, and of a face being enrolled. Parts of State."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.domain.face import Fault
from kiosk.domain.face_consent import FaceConsent
from kiosk.domain.ids import MemberId
from kiosk.services.accounts import AccountSeen
from kiosk.services.consent_text import ConsentText
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused
from kiosk.services.forget_face import FaceForgotten
from kiosk.services.posing import Posing, PosingFailure
from kiosk.services.staff_acts import NotKnown


@dataclass(frozen=True, slots=True)
class Account:
    """My account, open. `seen` None: it is being looked up, or, with `failed`, could not be. `confirming`: they are
    asked whether their face is really to be forgotten; `forgetting`: it is being done; `was_here`: there was one at
    this terminal, it is not only about others. `forgotten`: how that ended; until central has heard of it, it is looked
    up again at `again_s`."""

    seen: AccountSeen | None = None
    failed: bool = False
    confirming: bool = False
    forgetting: bool = False
    was_here: bool = False
    forgotten: FaceForgotten | NotKnown | None = None
    again_s: float | None = None


class Unable(StrEnum):
    """Why a face cannot be enrolled here and now. guardian_needed: the member is under 14. no_text: the text of the
    consent is missing. storage: the disk does not answer."""

    GUARDIAN_NEEDED = "guardian_needed"
    NO_TEXT = "no_text"
    STORAGE = "storage"


class Tried(StrEnum):
    """Whether the face that was just enrolled was known again."""

    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"


EnrolmentEnd = FaceEnrolled | FaceRefused | NotKnown | PosingFailure | Unable | Tried


@dataclass(frozen=True, slots=True)
class StaffPresent:
    """Staff began it. `guardian`: who agrees for a member under 14; "": the member is 14 or older, or will say.
    `member_id`: whom staff were shown, and for nobody else; None: whoever's card it is."""

    card_uid: str
    staff: str
    guardian: str = ""
    member_id: MemberId | None = None


@dataclass(frozen=True, slots=True)
class Enrolling:
    """A face on its way to being enrolled, or with `renews` its consent to being renewed. `by_staff`: who began it, if
    not the member. `under_14` None: not said yet. `shares`: ticked by them, so that the site's other terminals know the
    face too. `waiting`: asked of the services, whose answer is not there yet.
    `consent`: it was given, and is kept nowhere yet. `posing`: the camera is looking, as the desk's `task`; `trying`:
    it looks whether it knows the face now, and with `fault` the picture is not good enough; `heard_s`: when it last
    told anything. `end`: how it ended; nothing was kept unless that says so."""

    member_id: MemberId
    renews: bool = False
    by_staff: StaffPresent | None = None
    under_14: bool | None = None
    text: ConsentText | None = None
    shares: bool = False
    waiting: bool = False
    consent: FaceConsent | None = None
    posing: Posing | None = None
    trying: bool = False
    fault: Fault | None = None
    task: int = 0
    heard_s: float = 0.0
    end: EnrolmentEnd | None = None

    @property
    def guardian(self) -> str:
        return self.by_staff.guardian if self.by_staff else ""

    @property
    def staff(self) -> str:
        return self.by_staff.staff if self.by_staff else ""

    def ended(self, end: EnrolmentEnd) -> Enrolling:
        return replace(self, waiting=False, consent=None, posing=None, trying=False, fault=None, end=end)
