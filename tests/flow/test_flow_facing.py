"""By face, as a customer meets it: from "look here" to the usual, and from the checkout to paid."""

from __future__ import annotations

import pytest

from kiosk.domain.face import Agreed, Doubtful, Fault, Unknown
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Failure, Stage
from kiosk.domain.money import Money
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.face_state import MOST_LOOKS, MOST_TRIES, FaceTrouble
from kiosk.screens.flow.redeeming import money_to_pay
from kiosk.screens.flow.state import Notice, PayMethod, ScreenName
from kiosk.services import events as service
from kiosk.services.events import DeviceState
from kiosk.services.face_events import LookEnd
from kiosk.services.outcomes import NotCharged, NotChargedReason, Paid
from tests.flow.canteen import (
    CARD,
    MEMBER,
    NO_COUNTS,
    OTHER_CARD,
    OTHER_MEMBER,
    SAVER,
    SMALLER_MENU,
    USUAL,
    Visitor,
    at_checkout,
    order_of,
)
from tests.flow.facing import (
    CONFIRM_S,
    FACE,
    at_home,
    by_face,
    facing,
    is_judged,
    is_recognised,
    looks,
    nothing_is_charged,
    payments,
    stopped,
    works,
)

ORDERING, PAYING = ConsentPurpose.ORDERING, ConsentPurpose.PAYING
PAY_BY_FACE = ev.MethodChosen(PayMethod.FACE)


def looking() -> Visitor:
    """Somebody has touched "look here"."""
    visitor = works(Visitor())
    visitor.touch(ev.FaceLookTouched())
    return visitor


def paying(visitor: Visitor | None = None) -> Visitor:
    """A guest at the checkout has chosen to pay by face."""
    visitor = works(visitor or at_checkout())
    visitor.touch(PAY_BY_FACE)
    return visitor


# --- to order ---


def test_the_usual_by_face_takes_two_touches() -> None:
    visitor = works(Visitor())
    visitor.taps = 0
    visitor.touch(ev.FaceLookTouched())
    is_recognised(visitor)
    assert visitor.state.screen is ScreenName.FACE_CONFIRM
    visitor.waits(CONFIRM_S + 1)
    assert visitor.state.screen is ScreenName.MEMBER
    visitor.touch(ev.UsualChosen())
    is_recognised(visitor, turned=True)
    visitor.waits(CONFIRM_S + 1)
    (asked,) = payments(visitor)
    assert (asked.payer, asked.cart) == (FACE, USUAL)
    visitor.happens(ev.CheckoutFinished(asked.session_id, Paid(order_of(asked.cart), Money(3750), 12)))
    assert visitor.state.screen is ScreenName.RESULT
    assert visitor.taps == 2


def test_nobody_is_looked_at_before_a_touch() -> None:
    visitor = works(Visitor())
    visitor.waits(120)
    assert not looks(visitor)
    visitor.touch(ev.FaceLookTouched())
    (asked,) = looks(visitor)
    assert (asked.request.purpose, asked.request.turn) == (ORDERING, False)


@pytest.mark.parametrize(
    "breaks",
    [
        lambda visitor: works(visitor, camera=DeviceState.UNAVAILABLE),
        lambda visitor: works(visitor, camera=DeviceState.DEGRADED, problem=service.DeviceProblem.FROZEN),
        lambda visitor: works(visitor, is_ready=False),
        lambda visitor: visitor.happens(service.StorageStopped()),
    ],
    ids=["camera", "a camera that stands still", "engine", "store"],
)
def test_it_is_not_offered_where_it_does_not_work(breaks: object) -> None:
    visitor = works(Visitor())
    breaks(visitor)
    visitor.touch(ev.FaceLookTouched())
    assert visitor.state.screen is ScreenName.ATTRACT
    assert not looks(visitor)


def test_whoever_is_recognised_says_so_or_waits() -> None:
    visitor = looking()
    is_recognised(visitor)
    visitor.touch(ev.FaceConfirmed())
    assert visitor.state.screen is ScreenName.MEMBER
    assert visitor.state.session.customer is not None
    assert visitor.state.session.customer.payer == FACE


def test_somebody_else_is_forgotten_at_once() -> None:
    visitor = looking()
    is_recognised(visitor)
    visit = visitor.state.session.id
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.ATTRACT
    assert (visitor.state.session.id, visitor.state.facing) == (visit + 1, None)


