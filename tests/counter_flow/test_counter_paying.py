"""At the counter: from a sum or dishes to paid or not paid; a payment in flight is never dropped."""

from __future__ import annotations

import pytest

from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import ByCard
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.state import Notice, PayMethod, ScreenName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import CheckPayment, SoundKind
from kiosk.services.outcomes import NotCharged
from tests.counter_flow.counter import NO_MONEY, NUTS, SALAD, Staff, menu_with, waiting_for_card
from tests.flow.canteen import CARD, CHECKED, CHICKEN, LUNCH, NO_COUNTS, OTHER_CARD, RICE


def test_a_sum_is_typed_and_the_card_pays_it() -> None:
    staff = waiting_for_card("1250")
    assert customer_view(staff.state).shows is CustomerShows.PAY
    staff.card()
    (asked,) = staff.charged
    assert (asked.payer, asked.shown_total) == (ByCard(CARD), Money(1250))
    assert asked.cart.lines[0].selection.keyed == Money(1250)
    order = staff.is_paid()
    assert staff.state.screen is ScreenName.RESULT
    assert staff.state.order == order
    view = customer_view(staff.state)
    assert (view.shows, view.amount, view.number, view.balance) == (CustomerShows.PAID, Money(1250), order.number, None)
    assert staff.sounds == [SoundKind.SUCCESS]


def test_balance_only_when_it_is_touched() -> None:
    staff = waiting_for_card()
    staff.card()
    staff.is_paid()
    staff.touch(common.BalanceTouched())
    assert customer_view(staff.state).balance == Money(3750)
    staff.touch(common.DoneTouched())
    assert customer_view(staff.state).shows is CustomerShows.WELCOME
    assert not staff.state.sale.balance_shown


def test_dishes_by_portion_and_by_weight() -> None:
    staff = Staff()
    staff.touch(ev.DishTouched(CHICKEN), ev.DishTouched(RICE), ev.DishTouched(RICE), ev.DishTouched(NUTS.id))
    staff.types("235")
    staff.touch(ev.WeightConfirmed())
    staff.types("50")
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    staff.card()
    # 235 g at 3.80 for 100 g are 8.93; then 0.50 typed
    assert staff.charged[0].shown_total == Money(1250 + 200 + 893 + 50)


@pytest.mark.parametrize("late", [
    common.DoneTouched(), common.BackTouched(), ev.ClearTouched(), ev.DigitsTyped("1"), ev.DishTouched(RICE),
    ev.MethodTouched(PayMethod.CASH), ev.LaneStarted(), ev.LaneStopped(), ev.CollectOpened(), ev.CashTaken(),
])  # fmt: skip
def test_no_touch_drops_a_payment_in_flight(late: ev.CounterEvent) -> None:
    staff = waiting_for_card()
    staff.card()
    before = staff.state
    staff.touch(late)
    assert staff.state == before
    staff.waits(120)
    assert staff.state.in_flight
    staff.is_paid()
    assert staff.state.order is not None


def test_a_second_card_meanwhile_is_told_to_wait() -> None:
    staff = waiting_for_card()
    staff.card()
    staff.card()
    assert staff.state.notice is None
    staff.card(OTHER_CARD)
    assert len(staff.charged) == 1
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.ONE_AT_A_TIME


def test_a_card_before_staff_asked_for_it_is_not_charged() -> None:
    staff = Staff()
    staff.types("1250")
    staff.card()
    assert staff.charged == []
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.PRESS_PAY_FIRST


def test_not_charged_keeps_the_sale_and_another_card_may_try() -> None:
    staff = waiting_for_card()
    staff.card()
    staff.finishes(NO_MONEY)
    assert customer_view(staff.state).shows is CustomerShows.NOT_PAID
    staff.card(OTHER_CARD)
    assert [asked.payer for asked in staff.charged] == [ByCard(CARD), ByCard(OTHER_CARD)]
    staff.finishes(NO_MONEY)
    staff.touch(common.BackTouched())
    assert staff.state.screen is ScreenName.SALE
    assert staff.state.sale.cart.lines
    staff.waits(3600)
    assert staff.state.sale.cart.lines, "a half-made sale waits"


def test_a_good_result_gives_way_by_itself() -> None:
    staff = waiting_for_card()
    staff.card()
    staff.is_paid()
    staff.waits(9)
    assert staff.state.screen is ScreenName.RESULT
    staff.waits(2)
    assert staff.state.screen is ScreenName.SALE
    assert not staff.state.sale.cart.lines


