"""The attract screen: two ways to begin, how one likes to read, what works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import ScreenName, State, TextSize
from kiosk.services.events import CardPresented, StorageStopped
from kiosk.services.journal import Fate
from tests.screens import scenes
from tests.screens.driver import LYING, Driver
from tests.screens.gallery import SIGHTS, Sight, look_at_all

Open = Callable[..., Driver]
ATTRACT = scenes.state(ScreenName.ATTRACT)
AFTERNOON = time(15, 0)


def featured(ui: Driver) -> list[str]:
    return [card.name for card in ui.widgets(lambda w: type(w).__name__ == "FeaturedCard")]


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    variants = {
        "attract": ATTRACT,
        "attract-trouble": scenes.state(ScreenName.ATTRACT, reader=False, printer=False, online=False),
        "attract-no-menu": replace(ATTRACT, menu=None),
        "attract-out-of-order": replace(ATTRACT, out_of_order=True),
        "attract-out-of-order-no-menu": replace(ATTRACT, menu=None, out_of_order=True),
        "attract-payment-not-charged": scenes.with_last_payment(ATTRACT, Fate.NOT_CHARGED),
        "attract-payment-paid": scenes.with_last_payment(ATTRACT, Fate.PAID),
        "attract-payment-due": scenes.with_last_payment(ATTRACT, Fate.DUE),
        "attract-payment-checked": scenes.with_last_payment(ATTRACT, Fate.BEING_CHECKED),
    }
    look_at_all(kept_app, sight, variants)


@pytest.mark.parametrize("sight", [SIGHTS[0], SIGHTS[2]], ids=str)
def test_closed(kept_app: Open, sight: Sight) -> None:
    ui = kept_app(scenes.with_view(ATTRACT, sight.view), local=AFTERNOON)
    ui.picture(f"attract-closed-{sight.name}")
    closed, after = {
        "zh": ("现在休息", "下一餐：晚餐 16:30–20:30"),
        "en": ("We are closed right now", "Next: Dinner 16:30–20:30"),
    }[sight.view.language]
    assert ui.has(closed)
    assert ui.has(after)
    ui.tap(test_id="begin")
    assert ui.state.screen is ScreenName.MENU


@pytest.mark.parametrize(
    ("language", "fate", "said"),
    [
        ("zh", Fate.NOT_CHARGED, "上一笔刷卡支付（卡号尾号 6CED，12:03）：没有扣款。"),
        ("en", Fate.NOT_CHARGED, "The last payment by card …6CED at 12:03: not charged."),
        ("zh", Fate.DUE, "上一笔刷卡支付（卡号尾号 6CED，12:03）：已支付一部分，其余请到柜台付款，取餐号 A037。"),
        (
            "en",
            Fate.DUE,
            (
                "The last payment by card …6CED at 12:03: part of it is paid. Please pay the rest at the counter. "
                "The order number is A037."
            ),
        ),
    ],
)
def test_the_last_payment_is_said_until_the_next_customer(kept_app: Open, language: str, fate: Fate, said: str) -> None:
    told = scenes.with_last_payment(scenes.with_view(ATTRACT, scenes.view(language)), fate)
    ui = kept_app(told)
    assert ui.has(said)
    ui.tap(test_id="last-payment")  # lets touches through
    assert ui.state.screen is ScreenName.MENU
    assert not ui.has(said)


@pytest.mark.parametrize("place", [(540, 1600), (200, 900), (540, 470)])
def test_touch_anywhere_begins(kept_app: Open, place: tuple[int, int]) -> None:
    ui = kept_app(ATTRACT)
    ui.tap_at(*place)
    assert ui.state.screen is ScreenName.MENU


def test_finger_that_slides_off_means_nothing(kept_app: Open) -> None:
    ui = kept_app(ATTRACT)
    begin = ui.find(test_id="begin")
    finger = ui.press(*begin.center)
    assert begin.pressed
    finger.send("update", begin.center_x, begin.top + 300)
    finger.send("end")
    ui.step(2)
    assert ui.state.screen is ScreenName.ATTRACT


def test_language_switches_at_once(kept_app: Open) -> None:
    ui = kept_app(ATTRACT)
    assert ui.has("今天想吃点什么？")
    ui.tap(test_id="language")
    assert ui.has("What would you like?")
    assert ui.state.screen is ScreenName.ATTRACT
    ui.tap(test_id="language")
    assert ui.has("今天想吃点什么？")


def test_text_size_goes_round(kept_app: Open) -> None:
    ui = kept_app(ATTRACT)
    for size in (TextSize.LARGE, TextSize.LARGEST, TextSize.NORMAL):
        ui.tap(test_id="text-size")
        assert ui.state.session.view.text_size is size


def test_contrast_and_low_layout_are_switches(kept_app: Open) -> None:
    ui = kept_app(ATTRACT)
    for switched in (True, False):
        ui.tap(test_id="contrast")
        ui.tap(test_id="low-layout")
        view = ui.state.session.view
        assert (view.high_contrast, view.low_layout) == (switched, switched)


def test_lying_screen_has_no_low_layout(kept_app: Open) -> None:
    assert not kept_app(ATTRACT, size=LYING).has(test_id="low-layout")


def test_card_asks_who_it_is(kept_app: Open) -> None:
    ui = kept_app(ATTRACT)
    ui.publish(CardPresented(scenes.READER, scenes.CARD, ui.clock.monotonic_s()))
    assert ui.effects == [fx.Identify(1, scenes.CARD)]


def test_without_a_menu_one_waits(kept_app: Open) -> None:
    ui = kept_app(replace(ATTRACT, menu=None))
    assert ui.has("请稍候")
    assert featured(ui) == []
    ui.tap_at(540, 1400)
    ui.tap(ui.find(test_id="begin"))
    assert ui.state.screen is ScreenName.ATTRACT
    ui.happens(ev.MenuLoaded(scenes.MENU, ATTRACT.levels))
    assert ui.has("触摸点餐")


@pytest.mark.parametrize(
    ("state", "sign"),
    [
        (scenes.state(ScreenName.ATTRACT), "读卡器正常"),
        (scenes.state(ScreenName.ATTRACT, reader=False), "读卡器不可用"),
        (scenes.state(ScreenName.ATTRACT, printer=False), "暂时不能打印"),
        (scenes.state(ScreenName.ATTRACT, online=False), "未联网，请到柜台付款"),
    ],
)
def test_small_print_says_what_works(kept_app: Open, state: State, sign: str) -> None:
    assert kept_app(state).has(sign)


def test_dishes_change_slowly_and_stop_when_nobody_sees_them(kept_app: Open) -> None:
    ui = kept_app(ATTRACT)
    first = featured(ui)
    ui.advance(18)
    assert featured(ui) == first
    ui.advance(3)
    second = featured(ui)
    assert second != first
    ui.tap(test_id="begin")
    ui.advance(40)
    ui.happens(ev.CancelTouched())
    assert featured(ui) == second


def test_with_nothing_to_show_any_more_nothing_turns(kept_app: Open) -> None:
    """Out of order, or the last meal is over, while dishes took turns; and when there are dishes again they do."""
    ui = kept_app(ATTRACT)
    first = featured(ui)
    ui.publish(StorageStopped())
    ui.advance(45)
    assert ui.has("暂停使用")
    ui.show(ATTRACT)
    assert featured(ui) == first
    ui.advance(21)
    assert featured(ui) != first


def test_nothing_moves_with_reduced_motion(open_app: Open) -> None:
    def reduce_motion(app: Any) -> None:
        app._reduce_motion = True

    ui = open_app(ATTRACT, prepare=reduce_motion)
    first = featured(ui)
    ui.advance(30)
    assert featured(ui) == first
