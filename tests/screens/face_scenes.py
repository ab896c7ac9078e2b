"""States of a member's account and of a face that is enrolled, for the tests of the screens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import cv2
import numpy as np

from kiosk.domain.face import Fault
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent, FaceDeletion
from kiosk.domain.ids import FaceConsentId, FaceDeletionId
from kiosk.screens.consent_files import read_consent_text
from kiosk.screens.flow.account_state import Account, Enrolling, EnrolmentEnd, StaffPresent
from kiosk.screens.flow.face_state import FacePolicy
from kiosk.screens.flow.state import ScreenName, State
from kiosk.services.accounts import AccountSeen
from kiosk.services.consent_text import PURPOSES
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceState, LinkState
from kiosk.services.face_events import FaceReadiness
from kiosk.services.face_ports import PreviewPicture
from kiosk.services.faces_of import FaceState, FaceStatus
from kiosk.services.forget_face import FaceForgotten
from kiosk.services.posing import Posing
from kiosk.services.staff_acts import NotKnown
from tests.face import pictures
from tests.screens import scenes

CONSENT = FaceConsent(
    FaceConsentId(UUID(int=1)),
    scenes.MEMBER.id,
    "face-1",
    "zh",
    PURPOSES,
    under_14=False,
    given_by=ConsentGiver.MEMBER,
    given_at=scenes.MOMENT,
    until=scenes.MOMENT + timedelta(days=365),
)
SHARED_CONSENT = replace(CONSENT, purposes=(*PURPOSES, ConsentPurpose.SHARING))
NOBODYS = AccountSeen(FaceStatus(FaceState.NONE))
TEXT = read_consent_text()
FORGOTTEN = FaceForgotten(FaceDeletion(FaceDeletionId(UUID(int=2)), scenes.MEMBER.id, scenes.MOMENT), on_the_way=True)
STAFF = StaffPresent(scenes.CARD, "李雷", "王芳")


def drawn_face() -> PreviewPicture:
    """What the camera sees: nobody's."""
    rgb = cv2.cvtColor(pictures.face(), cv2.COLOR_BGR2RGB)
    return PreviewPicture(np.asarray(rgb).tobytes(), 640, 480)


def at_account(seen: AccountSeen, *, camera: bool = True) -> State:
    base = scenes.with_member(scenes.state(ScreenName.ACCOUNT))
    devices = {**base.devices, "face": DeviceHealth("face", DeviceKind.CAMERA, DeviceState.READY)}
    return replace(base, account=Account(seen), devices=devices, face=FaceReadiness(is_ready=camera))


def forgotten(outcome: FaceForgotten | NotKnown, *, link: LinkState = LinkState.ONLINE, was_here: bool = True) -> State:
    account = Account(NOBODYS, forgotten=outcome, was_here=was_here)
    return replace(at_account(NOBODYS), screen=ScreenName.FACE_RESULT, account=account, link=link)


def enrolling(screen: ScreenName, at: Enrolling) -> State:
    return replace(at_account(NOBODYS), screen=screen, enrolling=at)


def reading(*, staff: StaffPresent | None = None) -> State:
    """Before yes and no."""
    return enrolling(
        ScreenName.FACE_CONSENT, Enrolling(scenes.MEMBER.id, by_staff=staff, under_14=staff is not None, text=TEXT)
    )


def asked_to_share(*, staff: StaffPresent | None = None, ticked: bool = False, agreed: bool = False) -> State:
    """The same at a terminal that shares faces. `agreed`: their face is shared already."""
    state = reading(staff=staff)
    assert state.enrolling is not None
    account = Account(AccountSeen(FaceStatus(FaceState.USABLE, SHARED_CONSENT)) if agreed else NOBODYS)
    policy, at = FacePolicy(shares=True), replace(state.enrolling, shares=ticked, renews=agreed)
    return replace(state, face_policy=policy, enrolling=at, account=account)


def posing(step: Posing) -> State:
    at = Enrolling(scenes.MEMBER.id, under_14=False, text=TEXT, consent=CONSENT, posing=step, heard_s=1000.0)
    return _watched(enrolling(ScreenName.FACE_POSES, at))


def trying(fault: Fault | None) -> State:
    """Whether the face is known now."""
    at = Enrolling(scenes.MEMBER.id, trying=True, fault=fault, heard_s=1000.0)
    return _watched(enrolling(ScreenName.FACE_POSES, at))


def _watched(state: State) -> State:
    return replace(state, cameras_on=frozenset({"face"}))


def ended(end: EnrolmentEnd, *, renews: bool = False, known: bool = True) -> State:
    """`known`: the engine has heard of the face."""
    purposes = frozenset(PURPOSES if known else ())
    state = enrolling(ScreenName.FACE_RESULT, Enrolling(scenes.MEMBER.id, renews=renews, end=end))
    return replace(state, face=FaceReadiness(is_ready=True, purposes=purposes))
