"""Settling: one payment at a time, its outcome ends it, and what can be done after each outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import PayMethod, ScreenName, TextSize
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from tests.flow.canteen import (
    CARD,
    CHECKED,
    CHICKEN,
    CHICKEN_MILD,
    NO_COUNTS,
    NO_MONEY,
    OTHER_CARD,
    SMALLER_MENU,
    USUAL,
    Visitor,
    at_checkout,
    order_of,
)


def test_card_at_the_checkout_pays() -> None:
    visitor = at_checkout()
    visitor.touch(ev.DiningModeChosen(DiningMode.TAKE_AWAY))
    visitor.taps_card()
    session = visitor.state.session
    total = order_of(session.cart).total
    assert visitor.asked_payments == [
        fx.PayByCard(session.id, CARD, visitor.now_s, session.cart, total, DiningMode.TAKE_AWAY, "zh")
    ]
    assert visitor.state.screen is ScreenName.PAYING
    assert visitor.state.in_flight
    visitor.is_paid()
    assert visitor.state.screen is ScreenName.RESULT
    assert visitor.state.order is not None
    assert visitor.state.session.cart.lines == ()
    assert visitor.sounds == [fx.SoundKind.SUCCESS]
    assert visitor.effects[-1] == fx.LoadLevels()


def test_card_while_waiting_for_one_pays() -> None:
    visitor = at_checkout()
    visitor.touch(ev.MethodChosen(PayMethod.CARD))
    assert visitor.state.screen is ScreenName.PAYING
    assert not visitor.state.in_flight
    assert visitor.asked_payments == []
    visitor.taps_card()
    assert len(visitor.asked_payments) == 1
    assert visitor.state.in_flight


def test_member_pays_with_the_card_that_greeted() -> None:
    visitor = at_checkout()
    visitor.touch(ev.BackTouched())
    visitor.is_identified()
    visitor.touch(ev.CheckoutOpened())
    visitor.touch(ev.MemberPaymentChosen())
    assert [e.card_uid for e in visitor.asked_payments] == [CARD]


def test_member_payment_needs_a_member() -> None:
    visitor = at_checkout()
    visitor.touch(ev.MemberPaymentChosen())
    assert visitor.asked_payments == []
    assert visitor.state.screen is ScreenName.CHECKOUT


def test_usual_is_paid_at_once() -> None:
    visitor = Visitor()
    visitor.is_identified()
    visitor.touch(ev.UsualChosen())
    assert [(e.card_uid, e.cart) for e in visitor.asked_payments] == [(CARD, USUAL)]
    visitor.is_paid()
    assert visitor.state.screen is ScreenName.RESULT


def test_counter_takes_the_order() -> None:
    visitor = at_checkout()
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    session = visitor.state.session
    total = order_of(session.cart).total
    expected = fx.TakeOrderForCounter(session.id, None, session.cart, total, DiningMode.DINE_IN, "zh")
    assert visitor.effects[-1] == expected
    visitor.is_due()
    assert visitor.state.screen is ScreenName.RESULT
    assert visitor.state.session.cart.lines == ()


def test_double_taps_start_one_payment() -> None:
    visitor = at_checkout()
    visitor.touch(ev.BackTouched())
    visitor.is_identified()
    visitor.touch(ev.CheckoutOpened())
    for _ in range(3):
        visitor.touch(ev.MemberPaymentChosen())
        visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
        visitor.taps_card()
    asked = [e for e in visitor.effects if isinstance(e, fx.PayByCard | fx.TakeOrderForCounter)]
    assert len(asked) == 1


TOO_LATE = [
    ev.BackTouched(),
    ev.CancelTouched(),
    ev.DoneTouched(),
    ev.CheckoutOpened(),
    ev.OrderingStarted(),
    ev.UsualChosen(),
    ev.MethodChosen(PayMethod.CARD),
    ev.MethodChosen(PayMethod.COUNTER),
    ev.DiningModeChosen(DiningMode.TAKE_AWAY),
    ev.LineQuantityChanged(CHICKEN_MILD, 0),
    ev.LineOpened(CHICKEN_MILD),
    ev.DishOpened(CHICKEN),
    ev.DishQuickAdded(CHICKEN),
]


@pytest.mark.parametrize("event", TOO_LATE, ids=lambda e: type(e).__name__)
def test_touch_during_a_payment_in_flight_changes_nothing(event: ev.FlowEvent) -> None:
    visitor = at_checkout()
    visitor.taps_card()
    before = visitor.state
    visitor.touch(event)
    assert visitor.state == before


def test_reading_aids_work_during_a_payment_in_flight() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.touch(ev.LanguageChosen("en"))
    visitor.touch(ev.TextSizeChosen(TextSize.LARGEST))
    assert visitor.state.session.view.language == "en"
    assert visitor.state.session.view.text_size is TextSize.LARGEST
    assert visitor.state.in_flight


def test_outcome_of_another_session_is_dropped() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    before = visitor.state
    stale = Paid(order_of(USUAL), Money(1), 1)
    visitor.happens(ev.CheckoutFinished(before.session.id - 1, stale))
    assert visitor.state == before


def test_outcome_nobody_waits_for_is_dropped() -> None:
    visitor = at_checkout()
    before = visitor.state
    visitor.happens(ev.CheckoutFinished(before.session.id, Paid(order_of(USUAL), Money(1), 1)))
    assert visitor.state == before


@pytest.mark.parametrize("reason", NotChargedReason)
def test_not_charged_keeps_the_cart_and_leaves_every_way_open(reason: NotChargedReason) -> None:
    visitor = at_checkout()
    cart = visitor.state.session.cart
    visitor.taps_card(OTHER_CARD)
    visitor.fails(replace(NO_MONEY, reason=reason))
    assert visitor.state.screen is ScreenName.PROBLEM
    assert visitor.state.session.cart == cart
    assert visitor.sounds == [fx.SoundKind.FAILURE]
    problem = visitor.state

    visitor.taps_card(CARD)
    assert [e.card_uid for e in visitor.asked_payments] == [OTHER_CARD, CARD]

    visitor.state = problem
    visitor.touch(ev.MethodChosen(PayMethod.CARD))
    assert visitor.state.screen is ScreenName.PAYING
    assert not visitor.state.in_flight

    visitor.state = problem
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    assert isinstance(visitor.effects[-1], fx.TakeOrderForCounter)

    visitor.state = problem
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.CHECKOUT
    assert visitor.state.outcome is None

    visitor.state = problem
    visitor.touch(ev.CancelTouched())
    assert visitor.state.screen is ScreenName.ATTRACT


def test_changed_menu_is_loaded_after_the_refusal() -> None:
    visitor = at_checkout(CHICKEN_MILD)
    visitor.taps_card()
    visitor.fails(NotCharged(NotChargedReason.MENU_CHANGED, Money(0)))
    assert visitor.effects[-1] == fx.LoadMenu()
    visitor.happens(ev.MenuLoaded(SMALLER_MENU, NO_COUNTS))
    assert visitor.state.screen is ScreenName.PROBLEM
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.MENU


def test_while_a_sale_is_being_checked_nothing_can_be_paid() -> None:
    visitor = at_checkout()
    visitor.is_identified()
    visitor.fails(CHECKED)
    assert isinstance(visitor.state.outcome, BeingChecked)
    before, asked = visitor.state, len(visitor.asked_payments)
    for event in (
        ev.BackTouched(),
        ev.MemberPaymentChosen(),
        ev.MethodChosen(PayMethod.CARD),
        ev.MethodChosen(PayMethod.COUNTER),
        ev.CheckoutOpened(),
    ):
        visitor.touch(event)
    visitor.taps_card()
    assert visitor.state == before
    assert len(visitor.asked_payments) == asked
    visitor.touch(ev.DoneTouched())
    assert visitor.state.screen is ScreenName.ATTRACT


def test_back_goes_one_step() -> None:
    visitor = at_checkout()
    visitor.touch(ev.MethodChosen(PayMethod.CARD))
    visitor.touch(ev.BackTouched())
    assert (visitor.state.screen, visitor.state.paying) == (ScreenName.CHECKOUT, None)
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.MENU
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.MENU


def test_open_sheet_does_not_outlive_its_screen() -> None:
    for event in (ev.MethodChosen(PayMethod.CARD), ev.BackTouched()):
        visitor = at_checkout()
        visitor.touch(ev.LineOpened(CHICKEN_MILD))
        visitor.touch(event)
        assert visitor.state.editing is None


def test_next_customers_card_after_the_number() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.is_paid()
    shown = visitor.state
    visitor.taps_card(CARD)
    assert visitor.state.screen is ScreenName.RESULT
    visitor.taps_card(OTHER_CARD)
    assert visitor.state.screen is ScreenName.ATTRACT
    assert visitor.effects[-1] == fx.Identify(shown.session.id + 1, OTHER_CARD)


def test_balance_after_can_be_shown_to_a_guest_who_tapped_to_pay() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.is_paid()
    assert not visitor.state.session.balance_shown
    visitor.touch(ev.BalanceTouched())
    assert visitor.state.session.balance_shown


def test_balance_of_another_persons_card_is_hidden() -> None:
    visitor = Visitor()
    visitor.is_identified()
    visitor.touch(ev.BalanceTouched())
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishQuickAdded(CHICKEN))
    visitor.touch(ev.CheckoutOpened())
    visitor.taps_card(OTHER_CARD)
    assert not visitor.state.session.balance_shown


def test_done_is_for_the_end_only() -> None:
    visitor = at_checkout()
    before = visitor.state
    visitor.touch(ev.DoneTouched())
    assert visitor.state == before
    visitor.taps_card()
    visitor.is_paid()
    visitor.touch(ev.DoneTouched())
    assert visitor.state.screen is ScreenName.ATTRACT
