"""The number: paid or due, told apart by shape and words, and gone by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import qrcode

from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payment import PaymentMethod, PaymentPart, with_balance
from kiosk.domain.slip import SIGNATURE_BYTES, slip_payload, slip_text
from kiosk.screens.flow.state import ScreenName, State
from kiosk.services.events import CardPresented, PrintJobState
from kiosk.services.outcomes import DueAtCounter, Paid
from tests.domain.test_slip import an_order
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.gallery import SIGHTS, Sight, look_at_all

Open = Callable[..., Driver]
BASE = scenes.state(ScreenName.RESULT)
ORDER = scenes.order(scenes.SOME)
PAID = scenes.ended(BASE, Paid(ORDER, Money(3750), 45))
DUE = scenes.ended(BASE, DueAtCounter(scenes.order(scenes.SOME, paid=False, mode=DiningMode.TAKE_AWAY)))
SLIP = slip_text(slip_payload(an_order(12)), bytes(SIGNATURE_BYTES))
DUE_SLIP = scenes.ended(BASE, replace(DUE.outcome, slip=SLIP))
FREE = scenes.ended(BASE, Paid(ORDER, None, 0))


USED = (scenes.COUPON_PART, scenes.POINTS_PART)
PAID_IN_PARTS = Paid(ORDER, Money(900), 28, with_balance(USED, ORDER.total))
REST = PaymentPart(PaymentMethod.COUNTER, Money(2530))
DUE_REST = DueAtCounter(
    scenes.order(scenes.SOME, paid=False), with_balance((*USED, REST), ORDER.total), Money(0), points=3
)


def with_paper(state: State, paper: PrintJobState) -> State:
    return replace(state, paper=scenes.paper(paper))


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(kept_app: Open, sight: Sight) -> None:
    no_printer = scenes.ended(scenes.state(ScreenName.RESULT, printer=False), PAID.outcome)
    shown = replace(PAID, session=replace(PAID.session, balance_shown=True))
    variants = {
        "paid": PAID,
        "paid-balance": with_paper(shown, PrintJobState.CONFIRMED),
        "paid-no-paper": no_printer,
        "paid-long-number": scenes.ended(BASE, replace(PAID.outcome, order=replace(ORDER, number="B1037"))),
        "paid-in-parts": scenes.ended(BASE, PAID_IN_PARTS),
        "due-rest": scenes.ended(BASE, DUE_REST),
        "due": with_paper(DUE, PrintJobState.SENDING),
        "due-no-paper": with_paper(DUE, PrintJobState.SKIPPED),
        "due-slip-no-paper": with_paper(DUE_SLIP, PrintJobState.SKIPPED),
        "due-rest-slip-no-paper": with_paper(scenes.ended(BASE, replace(DUE_REST, slip=SLIP)), PrintJobState.SKIPPED),
    }
    look_at_all(kept_app, sight, variants)


def test_how_it_was_paid_and_what_is_left(kept_app: Open) -> None:
    ui = kept_app(scenes.ended(BASE, PAID_IN_PARTS))
    assert ui.find(test_id="headline").text == "已支付 ¥28.50"
    assert ui.find(test_id="parts").text == "优惠券 ¥5.00 · 1200 积分 ¥12.00"
    ui.show(scenes.ended(BASE, DUE_REST))
    assert ui.find(test_id="headline").text == "请到柜台付款 ¥25.30"
    assert ui.find(test_id="parts").text == "优惠券 ¥5.00 · 1200 积分 ¥12.00 · 校园卡 ¥3.20"
    assert ui.has(test_id="balance")


def test_paid_and_due_differ_in_shape_icon_and_words(kept_app: Open) -> None:
    ui = kept_app(PAID)
    paid = ui.find(cls="Emblem")
    looks = [(paid.shape, paid.icon, paid.tone, ui.find(test_id="headline").text)]
    ui.show(DUE)
    looks.append((paid.shape, paid.icon, paid.tone, ui.find(test_id="headline").text))
    assert looks == [
        ("disc", "check-bold", "positive", "已支付 ¥45.50"),
        ("ticket", "cash-register", "warning", "请到柜台付款 ¥45.50"),
    ]
    assert ui.has("尚未付款")
    assert ui.has("外带")
    assert ui.find(test_id="number").text == "A037"


def test_balance_after_is_hidden_until_touched(kept_app: Open) -> None:
    ui = kept_app(PAID)
    assert not any("37.50" in text for text in ui.texts())
    ui.tap(test_id="balance")
    assert ui.has("¥37.50")


@pytest.mark.parametrize("state", [FREE, DUE], ids=["free", "due"])
def test_without_a_balance_there_is_nothing_to_show(kept_app: Open, state: State) -> None:
    ui = kept_app(state)
    assert not ui.has(test_id="balance")
    assert not ui.has(contains="积分")


def test_points_earned(kept_app: Open) -> None:
    assert kept_app(PAID).has(contains="获得 45 积分")


@pytest.mark.parametrize(
    ("paper", "paid_text", "due_text"),
    [
        (PrintJobState.QUEUED, "正在打印小票。", "正在打印付款单。"),
        (PrintJobState.SENDING, "请取走小票。", "请取走付款单。"),
        (PrintJobState.CONFIRMED, "请取走小票。", "请取走付款单。"),
        (PrintJobState.UNKNOWN, "没有打印小票，请拍下取餐号。", "没有打印小票，请拍下取餐号。"),
        (PrintJobState.SKIPPED, "没有打印小票，请拍下取餐号。", "没有打印小票，请拍下取餐号。"),
    ],
)
def test_paper(kept_app: Open, paper: PrintJobState, paid_text: str, due_text: str) -> None:
    ui = kept_app(with_paper(PAID, paper))
    assert ui.find(test_id="paper").text == paid_text
    ui.show(with_paper(DUE, paper))
    assert ui.find(test_id="paper").text == due_text


def test_printer_that_says_nothing_is_not_waited_for(kept_app: Open) -> None:
    ui = kept_app(PAID)
    assert ui.find(test_id="paper").text == "正在打印小票。"
    ui.advance(5)
    assert ui.find(test_id="paper").text == "没有打印小票，请拍下取餐号。"
    ui.publish(scenes.paper(PrintJobState.SENDING))
    assert ui.find(test_id="paper").text == "请取走小票。"


def test_no_printer_is_said_at_once(kept_app: Open) -> None:
    ui = kept_app(scenes.ended(scenes.state(ScreenName.RESULT, printer=False), PAID.outcome))
    assert ui.find(test_id="paper").text == "没有打印小票，请拍下取餐号。"


@pytest.mark.parametrize(
    ("state", "content"), [(PAID, f"kiosk:order:{ORDER.id}"), (DUE_SLIP, SLIP)], ids=["paid", "slip"]
)
def test_qr_code_names_the_order(kept_app: Open, state: State, content: str) -> None:
    """Module by module what is on the window against the library's own matrix."""
    ui = kept_app(state)
    pixels = ui.picture("result-qr").mean(axis=2)
    widget = ui.find(cls="QrCode")
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4, mask_pattern=0)
    code.add_data(content)
    wanted = np.array(code.get_matrix())
    modules = len(wanted)
    module_px = int(min(widget.size)) // modules
    left, top = round(widget.center_x - module_px * modules / 2), round(widget.center_y + module_px * modules / 2)
    middles = np.arange(modules) * module_px + module_px // 2
    seen = pixels[np.ix_(pixels.shape[0] - top + middles, left + middles)] < 128
    assert module_px >= 4
    assert (seen == wanted).all()


