"""Paying by face at a counter: looked at only while they may pay, charged after a moment to cancel, in the lane at
once."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.domain.face import Agreed, Doubtful, Fault, Unknown
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import FaceConsentId
from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard, ByFace
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.state import CounterRules, PayMethod, ScreenName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import IdentifyByDigits, IdentifyFace, LookForFace, SoundKind, StopFace
from kiosk.screens.flow.face_state import FacePolicy, FaceTrouble
from kiosk.services.events import DeviceHealth, DeviceHealthChanged, DeviceKind, DeviceProblem, DeviceState
from kiosk.services.face_events import FaceJudged, FaceReadiness, FaceReadinessChanged, FaceSeen, LookEnd, LookEnded
from kiosk.services.identify import Identified
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import NotCharged, NotChargedReason, Paid
from tests.counter_flow.counter import LIMITS, Staff
from tests.flow.canteen import CARD, MEMBER, OTHER_MEMBER

POLICY = FacePolicy(turn_from_minor=3000, largest_minor=10_000, confirm_s=2)
CAMERA = DeviceHealth("face-camera", DeviceKind.CAMERA, DeviceState.READY)
CANDIDATES = frozenset({MEMBER.id, OTHER_MEMBER.id})
READY = FaceReadinessChanged(FaceReadiness(is_ready=True, purposes=frozenset({ConsentPurpose.PAYING})))


class LookingStaff(Staff):
    """With a camera that works."""

    def __init__(self) -> None:
        super().__init__()
        self.state = replace(self.state, rules=CounterRules(LIMITS, face_policy=POLICY))
        self.happens(DeviceHealthChanged(CAMERA), READY)

    @property
    def looks(self) -> list[LookForFace]:
        return [e for e in self.effects if isinstance(e, LookForFace)]

    @property
    def stopped(self) -> list[int]:
        return [e.task for e in self.effects if isinstance(e, StopFace)]

    @property
    def compared(self) -> list[IdentifyByDigits]:
        return [e for e in self.effects if isinstance(e, IdentifyByDigits)]

    def is_doubtful(self) -> None:
        """The desk cannot tell who of several it is."""
        self.happens(FaceJudged(self.state.face_tasks, Doubtful(CANDIDATES), turned=False))

    def types_digits(self, digits: str) -> IdentifyByDigits:
        for digit in digits:
            self.touch(common.DigitTouched(digit))
        return self.compared[-1]

    def no_digits_match(self) -> None:
        asked = self.types_digits("0000")
        self.happens(common.FaceIdentified(asked.session_id, asked.task, None))

    def is_seen(self, member: Member = MEMBER, *, turned: bool = False) -> None:
        """The desk names somebody, and the store knows them."""
        task = self.state.face_tasks
        self.happens(FaceJudged(task, Agreed(member.id), turned))
        if self.effects and isinstance(self.effects[-1], IdentifyFace):
            asked = self.effects[-1]
            found = Identified(member, by_face(member), Money(0))
            self.happens(common.FaceIdentified(asked.session_id, asked.task, found))


def by_face(member: Member) -> ByFace:
    return ByFace(member.id, FaceConsentId(UUID(int=int(member.id))))


def waiting(digits: str = "1250") -> LookingStaff:
    staff = LookingStaff()
    staff.types(digits)
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    return staff


def in_doubt() -> LookingStaff:
    staff = waiting()
    staff.is_doubtful()
    return staff


def in_lane() -> LookingStaff:
    staff = LookingStaff()
    staff.types("800")
    staff.touch(ev.LaneStarted())
    return staff


def paid_in_lane(staff: LookingStaff, member: Member) -> None:
    order = replace(staff.order_of(staff.charged[-1].cart), member_id=member.id)
    staff.finishes(Paid(order, None, 8))


def test_nobody_is_looked_at_before_staff_ask_for_money() -> None:
    staff = LookingStaff()
    staff.types("1250")
    assert staff.looks == []
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    (look,) = staff.looks
    assert (look.request.purpose, look.request.turn) == (ConsentPurpose.PAYING, False)
    assert customer_view(staff.state).can_look


@pytest.mark.parametrize("leaves", [
    common.BackTouched(), ev.MethodTouched(PayMethod.CASH), FaceReadinessChanged(FaceReadiness()),
    DeviceHealthChanged(replace(CAMERA, state=DeviceState.UNAVAILABLE)),
    DeviceHealthChanged(replace(CAMERA, state=DeviceState.DEGRADED, problem=DeviceProblem.FROZEN)),
])  # fmt: skip
def test_the_camera_goes_off_when_nobody_waits_for_it(leaves: ev.CounterEvent) -> None:
    staff = waiting()
    staff.touch(leaves)
    assert staff.stopped == [staff.looks[0].request.task]
    assert staff.state.sale.facing is None


def test_a_face_pays_after_a_moment_to_cancel() -> None:
    staff = waiting()
    staff.is_seen()
    view = customer_view(staff.state)
    assert (view.shows, view.amount, view.name, view.left_s) == (CustomerShows.CONFIRM, Money(1250), "王*明", 2)
    assert view.balance is None
    staff.waits(2)
    assert staff.charged == []
    staff.waits(1)
    assert [asked.payer for asked in staff.charged] == [by_face(MEMBER)]
    staff.is_paid()
    assert customer_view(staff.state).name == "王*明"
    staff.touch(common.DoneTouched())
    assert customer_view(staff.state).name == ""


def test_that_is_not_me() -> None:
    staff = waiting()
    staff.is_seen()
    staff.touch(common.FaceTryAgainTouched())
    assert len(staff.looks) == 2
    staff.waits(5)
    assert staff.charged == []
    staff.is_seen(OTHER_MEMBER)
    staff.touch(common.BackTouched())
    staff.waits(5)
    assert staff.charged == []


def test_the_card_is_always_offered_beside_it() -> None:
    staff = waiting()
    staff.is_seen()
    staff.card()
    assert [asked.payer for asked in staff.charged] == [ByCard(CARD)]
    staff.waits(5)
    assert len(staff.charged) == 1


def test_large_sums_ask_for_a_turn_and_larger_ones_for_the_card() -> None:
    staff = waiting("3000")
    assert staff.looks[0].request.turn
    staff.is_seen(turned=False)
    assert staff.state.sale.facing is not None
    assert staff.state.sale.facing.trouble is FaceTrouble.NOT_TURNED
    assert waiting("10001").looks == []


def test_an_unknown_face_ends_at_the_card() -> None:
    staff = waiting()
    staff.happens(FaceJudged(staff.state.face_tasks, Unknown(), turned=False))
    assert customer_view(staff.state).trouble is FaceTrouble.UNKNOWN
    staff.waits(10)
    assert len(staff.looks) == 1
    staff.touch(common.FaceTryAgainTouched())
    assert len(staff.looks) == 2
    staff.happens(LookEnded(staff.state.face_tasks, LookEnd.TIME_OUT, Fault.TOO_DARK))
    assert customer_view(staff.state).trouble is Fault.TOO_DARK


def test_in_doubt_staff_type_the_digits_they_are_told_and_nobody_learns_who_it_might_be() -> None:
    staff = in_doubt()
    assert staff.stopped == [staff.looks[0].request.task], "the camera is off"
    assert staff.sounds == [SoundKind.WARNING]
    view = customer_view(staff.state)
    assert (view.shows, view.asks_digits, view.name, view.can_tap) == (CustomerShows.PAY, True, "", True)
    assert not view.can_look
    asked = staff.types_digits("8109")
    assert (asked.candidates, asked.digits, asked.session_id) == (CANDIDATES, "8109", staff.state.sale.id)
    assert "8109" not in repr(asked) + repr(staff.state)
    assert "王" not in repr(staff.state.sale.facing)
    staff.happens(common.FaceIdentified(asked.session_id, asked.task, Identified(MEMBER, by_face(MEMBER), Money(0))))
    assert customer_view(staff.state).shows is CustomerShows.CONFIRM
    staff.waits(3)
    assert [charge.payer for charge in staff.charged] == [by_face(MEMBER)]


def test_digits_are_taken_back_and_none_is_taken_while_they_are_compared() -> None:
    staff = in_doubt()
    for digit in ("1", None, "2", "3", "4", "5", "6"):
        staff.touch(common.DigitTouched(digit))
    staff.touch(common.FaceTryAgainTouched())
    assert [asked.digits for asked in staff.compared] == ["2345"]
    assert len(staff.looks) == 1


def test_three_tries_a_sale_then_the_card() -> None:
    """A new look at the same customer brings no new ones."""
    staff = in_doubt()
    for tries_left in (2, 1):
        staff.no_digits_match()
        assert staff.state.sale.facing is not None
        assert staff.state.sale.facing.tries_left == tries_left
        staff.touch(common.FaceTryAgainTouched())
        staff.is_doubtful()
    staff.no_digits_match()
    assert staff.state.sale.facing is None
    staff.touch(common.BackTouched(), ev.MethodTouched(PayMethod.MEMBER))
    staff.waits(30)
    assert len(staff.looks) == 3
    view = customer_view(staff.state)
    assert (view.shows, view.can_tap, view.can_look) == (CustomerShows.PAY, True, False)
    staff.card()
    assert [charge.payer for charge in staff.charged] == [ByCard(CARD)]
    staff.is_paid()
    staff.touch(common.DoneTouched())
    staff.types("500")
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    assert len(staff.looks) == 4, "the next customer's face is their own"


def test_in_doubt_the_card_pays_beside_it() -> None:
    staff = in_doubt()
    staff.touch(common.DigitTouched("8"))
    staff.card()
    assert [charge.payer for charge in staff.charged] == [ByCard(CARD)]
    assert staff.state.sale.facing is None


def test_a_head_that_did_not_turn_is_asked_for_no_digits() -> None:
    """A photograph learns not even that it resembles somebody."""
    staff = waiting("3000")
    staff.is_doubtful()
    assert customer_view(staff.state).trouble is FaceTrouble.NOT_TURNED
    assert not customer_view(staff.state).asks_digits


def test_after_a_face_that_may_not_pay_the_card_is_taken_at_once() -> None:
    for reason in (NotChargedReason.FACE_NOT_ALLOWED, NotChargedReason.FACE_LIMIT):
        staff = waiting()
        staff.is_seen()
        staff.waits(3)
        staff.finishes(NotCharged(reason, Money(1250)))
        assert staff.state.screen is ScreenName.RESULT
        staff.card()
        assert [charge.payer for charge in staff.charged] == [by_face(MEMBER), ByCard(CARD)]


def test_who_pays_in_cash_after_all_is_not_named() -> None:
    staff = waiting()
    staff.is_seen()
    staff.waits(3)
    staff.finishes(NotCharged(NotChargedReason.FACE_LIMIT, Money(1250)))
    staff.touch(ev.MethodTouched(PayMethod.CASH), ev.ReceivedChosen(Money(1250)), ev.CashTaken())
    staff.is_sold_for_cash()
    assert customer_view(staff.state).name == ""


def test_old_news_of_a_look_is_nobodys() -> None:
    staff = waiting()
    task = staff.state.face_tasks
    staff.touch(common.BackTouched(), ev.MethodTouched(PayMethod.MEMBER))
    before = staff.state
    staff.happens(
        FaceJudged(task, Agreed(MEMBER.id), turned=True), FaceSeen(task, None), LookEnded(task, LookEnd.TIME_OUT)
    )
    staff.happens(common.FaceIdentified(staff.state.sale.id, task, Identified(MEMBER, by_face(MEMBER), Money(0))))
    assert staff.state == before


def test_one_look_a_student() -> None:
    staff = in_lane()
    for member in (MEMBER, OTHER_MEMBER):
        staff.is_seen(member)
        assert staff.charged[-1].payer == by_face(member)
        assert staff.stopped[-1] == staff.looks[-1].request.task, "nobody is looked at while one is charged"
        paid_in_lane(staff, member)
        assert customer_view(staff.state).shows is CustomerShows.PAID
    assert staff.state.lane is not None
    assert staff.state.lane.paid == 2


def test_who_has_paid_and_still_stands_there_is_not_charged_again() -> None:
    staff = in_lane()
    staff.is_seen()
    paid_in_lane(staff, MEMBER)
    for _ in range(3):
        staff.is_seen()
    assert len(staff.charged) == 1
    staff.happens(FaceSeen(staff.state.face_tasks, Fault.NO_FACE))
    staff.is_seen()
    assert len(staff.charged) == 2, "came back: the guard asks"
    staff.finishes(SameMemberAgain(Money(800), 3))
    asked = len(staff.looks)
    staff.waits(30)
    assert len(staff.looks) == asked, "nobody is looked at while staff are asked"
    staff.touch(ev.AgainAnswered(staff.state.sale.id, charge=False))
    assert len(staff.looks) == asked + 1


@pytest.mark.parametrize("judgement", [Unknown(), Doubtful(CANDIDATES)])
def test_a_doubt_in_the_lane_passes(judgement: Unknown | Doubtful) -> None:
    """Nobody types between two students."""
    staff = in_lane()
    staff.happens(FaceJudged(staff.state.face_tasks, judgement, turned=False))
    assert customer_view(staff.state).trouble is FaceTrouble.UNKNOWN
    staff.waits(4)
    assert len(staff.looks) == 2
    staff.happens(LookEnded(staff.state.face_tasks, LookEnd.TIME_OUT))
    assert len(staff.looks) == 3
    assert staff.sounds == []
    staff.touch(ev.LaneStopped())
    assert staff.state.screen is ScreenName.SALE
    assert staff.stopped[-1] == staff.looks[-1].request.task