def test_a_doubt_asks_for_digits_and_shows_nothing_of_who_it_might_be() -> None:
    visitor = looking()
    is_judged(visitor, Doubtful(frozenset({MEMBER.id, OTHER_MEMBER.id})))
    assert visitor.state.screen is ScreenName.FACE_DIGITS
    assert facing(visitor).found is None
    assert "candidates" not in repr(visitor.state.facing)
    for digit in "8109":
        visitor.touch(ev.DigitTouched(digit))
    asked = visitor.effects[-1]
    assert isinstance(asked, fx.IdentifyByDigits)
    assert (asked.candidates, asked.digits) == ({MEMBER.id, OTHER_MEMBER.id}, "8109")
    assert "8109" not in repr(asked) + repr(visitor.state)
    visitor.happens(ev.FaceIdentified(visitor.state.session.id, asked.task, by_face()))
    assert visitor.state.screen is ScreenName.FACE_CONFIRM


def test_digits_are_taken_back_and_none_is_taken_while_they_are_compared() -> None:
    visitor = looking()
    is_judged(visitor, Doubtful(frozenset({MEMBER.id})))
    for digit in ("1", None, "2", "3", "4", "5", "6"):
        visitor.touch(ev.DigitTouched(digit))
    asked = [effect for effect in visitor.effects if isinstance(effect, fx.IdentifyByDigits)]
    assert [effect.digits for effect in asked] == ["2345"]


def test_three_tries_then_the_card() -> None:
    visitor = looking()
    is_judged(visitor, Doubtful(frozenset({MEMBER.id})))
    for tried in range(MOST_TRIES):
        assert visitor.state.screen is ScreenName.FACE_DIGITS
        assert facing(visitor).tries_left == MOST_TRIES - tried
        for _ in range(4):
            visitor.touch(ev.DigitTouched("0"))
        visitor.happens(ev.FaceIdentified(visitor.state.session.id, facing(visitor).task, None))
    assert facing(visitor).trouble is FaceTrouble.WRONG_DIGITS
    visitor.touch(ev.FaceTryAgainTouched())
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishQuickAdded(USUAL.lines[0].selection.dishes[0].dish_id))
    visitor.touch(ev.CheckoutOpened())
    visitor.touch(PAY_BY_FACE)
    assert len(looks(visitor)) == 1, "no way round them"
    visitor.taps_card()
    assert [asked.card_uid for asked in visitor.asked_payments] == [CARD]


def test_a_new_look_brings_no_new_tries() -> None:
    visitor = paying()
    for tried in range(MOST_TRIES):
        is_judged(visitor, Doubtful(frozenset({MEMBER.id})), turned=True)
        assert facing(visitor).tries_left == MOST_TRIES - tried
        for _ in range(4):
            visitor.touch(ev.DigitTouched("0"))
        visitor.touch(ev.BackTouched())  # before the answer
        visitor.touch(PAY_BY_FACE)
    assert len(looks(visitor)) == MOST_TRIES
    assert visitor.state.facing is None


@pytest.mark.parametrize(
    ("end", "fault", "trouble"),
    [
        (LookEnd.TIME_OUT, Fault.NO_FACE, Fault.NO_FACE),
        (LookEnd.TIME_OUT, Fault.SEVERAL_FACES, Fault.SEVERAL_FACES),
        (LookEnd.TIME_OUT, Fault.TOO_DARK, Fault.TOO_DARK),
        (LookEnd.TIME_OUT, None, FaceTrouble.SLOW),
        (LookEnd.NOT_READY, None, FaceTrouble.SLOW),
        (LookEnd.CAMERA_GONE, Fault.NO_FACE, FaceTrouble.CAMERA_GONE),
    ],
)
def test_what_came_in_between_is_said_and_can_be_tried_again(
    end: LookEnd, fault: Fault | None, trouble: Fault | FaceTrouble
) -> None:
    visitor = looking()
    visitor.happens(service.LookEnded(facing(visitor).task, end, fault))
    assert visitor.state.screen is ScreenName.FACE_LOOK
    assert facing(visitor).trouble is trouble
    visitor.touch(ev.FaceTryAgainTouched())
    assert len(looks(visitor)) == 2
    assert facing(visitor).trouble is None


def test_who_tries_on_and_on_is_asked_for_the_card() -> None:
    visitor = looking()
    for _ in range(2 * MOST_LOOKS):
        if facing(visitor).is_looking:
            is_judged(visitor, Unknown())
        visitor.touch(ev.FaceTryAgainTouched())
    assert len(looks(visitor)) == MOST_LOOKS
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.MEMBER


def test_a_member_who_has_gone_meanwhile_is_not_greeted() -> None:
    visitor = looking()
    is_judged(visitor, Agreed(MEMBER.id))
    visitor.happens(ev.FaceIdentified(visitor.state.session.id, facing(visitor).task, None))
    assert facing(visitor).trouble is FaceTrouble.NOT_NOW


