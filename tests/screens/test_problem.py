"""Not charged or being checked: what happened, whether money moved, what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentMethod, PaymentPart, with_balance
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow.state import ScreenName, State
from kiosk.services.events import CardPresented
from kiosk.services.outcomes import NotCharged, NotChargedReason
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.gallery import SIGHTS, Sight, look_at_all

Open = Callable[..., Driver]
BASE = scenes.with_cart(scenes.state(ScreenName.PROBLEM), scenes.SOME)
CHECKED = scenes.ended(BASE, scenes.BEING_CHECKED)


def refused(reason: NotChargedReason) -> State:
    return scenes.ended(BASE, scenes.not_charged(reason))


HELD_ELSEWHERE = scenes.ended(
    BASE, NotCharged(NotChargedReason.INSUFFICIENT, Money(4550), free=Money(6000), held_elsewhere=Money(3000))
)
# 45.50, of which a coupon takes off 5.00 and points 12.00; the card has 3.20
REDEEMING_SHORT = scenes.ended(
    scenes.redeeming(BASE),
    NotCharged(
        NotChargedReason.INSUFFICIENT,
        Money(4550),
        free=Money(320),
        parts=with_balance((scenes.COUPON_PART, scenes.POINTS_PART), Money(4550)),
    ),
)
REDEEMING_AWAY = scenes.ended(
    scenes.redeeming(BASE), replace(REDEEMING_SHORT.outcome, reason=NotChargedReason.CENTRAL_UNREACHABLE, free=None)
)
POOR = refused(NotChargedReason.INSUFFICIENT)
SOLD_OUT = scenes.not_charged(NotChargedReason.SOLD_OUT)
FEW_LEFT = scenes.ended(BASE, replace(SOLD_OUT, left=((SOLD_OUT.sold_out[0], 1), (SOLD_OUT.sold_out[1], 0))))
REDEEMED = ("points_insufficient", "coupon_not_valid")
BY_COUNTER = [r for r in NotChargedReason if r.value not in ("sold_out", "menu_changed", "storage_failed", *REDEEMED)]


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    variants = {f"problem-{reason}": refused(reason) for reason in NotChargedReason}
    variants["problem-insufficient-shown"] = replace(POOR, session=replace(POOR.session, balance_shown=True))
    variants["problem-held-elsewhere"] = HELD_ELSEWHERE
    variants["problem-few-left"] = FEW_LEFT
    variants["problem-being-checked"] = CHECKED
    variants["problem-redeeming-short"] = REDEEMING_SHORT
    variants["problem-redeeming-away"] = REDEEMING_AWAY
    look_at_all(kept_app, sight, variants)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_says_what_happened_and_that_nothing_was_charged(kept_app: Open, language: str) -> None:
    nothing = {"zh": "没有扣款", "en": "Nothing was charged"}[language]
    ui = kept_app(scenes.with_view(POOR, scenes.view(language)))
    happened = set()
    for reason in NotChargedReason:
        ui.show(scenes.with_view(refused(reason), scenes.view(language)))
        assert ui.find(test_id="verdict").text == nothing
        happened.add(ui.find(test_id="happened").text)
        assert ui.find(cls="Emblem").shape == "octagon"
        assert not ui.has(test_id="code")
        assert ui.has(cls="ActionTile"), f"{reason}: nothing to do next"
    assert len(happened) == len(NotChargedReason)


def test_balance_that_is_kept_elsewhere_is_no_lack_of_it(kept_app: Open) -> None:
    ui = kept_app(HELD_ELSEWHERE)
    assert ui.has("部分余额预留在另一台终端")
    ui.tap(test_id="balance")
    assert ui.has("¥60.00")
    assert not ui.has(contains="还差")


def test_too_little_balance_is_hidden_with_the_shortfall(kept_app: Open) -> None:
    ui = kept_app(POOR)
    assert ui.has("卡内余额不足")
    assert not any("3.20" in text or "42.30" in text for text in ui.texts())
    ui.tap(test_id="balance")
    assert ui.has("¥3.20")
    assert ui.has("应付 ¥45.50，还差 ¥42.30")


def test_only_too_little_balance_has_a_balance(kept_app: Open) -> None:
    ui = kept_app(POOR)
    for reason in set(NotChargedReason) - {NotChargedReason.INSUFFICIENT}:
        ui.show(refused(reason))
        assert not ui.has(test_id="balance"), reason


def test_sold_out_names_the_dishes(kept_app: Open) -> None:
    ui = kept_app(refused(NotChargedReason.SOLD_OUT))
    assert ui.has("刚刚售完：宫保鸡丁、宫保时蔬豆腐煲")


def test_too_few_are_counted(kept_app: Open) -> None:
    ui = kept_app(FEW_LEFT)
    assert ui.has("余量不足：宫保鸡丁（剩 1 份）、宫保时蔬豆腐煲（剩 0 份）")


@pytest.mark.parametrize("reason", BY_COUNTER)
def test_counter_is_a_way_out(kept_app: Open, reason: NotChargedReason) -> None:
    ui = kept_app(refused(reason))
    ui.tap(test_id="way-counter")
    assert [e.cart for e in ui.effects if isinstance(e, fx.TakeOrderForCounter)] == [scenes.SOME]


def test_the_card_pays_what_it_can_and_the_counter_takes_the_rest(kept_app: Open) -> None:
    ui = kept_app(replace(REDEEMING_SHORT, last_payer=ByCard(scenes.CARD)))
    assert "¥3.20" not in " ".join(ui.texts())
    ui.tap(test_id="balance")
    assert ui.has("卡付 ¥3.20，柜台付 ¥25.30")
    ui.tap(test_id="way-rest")
    (paid,) = [e for e in ui.effects if isinstance(e, fx.PayByCard)]
    due = PaymentPart(PaymentMethod.COUNTER, Money(2530))
    assert (paid.card_uid, paid.others) == (scenes.CARD, (scenes.COUPON_PART, scenes.POINTS_PART, due))
    assert ui.find(test_id="amount").text == "¥3.20"


@pytest.mark.parametrize("reason", [NotChargedReason.POINTS_INSUFFICIENT, NotChargedReason.COUPON_NOT_VALID])
def test_points_or_coupon_that_are_gone_lead_back_to_the_order(kept_app: Open, reason: NotChargedReason) -> None:
    ui = kept_app(refused(reason))
    assert not ui.has(test_id="way-counter")
    ui.tap(test_id="way-change")
    assert ui.state.screen is ScreenName.CHECKOUT


def test_order_can_be_changed(kept_app: Open) -> None:
    ui = kept_app(POOR)
    ui.tap(test_id="way-change")
    assert ui.state.screen is ScreenName.CHECKOUT
    assert ui.state.session.cart == scenes.SOME


def test_another_card_can_be_waited_for_or_tapped_at_once(kept_app: Open) -> None:
    ui = kept_app(scenes.ended(BASE, replace(POOR.outcome, free=Money(0))))
    ui.tap(test_id="way-card")
    assert ui.state.screen is ScreenName.PAYING
    ui.show(POOR)
    ui.publish(CardPresented(scenes.READER, scenes.CARD, ui.clock.monotonic_s()))
    assert [e.card_uid for e in ui.effects if isinstance(e, fx.PayByCard)] == [scenes.CARD]


def test_order_can_be_cancelled(kept_app: Open) -> None:
    ui = kept_app(POOR)
    ui.tap(test_id="leave")
    assert ui.state.screen is ScreenName.ATTRACT


def test_broken_storage_leads_out(kept_app: Open) -> None:
    ui = kept_app(refused(NotChargedReason.STORAGE_FAILED))
    assert not ui.has(test_id="way-counter")
    ui.tap(test_id="way-leave")
    assert ui.state.screen is ScreenName.ATTRACT


def test_being_checked_asks_not_to_pay_again_and_gives_a_code(kept_app: Open) -> None:
    ui = kept_app(CHECKED)
    assert ui.find(test_id="verdict").text == "请不要再次付款"
    assert ui.find(test_id="code").text == "代码 FFEE42"
    assert ui.find(cls="Emblem").shape == "diamond"
    assert not ui.has("没有扣款")
    for way in ("way-card", "way-counter", "way-change", "leave", "balance"):
        assert not ui.has(test_id=way)
    ui.publish(CardPresented(scenes.READER, scenes.CARD, ui.clock.monotonic_s()))
    assert ui.effects == []
    ui.tap(test_id="way-leave")
    assert ui.state.screen is ScreenName.ATTRACT
