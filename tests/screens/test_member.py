"""The member's screen: the usual in one touch, nothing that the queue must not read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import ScreenName
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.gallery import SIGHTS, Sight, look_at_all

Open = Callable[..., Driver]
MEMBER = scenes.with_member(scenes.state(ScreenName.MEMBER))
NEW = scenes.with_member(scenes.state(ScreenName.MEMBER), scenes.NEW_MEMBER)
SOLD_OUT = replace(MEMBER, levels=StockLevels({scenes.TOFU.id: 0}))


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    poor = replace(scenes.MEMBER, balance=Money(320))
    variants = {
        "member": MEMBER,
        "member-balance": scenes.with_member(scenes.state(ScreenName.MEMBER), balance_shown=True),
        "member-poor": scenes.with_member(scenes.state(ScreenName.MEMBER, online=False), poor, balance_shown=True),
        "member-new": NEW,
        "member-sold-out": SOLD_OUT,
    }
    look_at_all(kept_app, sight, variants)


def test_balance_is_nowhere_on_the_screen_until_it_is_touched(kept_app: Open) -> None:
    ui = kept_app(MEMBER)
    assert not any("50.00" in text or "17.50" in text for text in ui.texts())
    ui.tap(test_id="balance")
    assert ui.has("¥50.00")
    assert ui.has("支付后余额：¥17.50")
    ui.tap(test_id="balance")
    assert not any("50.00" in text or "17.50" in text for text in ui.texts())


def test_balance_that_is_too_low_says_what_is_missing_only_when_shown(kept_app: Open) -> None:
    ui = kept_app(scenes.with_member(scenes.state(ScreenName.MEMBER), replace(scenes.MEMBER, balance=Money(320))))
    assert not any("29.30" in text for text in ui.texts())
    ui.tap(test_id="balance")
    assert ui.has("还差 ¥29.30")


def test_name_and_points_are_shown(kept_app: Open) -> None:
    ui = kept_app(MEMBER)
    assert ui.has("您好，王*明")
    assert ui.has("1280 积分")


def test_one_touch_pays_the_usual(kept_app: Open) -> None:
    ui = kept_app(MEMBER)
    assert ui.has("支付 ¥32.50")
    ui.tap(test_id="take-away")
    ui.tap(test_id="pay-usual")
    ui.tap(test_id="pay-usual") if ui.has(test_id="pay-usual") else None
    (asked,) = [e for e in ui.effects if isinstance(e, fx.PayByCard)]
    assert (asked.card_uid, asked.cart, asked.dining_mode) == (scenes.CARD, scenes.USUAL, DiningMode.TAKE_AWAY)
    assert ui.state.in_flight


def test_usual_says_what_it_is(kept_app: Open) -> None:
    ui = kept_app(MEMBER)
    assert ui.has("宫保鸡丁、宫保时蔬豆腐煲")
    assert ui.has(contains="特辣")


@pytest.mark.parametrize(("state", "words"), [(NEW, "很高兴见到您"), (SOLD_OUT, "您常点的现在没有")])
def test_without_a_usual_the_menu_is_the_next_step(kept_app: Open, state: object, words: str) -> None:
    ui = kept_app(state)
    assert ui.has(words)
    assert not ui.has(test_id="pay-usual")
    assert not ui.has(test_id="dine-in")
    assert ui.find(test_id="see-menu").kind == "primary"
    ui.tap(test_id="see-menu")
    assert ui.state.screen is ScreenName.MENU


def test_usual_that_runs_out_meanwhile_is_no_longer_offered(kept_app: Open) -> None:
    ui = kept_app(MEMBER)
    ui.happens(ev.LevelsLoaded(SOLD_OUT.levels))
    assert not ui.has(test_id="pay-usual")
    ui.happens(ev.LevelsLoaded(MEMBER.levels))
    assert ui.has(test_id="pay-usual")


def test_somebody_else_can_leave(kept_app: Open) -> None:
    ui = kept_app(MEMBER)
    ui.tap(test_id="back")
    assert ui.state.screen is ScreenName.ATTRACT
    assert ui.state.session.customer is None


def test_offline_is_said_before_one_tries(kept_app: Open) -> None:
    ui = kept_app(scenes.with_member(scenes.state(ScreenName.MEMBER, online=False)))
    assert ui.has("这张卡暂时无法扣款")
    ui.show(scenes.with_member(scenes.state(ScreenName.MEMBER, online=False), set_aside=Money(5000)))
    assert ui.has("用刚才这张卡")