def test_a_guest_orders_without_it() -> None:
    visitor = looking()
    visitor.touch(ev.OrderingStarted())
    assert visitor.state.screen is ScreenName.MENU
    assert visitor.state.session.customer is None
    assert stopped(visitor) == [1]


# --- the camera goes off ---


@pytest.mark.parametrize(
    "leaves",
    [
        lambda visitor: visitor.touch(ev.BackTouched()),
        lambda visitor: visitor.touch(ev.CancelTouched()),
        lambda visitor: visitor.touch(ev.OrderingStarted()),
        lambda visitor: visitor.taps_card(),
        lambda visitor: visitor.waits(61),
        lambda visitor: visitor.happens(service.StorageStopped()),
    ],
    ids=["back", "cancel", "menu", "card", "idle", "disk"],
)
def test_whatever_ends_a_look_stops_it(leaves: object) -> None:
    visitor = looking()
    task = facing(visitor).task
    leaves(visitor)
    assert stopped(visitor) == [task]
    screen = visitor.state.screen
    visitor.happens(service.FaceJudged(task, Agreed(MEMBER.id), turned=True))
    assert (visitor.state.screen, visitor.state.facing) == (screen, None), "a late answer is nobody's"


def test_news_of_an_earlier_look_is_nobodys() -> None:
    visitor = looking()
    first = facing(visitor).task
    visitor.touch(ev.BackTouched())
    visitor.touch(ev.FaceLookTouched())
    visitor.happens(service.FaceJudged(first, Agreed(MEMBER.id), turned=False))
    visitor.happens(service.LookEnded(first, LookEnd.CAMERA_GONE))
    assert facing(visitor).is_looking
    assert facing(visitor).task != first


# --- to pay ---


def test_it_says_who_and_how_much_and_then_charges() -> None:
    visitor = paying()
    (asked,) = looks(visitor)
    assert (asked.request.purpose, asked.request.turn) == (PAYING, True)
    task = facing(visitor).task
    visitor.happens(service.FaceSeen(task, None, Stage.TURN, Direction.LEFT))
    assert facing(visitor).seen == service.FaceSeen(task, None, Stage.TURN, Direction.LEFT)
    is_recognised(visitor, turned=True)
    assert visitor.state.screen is ScreenName.FACE_CONFIRM
    assert (facing(visitor).found, facing(visitor).amount) == (by_face(), money_to_pay(visitor.state))
    with nothing_is_charged(visitor):
        visitor.waits(CONFIRM_S - 0.5)
    visitor.waits(2)
    (charged,) = payments(visitor)
    assert (charged.payer, charged.shown_total) == (FACE, Money(1250))
    assert visitor.state.in_flight


def test_each_turn_that_is_done_proves_that_somebody_is_there() -> None:
    visitor = paying()
    task, turns = facing(visitor).task, 4
    for turn in range(1, turns + 1):
        visitor.happens(service.FaceSeen(task, None, Stage.TURN, Direction.LEFT, turn, turns))
        visitor.waits(30)
    assert visitor.state.idle_left_s is None
    visitor.happens(service.FaceSeen(task, None, Stage.BACK, None, turns, turns))
    visitor.waits(16)
    assert visitor.state.idle_left_s is not None


def test_the_moment_is_whole_however_old_the_last_tick_was() -> None:
    visitor = paying()
    visitor.now_s += 0.9  # no tick has told of it
    is_recognised(visitor, turned=True)
    began_s = visitor.now_s
    while not payments(visitor):
        visitor.waits(0.25)
        assert visitor.now_s - began_s < 10
    assert visitor.now_s - began_s >= CONFIRM_S


def test_cancelled_in_that_moment_nothing_is_charged() -> None:
    visitor = paying()
    is_recognised(visitor, turned=True)
    with nothing_is_charged(visitor):
        visitor.waits(1)
        visitor.touch(ev.BackTouched())
        visitor.waits(30)
    assert visitor.state.screen is ScreenName.CHECKOUT


def test_without_the_turn_that_was_asked_for_nothing_is_charged() -> None:
    visitor = paying()
    is_judged(visitor, Agreed(MEMBER.id), turned=False)
    assert facing(visitor).trouble is FaceTrouble.NOT_TURNED
    visitor = paying()
    visitor.happens(service.LookEnded(facing(visitor).task, LookEnd.NOT_ALIVE, failure=Failure.FLAT))
    assert facing(visitor).trouble is FaceTrouble.NOT_TURNED


def test_small_amounts_ask_for_no_turn_where_the_settings_say_so() -> None:
    visitor = paying(at_home(at_checkout(), turn_from_minor=1300))
    assert not looks(visitor)[0].request.turn
    is_recognised(visitor)
    visitor.waits(CONFIRM_S + 1)
    assert len(payments(visitor)) == 1


