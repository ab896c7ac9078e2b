"""The section members: a face is enrolled by the terminal's own screens, for whom is shown, by who is in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_door import TellTerminal
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import members as m
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow import step
from kiosk.screens.admin_flow.members_acts import ActNotice
from kiosk.screens.admin_flow.members_state import members_of
from kiosk.screens.admin_flow.state import AdminState, SectionName
from kiosk.screens.flow.account_events import StaffEnrolmentBegun
from kiosk.screens.flow.account_state import StaffPresent
from kiosk.services.begin_enrolment import EnrolmentHindrance
from kiosk.services.events import DeviceHealth, DeviceHealthChanged, DeviceKind, DeviceState, FaceReadinessChanged
from kiosk.services.face_events import FaceReadiness
from kiosk.services.look_up_member import MemberSeen
from tests.admin_flow.test_members import CARD, SEEN, UID
from tests.admin_flow.visits import ANYBODY, MANAGER, VISIT, after, inside, someone, wanted

CAMERA = DeviceHealth("face-camera", DeviceKind.CAMERA, DeviceState.READY)
READY = FaceReadiness(is_ready=True)
ASK = ev.BeginEnrolment(VISIT, MANAGER, SEEN.member_id, UID)
BEGUN = StaffEnrolmentBegun(StaffPresent(UID, MANAGER.id, member_id=SEEN.member_id))


def shown(found: MemberSeen = SEEN, by: Staff = MANAGER) -> AdminState:
    """Where there is a camera that works."""
    state = after(inside(by, devices={"face-camera": CAMERA}, face=READY), shell.SectionChosen(SectionName.MEMBERS))
    return after(state, CARD, m.MemberLookedUp(VISIT, UID, found))


def notice(state: AdminState) -> object:
    return state.notice.about if state.notice else None


@pytest.mark.parametrize("has_face", [False, True])
def test_it_is_asked_once_and_handed_over(has_face: bool) -> None:
    state = shown(replace(SEEN, has_face=has_face))
    assert wanted(state, ev.EnrolTouched()) == (ASK,)
    asked = after(state, ev.FaceTouched())
    assert wanted(asked, ev.EnrolTouched()) == (ASK,), "from the sheet, too"
    assert after(asked, ev.EnrolTouched()) == after(state, ev.EnrolTouched())
    assert wanted(after(state, ev.DietTouched()), ev.EnrolTouched()) == (), "in the middle of something else"
    state = after(state, ev.EnrolTouched())
    assert wanted(state, ev.EnrolTouched()) == ()
    assert after(state, replace(CARD, uid="FF")) == state, "nobody else comes between"
    over, effects = step(state, shell.HandOver(VISIT, BEGUN))
    assert over is None
    left = fx.NoteLeft(VISIT, MANAGER.id, fx.LeftBy.HANDED_OVER)
    assert effects == (left, TellTerminal(VISIT, BEGUN))


def test_an_answer_after_they_have_left_begins_nothing() -> None:
    late = shell.HandOver(VISIT - 1, BEGUN)
    assert step(shown(), late) == (shown(), ())


@pytest.mark.parametrize("hindrance", EnrolmentHindrance)
def test_what_is_refused_is_said(hindrance: EnrolmentHindrance) -> None:
    state = after(shown(), ev.EnrolTouched(), ev.EnrolmentHindered(VISIT, hindrance))
    assert notice(state) == ActNotice(hindrance)
    assert members_of(state).is_free
    assert wanted(state, ev.EnrolTouched()) == (ASK,)


def test_a_failure_lets_go() -> None:
    state = after(shown(), ev.EnrolTouched(), shell.EffectFailed(VISIT, ASK, shell.Failure.STORAGE_FAILED))
    assert members_of(state).is_free


def test_only_whoever_may() -> None:
    counter = ANYBODY[Role.COUNTER]
    assert wanted(shown(by=counter), ev.EnrolTouched()) == (replace(ASK, by=counter),)
    seller = someone(Role.COUNTER, number="20")
    state = after(shown(by=seller), shell.StaffLookedUp(VISIT, replace(seller, roles=frozenset())))
    assert state.screen == "home", "whose role was taken"
    late = after(shown(by=seller), ev.EnrolTouched())
    assert step(late, shell.StaffLookedUp(VISIT, None))[0] is None, "who was removed"


def test_without_a_camera_that_works_it_is_said() -> None:
    broken = DeviceHealthChanged(replace(CAMERA, state=DeviceState.UNAVAILABLE))
    for news in (broken, FaceReadinessChanged(FaceReadiness())):
        state = after(shown(), news)
        assert wanted(state, ev.EnrolTouched()) == ()
        assert notice(after(state, ev.EnrolTouched())) == ActNotice("no_enrolling")


def test_the_card_says_that_it_is_the_member() -> None:
    for found in (replace(SEEN, card_uid=""), replace(SEEN, is_card_blocked=True)):
        assert wanted(shown(found), ev.EnrolTouched()) == ()
        assert notice(after(shown(found), ev.EnrolTouched())) == ActNotice("card_first")
