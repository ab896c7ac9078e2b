"""A face is enrolled at the counter because the admin screen said so: for the member who was shown there, in the
name of who was in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.ids import MemberId
from kiosk.domain.payer import ByCard
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow import step
from kiosk.screens.counter_flow.enrolment_state import Guardian
from kiosk.screens.counter_flow.state import Notice, ScreenName, State
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as common
from kiosk.screens.flow.account_state import StaffPresent
from kiosk.screens.flow.effects import Identify, SoundKind
from kiosk.services.events import DeviceState
from kiosk.services.identify import Identified
from tests.counter_flow.counter import Staff
from tests.counter_flow.test_counter_enrolling import CAMERA, RECOGNISED, at_counter, flow
from tests.screens import scenes
from tests.screens.face_scenes import TEXT

BY = "staff-12"
HANDED_OVER = acc.StaffEnrolmentBegun(StaffPresent(scenes.CARD, BY, member_id=scenes.MEMBER.id))
OTHER = Identified(replace(scenes.MEMBER, id=MemberId("m-other")), ByCard("02004DB005"), scenes.MEMBER.balance)
TakesStep = Callable[[State, ev.CounterEvent], tuple[State, tuple[fx.Effect, ...]]]


class Handed(Staff):
    """Staff at a counter with a camera, who come from the admin screen."""

    def __init__(self, takes_step: TakesStep = step) -> None:
        super().__init__()
        self.state, self.takes_step = at_counter().state, takes_step

    def happens(self, *events: ev.CounterEvent) -> None:
        for event in events:
            self.state, effects = getattr(self, "takes_step", step)(self.state, event)
            self.effects += effects

    def taps(self, found: Identified) -> None:
        assert isinstance(found.payer, ByCard)
        self.card(found.payer.uid)
        asked = [effect for effect in self.effects if isinstance(effect, Identify)][-1]
        self.happens(common.CustomerIdentified(asked.session_id, found))


def enrols_who_was_shown_and_nobody_else(takes_step: TakesStep) -> None:
    staff = Handed(takes_step)
    staff.happens(HANDED_OVER)
    assert staff.state.screen is ScreenName.ENROL
    staff.touch(ev.GuardianChosen(Guardian.NOBODY, ""))
    staff.taps(OTHER)
    assert flow(staff).enrolling is None, "somebody else's face"
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.CARD_OF_ANOTHER
    assert staff.sounds[-1] is SoundKind.FAILURE
    staff.state = replace(staff.state, notice=None)
    staff.taps(RECOGNISED)
    begun = flow(staff).enrolling
    assert begun is not None
    assert begun.member_id == scenes.MEMBER.id


def test_who_was_shown_and_nobody_else() -> None:
    enrols_who_was_shown_and_nobody_else(step)


def begins_for_whoever_taps(state: State, event: ev.CounterEvent) -> tuple[State, tuple[fx.Effect, ...]]:
    """Whom staff were shown is forgotten."""
    if isinstance(event, acc.StaffEnrolmentBegun):
        event = acc.StaffEnrolmentBegun(replace(event.by_staff, member_id=None))
    return step(state, event)


def test_a_planted_bug_is_found() -> None:
    with pytest.raises(AssertionError, match="somebody else's face"):
        enrols_who_was_shown_and_nobody_else(begins_for_whoever_taps)


def test_the_guardian_agrees_as_ever_and_the_consent_names_who_was_in() -> None:
    staff = Handed()
    staff.happens(HANDED_OVER)
    staff.touch(ev.GuardianChosen(Guardian.MOTHER, "母亲"))
    staff.card(scenes.CARD)
    assert not [effect for effect in staff.effects if isinstance(effect, Identify)], "first the phone"
    staff.types("13800001111")
    staff.taps(RECOGNISED)
    staff.happens(acc.ConsentTextRead(flow(staff).session.id, TEXT))
    staff.touch(acc.ConsentAnswered(agrees=True))
    (taken,) = [effect for effect in staff.effects if isinstance(effect, acc.TakeConsent)]
    assert (taken.member_id, taken.yes.staff, taken.yes.guardian) == (scenes.MEMBER.id, BY, "母亲 13800001111")


def test_by_the_counters_own_key_anybody_may_be_next() -> None:
    staff = Handed()
    staff.happens(HANDED_OVER, common.BackTouched())
    assert staff.state.enrolment is None
    staff.touch(ev.EnrolmentOpened(), ev.GuardianChosen(Guardian.NOBODY, ""))
    staff.taps(OTHER)
    begun = flow(staff).enrolling
    assert begun is not None
    assert (begun.member_id, begun.staff) == (OTHER.member.id, "7")


@pytest.mark.parametrize("busy", ["sale", "collecting", "camera"])
def test_where_it_cannot_begin_it_is_said(busy: str) -> None:
    staff = Handed()
    if busy == "sale":
        staff.types("5")
    elif busy == "collecting":
        staff.touch(ev.CollectOpened())
    else:
        staff.state = at_counter(camera=DeviceState.UNAVAILABLE).state
    before = staff.state.screen
    staff.happens(HANDED_OVER)
    assert (staff.state.screen, staff.state.enrolment) == (before, None)
    assert staff.state.notice is not None
    said = Notice.NO_ENROLLING if busy == "camera" else Notice.FINISH_SALE_FIRST
    assert staff.state.notice.notice is said, CAMERA
