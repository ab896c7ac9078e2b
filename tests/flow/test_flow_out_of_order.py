"""The disk takes no more: who hears of it, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.money import Money
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.checking import ASK_EVERY_S
from kiosk.screens.flow.state import ScreenName
from kiosk.services.events import StorageStopped
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason
from tests.flow.canteen import CHECKED, CHICKEN_MILD, Visitor, at_checkout


def test_a_disk_that_refuses_puts_the_resting_terminal_out_of_order() -> None:
    visitor = Visitor()
    visitor.happens(StorageStopped())
    visitor.touch(ev.OrderingStarted())
    visitor.taps_card()
    assert (visitor.state.screen, visitor.state.out_of_order) == (ScreenName.ATTRACT, True)
    assert visitor.effects == []


@pytest.mark.parametrize("screen", [ScreenName.MENU, ScreenName.MEMBER, ScreenName.CHECKOUT, ScreenName.PAYING])
def test_who_is_choosing_hears_of_it_at_once(screen: ScreenName) -> None:
    visitor = at_checkout(CHICKEN_MILD)
    visitor.state = replace(visitor.state, screen=screen)
    visitor.happens(StorageStopped())
    outcome = visitor.state.outcome
    assert isinstance(outcome, NotCharged)
    assert (visitor.state.screen, outcome.reason) == (ScreenName.PROBLEM, NotChargedReason.STORAGE_FAILED)
    visitor.taps_card()
    assert visitor.asked_payments == []
    visitor.touch(ev.CancelTouched())
    assert (visitor.state.screen, visitor.state.out_of_order) == (ScreenName.ATTRACT, True)


def test_a_payment_under_way_ends_by_its_own_outcome() -> None:
    visitor = at_checkout(CHICKEN_MILD)
    visitor.taps_card()
    visitor.happens(StorageStopped())
    assert visitor.state.in_flight
    visitor.is_paid()
    assert visitor.state.screen is ScreenName.RESULT
    visitor.happens(StorageStopped())
    assert visitor.state.screen is ScreenName.RESULT  # the number stays to be read
    visitor.touch(ev.DoneTouched())
    visitor.touch(ev.OrderingStarted())
    assert visitor.state.screen is ScreenName.ATTRACT


def test_a_payment_that_is_being_checked_stays_so() -> None:
    visitor = at_checkout(CHICKEN_MILD)
    visitor.taps_card()
    unknown = BeingChecked(None, Money(1200))
    visitor.fails(unknown)
    visitor.happens(StorageStopped())
    assert visitor.state.outcome == unknown


def test_back_in_service_when_the_disk_works_again() -> None:
    """Whoever could look the payment up has a disk that works."""
    visitor = at_checkout(CHICKEN_MILD)
    visitor.taps_card()
    visitor.happens(StorageStopped())
    visitor.fails(CHECKED)
    visitor.touch(ev.CancelTouched())
    visitor.touch(ev.OrderingStarted())
    assert (visitor.state.screen, visitor.state.out_of_order) == (ScreenName.ATTRACT, True)
    visitor.effects.clear()
    visitor.waits(ASK_EVERY_S + 1)
    assert visitor.effects == [fx.CheckPayment(CHECKED.payment_id)], "it is asked after all the same"
    visitor.happens(ev.PaymentChecked(CHECKED.payment_id, None))
    assert not visitor.state.out_of_order
    visitor.touch(ev.OrderingStarted())
    assert visitor.state.screen is ScreenName.MENU


@pytest.mark.parametrize("told_first", [True, False])
def test_a_sale_that_no_longer_fits_was_not_charged(told_first: bool) -> None:
    """A full disk has surely taken nothing: the customer is told so, whichever is heard first, and none pays again."""
    visitor = at_checkout(CHICKEN_MILD)
    visitor.taps_card()
    if told_first:
        visitor.happens(StorageStopped())
    visitor.fails(NotCharged(NotChargedReason.STORAGE_FAILED, Money(1250)))
    if not told_first:
        visitor.happens(StorageStopped())
    outcome = visitor.state.outcome
    assert isinstance(outcome, NotCharged)
    assert (visitor.state.screen, outcome.reason) == (ScreenName.PROBLEM, NotChargedReason.STORAGE_FAILED)
    visitor.taps_card()
    assert len(visitor.asked_payments) == 1
    visitor.touch(ev.CancelTouched())
    assert (visitor.state.screen, visitor.state.out_of_order) == (ScreenName.ATTRACT, True)