def test_then_who_was_just_recognised_need_not_be_looked_at_again() -> None:
    visitor = at_home(works(Visitor()), turn_from_minor=5000)
    visitor.touch(ev.FaceLookTouched())
    is_recognised(visitor)
    visitor.touch(ev.FaceConfirmed())
    visitor.touch(ev.UsualChosen())
    assert visitor.state.screen is ScreenName.FACE_CONFIRM
    visitor.waits(CONFIRM_S + 1)
    assert (len(looks(visitor)), len(payments(visitor))) == (1, 1)


def test_more_than_may_be_paid_by_face_takes_the_card() -> None:
    visitor = works(at_home(at_checkout(), largest_minor=1249))
    visitor.touch(PAY_BY_FACE)
    assert not looks(visitor)
    assert visitor.state.notice is not None
    assert visitor.state.notice.notice is Notice.TOO_MUCH_FOR_FACE
    visitor.taps_card()
    assert [asked.card_uid for asked in visitor.asked_payments] == [CARD]


@pytest.mark.parametrize("confirming", [False, True])
def test_a_card_beside_the_face_pays_once(confirming: bool) -> None:
    """Whatever the look was at: the card pays, and the face does not any more."""
    visitor = paying()
    task = facing(visitor).task
    if confirming:
        is_recognised(visitor, turned=True)
    visitor.taps_card()
    assert [asked.card_uid for asked in visitor.asked_payments] == [CARD]
    visitor.happens(service.FaceJudged(task, Agreed(MEMBER.id), turned=True))
    visitor.happens(ev.FaceIdentified(visitor.state.session.id, task, by_face()))
    visitor.waits(30)
    assert not payments(visitor)


def test_a_card_after_the_face_has_begun_to_pay_is_too_late() -> None:
    visitor = paying()
    is_recognised(visitor, turned=True)
    visitor.waits(CONFIRM_S + 1)
    visitor.taps_card(OTHER_CARD)
    assert len(payments(visitor)) == 1
    assert not visitor.asked_payments


def test_a_price_that_changes_in_that_moment_is_not_charged() -> None:
    visitor = paying()
    is_recognised(visitor, turned=True)
    with nothing_is_charged(visitor):
        visitor.happens(ev.MenuLoaded(SMALLER_MENU, NO_COUNTS))
        visitor.waits(CONFIRM_S + 1)
    assert visitor.state.screen in (ScreenName.CHECKOUT, ScreenName.MENU)


def test_another_member_pays_without_the_first_ones_points() -> None:
    visitor = works(Visitor())
    visitor.is_identified(SAVER, CARD)
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishQuickAdded(USUAL.lines[0].selection.dishes[0].dish_id))
    visitor.touch(ev.CheckoutOpened())
    visitor.touch(ev.PointsChosen(use=True))
    visitor.touch(PAY_BY_FACE)
    is_recognised(visitor, OTHER_MEMBER, turned=True)
    visitor.waits(CONFIRM_S + 1)
    (asked,) = payments(visitor)
    assert asked.others == ()
    assert asked.payer.member_id == OTHER_MEMBER.id


def test_a_refusal_leaves_card_and_counter() -> None:
    visitor = paying()
    is_recognised(visitor, turned=True)
    visitor.waits(CONFIRM_S + 1)
    visitor.fails(NotCharged(NotChargedReason.FACE_NOT_ALLOWED, Money(1250)))
    assert visitor.state.screen is ScreenName.PROBLEM
    visitor.taps_card()
    assert [asked.card_uid for asked in visitor.asked_payments] == [CARD]


@pytest.mark.parametrize(
    ("method", "effect"), [(PayMethod.CARD, None), (PayMethod.COUNTER, fx.TakeOrderForCounter)], ids=str
)
def test_card_and_counter_are_one_touch_away_from_the_look(method: PayMethod, effect: type | None) -> None:
    visitor = paying()
    visitor.touch(ev.MethodChosen(method))
    assert visitor.state.screen is ScreenName.PAYING
    assert stopped(visitor) == [looks(visitor)[0].request.task]
    if effect is not None:
        assert any(isinstance(asked, effect) for asked in visitor.effects)


def test_the_order_of_a_recognised_member_goes_to_the_counter_as_theirs() -> None:
    visitor = works(Visitor())
    visitor.touch(ev.FaceLookTouched())
    is_recognised(visitor)
    visitor.touch(ev.FaceConfirmed())
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishQuickAdded(USUAL.lines[0].selection.dishes[0].dish_id))
    visitor.touch(ev.CheckoutOpened())
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    (asked,) = [effect for effect in visitor.effects if isinstance(effect, fx.TakeOrderForCounter)]
    assert asked.payer == FACE
