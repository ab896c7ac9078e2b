"""The lane by face: who stands there is tried once, and nobody is charged a second time unless staff say so."""

from __future__ import annotations

from kiosk.domain.face import Agreed, Fault
from kiosk.domain.money import Money
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.lane import awaits_answer
from kiosk.screens.counter_flow.state import LaneEnd
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import SoundKind
from kiosk.services.face_events import FaceJudged, FaceSeen
from kiosk.services.identify import Identified
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import BeingChecked
from tests.counter_flow.counter import NO_MONEY
from tests.counter_flow.test_counter_facing import LookingStaff, by_face, in_lane, paid_in_lane
from tests.flow.canteen import CARD, CHECKED, MEMBER, OTHER_CARD, OTHER_MEMBER

AGAIN = SameMemberAgain(Money(800), 3)


def stands_there(staff: LookingStaff, seconds: int) -> None:
    """The same face, looked at again and again."""
    for _ in range(seconds):
        staff.is_seen()
        staff.waits(1)


def refused() -> LookingStaff:
    staff = in_lane()
    staff.is_seen()
    staff.finishes(NO_MONEY)
    return staff


def meant(staff: LookingStaff) -> list[bool]:
    return [e.is_meant for e in staff.effects if isinstance(e, fx.ChargeInLane)]


def test_who_is_refused_and_still_stands_there_is_tried_once() -> None:
    staff = refused()
    stands_there(staff, 30)
    assert len(staff.charged) == 1
    assert staff.sounds == [SoundKind.FAILURE]
    assert customer_view(staff.state).shows is CustomerShows.NOT_PAID, "red as long as nobody touches it"
    staff.is_seen(OTHER_MEMBER)
    paid_in_lane(staff, OTHER_MEMBER)
    assert customer_view(staff.state).shows is CustomerShows.PAID


def test_who_was_refused_is_tried_again_when_staff_say_so() -> None:
    """Their balance was filled up meanwhile."""
    staff = refused()
    assert awaits_answer(staff.state)
    staff.touch(ev.AgainAnswered(staff.state.sale.id, charge=True))
    assert meant(staff) == [False, True]
    assert [asked.payer for asked in staff.charged] == [by_face(MEMBER)] * 2
    paid_in_lane(staff, MEMBER)
    stands_there(staff, 5)
    assert len(staff.charged) == 2


def test_staff_send_on_who_was_refused() -> None:
    staff = refused()
    staff.touch(ev.AgainAnswered(staff.state.sale.id, charge=False))
    assert customer_view(staff.state).shows is CustomerShows.PAY
    stands_there(staff, 30)
    assert len(staff.charged) == 1
    assert not awaits_answer(staff.state)


def test_the_card_of_who_was_refused_pays_at_once() -> None:
    staff = refused()
    staff.card(CARD)
    paid_in_lane(staff, MEMBER)
    stands_there(staff, 30)
    assert len(staff.charged) == 2
    assert staff.state.lane is not None
    assert [ended.end for ended in staff.state.lane.ends] == [LaneEnd.PAID, LaneEnd.NOT_PAID]


def test_who_went_away_is_a_matter_for_the_guard_again() -> None:
    staff = refused()
    staff.happens(FaceSeen(staff.state.face_tasks, Fault.NO_FACE))
    staff.is_seen()
    assert meant(staff) == [False, False]
    staff.finishes(AGAIN)
    staff.touch(ev.AgainAnswered(staff.state.sale.id, charge=False))
    stands_there(staff, 30)
    assert len(staff.charged) == 2, "asked once, not again and again"


def test_what_may_have_been_charged_is_not_charged_again() -> None:
    staff = in_lane()
    staff.is_seen()
    staff.finishes(BeingChecked(CHECKED.payment_id, Money(800)))
    stands_there(staff, 30)
    assert len(staff.charged) == 1
    assert not awaits_answer(staff.state)


def test_who_has_paid_and_stands_behind_the_next_one_is_not_charged_again() -> None:
    staff = in_lane()
    staff.is_seen()
    paid_in_lane(staff, MEMBER)
    stands_there(staff, 8)
    staff.card(OTHER_CARD)
    paid_in_lane(staff, OTHER_MEMBER)
    stands_there(staff, 30)
    assert len(staff.charged) == 2
    staff.is_seen(OTHER_MEMBER)
    assert len(staff.charged) == 3, "not seen for long: the guard says whether staff are asked"
    assert meant(staff) == [False] * 3


def test_the_end_of_a_good_result_does_not_send_the_next_one_back_to_the_start() -> None:
    """They are being looked at already."""
    staff = in_lane()
    staff.is_seen()
    paid_in_lane(staff, MEMBER)
    staff.waits(9)
    task = staff.state.face_tasks
    staff.happens(FaceJudged(task, Agreed(OTHER_MEMBER.id), turned=False))
    staff.waits(2)
    view = customer_view(staff.state)
    assert (view.shows, view.name, staff.state.sale.outcome) == (CustomerShows.PAY, "", None)
    assert (staff.state.face_tasks, len(staff.looks)) == (task, 2), "the same look"
    found = Identified(OTHER_MEMBER, by_face(OTHER_MEMBER), Money(0))
    staff.happens(common.FaceIdentified(staff.state.sale.id, task, found))
    assert [asked.payer for asked in staff.charged] == [by_face(MEMBER), by_face(OTHER_MEMBER)]
