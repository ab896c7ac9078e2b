"""What stands on paper, in the customer's language and in the kitchen's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.ids import OrderId, uuid7
from kiosk.domain.kitchen import ticket_code
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, draft_order
from kiosk.domain.order_code import short_code
from kiosk.domain.payment import PaymentMethod, PaymentPart, with_balance
from kiosk.domain.pricing import price_cart
from kiosk.domain.receipt import Columns, Feed, Paper, QrCode, Rule, Text, TextSize
from kiosk.domain.unit import POINTS
from kiosk.services.outcomes import DueAtCounter, Paid
from tests.domain.canteen import BIG_NOODLES, MENU, PLAIN_RICE, SET_WITH_CHILLI
from tests.services.terminal import CANTEEN, CHINA, MOMENT, PAPERS

LOCAL = MOMENT.astimezone(CHINA)
CART = EMPTY_CART.add(BIG_NOODLES, 2).add(SET_WITH_CHILLI).add(PLAIN_RICE)


def order(language: str, mode: DiningMode = DiningMode.TAKE_AWAY) -> Order:
    draft = draft_order(
        OrderId(uuid7(0)), price_cart(CART, MENU), MENU, dining_mode=mode, language=language, created_at=MOMENT
    )
    return replace(draft, number="A037")


def receipt(language: str) -> Paper:
    return PAPERS.receipt(Paid(order(language), Money(350), 48), LOCAL, CANTEEN)


def rows(paper: Paper) -> list[str]:
    """The paper as one would read it, column from column by a tab."""

    def row(element: object) -> str:
        match element:
            case Text(text=text):
                return text
            case Columns(left=left, right=right, indent=indent):
                return " " * indent + "\t".join(filter(None, (left, right)))
            case QrCode(text=text):
                return f"[{text}]"
            case Rule():
                return "---"
            case Feed():
                return ""
        raise AssertionError(element)

    return [row(element) for element in paper.elements]


RECEIPTS = {
    "en": [
        "Canteen One", "", "Your number", "A037", "Take away", "---",
        "Beef noodles × 2\t¥34.00", "  Large · Fried egg · Without Coriander",
        "Student set × 1\t¥12.50", "  Beef noodles · Small · Chilli sauce", "  Soup of the day",
        "Rice × 1\t¥2.00", "---",
        "Total\t¥48.50", "Paid by campus card\t¥48.50", "Balance after\t¥3.50", "Points earned\t+48", "---",
        "2025-09-02 00:30\tTerminal 1", "Enjoy your meal!", "[kiosk:order:{id}]", "Order {code}",
    ],
    "zh": [
        "第一食堂", "", "取餐号", "A037", "外带", "---",
        "牛肉面 × 2\t¥34.00", "  大份 · 煎蛋 · 不要香菜",
        "学生套餐 × 1\t¥12.50", "  牛肉面 · 小份 · 辣椒酱", "  例汤",
        "米饭 × 1\t¥2.00", "---",
        "合计\t¥48.50", "校园卡支付\t¥48.50", "支付后余额\t¥3.50", "本次积分\t+48", "---",
        "2025-09-02 00:30\tTerminal 1", "祝您用餐愉快！", "[kiosk:order:{id}]", "订单 {code}",
    ],
}  # fmt: skip


COUPON = PaymentPart(PaymentMethod.COUPON, Money(500), Money(1, "COUPON:" + "0" * 36))
PTS = PaymentPart(PaymentMethod.POINTS, Money(300), Money(300, POINTS))
PARTS = {
    "en": ["Coupon\t-¥5.00", "300 points used\t-¥3.00", "Paid by campus card\t¥40.50"],
    "zh": ["优惠券\t-¥5.00", "使用 300 积分\t-¥3.00", "校园卡支付\t¥40.50"],
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_receipt_says_how_it_was_paid(language: str) -> None:
    one = order(language)
    paid = Paid(one, Money(350), 40, with_balance((COUPON, PTS), one.total))
    printed = rows(PAPERS.receipt(paid, LOCAL, CANTEEN))
    start = printed.index(PARTS[language][0])
    assert printed[start : start + 3] == PARTS[language]


@pytest.mark.parametrize(("language", "due"), [("en", "To pay\t¥30.50"), ("zh", "应付\t¥30.50")])
def test_a_slip_says_what_is_left_to_pay(language: str, due: str) -> None:
    one = order(language)
    parts = with_balance((COUPON, PTS, PaymentPart(PaymentMethod.COUNTER, Money(3050))), one.total)
    printed = rows(PAPERS.counter_slip(DueAtCounter(one, parts, Money(0), 10), LOCAL, CANTEEN))
    start = printed.index(PARTS[language][0])
    assert printed[start + 1] == PARTS[language][1]
    assert printed[start + 2].endswith("\t¥10.00")
    assert due in printed


@pytest.mark.parametrize("language", ["zh", "en"])
def test_receipt(language: str) -> None:
    paid = Paid(order(language), Money(350), 48)
    expected = [line.format(id=paid.order.id, code=short_code(paid.order.id)) for line in RECEIPTS[language]]
    assert rows(PAPERS.receipt(paid, LOCAL, CANTEEN)) == expected


@pytest.mark.parametrize(("language", "words"), [("zh", ("余额", "积分")), ("en", ("Balance", "Points"))])
def test_receipt_of_a_meal_without_balance_and_points(language: str, words: tuple[str, str]) -> None:
    with_both = "\n".join(rows(receipt(language)))
    plain = "\n".join(rows(PAPERS.receipt(Paid(order(language), None, 0), LOCAL, CANTEEN)))
    assert [(word in with_both, word in plain) for word in words] == [(True, False)] * 2


@pytest.mark.parametrize(
    ("language", "not_paid", "to_pay", "paid"),
    [
        ("zh", "尚未付款，请到柜台付款。", "应付\t¥48.50", "校园卡支付"),
        ("en", "NOT PAID YET. Please pay at the counter.", "To pay\t¥48.50", "Paid"),
    ],
)
def test_counter_slip_says_that_it_is_not_paid(language: str, not_paid: str, to_pay: str, paid: str) -> None:
    taken = order(language)
    slip = PAPERS.counter_slip(DueAtCounter(taken), LOCAL, CANTEEN)
    text = rows(slip)
    assert not_paid in text
    assert to_pay in text
    assert "A037" in text
    assert f"[kiosk:order:{taken.id}]" in text
    assert not any(paid in line for line in text)
    prices_of_lines = [line for line in rows(receipt(language)) if "¥" in line][:3]
    assert [line for line in text if "¥" in line] == [*prices_of_lines, to_pay]


@pytest.mark.parametrize(
    ("language", "mode", "said"),
    [
        ("zh", DiningMode.DINE_IN, "堂食"),
        ("zh", DiningMode.TAKE_AWAY, "外带"),
        ("en", DiningMode.DINE_IN, "Dine in"),
        ("en", DiningMode.TAKE_AWAY, "Take away"),
    ],
)
def test_dining_mode(language: str, mode: DiningMode, said: str) -> None:
    assert said in rows(PAPERS.counter_slip(DueAtCounter(order(language, mode)), LOCAL, CANTEEN))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_kitchen_ticket_is_in_the_kitchens_language(language: str) -> None:
    """And tells what to cook, how often, with what and without what; no prices. Its code says that it is ready."""
    one = order(language)
    assert rows(PAPERS.kitchen_ticket(one, LOCAL)) == [
        "外带\t00:30", "A037", "---",
        "2 × 牛肉面", "  · 大份", "  · 煎蛋", "  · 不要香菜",
        "1 × 牛肉面", "  · 小份", "  · 辣椒酱", "1 × 例汤",
        "1 × 米饭", f"[{ticket_code(one.id)}]", "",
    ]  # fmt: skip


def test_the_number_is_the_largest_thing_on_every_paper() -> None:
    one = order("zh")
    for paper in (
        receipt("zh"),
        PAPERS.counter_slip(DueAtCounter(one), LOCAL, CANTEEN),
        PAPERS.kitchen_ticket(one, LOCAL),
    ):
        assert [e.text for e in paper.elements if isinstance(e, Text) and e.size is TextSize.BIG] == ["A037"]
