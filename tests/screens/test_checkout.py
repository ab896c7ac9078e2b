"""The checkout: what is ordered, how it is eaten, how it is paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.cart import MAX_QUANTITY, Cart, Selection
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.pricing import price_cart
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow.state import PayMethod, ScreenName, State
from kiosk.services.events import CardPresented, DeviceHealthChanged, DeviceKind, DeviceState
from tests.screens import scenes
from tests.screens.driver import LYING, Driver
from tests.screens.gallery import SIGHTS, Sight, look_at_all

Open = Callable[..., Driver]
GUEST = scenes.with_cart(scenes.state(ScreenName.CHECKOUT), scenes.SOME)
BY_MEMBER = scenes.with_member(GUEST)
MANY = scenes.with_cart(BY_MEMBER, scenes.MANY)
NO_READER = scenes.with_cart(scenes.state(ScreenName.CHECKOUT, reader=False), scenes.ONE_DISH)
OFFLINE = scenes.with_cart(scenes.state(ScreenName.CHECKOUT, online=False), scenes.ONE_DISH)
SHORT = replace(GUEST, levels=StockLevels({scenes.CHICKEN.id: 1}))


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    variants = {
        "checkout": GUEST,
        "checkout-member-many": MANY,
        "checkout-no-reader": NO_READER,
        "checkout-offline": OFFLINE,
        "checkout-member-offline": scenes.with_member(OFFLINE),
        "checkout-short": SHORT,
        "checkout-redeem-offered": scenes.with_member(GUEST, scenes.RICH_IN_COUPONS),
        "checkout-redeeming": scenes.redeeming(GUEST),
        "checkout-redeem-offline": scenes.redeeming(OFFLINE),
        "checkout-coupons": replace(scenes.redeeming(GUEST), choosing_coupon=True),
    }
    look_at_all(kept_app, sight, variants)


def test_points_and_a_coupon_come_off_the_price(kept_app: Open) -> None:
    ui = kept_app(scenes.with_member(GUEST, scenes.RICH_IN_COUPONS))
    ui.tap(test_id="points")
    assert ui.find(test_id="total").text == "¥33.50"
    ui.tap(test_id="coupon")
    assert not ui.has("满百减二十"), "this order is too small for it"
    ui.tap(test_id="coupon-1")
    assert (ui.find(test_id="total").text, ui.find(test_id="before").text) == ("¥24.40", "原价 ¥45.50")
    ui.tap(test_id="pay-member")
    (paid,) = [e for e in ui.effects if isinstance(e, fx.PayByCard)]
    assert [(part.method, part.value) for part in paid.others] == [
        (PaymentMethod.COUPON, Money(910)),
        (PaymentMethod.POINTS, Money(1200)),
    ]


def test_what_was_chosen_can_be_taken_back(kept_app: Open) -> None:
    ui = kept_app(scenes.redeeming(GUEST))
    ui.tap(test_id="points")
    ui.tap(test_id="coupon")
    ui.tap(test_id="coupon-none")
    assert ui.find(test_id="total").text == "¥45.50"
    assert not ui.has("原价 ¥45.50")


def test_without_central_neither_is_used_and_the_screen_says_so(kept_app: Open) -> None:
    ui = kept_app(scenes.redeeming(OFFLINE))
    assert ui.has("暂时连不上食堂服务器，积分和优惠券现在不能使用。")
    assert not ui.has(test_id="points")
    assert ui.find(test_id="total").text == "¥26.00"


def test_a_guest_is_not_asked(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    assert not any(ui.has(test_id=name) for name in ("points", "coupon", "redeem-offline"))


def quantity(ui: Driver, selection: Selection) -> int:
    return ui.state.session.cart.quantity_of(selection)


def test_lines_say_what_was_chosen_and_what_it_costs(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    assert ui.has("宫保鸡丁 · 宫保时蔬豆腐煲 · 宫保豆腐羹")
    assert ui.has("特辣 · 标准 · 加煎蛋 · 加一碗米饭")
    assert ui.find(test_id="total").text == "¥45.50"
    assert ui.has("4 件")


def test_stepper_changes_the_line_and_the_total(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    ui.tap(test_id="line-1-plus")
    assert quantity(ui, scenes.CHICKEN_HOT) == 3
    assert ui.find(test_id="total").text == "¥52.00"
    ui.tap(test_id="line-1-minus")
    ui.tap(test_id="line-1-minus")
    ui.tap(test_id="line-1-minus")
    assert quantity(ui, scenes.CHICKEN_HOT) == 0
    assert len(ui.state.session.cart.lines) == 2
    assert ui.find(test_id="total").text == "¥32.50"


def test_stepper_ends_where_a_line_ends(kept_app: Open) -> None:
    cart = Cart().add(scenes.SET_MEAL, MAX_QUANTITY)
    ui = kept_app(scenes.with_cart(GUEST, cart))
    ui.tap(test_id="line-0-plus")
    assert ui.state.session.cart == cart
    assert ui.find(test_id="line-0-plus").disabled


def test_last_line_removed_leads_back_to_the_menu(kept_app: Open) -> None:
    ui = kept_app(scenes.with_cart(GUEST, scenes.ONE_DISH))
    ui.tap(test_id="line-0-minus")
    assert ui.state.screen is ScreenName.MENU


def test_line_opens_its_sheet_and_is_changed_there(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    ui.tap(test_id="line-1-edit")
    assert ui.has(cls="DishSheet")
    ui.tap(test_id="option-spice-none")
    ui.tap(test_id="add")
    assert ui.state.screen is ScreenName.CHECKOUT
    assert not ui.has(cls="DishSheet")
    assert quantity(ui, scenes.CHICKEN_HOT) == 0
    assert ui.has("不辣 · 标准 · 加煎蛋 · 加一碗米饭")


def test_combo_opens_its_sheet_too(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    ui.tap(test_id="line-0-edit")
    assert ui.has(cls="ComboSheet")
    ui.tap(test_id="sheet-close")
    assert not ui.has(cls="ComboSheet")
    assert ui.state.session.cart == scenes.SOME


def test_more_can_be_added(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    ui.tap(test_id="add-more")
    assert ui.state.screen is ScreenName.MENU
    assert ui.state.session.cart == scenes.SOME


def test_long_order_scrolls_under_the_finger(kept_app: Open) -> None:
    ui = kept_app(MANY)
    lines = ui.find(test_id="lines")
    x, y = lines.center
    ui.drag((x - 200, y), (x - 200, y + 350))
    ui.advance(2)
    assert lines.scroll_px > 300
    assert ui.state.editing is None
    assert ui.state.session.cart == scenes.MANY


@pytest.mark.parametrize(("test_id", "mode"), [("dine-in", DiningMode.DINE_IN), ("take-away", DiningMode.TAKE_AWAY)])
def test_dining_mode_is_marked_by_more_than_colour(kept_app: Open, test_id: str, mode: DiningMode) -> None:
    ui = kept_app(GUEST)
    ui.tap(test_id=test_id)
    assert ui.state.session.dining_mode is mode
    assert ui.find(test_id=test_id).active
    others = {"dine-in", "take-away"} - {test_id}
    assert not any(ui.find(test_id=other).active for other in others)


def test_card_pays_here(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    ui.publish(CardPresented(scenes.READER, scenes.CARD, ui.clock.monotonic_s()))
    (asked,) = [e for e in ui.effects if isinstance(e, fx.PayByCard)]
    assert (asked.cart, asked.card_uid) == (scenes.SOME, scenes.CARD)


def test_methods_of_a_guest(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    assert not ui.has(test_id="pay-member")
    assert ui.find(test_id="pay-card").kind == "primary"
    ui.tap(test_id="pay-card")
    assert ui.state.screen is ScreenName.PAYING
    assert not ui.state.in_flight


def test_methods_of_a_member(kept_app: Open) -> None:
    ui = kept_app(BY_MEMBER)
    assert ui.find(test_id="pay-member").kind == "primary"
    assert ui.has("王*明")
    assert ui.has("可得 45 积分")
    ui.tap(test_id="pay-member")
    assert [e.card_uid for e in ui.effects if isinstance(e, fx.PayByCard)] == [scenes.CARD]


def test_points_follow_the_terminals_rule(kept_app: Open) -> None:
    ui = kept_app(replace(BY_MEMBER, points_rule=PointsRule(1000)))
    assert ui.has("可得 4 积分")
    ui.show(GUEST)
    assert not ui.has(contains="积分")


def test_counter_takes_the_order(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    ui.tap(test_id="pay-counter")
    (asked,) = [e for e in ui.effects if isinstance(e, fx.TakeOrderForCounter)]
    assert asked.cart == scenes.SOME


def test_reader_that_is_gone_is_said_and_cannot_be_chosen(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    health = scenes.health(scenes.READER, DeviceKind.CARD_READER, DeviceState.UNAVAILABLE)
    ui.publish(DeviceHealthChanged(health))
    assert ui.has("读卡器暂时不可用")
    assert ui.find(test_id="pay-counter").kind == "primary"
    ui.tap(test_id="pay-card")
    assert ui.state.screen is ScreenName.CHECKOUT


def test_offline_is_said_and_explained_on_touch(kept_app: Open) -> None:
    ui = kept_app(OFFLINE)
    assert ui.has("部分校园卡暂时无法支付")
    assert ui.find(test_id="pay-counter").kind == "primary"
    ui.tap(test_id="pay-card")
    assert ui.has(contains="不会扣款")
    assert ui.state.paying is not None
    assert ui.state.paying.method is PayMethod.CARD


@pytest.mark.parametrize(("short_minor", "primary"), [(1, "pay-counter"), (0, "pay-member")])
def test_offline_what_is_set_aside_here_can_be_paid(kept_app: Open, short_minor: int, primary: str) -> None:
    total = price_cart(scenes.ONE_DISH, scenes.MENU).total
    ui = kept_app(scenes.with_member(OFFLINE, set_aside=total - Money(short_minor)))
    (best,) = ui.widgets(lambda w: getattr(w, "kind", "") == "primary")
    assert best.test_id == primary
    assert ui.has("这张卡暂时无法扣款") is (primary == "pay-counter")


@pytest.mark.parametrize(("state", "warned"), [(GUEST, False), (SHORT, True)], ids=["enough", "short"])
def test_line_of_which_too_little_is_left_says_so(kept_app: Open, state: State, warned: bool) -> None:
    ui = kept_app(state)
    assert ui.has(contains="余量不足：宫保鸡丁") is warned


def test_back_to_the_menu(kept_app: Open) -> None:
    ui = kept_app(GUEST, size=LYING)
    ui.tap(test_id="back")
    assert ui.state.screen is ScreenName.MENU


def test_language_switches_here_too(kept_app: Open) -> None:
    ui = kept_app(GUEST)
    ui.tap(test_id="language")
    assert ui.has("Your order")
    assert ui.has("Very spicy · Regular · Fried egg · A bowl of rice")