def test_without_paper_the_slip_is_on_the_screen(kept_app: Open) -> None:
    ui = kept_app(with_paper(DUE_SLIP, PrintJobState.SKIPPED))
    assert ui.find(test_id="paper").text == "没有付款单，请拍下取餐号和此码。"
    assert ui.find(cls="QrCode").content == SLIP
    ui.show(with_paper(PAID, PrintJobState.SKIPPED))
    assert ui.find(cls="QrCode").content == f"kiosk:order:{ORDER.id}"


def test_returns_after_10_s_and_shows_how_long_it_will_stay(kept_app: Open) -> None:
    ui = kept_app(PAID)
    assert ui.has("10 秒后返回首页")
    ui.advance(6)
    assert ui.has("4 秒后返回首页")
    assert ui.state.screen is ScreenName.RESULT
    ui.advance(5)
    assert ui.state.screen is ScreenName.ATTRACT


def test_done(kept_app: Open) -> None:
    ui = kept_app(PAID)
    ui.tap(test_id="done")
    assert ui.state.screen is ScreenName.ATTRACT
    assert not any("A037" in text for text in ui.texts())


def test_next_customers_card_goes_on_at_once(kept_app: Open) -> None:
    ui = kept_app(PAID)
    ui.publish(CardPresented(scenes.READER, "02004DB005", ui.clock.monotonic_s()))
    assert ui.state.screen is ScreenName.ATTRACT


def test_result_of_the_next_customer_replaces_everything(kept_app: Open) -> None:
    ui = kept_app(replace(PAID, session=replace(PAID.session, balance_shown=True)))
    other = replace(scenes.order(scenes.ONE_DISH), number="A038")
    ui.show(scenes.ended(BASE, Paid(other, Money(99), 3)))
    texts = " ".join(ui.texts())
    assert "A038" in texts
    assert "37.50" not in texts
    assert "0.99" not in texts
    assert "45" not in texts
