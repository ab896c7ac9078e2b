"""The idle warning lies over every screen, counts, and lets nothing below be touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.screens.flow import effects as fx
from kiosk.screens.flow.state import ScreenName, State
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.gallery import SIGHTS, Sight, look_at

Open = Callable[..., Driver]
CHECKOUT = scenes.with_cart(scenes.state(ScreenName.CHECKOUT), scenes.SOME)


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    ui = kept_app(scenes.with_view(CHECKOUT, sight.view), size=sight.size)
    ui.advance(48)
    look_at(ui, f"idle-{sight.name}", keeps_picture=sight.keeps_picture)


def left(ui: Driver) -> int:
    return int(ui.find(test_id="idle-left").text)


def test_warning_counts_down_and_clears(kept_app: Open) -> None:
    ui = kept_app(CHECKOUT)
    ui.advance(44)
    assert not ui.has(test_id="idle-left")
    ui.advance(2)
    first = left(ui)
    ui.advance(5)
    assert left(ui) == first - 5
    assert ui.has(f"{first - 5} 秒后清空您的订单。")
    ui.advance(first)
    assert ui.state.screen is ScreenName.ATTRACT
    assert not ui.has(test_id="idle-left")
    assert fx.PlaySound(fx.SoundKind.WARNING) in ui.effects


def test_more_time(kept_app: Open) -> None:
    ui = kept_app(CHECKOUT)
    ui.advance(48)
    ui.tap(test_id="more-time")
    assert not ui.has(test_id="idle-left")
    assert ui.state.session.cart == scenes.SOME
    ui.advance(44)
    assert not ui.has(test_id="idle-left")


def test_done(kept_app: Open) -> None:
    ui = kept_app(CHECKOUT)
    ui.advance(48)
    ui.tap(test_id="idle-leave")
    assert ui.state.screen is ScreenName.ATTRACT


def test_nothing_below_is_reached(kept_app: Open) -> None:
    ui = kept_app(CHECKOUT)
    places = [ui.find(test_id=t).center for t in ("line-0-plus", "language", "dine-in", "line-1-edit")]
    ui.advance(48)
    before = ui.state
    for x, y in places:
        if y > 900:  # above the sheet
            ui.tap_at(x, y)
    assert ui.state.session == before.session
    assert ui.state.editing is None
    assert ui.has(test_id="idle-left")


@pytest.mark.parametrize(
    "state",
    [
        scenes.with_cart(scenes.state(ScreenName.MENU), scenes.SOME),
        scenes.with_member(scenes.state(ScreenName.MEMBER)),
        replace(scenes.with_cart(scenes.state(ScreenName.PAYING), scenes.SOME), paying=scenes.WAITING_FOR_CARD),
        scenes.ended(CHECKOUT, scenes.not_charged(scenes.NotChargedReason.INSUFFICIENT)),
    ],
    ids=lambda state: str(state.screen),
)
def test_warning_comes_on_every_screen(kept_app: Open, state: State) -> None:
    ui = kept_app(state)
    ui.advance(46)
    assert ui.has(test_id="more-time")


def test_payment_in_flight_is_not_warned_about(kept_app: Open) -> None:
    in_flight = scenes.with_cart(scenes.state(ScreenName.PAYING), scenes.SOME)
    ui = kept_app(replace(in_flight, paying=scenes.CHARGING))
    ui.advance(120)
    assert ui.state.in_flight
    assert not ui.has(test_id="idle-left")


def test_without_an_order_the_words_are_others(kept_app: Open) -> None:
    ui = kept_app(scenes.state(ScreenName.MENU))
    ui.advance(48)
    assert not ui.has(contains="清空您的订单")
    assert ui.has(contains="秒后返回首页")
