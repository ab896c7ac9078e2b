"""A payment that is being checked: asked after until it is known, and said to its customer or where they can see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.ids import PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.checking import ASK_EVERY_S, SHOWN_FOR_S
from kiosk.screens.flow.state import ScreenName, ShownPayment
from kiosk.services.journal import CardPayment, Fate
from kiosk.services.outcomes import DueAtCounter, NotCharged, NotChargedReason, Paid
from tests.flow.canteen import CARD, CHECKED, CHICKEN_MILD, LUNCH, Visitor, at_checkout, order_of

PAID = CardPayment(CHECKED.payment_id, "6CED", time(12, 3), Fate.PAID, order_of(EMPTY_CART.add(CHICKEN_MILD)))
PARTS = (PaymentPart(PaymentMethod.BALANCE, Money(1000)), PaymentPart(PaymentMethod.COUNTER, Money(250)))
DUE = replace(PAID, fate=Fate.DUE, parts=PARTS)
NOT_CHARGED = CardPayment(CHECKED.payment_id, "6CED", time(12, 3), Fate.NOT_CHARGED)


def checked() -> Visitor:
    """Somebody whose payment is being checked."""
    visitor = at_checkout()
    visitor.taps_card()
    visitor.fails(CHECKED)
    visitor.effects.clear()
    return visitor


def asked(visitor: Visitor) -> int:
    return visitor.effects.count(fx.CheckPayment(CHECKED.payment_id))


def test_it_is_asked_after_until_it_is_known() -> None:
    visitor = checked()
    visitor.waits(ASK_EVERY_S * 3 + 1)
    assert asked(visitor) == 3
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, NOT_CHARGED))
    visitor.waits(ASK_EVERY_S * 3)
    assert asked(visitor) == 3


def test_the_customer_who_waits_hears_that_it_was_paid() -> None:
    visitor = checked()
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, PAID))
    assert visitor.state.screen is ScreenName.RESULT
    assert visitor.state.outcome == Paid(order_of(EMPTY_CART.add(CHICKEN_MILD)), None, 12)
    assert (visitor.state.session.cart, visitor.sounds) == (EMPTY_CART, [fx.SoundKind.SUCCESS])
    assert visitor.state.last_payment is None


def test_the_customer_who_waits_hears_what_is_still_due() -> None:
    """The card has paid a part; what it paid earns, the rest is paid at the counter by the number."""
    visitor = checked()
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, DUE))
    outcome = visitor.state.outcome
    assert outcome == DueAtCounter(order_of(EMPTY_CART.add(CHICKEN_MILD)), PARTS, None, 10)
    assert outcome.due == Money(250)
    assert (visitor.state.screen, visitor.sounds) == (ScreenName.RESULT, [fx.SoundKind.SUCCESS])
    assert visitor.state.session.cart == EMPTY_CART
    visitor.taps_card()
    assert visitor.asked_payments == [], "nothing is paid twice"


def test_who_has_left_finds_what_is_still_due_on_the_attract_screen() -> None:
    visitor = checked()
    visitor.touch(ev.CancelTouched())
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, DUE))
    assert visitor.state.last_payment == ShownPayment(DUE, visitor.now_s + SHOWN_FOR_S)


@pytest.mark.parametrize("found", [NOT_CHARGED, None])
def test_the_customer_who_waits_hears_that_nothing_was_charged(found: CardPayment | None) -> None:
    visitor = checked()
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, found))
    assert visitor.state.outcome == NotCharged(NotChargedReason.CHECKED, CHECKED.total)
    visitor.taps_card()
    assert len(visitor.asked_payments) == 1, "it can be paid now"


@pytest.mark.parametrize("found", [NOT_CHARGED, None])
def test_who_has_left_finds_it_on_the_attract_screen(found: CardPayment | None) -> None:
    visitor = checked()
    visitor.touch(ev.CancelTouched())
    being_checked = CardPayment(CHECKED.payment_id, CARD[-4:], LUNCH, Fate.BEING_CHECKED)
    assert visitor.state.screen is ScreenName.ATTRACT
    assert visitor.state.last_payment == ShownPayment(being_checked, None)
    visitor.waits(300)
    assert visitor.state.last_payment == ShownPayment(being_checked, None)
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, found))
    shown = visitor.state.last_payment
    assert shown is not None
    assert (shown.payment.fate, shown.payment.card_end) == (Fate.NOT_CHARGED, "6CED")
    visitor.waits(SHOWN_FOR_S - 1)
    assert visitor.state.last_payment is not None
    visitor.waits(1)
    assert visitor.state.last_payment is None


def test_the_next_customer_sees_nothing_of_it() -> None:
    visitor = checked()
    visitor.touch(ev.CancelTouched())
    visitor.touch(ev.OrderingStarted())
    assert visitor.state.last_payment is None
    visitor.waits(ASK_EVERY_S + 1)
    assert asked(visitor) > 0, "it is asked after all the same"
    before = visitor.state
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, PAID))
    assert visitor.state == replace(before, check=None)


def test_a_card_at_the_attract_screen_is_the_next_customer() -> None:
    visitor = Visitor()
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, NOT_CHARGED))
    assert visitor.state.last_payment is not None
    visitor.is_identified()
    assert visitor.state.last_payment is None


def test_what_a_start_has_found_is_said() -> None:
    visitor = Visitor()
    visitor.happens(ev.PaymentChecked(PAID.payment_id, PAID))
    assert visitor.state.last_payment == ShownPayment(PAID, visitor.now_s + SHOWN_FOR_S)


def test_an_answer_about_another_payment_changes_nothing_here() -> None:
    visitor = checked()
    other = PaymentId(CHECKED.payment_id.__class__(int=10))
    visitor.happens(ev.PaymentChecked(other, replace(PAID, payment_id=other)))
    assert visitor.state.outcome == CHECKED
    assert visitor.state.check is not None
