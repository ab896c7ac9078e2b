"""Staff enrol a member's face at the counter: the self-service terminal's flow, inside of the counter's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Agreed
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.enrolment_state import Guardian
from kiosk.screens.counter_flow.state import CounterRules, Notice, ScreenName
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as common
from kiosk.screens.flow.account_state import EnrolmentEnd, Tried, Unable
from kiosk.screens.flow.effects import Identify, LookForFace, SoundKind, StopFace, TakePoses
from kiosk.screens.flow.face_state import FacePolicy
from kiosk.screens.flow.state import ScreenName as CustomerScreen
from kiosk.screens.flow.state import State as CustomerState
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.events import (
    CameraWatching,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    FaceJudged,
    FaceReadinessChanged,
)
from kiosk.services.face_events import FaceReadiness
from kiosk.services.identify import CardNotKnown, Identified
from kiosk.services.posing import Posing, PosingChanged
from tests.counter_flow.counter import LIMITS, Staff
from tests.flow.faces import POSES
from tests.screens import scenes
from tests.screens.face_scenes import CONSENT, TEXT

CAMERA = "face-camera"
RECOGNISED = Identified(scenes.MEMBER, ByCard(scenes.CARD), Money(0))
LEFT = Posing(EnrolmentPose.LEFT, 1, PoseHint.TURN_MORE)


def at_counter(*, camera: DeviceState = DeviceState.READY) -> Staff:
    staff = Staff()
    staff.state = replace(staff.state, rules=CounterRules(LIMITS, face_policy=FacePolicy(), staff="7"))
    staff.happens(DeviceHealthChanged(DeviceHealth(CAMERA, DeviceKind.CAMERA, camera)))
    staff.happens(FaceReadinessChanged(FaceReadiness(is_ready=True, purposes=frozenset({ConsentPurpose.ORDERING}))))
    return staff


def asked_for_card(guardian: Guardian = Guardian.NOBODY) -> Staff:
    staff = at_counter()
    staff.touch(ev.EnrolmentOpened(), ev.GuardianChosen(guardian, "母亲"))
    return staff


def begun(guardian: Guardian = Guardian.NOBODY, phone: str = "") -> Staff:
    staff = asked_for_card(guardian)
    staff.types(phone)
    staff.card(scenes.CARD)
    (asked,) = [e for e in staff.effects if isinstance(e, Identify)]
    staff.happens(common.CustomerIdentified(asked.session_id, RECOGNISED))
    return staff


def before_camera(staff: Staff) -> int:
    """The text is read and agreed to; returns the desk's task."""
    session = flow(staff).session.id
    staff.happens(acc.ConsentTextRead(session, TEXT))
    if flow(staff).screen is CustomerScreen.FACE_AGE:
        staff.touch(acc.AgeAnswered(under_14=False))
    staff.touch(acc.ConsentAnswered(agrees=True))
    staff.happens(acc.ConsentTaken(session, CONSENT))
    (task,) = [e.task for e in staff.effects if isinstance(e, TakePoses)]
    staff.happens(CameraWatching(CAMERA, is_on=True))
    return task


def flow(staff: Staff) -> CustomerState:
    assert staff.state.enrolment is not None
    return staff.state.enrolment.flow


def end_of(staff: Staff) -> EnrolmentEnd | None:
    enrolling = flow(staff).enrolling
    assert enrolling is not None
    return enrolling.end


def enrolled(staff: Staff) -> None:
    task = before_camera(staff)
    staff.happens(PosingChanged(task, POSES))
    staff.happens(acc.EnrolmentFinished(flow(staff).session.id, FaceEnrolled(CONSENT)))


def test_from_the_card_to_the_next_sale() -> None:
    staff = begun()
    assert flow(staff).screen is CustomerScreen.FACE_AGE
    assert customer_view(staff.state).shows is CustomerShows.FACE
    task = before_camera(staff)
    staff.happens(PosingChanged(task, LEFT))
    view = customer_view(staff.state)
    assert (view.shows, view.posing, view.camera_on, view.amount) == (CustomerShows.FACE, LEFT, True, None)
    staff.happens(PosingChanged(task, POSES))
    staff.happens(acc.EnrolmentFinished(flow(staff).session.id, FaceEnrolled(CONSENT)))
    assert flow(staff).screen is CustomerScreen.FACE_RESULT
    before = staff.state.sale.id
    staff.touch(acc.FaceResultRead())
    assert (staff.state.screen, staff.state.enrolment, staff.state.sale.id) == (ScreenName.SALE, None, before + 1)


def test_tried_at_once() -> None:
    staff = begun()
    enrolled(staff)
    staff.touch(acc.TryFaceTouched())
    (look,) = [e.request for e in staff.effects if isinstance(e, LookForFace)]
    assert customer_view(staff.state).posing == Posing(EnrolmentPose.AHEAD, 0)
    staff.happens(FaceJudged(look.task, Agreed(scenes.MEMBER.id), turned=False))
    assert end_of(staff) is Tried.RECOGNISED
    assert staff.charged == [], "nobody pays by it here"


def test_a_look_alike_is_refused_and_said() -> None:
    staff = begun()
    task = before_camera(staff)
    staff.happens(PosingChanged(task, replace(POSES, too_near=frozenset({scenes.MEMBER.id}))))
    refused = FaceRefused(FaceRefusedReason.LOOKS_LIKE_ANOTHER)
    staff.happens(acc.EnrolmentFinished(flow(staff).session.id, refused))
    assert end_of(staff) == refused
    assert staff.sounds[-1] is SoundKind.FAILURE


