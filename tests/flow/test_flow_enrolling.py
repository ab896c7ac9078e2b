"""Enrolling a face: consent first, a guardian's under 14, and nothing left behind by whoever stops on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Agreed, Doubtful, Fault, Unknown
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.account_state import StaffPresent, Tried, Unable
from kiosk.screens.flow.enrolling import SILENT_S
from kiosk.screens.flow.state import ScreenName, Session
from kiosk.services.consent_text import PURPOSES, Yes
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.events import (
    CardPresented,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    FaceJudged,
    FaceReadinessChanged,
    FaceSeen,
    LookEnded,
    StorageStopped,
)
from kiosk.services.face_events import FaceReadiness, LookEnd
from kiosk.services.identify import CardNotKnown
from kiosk.services.posing import Posing, PosingChanged, PosingFailure
from tests.flow.canteen import CARD, MEMBER, OTHER_CARD, OTHER_MEMBER, Visitor
from tests.flow.faces import CONSENT, ENROLLED, OF_A_CHILD, POSES, AtAccount

STAFF = StaffPresent(CARD, "李雷")
GUARDED = StaffPresent(CARD, "李雷", "王芳")


def asked(visitor: Visitor, kind: type[object]) -> list[object]:
    return [effect for effect in visitor.effects if isinstance(effect, kind)]


def at_poses() -> AtAccount:
    visitor = AtAccount()
    visitor.reads_consent()
    visitor.agrees()
    return visitor


def test_from_the_card_to_the_enrolled_face_in_four_touches() -> None:
    visitor = AtAccount()
    visitor.reads_consent()
    yes = visitor.agrees()
    assert yes.yes == Yes("face-1", "zh")
    assert visitor.state.screen is ScreenName.FACE_POSES
    visitor.poses()
    kept = visitor.is_kept()
    assert (kept.consent, kept.poses) == (CONSENT, POSES)
    assert visitor.state.screen is ScreenName.FACE_RESULT
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end == FaceEnrolled(CONSENT)
    assert visitor.sounds[-1] is ev.SoundKind.SUCCESS
    assert visitor.taps == 4
    visitor.touch(acc.FaceResultRead())
    assert visitor.state.screen is ScreenName.ACCOUNT
    assert visitor.state.enrolling is None


def test_without_a_yes_the_camera_is_never_asked_for() -> None:
    visitor = AtAccount()
    visitor.reads_consent()
    visitor.touch(acc.ConsentAnswered(agrees=False))
    assert visitor.state.screen is ScreenName.ACCOUNT
    assert visitor.state.enrolling is None
    assert not asked(visitor, acc.TakePoses)
    assert not asked(visitor, acc.TakeConsent)


def test_nobody_agrees_to_a_text_that_is_not_there() -> None:
    visitor = AtAccount()
    visitor.touch(acc.EnrolFaceTouched())
    visitor.touch(acc.AgeAnswered(under_14=False))
    visitor.touch(acc.ConsentAnswered(agrees=True))
    assert not asked(visitor, acc.TakeConsent)
    visitor.text_comes(None)
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end is Unable.NO_TEXT


def test_the_consent_names_the_language_it_was_read_in() -> None:
    visitor = AtAccount()
    visitor.reads_consent()
    visitor.touch(ev.LanguageChosen("en"))
    assert visitor.agrees().yes.language == "en"


def test_under_14_a_guardian_is_needed_and_the_staff() -> None:
    visitor = AtAccount()
    visitor.touch(acc.EnrolFaceTouched())
    visitor.touch(acc.AgeAnswered(under_14=True))
    assert visitor.state.screen is ScreenName.FACE_RESULT
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end is Unable.GUARDIAN_NEEDED
    visitor.text_comes()
    visitor.touch(acc.ConsentAnswered(agrees=True))
    assert not asked(visitor, acc.TakeConsent)


def test_yes_is_taken_once() -> None:
    visitor = AtAccount()
    visitor.reads_consent()
    visitor.touch(acc.ConsentAnswered(agrees=True))
    visitor.touch(acc.ConsentAnswered(agrees=True))
    assert len(asked(visitor, acc.TakeConsent)) == 1


def test_enrolling_needs_a_camera() -> None:
    visitor = AtAccount()
    visitor.happens(DeviceHealthChanged(DeviceHealth("face-camera", DeviceKind.CAMERA, DeviceState.UNAVAILABLE)))
    visitor.touch(acc.EnrolFaceTouched())
    assert visitor.state.screen is ScreenName.ACCOUNT


# --- leaving on the way ---


def waits_for_idle(visitor: Visitor) -> None:
    """The camera goes on telling, and nobody moves."""
    task = visitor.state.enrolling.task if visitor.state.enrolling else 0
    for _ in range(7):
        visitor.waits(10)
        visitor.happens(PosingChanged(task, Posing(EnrolmentPose.AHEAD, 0, PoseHint.HOLD_STILL)))


WAYS_OUT = {
    "back": lambda visitor: visitor.touch(ev.BackTouched()),
    "cancel": lambda visitor: visitor.touch(ev.CancelTouched()),
    "idle": waits_for_idle,
    "camera": lambda visitor: visitor.waits(SILENT_S + 1),
    "disk": lambda visitor: visitor.happens(StorageStopped()),
}


@pytest.mark.parametrize("way_out", WAYS_OUT.values(), ids=WAYS_OUT.keys())
def test_who_leaves_while_the_camera_looks_leaves_nothing_behind(way_out: Callable[[Visitor], None]) -> None:
    visitor = at_poses()
    task = visitor.task
    visitor.is_seen(Posing(EnrolmentPose.LEFT, 1))
    way_out(visitor)
    assert asked(visitor, acc.StopCamera) == [acc.StopCamera(task)]
    visitor.happens(PosingChanged(task, POSES))
    assert not asked(visitor, acc.EnrolFace)
    assert visitor.state.enrolling is None or visitor.state.enrolling.consent is None


def test_poses_of_an_earlier_attempt_are_not_taken_for_this_one() -> None:
    visitor = at_poses()
    earlier = visitor.task
    visitor.touch(ev.BackTouched())
    visitor.looked_up(ENROLLED)
    visitor.reads_consent()
    visitor.agrees()
    visitor.happens(PosingChanged(earlier, POSES))
    assert not asked(visitor, acc.EnrolFace)
    assert visitor.task != earlier


def test_each_pose_that_is_taken_proves_that_somebody_is_there() -> None:
    visitor = at_poses()
    for number, pose in enumerate(EnrolmentPose):
        visitor.is_seen(Posing(pose, number))
        visitor.waits(14)
        assert visitor.state.idle_left_s is None
    assert visitor.state.screen is ScreenName.FACE_POSES


def test_a_card_on_the_reader_does_not_disturb() -> None:
    visitor = at_poses()
    before = visitor.state
    visitor.happens(CardPresented("campus-card", OTHER_CARD, visitor.now_s))
    assert visitor.state.screen is before.screen
    assert visitor.state.session.customer == before.session.customer
    assert not asked(visitor, acc.StopCamera)


def test_while_it_is_being_kept_back_comes_too_late() -> None:
    visitor = at_poses()
    visitor.poses()
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.FACE_POSES
    visitor.is_kept()
    assert visitor.state.screen is ScreenName.FACE_RESULT


# --- how it can end ---


@pytest.mark.parametrize("reason", FaceRefusedReason)
def test_a_refusal_is_said_and_can_be_tried_again(reason: FaceRefusedReason) -> None:
    visitor = at_poses()
    visitor.poses()
    visitor.happens(acc.EnrolmentFinished(visitor.state.session.id, FaceRefused(reason)))
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end == FaceRefused(reason)
    assert visitor.state.enrolling.consent is None
    assert visitor.sounds[-1] is ev.SoundKind.FAILURE
    visitor.touch(acc.EnrolFaceTouched())
    assert visitor.state.screen is ScreenName.FACE_AGE


@pytest.mark.parametrize("failure", PosingFailure)
def test_poses_that_fail_end_it(failure: PosingFailure) -> None:
    visitor = at_poses()
    visitor.happens(PosingChanged(visitor.task, failure))
    assert visitor.state.screen is ScreenName.FACE_RESULT
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end is failure


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (None, Unable.STORAGE),
        (
            FaceRefused(FaceRefusedReason.DELETION_ON_THE_WAY),
            FaceRefused(FaceRefusedReason.DELETION_ON_THE_WAY),
        ),
    ],
)
def test_a_consent_that_cannot_be_taken_ends_it(answer: FaceRefused | None, end: object) -> None:
    visitor = AtAccount()
    visitor.reads_consent()
    visitor.touch(acc.ConsentAnswered(agrees=True))
    visitor.happens(acc.ConsentTaken(visitor.state.session.id, answer))
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end == end
    assert not asked(visitor, acc.TakePoses)


# --- renewing ---


def test_renewing_asks_for_the_same_yes_and_no_pose() -> None:
    visitor = AtAccount(ENROLLED)
    visitor.touch(acc.RenewFaceTouched())
    visitor.text_comes()
    assert visitor.state.screen is ScreenName.FACE_CONSENT
    visitor.agrees()
    assert asked(visitor, acc.RenewFace) == [acc.RenewFace(visitor.state.session.id, CONSENT)]
    assert not asked(visitor, acc.TakePoses)
    visitor.happens(acc.EnrolmentFinished(visitor.state.session.id, FaceEnrolled(CONSENT)))
    assert visitor.state.screen is ScreenName.FACE_RESULT


def test_who_was_under_14_is_asked_again() -> None:
    visitor = AtAccount(replace(ENROLLED, face=replace(ENROLLED.face, consent=OF_A_CHILD)))
    visitor.touch(acc.RenewFaceTouched())
    assert visitor.state.screen is ScreenName.FACE_AGE


# --- begun by staff ---


def begun_by_staff(staff: StaffPresent) -> AtAccount:
    visitor = AtAccount()
    visitor.touch(ev.CancelTouched())
    visitor.effects.clear()
    visitor.happens(acc.StaffEnrolmentBegun(staff))
    assert asked(visitor, ev.Identify) == [ev.Identify(visitor.state.session.id, CARD)]
    return visitor


def test_staff_enrol_a_child_with_the_guardians_yes() -> None:
    visitor = begun_by_staff(GUARDED)
    visitor.is_identified()
    visitor.text_comes()
    assert visitor.state.screen is ScreenName.FACE_CONSENT
    assert visitor.agrees(OF_A_CHILD).yes == Yes("face-1", "zh", "王芳", "李雷")
    visitor.poses()
    visitor.is_kept()
    visitor.touch(acc.FaceResultRead())
    assert visitor.state.screen is ScreenName.ATTRACT
    assert visitor.state.session == Session(visitor.state.session.id, visitor.state.home_view)


def test_staff_without_a_guardian_ask_how_old_the_member_is() -> None:
    visitor = begun_by_staff(STAFF)
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.FACE_AGE
    visitor.text_comes()
    visitor.touch(acc.AgeAnswered(under_14=False))
    assert visitor.agrees().yes == Yes("face-1", "zh", "", "李雷")


def test_staff_begin_nothing_while_somebody_is_served() -> None:
    visitor = Visitor()
    visitor.is_identified(OTHER_MEMBER, OTHER_CARD)
    visitor.effects.clear()
    visitor.happens(acc.StaffEnrolmentBegun(STAFF))
    assert visitor.state.staff_present is None
    assert not visitor.effects


def test_a_card_that_is_not_known_ends_what_staff_began() -> None:
    visitor = begun_by_staff(GUARDED)
    visitor.happens(ev.CustomerIdentified(visitor.state.session.id, CardNotKnown(CARD)))
    assert visitor.state.staff_present is None
    assert visitor.state.screen is ScreenName.ATTRACT
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.MEMBER, "the next card is anybody's"


def test_another_card_meanwhile_is_not_enrolled_under_the_guardian() -> None:
    visitor = begun_by_staff(GUARDED)
    visitor.is_identified(OTHER_MEMBER, OTHER_CARD)
    assert visitor.state.enrolling is None
    assert visitor.state.staff_present is None
    assert MEMBER.id != OTHER_MEMBER.id


# --- try it now ---


def tries() -> AtAccount:
    """Enrolled, and asked for a try."""
    visitor = at_poses()
    visitor.poses()
    visitor.is_kept()
    visitor.happens(FaceReadinessChanged(FaceReadiness(is_ready=True, purposes=frozenset(PURPOSES))))
    visitor.effects.clear()
    visitor.touch(acc.TryFaceTouched())
    return visitor


def end_of(visitor: AtAccount) -> object:
    assert visitor.state.enrolling is not None
    return visitor.state.enrolling.end


def test_whoever_was_enrolled_can_try_at_once() -> None:
    visitor = tries()
    (effect,) = asked(visitor, acc.TryFace)
    assert isinstance(effect, acc.TryFace)
    assert effect.request.task == visitor.task
    visitor.happens(FaceSeen(visitor.task, Fault.TOO_DARK))
    assert visitor.state.screen is ScreenName.FACE_POSES
    visitor.happens(FaceJudged(visitor.task, Agreed(MEMBER.id), turned=False))
    assert end_of(visitor) is Tried.RECOGNISED
    assert asked(visitor, acc.StopCamera) == [acc.StopCamera(visitor.task)]


@pytest.mark.parametrize(
    "judgement", [Agreed(OTHER_MEMBER.id), Doubtful(frozenset({MEMBER.id, OTHER_MEMBER.id})), Unknown()]
)
def test_anybody_else_is_not_said_to_be_known(judgement: Agreed | Doubtful | Unknown) -> None:
    visitor = tries()
    visitor.happens(FaceJudged(visitor.task, judgement, turned=False))
    assert end_of(visitor) is Tried.NOT_RECOGNISED
    visitor.touch(acc.TryFaceTouched())
    assert visitor.state.screen is ScreenName.FACE_POSES, "once more"


def test_a_try_ends_when_nothing_comes_of_it() -> None:
    visitor = tries()
    visitor.happens(LookEnded(visitor.task, LookEnd.TIME_OUT))
    assert end_of(visitor) is Tried.NOT_RECOGNISED
    visitor = tries()
    visitor.waits(SILENT_S + 1)
    assert end_of(visitor) is Tried.NOT_RECOGNISED


def test_news_of_another_task_is_nobodys() -> None:
    visitor = tries()
    visitor.happens(FaceJudged(visitor.task - 1, Agreed(MEMBER.id), turned=False))
    assert visitor.state.screen is ScreenName.FACE_POSES


def test_nothing_is_tried_that_was_not_enrolled() -> None:
    visitor = at_poses()
    visitor.happens(FaceReadinessChanged(FaceReadiness(is_ready=True, purposes=frozenset(PURPOSES))))
    visitor.happens(PosingChanged(visitor.task, PosingFailure.TIME_OUT))
    visitor.touch(acc.TryFaceTouched())
    assert not asked(visitor, acc.TryFace)