def test_the_first_digit_after_a_result_begins_the_next_sale() -> None:
    staff = waiting_for_card()
    staff.card()
    staff.is_paid()
    staff.types("7")
    assert (staff.state.screen, staff.state.keyed_minor) == (ScreenName.SALE, 7)
    assert not staff.state.sale.cart.lines


def test_what_is_not_known_is_asked_after_and_told() -> None:
    staff = waiting_for_card()
    staff.card()
    staff.finishes(CHECKED)
    assert customer_view(staff.state).shows is CustomerShows.CHECKING
    staff.waits(6)
    assert CheckPayment(CHECKED.payment_id) in staff.effects
    staff.touch(common.DoneTouched())
    staff.types("300")
    staff.happens(common.PaymentChecked(CHECKED.payment_id, None))
    assert staff.state.keyed_minor == 300
    (found,) = staff.state.found_out
    assert (found.order, found.amount) == (None, Money(1250))
    staff.touch(ev.FoundOutSeen())
    assert (staff.state.found_out, staff.state.checks) == ((), ())


def test_what_is_not_known_ends_before_the_customer_who_waits() -> None:
    staff = waiting_for_card()
    staff.card()
    staff.finishes(CHECKED)
    staff.happens(common.PaymentChecked(CHECKED.payment_id, None))
    assert isinstance(staff.state.sale.outcome, NotCharged)
    assert staff.state.found_out == ()


def test_nothing_is_above_its_limit() -> None:
    staff = Staff()
    staff.types("20001")
    assert staff.state.keyed_minor == 2000
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.SUM_TOO_LARGE
    staff.touch(ev.ClearTouched(), ev.DishTouched(NUTS.id))
    staff.types("3001")
    assert staff.state.weighing is not None
    assert staff.state.weighing.grams == 300
    staff.touch(ev.WeighingClosed(), ev.MethodTouched(PayMethod.MEMBER))
    assert staff.state.screen is ScreenName.SALE
    assert staff.state.notice.notice is not None


def test_served_is_what_the_clock_says() -> None:
    staff = Staff()
    assert staff.state.serving_id == "lunch"
    assert staff.local == LUNCH


def test_a_sale_that_was_cleared_is_brought_back_by_one_touch() -> None:
    staff = Staff()
    staff.touch(ev.DishTouched(RICE), ev.DishTouched(RICE), common.DiningModeChosen(DiningMode.TAKE_AWAY))
    cart = staff.state.sale.cart
    staff.touch(ev.ClearTouched(), ev.ClearTouched())
    assert staff.state.sale.cart.lines == ()
    assert staff.state.sale.dining_mode is DiningMode.DINE_IN
    staff.touch(ev.SaleBroughtBack())
    assert (staff.state.sale.cart, staff.state.sale.dining_mode) == (cart, DiningMode.TAKE_AWAY)
    staff.touch(ev.SaleBroughtBack())
    assert staff.state.sale.cart == cart


def test_what_is_sold_meanwhile_is_not_thrown_away_for_it() -> None:
    staff = Staff()
    staff.touch(ev.DishTouched(RICE), ev.ClearTouched(), ev.DishTouched(NUTS.id), ev.WeighingClosed())
    staff.types("800")
    staff.touch(ev.SumAdded(), ev.SaleBroughtBack())
    assert [line.selection.keyed for line in staff.state.sale.cart.lines] == [Money(800)]
    staff.touch(ev.MethodTouched(PayMethod.CASH), ev.ReceivedChosen(Money(800)), ev.CashTaken())
    staff.is_sold_for_cash()
    staff.touch(common.DoneTouched(), ev.SaleBroughtBack())
    assert staff.state.sale.cart.lines == (), "the next customer's"


def test_what_left_the_menu_is_not_brought_back() -> None:
    staff = Staff()
    staff.touch(ev.DishTouched(RICE), ev.DishTouched(SALAD.id), *map(ev.DigitsTyped, "100"), ev.WeightConfirmed())
    staff.touch(ev.ClearTouched())
    staff.happens(common.MenuLoaded(menu_with(NUTS, version=2), NO_COUNTS))
    staff.touch(ev.SaleBroughtBack())
    assert [line.selection.grams for line in staff.state.sale.cart.lines] == [None]
