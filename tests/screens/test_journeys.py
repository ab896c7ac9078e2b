"""Whole visits by touch, from the attract screen and back to it, taps counted (the table of flows)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.domain.cart import Cart, Selection
from kiosk.domain.money import Money
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import ScreenName
from kiosk.services import events as service
from kiosk.services.events import DeviceHealthChanged, DeviceKind, DeviceState
from tests.screens import scenes
from tests.screens.canteen import FakeCanteen
from tests.screens.driver import Driver

Open = Callable[..., Driver]
POOR_CARD, STRANGE_CARD, SAVERS_CARD = "02004DB005", "FFFFFFFFFF", "0000000051"


@pytest.fixture
def canteen(kept_app: Open) -> Iterator[FakeCanteen]:
    """At lunch time, in front of the attract screen. One member with money, one with ¥3.20."""
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    yield FakeCanteen(
        ui,
        {scenes.CARD: scenes.MEMBER, POOR_CARD: scenes.NEW_MEMBER, SAVERS_CARD: scenes.RICH_IN_COUPONS},
        {scenes.CARD: Money(5000), POOR_CARD: Money(320), SAVERS_CARD: Money(200)},
    )
    assert ui.state.screen is ScreenName.ATTRACT, "a visit ends where the next begins"
    assert ui.state.session.cart == Cart()
    assert ui.state.session.customer is None


def place(ui: Driver, name: str) -> tuple[float, float]:
    """The middle of a card of the menu, or of its plus ("… plus")."""
    grid: Any = ui.find(test_id="dishes")
    target = next(t for t in grid.touch_targets() if t.name == name)
    x, y = grid.to_window(*grid.to_parent(target.x + target.width / 2, target.y + target.height / 2))
    assert grid.y < y < grid.top, f"{name} is scrolled out"
    return x, y


def number(canteen: FakeCanteen) -> str:
    return str(canteen.ui.find(test_id="number").text)


def test_guest_with_one_dish_pays_at_the_counter_in_four(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap_at(540, 500)
    ui.happens(ev.CategoryChosen("signature"))  # the combos come first; a touch on the rail is not of this flow
    canteen.tap_at(*place(ui, "signature-0 plus"))
    canteen.tap("checkout")
    canteen.tap("pay-counter")
    assert canteen.taps == 4
    assert number(canteen) == "A001"
    assert ui.has(contains="请到柜台付款")
    assert canteen.orders[0].lines[0].dishes[0].dish_id == "signature-0"
    canteen.tap("done")


def test_guest_taps_the_card_at_the_checkout(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap("begin")
    ui.happens(ev.CategoryChosen("signature"))
    canteen.tap_at(*place(ui, "signature-0 plus"))
    canteen.tap("checkout")
    canteen.tap_card(scenes.CARD)
    assert canteen.taps == 3
    assert ui.has("已支付 ¥3.50")
    assert canteen.balances[scenes.CARD] == Money(4650)
    assert not any("46.50" in text for text in ui.texts())
    canteen.tap("balance")
    assert ui.has("¥46.50")
    ui.advance(11)


def test_member_has_the_usual_in_one_touch_after_the_card(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap_card(scenes.CARD)
    assert ui.state.screen is ScreenName.MEMBER
    canteen.tap("pay-usual")
    assert canteen.taps == 1
    assert number(canteen) == "A001"
    assert ui.has("已支付 ¥32.50")
    assert fx.PlaySound(fx.SoundKind.SUCCESS) in ui.effects
    ui.advance(11)


def test_member_looks_at_the_balance_first(canteen: FakeCanteen) -> None:
    canteen.tap_card(scenes.CARD)
    canteen.tap("balance")
    assert canteen.ui.has("支付后余额：¥17.50")
    canteen.tap("pay-usual")
    assert canteen.taps == 2
    canteen.tap("done")


def test_combo_with_a_changed_dish_in_six(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap("begin")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("slot-main")
    ui.advance(0.5)
    canteen.tap("slot-main-signature-1")
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap_card(scenes.CARD)
    assert canteen.taps == 6
    assert canteen.orders[0].lines[0].dishes[0].dish_id == "signature-1"
    assert ui.has("已支付 ¥18.00")
    canteen.tap("done")


def test_too_little_balance_then_the_counter(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap("begin")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap_card(POOR_CARD)
    assert ui.has("卡内余额不足")
    assert ui.has("没有扣款")
    assert canteen.orders == []
    canteen.tap("way-counter")
    assert ui.has("请到柜台付款 ¥18.00")
    assert canteen.balances[POOR_CARD] == Money(320)
    canteen.tap("done")


def test_too_little_balance_then_another_card(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap("begin")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap_card(POOR_CARD)
    canteen.tap("balance")
    assert ui.has("¥3.20")
    canteen.tap_card(scenes.CARD)
    assert ui.has("已支付 ¥18.00")
    canteen.tap("done")


def test_too_little_balance_then_the_card_and_the_counter(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap("begin")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap_card(POOR_CARD)
    canteen.tap("way-rest")
    assert ui.has("请到柜台付款 ¥14.80")
    assert ui.has("校园卡 ¥3.20")
    assert canteen.balances[POOR_CARD] == Money(0)
    canteen.tap("done")


def test_points_a_coupon_the_card_and_the_counter(canteen: FakeCanteen) -> None:
    """18.00: five off, nine by points, and of what is left the card has two."""
    ui = canteen.ui
    canteen.tap_card(SAVERS_CARD)
    ui.happens(service.CentralLinkChanged(service.LinkState.ONLINE))
    canteen.tap("see-menu")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap("points")
    canteen.tap("coupon")
    canteen.tap("coupon-0")
    assert ui.find(test_id="total").text == "¥4.00"
    canteen.tap("pay-member")
    assert ui.has("卡内余额不足")
    canteen.tap("way-rest")
    assert ui.has("请到柜台付款 ¥2.00")
    assert ui.find(test_id="parts").text == "优惠券 ¥5.00 · 900 积分 ¥9.00 · 校园卡 ¥2.00"
    canteen.tap("done")


def test_unknown_card_is_told_and_leaves_the_way_open(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap_card(STRANGE_CARD)
    assert ui.has("系统中没有这张卡。")
    assert ui.state.screen is ScreenName.ATTRACT
    canteen.tap("begin")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap_card(STRANGE_CARD)
    assert ui.has("系统中没有这张卡")
    canteen.tap("leave")


def test_reader_unplugged_at_the_checkout(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap("begin")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap("pay-card")
    gone = scenes.health(scenes.READER, DeviceKind.CARD_READER, DeviceState.UNAVAILABLE)
    ui.publish(DeviceHealthChanged(gone))
    assert ui.has("读卡器不可用")
    canteen.tap("pay-counter")
    assert number(canteen) == "A001"
    canteen.tap("done")


def test_order_is_changed_at_the_checkout(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap("begin")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap("line-0-plus")
    canteen.tap("take-away")
    canteen.tap("add-more")
    assert ui.state.screen is ScreenName.MENU
    canteen.tap_at(*place(ui, "combo-1"))
    canteen.tap("add")
    canteen.tap("checkout")
    canteen.tap("line-1-minus")
    canteen.tap_card(scenes.CARD)
    (line,) = canteen.orders[0].lines
    assert (line.selection.combo_id, line.quantity) == ("combo-0", 2)
    assert ui.has("外带")
    canteen.tap("done")


def test_language_of_one_customer_is_not_the_next_ones(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap("language")
    canteen.tap("text-size")
    canteen.tap("begin")
    canteen.tap_at(*place(ui, "combo-0"))
    canteen.tap("add")
    canteen.tap("checkout")
    assert ui.has("Your order")
    canteen.tap("pay-counter")
    assert ui.has("Not paid yet")
    ui.advance(11)
    assert ui.has("今天想吃点什么？")


def test_somebody_walks_away(canteen: FakeCanteen) -> None:
    ui = canteen.ui
    canteen.tap_card(scenes.CARD)
    canteen.tap("see-menu")
    ui.happens(ev.DishQuickAdded(scenes.CHICKEN.id))
    assert ui.state.session.cart.quantity_of(Selection.of_dish(scenes.CHICKEN)) == 1
    ui.advance(50)
    canteen.tap("more-time")
    assert ui.state.session.cart.lines
    ui.advance(46)
    assert ui.has(test_id="idle-left")
    ui.advance(16)
