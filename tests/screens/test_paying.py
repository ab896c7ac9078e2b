"""Paying: waiting for a card, waiting for the answer, and a reader that goes away meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import Paying, ScreenName, State
from kiosk.services.events import (
    CardPresented,
    CentralLinkChanged,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    LinkState,
)
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.gallery import SIGHTS, Sight, look_at, look_at_all

Open = Callable[..., Driver]


def paying(how: Paying, *, reader: bool = True, online: bool = True) -> State:
    base = scenes.state(ScreenName.PAYING, reader=reader, online=online)
    return replace(scenes.with_cart(base, scenes.SOME), paying=how)


WAITING = paying(scenes.WAITING_FOR_CARD)


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    variants = {
        "paying": WAITING,
        "paying-member": scenes.with_member(WAITING),
        "paying-unplugged": paying(scenes.WAITING_FOR_CARD, reader=False),
        "paying-offline": scenes.with_member(paying(scenes.WAITING_FOR_CARD, online=False)),
    }
    look_at_all(kept_app, sight, variants)


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
@pytest.mark.parametrize(("name", "how"), [("charging", scenes.CHARGING), ("taking", scenes.TAKING)])
def test_pictures_of_a_slow_answer(kept_app: Open, sight: Sight, name: str, how: Paying) -> None:
    ui = kept_app(scenes.with_view(paying(how), sight.view), size=sight.size)
    ui.advance(0.5)
    look_at(ui, f"paying-{name}-{sight.name}", keeps_picture=sight.keeps_picture)


def test_waiting_says_where_to_hold_the_card_and_what_it_costs(kept_app: Open) -> None:
    ui = kept_app(WAITING)
    assert ui.has("请把卡放在读卡器上")
    assert ui.has(cls="CardHint")
    assert ui.find(test_id="amount").text == "¥45.50"
    assert not ui.has(test_id="pay-member")


def test_card_pays(kept_app: Open) -> None:
    ui = kept_app(WAITING)
    ui.publish(CardPresented(scenes.READER, scenes.CARD, ui.clock.monotonic_s()))
    assert [e.card_uid for e in ui.effects if isinstance(e, fx.PayByCard)] == [scenes.CARD]
    assert ui.state.in_flight


def test_what_is_awaited_is_said_after_300_ms(kept_app: Open) -> None:
    ui = kept_app(scenes.with_member(WAITING))
    ui.tap(test_id="pay-member")
    assert ui.has("请稍候")
    assert not ui.has(test_id="awaited")
    ui.advance(0.2, frame_s=0.05)
    assert not ui.has(test_id="awaited")
    ui.advance(0.15, frame_s=0.05)
    assert ui.has("正在等待食堂服务器确认，请勿重复刷卡。")


def test_next_payment_starts_quick_again(kept_app: Open) -> None:
    ui = kept_app(scenes.with_member(WAITING))
    for _ in range(2):
        ui.tap(test_id="pay-member")
        assert not ui.has(test_id="awaited")
        ui.advance(1)
        assert ui.has(test_id="awaited")
        ui.happens(ev.CheckoutFinished(1, scenes.not_charged(scenes.NotChargedReason.CENTRAL_UNREACHABLE)))
        ui.tap(test_id="way-card")


def test_counter_in_flight_says_something_else(kept_app: Open) -> None:
    ui = kept_app(WAITING)
    ui.tap(test_id="pay-counter")
    ui.advance(0.5)
    assert ui.has("正在记录您的订单。")
    assert not ui.has(contains="刷卡")


def test_in_flight_there_is_nothing_to_touch_but_the_language(kept_app: Open) -> None:
    ui = kept_app(paying(scenes.CHARGING))
    for test_id in ("back", "pay-member", "pay-counter", "back-to-order"):
        assert not ui.has(test_id=test_id)
    ui.tap_at(87, 1810)
    ui.tap(test_id="language")
    assert ui.has("One moment")
    assert ui.state.in_flight


@pytest.mark.parametrize("test_id", ["back", "back-to-order"])
def test_back_to_the_order(kept_app: Open, test_id: str) -> None:
    ui = kept_app(WAITING)
    ui.tap(test_id=test_id)
    assert ui.state.screen is ScreenName.CHECKOUT


def test_reader_unplugged_while_waiting(kept_app: Open) -> None:
    ui = kept_app(WAITING)
    health = scenes.health(scenes.READER, DeviceKind.CARD_READER, DeviceState.UNAVAILABLE)
    ui.publish(DeviceHealthChanged(health))
    assert ui.has("读卡器不可用")
    assert ui.has(contains="没有扣款")
    assert not ui.has(cls="CardHint")
    assert ui.find(cls="Emblem").shape == "octagon"
    assert ui.find(test_id="pay-counter").kind == "primary"
    ui.publish(DeviceHealthChanged(replace(health, state=DeviceState.READY)))
    assert ui.has(cls="CardHint")


@pytest.mark.parametrize(
    ("state", "primary"),
    [
        (WAITING, []),
        (scenes.with_member(WAITING), ["pay-member"]),
        (paying(scenes.WAITING_FOR_CARD, reader=False), ["pay-counter"]),
        (scenes.with_member(paying(scenes.WAITING_FOR_CARD, reader=False)), ["pay-member"]),
        (scenes.with_member(paying(scenes.WAITING_FOR_CARD, online=False)), ["pay-counter"]),
    ],
)
def test_one_next_step(kept_app: Open, state: State, primary: list[str]) -> None:
    ui = kept_app(state)
    assert [tile.test_id for tile in ui.widgets(lambda w: getattr(w, "kind", "") == "primary")] == primary


def test_central_lost_while_waiting(kept_app: Open) -> None:
    ui = kept_app(WAITING)
    ui.publish(CentralLinkChanged(LinkState.OFFLINE))
    assert ui.has("部分校园卡暂时无法支付")
    assert ui.has(contains="不会扣款")
