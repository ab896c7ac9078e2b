"""The disk takes no more: who hears of it, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.money import Money
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import ScreenName
from kiosk.services.events import StorageStopped
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason
from tests.flow.canteen import CHICKEN_MILD, Visitor, at_checkout


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
