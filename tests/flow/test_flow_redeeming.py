"""Points and coupons on the way to the payment: offered to whom they belong, charged to nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod, PaymentPart, with_balance
from kiosk.domain.unit import POINTS, coupon_unit
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.redeeming import chosen_parts, fitting_coupons, money_to_pay, redeemable_points
from kiosk.screens.flow.state import Notice, PayMethod, Redeeming, ScreenName
from kiosk.services.events import CentralLinkChanged, LinkState
from kiosk.services.outcomes import NotCharged, NotChargedReason
from tests.flow.canteen import (
    CARD,
    CHICKEN_MILD,
    FIVE_OFF,
    MEMBER,
    OTHER_CARD,
    SAVER,
    TOFU_PLAIN,
    Visitor,
    at_checkout,
)

TOTAL = Money(1250)
COUPON = PaymentPart(PaymentMethod.COUPON, Money(500), Money(1, coupon_unit(FIVE_OFF.id)))
# Half of 12.50 in whole yuan.
PTS = PaymentPart(PaymentMethod.POINTS, Money(400), Money(400, POINTS))


def saver(*, points: bool = True, coupon: bool = True) -> Visitor:
    """At the checkout with a dish for 12.50, 450 points and a coupon of 5.00, online."""
    visitor = Visitor()
    visitor.happens(CentralLinkChanged(LinkState.ONLINE))
    visitor.is_identified(SAVER)
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishOpened(CHICKEN_MILD.dishes[0].dish_id))
    visitor.touch(ev.SheetConfirmed())
    visitor.touch(ev.CheckoutOpened())
    if points:
        visitor.touch(ev.PointsChosen(use=True))
    if coupon:
        visitor.touch(ev.CouponsOpened(is_open=True))
        visitor.touch(ev.CouponChosen(FIVE_OFF.id))
    visitor.effects.clear()
    return visitor


def test_both_come_off_and_the_rest_is_charged() -> None:
    visitor = saver()
    assert not visitor.state.choosing_coupon
    assert money_to_pay(visitor.state) == Money(350)
    visitor.touch(ev.MemberPaymentChosen())
    (asked,) = visitor.asked_payments
    assert (asked.shown_total, asked.others) == (TOTAL, (COUPON, PTS))
    assert visitor.state.paying is not None
    assert visitor.state.paying.amount == Money(350)


def test_points_go_in_whole_lots() -> None:
    visitor = saver(coupon=False)
    visitor.happens(ev.LineQuantityChanged(CHICKEN_MILD, 2))
    assert chosen_parts(visitor.state) == (PTS,)


def test_a_coupon_below_its_minimum_is_not_offered() -> None:
    visitor = saver()
    visitor.happens(ev.BackTouched(), ev.LineQuantityChanged(CHICKEN_MILD, 0))
    visitor.happens(ev.DishQuickAdded(TOFU_PLAIN.dishes[0].dish_id), ev.CheckoutOpened())
    assert fitting_coupons(visitor.state) == ()
    assert money_to_pay(visitor.state) == Money(300)
    visitor.touch(ev.CouponsOpened(is_open=True))
    assert not visitor.state.choosing_coupon


def test_a_guest_has_neither() -> None:
    visitor = at_checkout()
    visitor.happens(CentralLinkChanged(LinkState.ONLINE), ev.PointsChosen(use=True), ev.CouponChosen(FIVE_OFF.id))
    assert redeemable_points(visitor.state) is None
    assert chosen_parts(visitor.state) == ()


def test_without_central_the_full_price_is_charged() -> None:
    visitor = saver()
    visitor.happens(CentralLinkChanged(LinkState.OFFLINE))
    assert money_to_pay(visitor.state) == TOTAL
    visitor.taps_card()
    assert visitor.asked_payments[0].others == ()


def test_another_card_first_learns_what_it_costs_without_them() -> None:
    visitor = saver()
    visitor.taps_card(OTHER_CARD)
    assert visitor.asked_payments == []
    assert visitor.state.screen is ScreenName.CHECKOUT
    assert visitor.state.notice is not None
    assert visitor.state.notice.notice is Notice.OTHER_CARD
    assert money_to_pay(visitor.state) == TOTAL
    visitor.taps_card(OTHER_CARD)
    (asked,) = visitor.asked_payments
    assert (asked.card_uid, asked.others) == (OTHER_CARD, ())


def test_the_counter_takes_what_they_leave() -> None:
    visitor = saver()
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    (asked,) = visitor.asked_payments
    assert asked.others == (COUPON, PTS, PaymentPart(PaymentMethod.COUNTER, Money(350)))


def test_too_little_money_the_card_pays_what_it_can() -> None:
    visitor = saver()
    visitor.taps_card()
    short = NotCharged(NotChargedReason.INSUFFICIENT, TOTAL, free=Money(120), parts=with_balance((COUPON, PTS), TOTAL))
    visitor.fails(short)
    visitor.touch(ev.MethodChosen(PayMethod.CARD_AND_COUNTER))
    asked = visitor.asked_payments[-1]
    assert (asked.card_uid, asked.others) == (CARD, (COUPON, PTS, PaymentPart(PaymentMethod.COUNTER, Money(230))))


@pytest.mark.parametrize("free", [0, 1250])
def test_a_card_that_can_pay_nothing_or_all_is_not_offered_to_pay_a_part(free: int) -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.fails(NotCharged(NotChargedReason.INSUFFICIENT, TOTAL, free=Money(free)))
    visitor.effects.clear()
    visitor.touch(ev.MethodChosen(PayMethod.CARD_AND_COUNTER))
    assert visitor.asked_payments == []


def test_money_kept_elsewhere_is_not_counted_on() -> None:
    failed = NotCharged(NotChargedReason.INSUFFICIENT, TOTAL, free=Money(1500), held_elsewhere=Money(1000))
    assert failed.card_can_pay == Money(500)


@pytest.mark.parametrize(
    ("reason", "left"),
    [(NotChargedReason.POINTS_INSUFFICIENT, (COUPON,)), (NotChargedReason.COUPON_NOT_VALID, (PTS,))],
)
def test_what_central_refused_is_not_offered_again(reason: NotChargedReason, left: tuple[PaymentPart, ...]) -> None:
    visitor = saver()
    visitor.taps_card()
    visitor.fails(NotCharged(reason, TOTAL))
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.CHECKOUT
    visitor.touch(ev.PointsChosen(use=True))
    visitor.touch(ev.CouponChosen(FIVE_OFF.id))
    assert chosen_parts(visitor.state) == left


def test_the_next_meal_and_the_next_member_begin_without() -> None:
    visitor = saver()
    visitor.taps_card()
    visitor.is_paid()
    assert visitor.state.session.redeeming == Redeeming()
    visitor = saver()
    visitor.happens(ev.BackTouched())
    visitor.is_identified(replace(MEMBER), OTHER_CARD)
    assert visitor.state.session.redeeming == Redeeming()


@pytest.mark.parametrize("reason", [NotChargedReason.CENTRAL_UNREACHABLE, NotChargedReason.CENTRAL_REFUSED])
def test_with_central_away_the_counter_takes_the_order_without_them(reason: NotChargedReason) -> None:
    visitor = saver()
    visitor.taps_card()
    visitor.fails(NotCharged(reason, TOTAL, parts=with_balance((COUPON, PTS), TOTAL)))
    visitor.effects.clear()
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    assert visitor.asked_payments == []
    assert [e.shown_total for e in visitor.effects if isinstance(e, fx.TakeOrderForCounter)] == [TOTAL]


def test_too_late_once_it_is_charged() -> None:
    visitor = saver()
    visitor.taps_card()
    before = visitor.state
    visitor.happens(ev.PointsChosen(use=False), ev.CouponChosen(None), ev.CouponsOpened(is_open=True))
    assert visitor.state == before
