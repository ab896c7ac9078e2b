"""Enrolling a face: consent first, a guardian's under 14, and nothing left behind by whoever stops on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow import step
from kiosk.screens.flow.account_state import StaffPresent, Unable
from kiosk.screens.flow.enrolling import SILENT_S
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.state import Notice, ScreenName, Session, State
from kiosk.services.consent_text import PURPOSES, Yes
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.events import (
    CardPresented,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    StorageStopped,
)
from kiosk.services.identify import CardNotKnown
from kiosk.services.posing import Posing, PosingChanged, PosingFailure
from kiosk.services.staff_acts import NotKnown
from tests.flow.canteen import CARD, MEMBER, OTHER_CARD, OTHER_MEMBER, TOFU, Visitor
from tests.flow.faces import CONSENT, ENROLLED, OF_A_CHILD, POSES, AtAccount, asked, at_poses

STAFF = StaffPresent(CARD, "李雷")
GUARDED = StaffPresent(CARD, "李雷", "王芳")


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
    assert visitor.sounds[-1] is fx.SoundKind.SUCCESS
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
    assert not asked(visitor, fx.TakePoses)
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


def test_who_reads_the_text_is_not_hurried() -> None:
    visitor = AtAccount()
    visitor.reads_consent()
    visitor.waits(120)
    assert visitor.state.idle_left_s is None
    visitor.waits(31)
    assert visitor.state.screen is ScreenName.ATTRACT


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
    assert asked(visitor, fx.StopFace) == [fx.StopFace(task)]
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
    assert not asked(visitor, fx.StopFace)


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
    assert visitor.sounds[-1] is fx.SoundKind.FAILURE
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
    assert not asked(visitor, fx.TakePoses)


def test_a_disk_that_never_answers_leaves_nobody_waiting_and_claims_nothing() -> None:
    visitor = AtAccount()
    visitor.reads_consent()
    visitor.touch(acc.ConsentAnswered(agrees=True))
    visitor.waits(SILENT_S + 1)
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end is Unable.STORAGE
    visitor = at_poses()
    visitor.poses()
    visitor.waits(SILENT_S + 1)
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end == NotKnown(CONSENT.id)
    visitor = AtAccount(ENROLLED)
    visitor.touch(acc.RenewFaceTouched())
    visitor.text_comes()
    visitor.agrees()
    visitor.waits(SILENT_S + 1)
    assert visitor.state.enrolling is not None
    assert visitor.state.enrolling.end == NotKnown(CONSENT.id)


# --- renewing ---


def test_renewing_asks_for_the_same_yes_and_no_pose() -> None:
    visitor = AtAccount(ENROLLED)
    visitor.touch(acc.RenewFaceTouched())
    visitor.text_comes()
    assert visitor.state.screen is ScreenName.FACE_CONSENT
    visitor.agrees()
    assert asked(visitor, acc.RenewFace) == [acc.RenewFace(visitor.state.session.id, CONSENT)]
    assert not asked(visitor, fx.TakePoses)
    visitor.happens(acc.EnrolmentFinished(visitor.state.session.id, FaceEnrolled(CONSENT)))
    assert visitor.state.screen is ScreenName.FACE_RESULT


def test_what_was_agreed_to_before_is_agreed_to_again() -> None:
    only_paying = replace(CONSENT, purposes=(ConsentPurpose.PAYING,))
    visitor = AtAccount(replace(ENROLLED, face=replace(ENROLLED.face, consent=only_paying)))
    visitor.touch(acc.RenewFaceTouched())
    visitor.text_comes()
    assert visitor.agrees().yes.purposes == PURPOSES, "what the text is about"


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
    assert asked(visitor, fx.Identify) == [fx.Identify(visitor.state.session.id, CARD)]
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


def test_who_begins_to_order_before_the_card_is_looked_up_is_not_disturbed() -> None:
    visitor = begun_by_staff(GUARDED)
    for event in (ev.OrderingStarted(), ev.DishQuickAdded(TOFU), ev.CheckoutOpened()):
        visitor.touch(event)
    visitor.taps_card()
    assert visitor.state.in_flight
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.PAYING
    assert (visitor.state.staff_present, visitor.state.enrolling) == (None, None)


def test_a_card_that_is_not_known_ends_what_staff_began() -> None:
    visitor = begun_by_staff(GUARDED)
    visitor.happens(ev.CustomerIdentified(visitor.state.session.id, CardNotKnown(CARD)))
    assert visitor.state.staff_present is None
    assert visitor.state.screen is ScreenName.ATTRACT
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.MEMBER, "the next card is anybody's"


def test_staff_enrol_whom_they_were_shown_and_nobody_else() -> None:
    shown = replace(STAFF, member_id=MEMBER.id)
    visitor = begun_by_staff(shown)
    visitor.is_identified(OTHER_MEMBER)
    assert visitor.state.screen is ScreenName.ATTRACT, "the card was given to somebody else meanwhile"
    assert visitor.state.staff_present is None
    assert visitor.state.notice is not None
    assert visitor.state.notice.notice is Notice.CARD_OF_ANOTHER
    assert visitor.sounds == [fx.SoundKind.FAILURE]
    visitor = begun_by_staff(shown)
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.FACE_AGE


def test_another_card_meanwhile_is_not_enrolled_under_the_guardian() -> None:
    visitor = begun_by_staff(GUARDED)
    visitor.is_identified(OTHER_MEMBER, OTHER_CARD)
    assert visitor.state.enrolling is None
    assert visitor.state.staff_present is None
    assert MEMBER.id != OTHER_MEMBER.id


# --- planted bugs ---


def keeps_the_camera_on(state: State, event: ev.FlowEvent) -> Step:
    after, effects = step(state, event)
    return after, tuple(effect for effect in effects if not isinstance(effect, fx.StopFace))


def takes_no_for_yes(state: State, event: ev.FlowEvent) -> Step:
    return step(state, acc.ConsentAnswered(agrees=True) if isinstance(event, acc.ConsentAnswered) else event)


def takes_children_for_grown_ups(state: State, event: ev.FlowEvent) -> Step:
    return step(state, acc.AgeAnswered(under_14=False) if isinstance(event, acc.AgeAnswered) else event)


def takes_poses_of_any_attempt(state: State, event: ev.FlowEvent) -> Step:
    if isinstance(event, PosingChanged) and state.enrolling is not None:
        event = replace(event, task=state.enrolling.task)
    return step(state, event)


MUTANTS: dict[Callable[[State, ev.FlowEvent], Step], Callable[[], None]] = {
    keeps_the_camera_on: lambda: test_who_leaves_while_the_camera_looks_leaves_nothing_behind(WAYS_OUT["back"]),
    takes_no_for_yes: test_without_a_yes_the_camera_is_never_asked_for,
    takes_children_for_grown_ups: test_under_14_a_guardian_is_needed_and_the_staff,
    takes_poses_of_any_attempt: test_poses_of_an_earlier_attempt_are_not_taken_for_this_one,
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_planted_bug_is_caught(
    mutant: Callable[[State, ev.FlowEvent], Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Visitor, "step", staticmethod(mutant))
    with pytest.raises(AssertionError):
        MUTANTS[mutant]()