def test_who_agrees_must_be_said_before_the_card() -> None:
    staff = at_counter()
    staff.touch(ev.EnrolmentOpened())
    assert staff.state.enrolment is not None
    assert staff.state.enrolment.guardian is None, "nobody has said so yet"
    for _ in range(2):
        staff.card(scenes.CARD)
        assert staff.state.notice is not None
        assert staff.state.notice.notice is Notice.WHO_AGREES_FIRST
    staff.types("13800001111")
    assert staff.state.enrolment.phone == ""
    assert not [e for e in staff.effects if isinstance(e, Identify)]
    staff.touch(ev.GuardianChosen(Guardian.NOBODY, ""))
    staff.card(scenes.CARD)
    assert [e for e in staff.effects if isinstance(e, Identify)]


def test_under_14_a_guardian_agrees_who_can_be_reached() -> None:
    staff = asked_for_card(Guardian.MOTHER)
    staff.types("12345")
    staff.card(scenes.CARD)
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.PHONE_FIRST
    assert not [e for e in staff.effects if isinstance(e, Identify)]
    staff.touch(ev.EraseTouched())
    staff.types("56789012345678")
    staff.card(scenes.CARD)
    (asked,) = [e for e in staff.effects if isinstance(e, Identify)]
    staff.happens(common.CustomerIdentified(asked.session_id, RECOGNISED))
    assert flow(staff).screen is CustomerScreen.FACE_CONSENT, "nobody is asked how old they are"
    staff.happens(acc.ConsentTextRead(flow(staff).session.id, TEXT))
    staff.touch(acc.ConsentAnswered(agrees=True))
    (taken,) = [e.yes for e in staff.effects if isinstance(e, acc.TakeConsent)]
    assert (taken.guardian, taken.staff, taken.language) == ("母亲 123456789012345", "7", staff.state.view.language)


def test_somebody_under_14_without_a_guardian_is_not_enrolled() -> None:
    staff = begun()
    staff.touch(acc.AgeAnswered(under_14=True))
    assert end_of(staff) is Unable.GUARDIAN_NEEDED


def test_an_unknown_card_is_said_and_another_may_be_tapped() -> None:
    staff = asked_for_card()
    for _ in range(2):
        staff.card("DEADBEEF")
        asked = [e for e in staff.effects if isinstance(e, Identify)][-1]
        staff.state = replace(staff.state, notice=None)
        staff.happens(common.CustomerIdentified(asked.session_id, CardNotKnown("DEADBEEF")))
        assert staff.state.notice is not None
        assert staff.state.notice.notice is Notice.CARD_UNKNOWN
        assert staff.state.enrolment is not None
        assert not staff.state.enrolment.is_begun


def test_another_card_in_the_middle_means_nothing() -> None:
    staff = begun()
    before = staff.state.enrolment
    staff.card("02004DB005")
    assert staff.state.enrolment == before


@pytest.mark.parametrize("way", ["back", "no"])
def test_whoever_says_no_leaves_nothing_behind(way: str) -> None:
    staff = begun()
    if way == "back":
        task = before_camera(staff)
        staff.touch(common.BackTouched())
        assert StopFace(task) in staff.effects
    else:
        staff.happens(acc.ConsentTextRead(flow(staff).session.id, TEXT))
        staff.touch(acc.AgeAnswered(under_14=False), acc.ConsentAnswered(agrees=False))
    assert (staff.state.screen, staff.state.enrolment) == (ScreenName.SALE, None)
    assert not [e for e in staff.effects if isinstance(e, acc.EnrolFace)]
    staff.happens(PosingChanged(1, LEFT), acc.ConsentTaken(1, CONSENT))
    assert staff.state.enrolment is None


def test_tasks_of_the_desk_are_never_counted_twice() -> None:
    staff = begun()
    first = before_camera(staff)
    staff.touch(common.BackTouched())
    staff.effects.clear()
    staff.touch(ev.EnrolmentOpened(), ev.GuardianChosen(Guardian.NOBODY, ""))
    staff.card(scenes.CARD)
    (asked,) = [e for e in staff.effects if isinstance(e, Identify)]
    staff.happens(common.CustomerIdentified(asked.session_id, RECOGNISED))
    assert before_camera(staff) > first


def test_a_sale_is_finished_first_and_a_camera_is_needed() -> None:
    staff = at_counter()
    staff.types("1250")
    staff.touch(ev.EnrolmentOpened())
    assert staff.state.notice is not None
    assert (staff.state.notice.notice, staff.state.enrolment) == (Notice.FINISH_SALE_FIRST, None)
    staff = at_counter(camera=DeviceState.UNAVAILABLE)
    staff.touch(ev.EnrolmentOpened())
    assert staff.state.notice is not None
    assert (staff.state.notice.notice, staff.state.enrolment) == (Notice.NO_ENROLLING, None)


def test_the_text_is_agreed_to_in_the_language_that_is_shown() -> None:
    staff = begun()
    staff.happens(acc.ConsentTextRead(flow(staff).session.id, TEXT))
    staff.touch(acc.AgeAnswered(under_14=False), common.LanguageChosen("en"), acc.ConsentAnswered(agrees=True))
    (taken,) = [e.yes for e in staff.effects if isinstance(e, acc.TakeConsent)]
    assert taken.language == "en"


def test_nobody_waits_for_ever_for_a_desk_that_is_silent() -> None:
    staff = begun()
    before_camera(staff)
    staff.waits(20)
    assert flow(staff).screen is CustomerScreen.FACE_RESULT
