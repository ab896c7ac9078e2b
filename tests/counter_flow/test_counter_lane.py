"""The fixed-price lane: next, next, next; nobody twice in silence."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.state import Notice, PayMethod, ScreenName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import SoundKind
from kiosk.services.lane import SameMemberAgain
from tests.counter_flow.counter import NO_MONEY, NUTS, SALAD, Staff, in_lane, menu_with
from tests.flow.canteen import CARD, CHICKEN, NO_COUNTS, OTHER_CARD

AGAIN = SameMemberAgain(Money(800), 5)


def test_one_tap_a_student() -> None:
    staff = in_lane("800")
    for number in range(5):
        staff.card(f"0{number}")
        staff.is_paid()
        assert customer_view(staff.state).shows is CustomerShows.PAID
    lane = staff.state.lane
    assert lane is not None
    assert (lane.paid, lane.taken) == (5, Money(4000))
    assert [asked.shown_total for asked in staff.charged] == [Money(800)] * 5
    assert len({asked.sale_id for asked in staff.charged}) == 5
    assert staff.sounds == [SoundKind.SUCCESS] * 5


def test_taps_in_flight_charge_nobody() -> None:
    staff = in_lane()
    staff.card(CARD)
    for uid in (CARD, OTHER_CARD, OTHER_CARD, CARD):
        staff.card(uid)
    assert len(staff.charged) == 1
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.ONE_AT_A_TIME


def test_the_same_member_again_asks_staff() -> None:
    staff = in_lane()
    staff.card()
    staff.is_paid()
    staff.card()
    staff.finishes(AGAIN)
    assert customer_view(staff.state).shows is CustomerShows.ASK_STAFF
    assert staff.state.lane is not None
    assert staff.state.lane.paid == 1
    question = staff.state.sale.id
    staff.touch(ev.AgainAnswered(question, charge=True))
    assert [e.is_meant for e in staff.effects if isinstance(e, fx.ChargeInLane)] == [False, False, True]
    staff.touch(ev.AgainAnswered(question, charge=True))
    assert len(staff.charged) == 3
    staff.is_paid()
    assert staff.state.lane.paid == 2


def test_no_charges_nobody_and_so_does_the_next_card() -> None:
    staff = in_lane()
    staff.card()
    staff.finishes(AGAIN)
    question = staff.state.sale.id
    staff.card(OTHER_CARD)
    staff.touch(ev.AgainAnswered(question, charge=True))
    assert [asked.payer for asked in staff.charged] == [ByCard(CARD), ByCard(OTHER_CARD)]
    staff.is_paid()
    staff.card()
    staff.finishes(AGAIN)
    staff.touch(ev.AgainAnswered(staff.state.sale.id, charge=False))
    assert len(staff.charged) == 3
    assert customer_view(staff.state).shows is CustomerShows.PAY


def test_not_paid_is_red_until_the_next_one() -> None:
    staff = in_lane()
    staff.card()
    staff.finishes(NO_MONEY)
    staff.waits(60)
    assert customer_view(staff.state).shows is CustomerShows.NOT_PAID
    staff.card(OTHER_CARD)
    staff.is_paid()
    assert staff.state.lane is not None
    assert staff.state.lane.paid == 1


def test_cash_in_the_lane() -> None:
    staff = in_lane("800")
    staff.touch(ev.MethodTouched(PayMethod.CASH), ev.ReceivedChosen(Money(1000)), ev.CashTaken())
    staff.is_sold_for_cash()
    assert staff.state.screen is ScreenName.LANE
    assert staff.state.change == Money(200)
    assert staff.state.lane is not None
    assert staff.state.lane.paid == 1


def test_another_price_ends_the_lane() -> None:
    staff = Staff()
    staff.touch(ev.DishTouched(CHICKEN), ev.LaneStarted())
    staff.happens(common.MenuLoaded(menu_with(NUTS, SALAD, version=2), NO_COUNTS))
    assert staff.state.lane is not None
    staff.card()
    dearer = menu_with(NUTS, SALAD, chicken_minor=1300, version=3)
    staff.happens(common.MenuLoaded(dearer, NO_COUNTS))
    assert staff.state.in_flight
    staff.is_paid()
    assert customer_view(staff.state).shows is CustomerShows.PAID
    staff.card(OTHER_CARD)
    assert len(staff.charged) == 1
    assert staff.state.lane is None
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.MENU_CHANGED


def test_stopping() -> None:
    staff = in_lane()
    staff.touch(ev.LaneStopped())
    assert (staff.state.screen, staff.state.lane) == (ScreenName.SALE, None)
    assert replace(staff.state.sale, id=0).cart.lines == ()


def test_a_card_instead_of_cash_after_all_is_charged_as_in_the_lane() -> None:
    """With its guard; and what was keyed for the cash is gone."""
    staff = in_lane("800")
    staff.touch(ev.MethodTouched(PayMethod.CASH), ev.ReceivedChosen(Money(1000)))
    before = staff.state.sale.id
    staff.card()
    assert [type(e) for e in staff.effects if isinstance(e, fx.Charge | fx.ChargeInLane)] == [fx.ChargeInLane]
    assert (staff.state.screen, staff.state.keyed_minor) == (ScreenName.LANE, 0)
    assert staff.state.sale.id != before
    staff.finishes(AGAIN)
    assert customer_view(staff.state).shows is CustomerShows.ASK_STAFF
    staff.touch(ev.AgainAnswered(staff.state.sale.id, charge=False))
    assert staff.state.screen is ScreenName.LANE


def test_what_is_one_customers_ends_with_them() -> None:
    """A's balance was touched, cash was thought of, B taps a card after all: B's balance is B's."""
    staff = in_lane()
    staff.card()
    staff.is_paid()
    staff.touch(common.BalanceTouched())
    assert customer_view(staff.state).balance == Money(3750)
    staff.touch(ev.MethodTouched(PayMethod.CASH))
    staff.card(OTHER_CARD)
    staff.is_paid()
    assert customer_view(staff.state).shows is CustomerShows.PAID
    assert customer_view(staff.state).balance is None


def test_a_balance_is_not_touched_before_there_is_one() -> None:
    staff = in_lane()
    staff.touch(common.BalanceTouched())
    staff.card()
    staff.touch(common.BalanceTouched())
    staff.is_paid()
    assert customer_view(staff.state).balance is None
