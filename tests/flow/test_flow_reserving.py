"""What the cart needs is reserved when the checkout opens, and let go when its customer leaves without paying."""

from __future__ import annotations

from dataclasses import replace

from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import PayMethod, ScreenName
from kiosk.services.outcomes import NotCharged, NotChargedReason
from tests.flow.canteen import Visitor, at_checkout


def asked(visitor: Visitor) -> list[fx.Effect]:
    return [e for e in visitor.effects if isinstance(e, fx.Reserve | fx.LetGo)]


def answer(visitor: Visitor) -> ev.CartReserved:
    """One of its dishes is no more."""
    (reserve,) = [e for e in visitor.effects if isinstance(e, fx.Reserve)]
    dish_id = reserve.cart.lines[0].selection.dishes[0].dish_id
    short = NotCharged(NotChargedReason.SOLD_OUT, reserve.shown_total, sold_out=(dish_id,), left=((dish_id, 0),))
    return ev.CartReserved(reserve.session_id, reserve.cart, short)


def test_the_checkout_reserves_and_the_way_back_lets_go() -> None:
    visitor = at_checkout()
    session = visitor.state.session
    assert [(e.session_id, e.cart) for e in asked(visitor) if isinstance(e, fx.Reserve)] == [(session.id, session.cart)]
    visitor.touch(ev.MethodChosen(PayMethod.CARD))
    visitor.touch(ev.BackTouched())
    assert len(asked(visitor)) == 1, "it is still at the checkout"
    visitor.touch(ev.BackTouched())
    assert asked(visitor)[1:] == [fx.LetGo()]


def test_who_leaves_lets_go() -> None:
    visitor = at_checkout()
    visitor.touch(ev.CancelTouched())
    assert asked(visitor)[1:] == [fx.LetGo()]


def test_what_is_paid_goes_with_the_sale() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.is_paid()
    visitor.touch(ev.DoneTouched())
    assert len(asked(visitor)) == 1


def test_who_is_too_late_hears_of_it_before_paying() -> None:
    visitor = at_checkout()
    visitor.touch(ev.MethodChosen(PayMethod.CARD))
    told = answer(visitor)
    visitor.happens(told)
    assert visitor.state.screen is ScreenName.PROBLEM
    assert visitor.state.outcome == told.short
    assert visitor.asked_payments == []
    visitor.touch(ev.BackTouched())
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.MENU
    assert visitor.state.session.cart == told.cart, "the rest of the order is kept"


def test_a_payment_under_way_says_so_itself() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.happens(answer(visitor))
    assert visitor.state.in_flight


def test_an_answer_about_another_cart_is_dropped() -> None:
    visitor = at_checkout()
    told = answer(visitor)
    for stale in (replace(told, session_id=told.session_id + 1), replace(told, short=None)):
        visitor.happens(stale)
        assert visitor.state.screen is ScreenName.CHECKOUT
    visitor.touch(ev.BackTouched())
    visitor.happens(told)
    assert visitor.state.screen is ScreenName.MENU
