"""Nobody touches: the warning, its count, more time, and where it never runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import IdleTimes, PayMethod, ScreenName, TextSize
from tests.flow.canteen import CHECKED, NO_MONEY, TOFU, Visitor, at_checkout


def test_warning_after_45_s_counts_15_down_and_resets_everything() -> None:
    visitor = at_checkout()
    visitor.touch(ev.LanguageChosen("en"))
    visitor.touch(ev.TextSizeChosen(TextSize.LARGE))
    session_id = visitor.state.session.id
    visitor.waits(44)
    assert visitor.state.idle_left_s is None
    counted = []
    while visitor.state.screen is not ScreenName.ATTRACT:
        visitor.waits(1)
        counted.append(visitor.state.idle_left_s)
    assert counted == [*range(15, 0, -1), None]
    assert visitor.sounds == [fx.SoundKind.WARNING]
    assert visitor.state.session.id == session_id + 1
    assert visitor.state.session.view == visitor.state.home_view
    assert visitor.state.session.cart.lines == ()


def test_more_time_starts_the_wait_again() -> None:
    visitor = at_checkout()
    visitor.waits(50)
    assert visitor.state.idle_left_s == 10
    visitor.touch(ev.MoreTimeTouched())
    assert visitor.state.idle_left_s is None
    assert visitor.state.session.cart.lines
    visitor.waits(44)
    assert visitor.state.idle_left_s is None
    visitor.waits(1)
    assert visitor.state.idle_left_s == 15


def test_only_the_warnings_own_buttons_end_it() -> None:
    visitor = at_checkout()
    visitor.waits(50)
    visitor.happens(ev.Touched(visitor.now_s))
    visitor.waits(1)
    assert visitor.state.idle_left_s == 9
    visitor.touch(ev.CancelTouched())
    assert visitor.state.screen is ScreenName.ATTRACT


def test_touch_before_the_warning_starts_the_wait_again() -> None:
    visitor = at_checkout()
    visitor.waits(40)
    visitor.happens(ev.Touched(visitor.now_s))
    visitor.waits(40)
    assert visitor.state.idle_left_s is None


def test_card_ends_the_warning() -> None:
    visitor = Visitor()
    visitor.touch(ev.OrderingStarted())
    visitor.waits(50)
    visitor.is_identified()
    assert visitor.state.idle_left_s is None
    visitor.waits(44)
    assert visitor.state.idle_left_s is None


@pytest.mark.parametrize("waits_for", ["checkout", "card", "problem", "member", "checked"])
def test_warning_runs_wherever_somebody_may_have_left(waits_for: str) -> None:
    visitor = at_checkout()
    if waits_for == "card":
        visitor.touch(ev.MethodChosen(PayMethod.CARD))
    if waits_for in ("problem", "checked"):
        visitor.taps_card()
        visitor.fails(NO_MONEY if waits_for == "problem" else CHECKED)
    if waits_for == "member":
        visitor = Visitor()
        visitor.is_identified()
    visitor.waits(45)
    assert visitor.state.idle_left_s == 15
    visitor.waits(15)
    assert visitor.state.screen is ScreenName.ATTRACT


def test_payment_in_flight_is_never_dropped() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.waits(600)
    assert visitor.state.in_flight
    assert visitor.state.idle_left_s is None
    visitor.is_paid()
    assert visitor.state.screen is ScreenName.RESULT


def test_payment_started_while_the_warning_shows_ends_it() -> None:
    visitor = at_checkout()
    visitor.waits(50)
    visitor.taps_card()
    assert visitor.state.idle_left_s is None
    visitor.waits(60)
    visitor.fails(NO_MONEY)
    visitor.waits(44)
    assert visitor.state.idle_left_s is None
    assert visitor.state.screen is ScreenName.PROBLEM


def test_number_shows_for_10_s() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.waits(3)
    visitor.is_paid()
    visitor.waits(9)
    assert visitor.state.screen is ScreenName.RESULT
    visitor.waits(1)
    assert visitor.state.screen is ScreenName.ATTRACT


def test_attract_screen_does_not_warn_but_forgets_the_language() -> None:
    visitor = Visitor()
    visitor.touch(ev.LanguageChosen("en"))
    visitor.waits(44)
    assert visitor.state.session.view.language == "en"
    visitor.waits(1)
    assert visitor.state.session.view == visitor.state.home_view
    visitor.waits(600)
    assert visitor.state.idle_left_s is None
    assert visitor.state.screen is ScreenName.ATTRACT


def test_times_are_the_configured_ones() -> None:
    visitor = Visitor()
    visitor.state = replace(visitor.state, idle=IdleTimes(warn_after_s=5, count_s=3, result_s=2))
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishQuickAdded(TOFU))
    visitor.waits(5)
    assert visitor.state.idle_left_s == 3
    visitor.waits(3)
    assert visitor.state.screen is ScreenName.ATTRACT
