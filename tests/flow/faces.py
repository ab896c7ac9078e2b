"""A member at their account, for the tests of the flow: what the services would answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent, FaceDeletion
from kiosk.domain.face_template import FaceTemplate, ModelVectors
from kiosk.domain.ids import FaceConsentId, FaceDeletionId
from kiosk.screens.flow import account_events as acc
from kiosk.services.accounts import AccountSeen
from kiosk.services.consent_text import PURPOSES, ConsentPage, ConsentText
from kiosk.services.enrol_face import FaceEnrolled
from kiosk.services.events import (
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    FaceReadinessChanged,
)
from kiosk.services.face_events import FaceReadiness
from kiosk.services.faces_of import FaceState, FaceStatus
from kiosk.services.forget_face import FaceForgotten
from kiosk.services.posing import PosesTaken, Posing, PosingChanged
from tests.flow.canteen import MEMBER, MOMENT, Visitor

CONSENT = FaceConsent(
    FaceConsentId(UUID(int=11)),
    MEMBER.id,
    "face-1",
    "zh",
    PURPOSES,
    under_14=False,
    given_by=ConsentGiver.MEMBER,
    given_at=MOMENT,
    until=MOMENT + timedelta(days=365),
)
OF_A_CHILD = replace(CONSENT, under_14=True, given_by=ConsentGiver.GUARDIAN, guardian="王芳", staff="李雷")
TEXT = ConsentText("face-1", (("zh", ConsentPage("同意书", "一、\n二。")), ("en", ConsentPage("Consent", "1.\n2."))))
NOT_ENROLLED = AccountSeen(FaceStatus(FaceState.NONE))
ENROLLED = AccountSeen(FaceStatus(FaceState.USABLE, CONSENT))
SHARED_CONSENT = replace(CONSENT, purposes=(*PURPOSES, ConsentPurpose.SHARING))
SHARED = AccountSeen(FaceStatus(FaceState.USABLE, SHARED_CONSENT))
POSES = PosesTaken(FaceTemplate((ModelVectors("sface", "1", (b"1234",) * 5),)), frozenset())
DELETION = FaceDeletion(FaceDeletionId(UUID(int=12)), MEMBER.id, MOMENT)
FORGOTTEN = FaceForgotten(DELETION, on_the_way=True)


class AtAccount(Visitor):
    """A member who has tapped the card, at a terminal with a camera. `answers` what the flow asked for last."""

    def __init__(self, seen: AccountSeen = NOT_ENROLLED) -> None:
        super().__init__()
        camera = DeviceHealth("face-camera", DeviceKind.CAMERA, DeviceState.READY)
        self.happens(DeviceHealthChanged(camera), FaceReadinessChanged(FaceReadiness(is_ready=True)))
        self.is_identified()
        self.touch(acc.AccountOpened())
        self.looked_up(seen)

    def asked(self, kind: type[object]) -> object:
        """The one effect of that kind since the last look; fails unless there is exactly one."""
        (effect,) = [effect for effect in self.effects if isinstance(effect, kind)]
        self.effects.remove(effect)
        return effect

    def looked_up(self, seen: AccountSeen | None) -> None:
        asked = self.asked(acc.LoadAccount)
        assert isinstance(asked, acc.LoadAccount)
        self.happens(acc.AccountLoaded(asked.session_id, seen))

    def shares_faces(self) -> None:
        """With the site's other terminals."""
        self.state = replace(self.state, face_policy=replace(self.state.face_policy, shares=True))

    def reads_consent(self) -> None:
        """Fourteen or older, up to the yes or no."""
        self.touch(acc.EnrolFaceTouched())
        self.text_comes()
        self.touch(acc.AgeAnswered(under_14=False))

    def text_comes(self, text: ConsentText | None = TEXT) -> None:
        asked = self.asked(acc.LoadConsentText)
        assert isinstance(asked, acc.LoadConsentText)
        self.happens(acc.ConsentTextRead(asked.session_id, text))

    def agrees(self, consent: FaceConsent = CONSENT) -> acc.TakeConsent:
        self.touch(acc.ConsentAnswered(agrees=True))
        asked = self.asked(acc.TakeConsent)
        assert isinstance(asked, acc.TakeConsent)
        self.happens(acc.ConsentTaken(asked.session_id, consent))
        return asked

    def is_seen(self, step: Posing) -> None:
        self.happens(PosingChanged(self.task, step))

    def poses(self) -> None:
        for number, pose in enumerate(EnrolmentPose):
            self.is_seen(Posing(pose, number))
        self.is_seen(Posing(None, 5))
        self.happens(PosingChanged(self.task, POSES))

    @property
    def task(self) -> int:
        assert self.state.enrolling is not None
        return self.state.enrolling.task

    def is_kept(self) -> acc.EnrolFace:
        asked = self.asked(acc.EnrolFace)
        assert isinstance(asked, acc.EnrolFace)
        self.happens(acc.EnrolmentFinished(asked.session_id, FaceEnrolled(asked.consent)))
        return asked


def asked(visitor: Visitor, kind: type[object]) -> list[object]:
    return [effect for effect in visitor.effects if isinstance(effect, kind)]


def at_poses() -> AtAccount:
    visitor = AtAccount()
    visitor.reads_consent()
    visitor.agrees()
    return visitor
