"""The app around the screens: what reaches the flow, what is prepared, what a public screen must not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from kivy.core.window import Window

from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import ScreenName, State
from kiosk.screens.stage import PREPARED
from kiosk.services.events import (
    CardPresented,
    CentralLinkChanged,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    LinkState,
)
from tests.screens import scenes
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.layout import check_layout

Open = Callable[..., Driver]


@pytest.fixture
def menu() -> State:
    return scenes.state(ScreenName.MENU)


def test_card_from_another_thread_reaches_the_flow(open_app: Open, menu: State) -> None:
    ui = open_app(menu)
    ui.publish(CardPresented("reader", "62E3086CED", ui.clock.now_s))
    assert ui.effects == [fx.Identify(1, "62E3086CED")]


def test_every_touch_tells_that_somebody_is_here(open_app: Open, menu: State) -> None:
    ui = open_app(menu)
    ui.advance(30)
    quiet = ui.state.touched_s
    ui.tap_at(500, 1890)
    assert ui.state.touched_s > quiet + 29


def test_ticks_carry_time_and_wall_time(open_app: Open, menu: State) -> None:
    ui = open_app(menu)
    ui.local = ui.local.replace(hour=18)
    ui.advance(2)
    assert ui.state.serving_id == "dinner"
    assert ui.clock.now_s - 1.3 < ui.state.now_s <= ui.clock.now_s


def test_nobody_there_ends_at_the_attract_screen(open_app: Open, menu: State) -> None:
    ui = open_app(scenes.with_cart(menu, scenes.SOME))
    ui.advance(46)
    assert ui.state.idle_left_s is not None
    assert ui.has(cls="IdleOverlay")
    ui.advance(16)
    assert ui.state.screen is ScreenName.ATTRACT
    assert not ui.state.session.cart.lines


def test_event_dispatched_by_an_effect_comes_after_what_runs(open_app: Open, menu: State) -> None:
    ui = open_app(menu)
    seen: list[fx.Effect] = []

    def answer_at_once(effect: fx.Effect) -> None:
        seen.append(effect)
        ui.app.dispatch_flow(ev.LanguageChosen("en"))
        assert ui.state.session.view.language == "zh"

    ui.app._run_effect = answer_at_once
    ui.happens(CardPresented("reader", "62E3086CED", ui.clock.now_s))
    assert seen
    assert ui.state.session.view.language == "en"
    assert ui.has("Set meals")


def test_failing_effect_does_not_jam_the_app(open_app: Open, menu: State) -> None:
    ui = open_app(menu)

    def fail(_effect: fx.Effect) -> None:
        raise RuntimeError("no")

    ui.app._run_effect = fail
    with pytest.raises(RuntimeError):
        ui.happens(CardPresented("reader", "62E3086CED", ui.clock.now_s))
    ui.happens(ev.LanguageChosen("en"))
    assert ui.state.session.view.language == "en"


@pytest.mark.parametrize("size", [UPRIGHT, LYING])
def test_prepared_screens_are_ready_to_be_shown(open_app: Open, menu: State, size: tuple[int, int]) -> None:
    ui = open_app(replace(menu, screen=ScreenName.ATTRACT), size)
    for name in PREPARED:
        ui.app._prepare_screen(name, 0)
        ui.step()
    assert not ui.has(cls="MenuScreen")
    ui.happens(ev.OrderingStarted())
    assert ui.has(cls="MenuScreen")
    check_layout(ui)


def test_simulated_devices_are_named(open_app: Open, menu: State) -> None:
    ui = open_app(menu)
    assert not ui.has(test_id="simulated-strip")
    reader = DeviceHealth("campus-card", DeviceKind.CARD_READER, DeviceState.READY, simulated=True)
    ui.publish(DeviceHealthChanged(reader))
    assert "campus-card" in ui.find(test_id="simulated-strip").text
    check_layout(ui)


def test_link_that_stays_away_is_told_one_that_comes_at_once_is_not(open_app: Open, menu: State) -> None:
    ui = open_app(replace(menu, link=LinkState.OFFLINE))
    ui.advance(3)
    assert not ui.has(test_id="link-strip")
    ui.publish(CentralLinkChanged(LinkState.ONLINE))
    ui.advance(10)
    assert not ui.has(test_id="link-strip")
    ui.publish(CentralLinkChanged(LinkState.OFFLINE))
    ui.advance(7)
    assert ui.find(test_id="link-strip").text
    check_layout(ui)


def test_window_of_another_size_is_drawn_anew(open_app: Open, menu: State) -> None:
    ui = open_app(menu)
    assert ui.app.look.scale == 1
    Window.size = (720, 1280)
    ui.advance(1)
    assert ui.app.look.scale == pytest.approx(2 / 3)
    check_layout(ui)


def test_public_screen_cannot_be_closed_or_configured(open_app: Open, menu: State) -> None:
    ui = open_app(menu)
    assert Window.dispatch("on_request_close")
    assert not ui.app.open_settings()
    Window.dispatch("on_keyboard", 27, 1, None, [])  # escape
    Window.dispatch("on_keyboard", 282, 1, None, [])  # F1, Kivy's settings
    ui.step(2)
    assert ui.has(cls="MenuScreen")
    assert not ui.widgets(lambda w: "Settings" in type(w).__name__)
