"""At the counter: portions of a sale are reserved when money is asked for, and let go when it is given up."""

from __future__ import annotations

import pytest

from kiosk.domain.cart import Cart
from kiosk.domain.money import Money
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.state import PayMethod, ScreenName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LetGo, LoadLevels, PlaySound, Reserve, SoundKind
from kiosk.services.outcomes import NotCharged, NotChargedReason
from tests.counter_flow.counter import NO_MONEY, Staff, in_lane, waiting_for_card
from tests.counter_flow.test_counter_collecting import found
from tests.flow.canteen import CHICKEN_MILD, RICE

SHORT = NotCharged(NotChargedReason.SOLD_OUT, Money(200), sold_out=(RICE,), left=((RICE, 1),))
METHODS = pytest.mark.parametrize("method", PayMethod)


def asked_for(method: PayMethod = PayMethod.MEMBER) -> Staff:
    """Two portions of rice and a typed sum, and the money is asked for."""
    staff = Staff()
    staff.touch(ev.DishTouched(RICE), ev.DishTouched(RICE))
    staff.types("50")
    staff.touch(ev.MethodTouched(method))
    return staff


def reserved(staff: Staff) -> list[Reserve | LetGo]:
    return [effect for effect in staff.effects if isinstance(effect, Reserve | LetGo)]


def is_answered(staff: Staff, short: NotCharged | None) -> None:
    staff.happens(common.CartReserved(staff.state.sale.id, staff.state.sale.cart, short))


@METHODS
def test_what_the_sale_needs_is_reserved_when_money_is_asked_for(method: PayMethod) -> None:
    staff = asked_for(method)
    assert reserved(staff) == [Reserve(staff.state.sale.id, staff.state.sale.cart, Money(250))]
    before = staff.state
    is_answered(staff, None)
    assert staff.state == before
    staff.touch(ev.MethodTouched(PayMethod.CASH), ev.MethodTouched(PayMethod.MEMBER))
    assert len(reserved(staff)) == 1, "it is reserved already"


@METHODS
def test_staff_hear_before_anybody_pays_that_there_is_not_enough(method: PayMethod) -> None:
    staff = asked_for(method)
    staff.effects.clear()
    is_answered(staff, SHORT)
    assert (staff.state.screen, staff.state.sale.outcome, staff.state.paying) == (ScreenName.RESULT, SHORT, None)
    assert staff.effects == [PlaySound(SoundKind.FAILURE), LoadLevels()]
    staff.card()
    staff.touch(ev.CashTaken())
    assert staff.charged == []
    assert staff.sold == []
    staff.touch(ev.MethodTouched(method))
    assert isinstance(reserved(staff)[-1], Reserve), "there may be more by now"
    is_answered(staff, SHORT)
    staff.touch(common.BackTouched())
    assert staff.state.screen is ScreenName.SALE
    assert staff.state.sale.cart.lines, "staff take something out of it"
    assert isinstance(reserved(staff)[-1], LetGo)


def test_a_payment_under_way_says_itself_that_there_is_not_enough() -> None:
    staff = asked_for()
    staff.card()
    is_answered(staff, SHORT)
    assert staff.state.in_flight
    staff.finishes(SHORT)
    assert staff.state.sale.outcome == SHORT


def test_an_answer_to_another_sale_changes_nothing() -> None:
    staff = asked_for()
    before = staff.state
    staff.happens(common.CartReserved(staff.state.sale.id - 1, staff.state.sale.cart, SHORT))
    staff.happens(common.CartReserved(staff.state.sale.id, Cart(), SHORT))
    assert staff.state == before


def test_what_was_paid_is_let_go_with_the_sale() -> None:
    staff = asked_for()
    staff.card()
    staff.is_paid()
    staff.touch(common.DoneTouched())
    in_cash = asked_for(PayMethod.CASH)
    in_cash.touch(ev.ReceivedChosen(Money(250)), ev.CashTaken())
    in_cash.is_sold_for_cash()
    in_cash.touch(common.DoneTouched())
    for each in (staff, in_cash):
        assert [type(effect) for effect in reserved(each)] == [Reserve]


def test_a_card_that_could_not_pay_keeps_it_for_the_next_one() -> None:
    staff = asked_for()
    staff.card()
    staff.finishes(NO_MONEY)
    assert [type(effect) for effect in reserved(staff)] == [Reserve]
    staff.touch(common.DoneTouched())
    assert [type(effect) for effect in reserved(staff)] == [Reserve, LetGo]


def test_a_sale_that_is_given_up_lets_go() -> None:
    staff = asked_for()
    staff.touch(common.BackTouched())
    assert [type(effect) for effect in reserved(staff)] == [Reserve, LetGo]


def test_typed_sums_the_lane_and_other_terminals_orders_reserve_nothing() -> None:
    collecting = Staff()
    collecting.touch(ev.CollectOpened(), ev.DigitsTyped("A"), ev.NumberConfirmed())
    one = found(collecting, Cart().add(CHICKEN_MILD))
    collecting.happens(ev.OrdersFound(collecting.state.sale.id, (one,)))
    collecting.touch(ev.MethodTouched(PayMethod.MEMBER))
    lane = Staff()
    lane.touch(ev.DishTouched(RICE), ev.LaneStarted())
    lane.card()
    assert isinstance(lane.effects[-1], fx.ChargeInLane)
    for staff in (waiting_for_card(), in_lane(), lane, collecting):
        assert reserved(staff) == []
