"""Refunds: what was paid for the portions, by the method it was paid with, and never more than was paid."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.ids import OrderId, PaymentId, RefundId, uuid7
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.pricing import price_cart
from kiosk.domain.refund import Refund, RefundError, RefundPart, check_refund, movements_for_refund, plan_refund
from kiosk.domain.stock import StockLevels, apply_movements, movements_for_sale
from kiosk.domain.text import TextError
from tests.domain.canteen import BIG_NOODLES, MENU, PLAIN_RICE, PLAIN_SET

MOMENT = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
CART = EMPTY_CART.add(BIG_NOODLES, 3).add(PLAIN_SET, 2).add(PLAIN_RICE)


def an_order(state: OrderState = OrderState.PAID) -> Order:
    priced = price_cart(CART, MENU)
    draft = draft_order(
        OrderId(uuid7(0)), priced, MENU, dining_mode=DiningMode.DINE_IN, language="zh", created_at=MOMENT
    )
    return replace(draft, state=state, number="A001")


def paid(order: Order, method: PaymentMethod = PaymentMethod.BALANCE, state: str = "paid") -> Payment:
    return Payment(PaymentId(uuid7(0)), order.id, method, order.total, PaymentState(state))


def refund_of(
    order: Order, payment: Payment, earlier: tuple[Refund, ...] = (), wanted: dict[int, int] | None = None
) -> Refund:
    lines, parts = plan_refund(order, [payment], earlier, wanted)
    return Refund(RefundId(uuid7(0)), order.id, lines, parts, "7", "cold", MOMENT)


def test_all_of_it() -> None:
    order = an_order()
    payment = paid(order, PaymentMethod.COUNTER)
    refund = refund_of(order, payment)
    check_refund(refund, order, [payment], ())
    assert refund.amount == order.total
    assert refund.parts == (RefundPart(payment.id, PaymentMethod.COUNTER, order.total),)
    assert refund.amount_by(PaymentMethod.COUNTER) == order.total
    assert refund.amount_by(PaymentMethod.BALANCE) == Money(0)


def test_some_portions_of_a_line() -> None:
    order = an_order()
    refund = refund_of(order, paid(order), wanted={0: 2})
    assert refund.amount == order.lines[0].unit_price * 2


@given(st.lists(st.dictionaries(st.integers(-1, 3), st.integers(0, 4), min_size=1), max_size=6))
def test_never_more_than_was_paid(asked: list[dict[int, int]]) -> None:
    """Whatever is asked for, in whatever portions: what is planned is allowed, and its sum is what was paid at most."""
    order = an_order()
    payment, made = paid(order), list[Refund]()
    for wanted in asked:
        try:
            refund = refund_of(order, payment, tuple(made), wanted)
        except RefundError:
            continue
        check_refund(refund, order, [payment], made)
        made.append(refund)
    assert Money.sum(r.amount for r in made) <= order.total
    for number, line in enumerate(order.lines):
        portions = sum(x.quantity for r in made for x in r.lines if x.line == number)
        assert portions <= line.quantity
    if len(made) < 6:
        try:
            made.append(refund_of(order, payment, tuple(made)))
        except RefundError:
            pass
        assert Money.sum(r.amount for r in made) == order.total


def test_two_partial_refunds_of_the_same_portions_are_refused() -> None:
    order = an_order()
    payment = paid(order)
    first, second = (refund_of(order, payment, wanted={1: 2}) for _ in range(2))
    check_refund(first, order, [payment], ())
    with pytest.raises(RefundError):
        check_refund(second, order, [payment], [first])
    with pytest.raises(RefundError):
        plan_refund(order, [payment], [first], {1: 1})


@pytest.mark.parametrize("state", [s for s in OrderState if s is not OrderState.PAID])
def test_only_what_was_paid(state: OrderState) -> None:
    order = an_order(state)
    refund = refund_of(order, paid(order))
    with pytest.raises(RefundError):
        check_refund(refund, order, [paid(order)], ())
    due = paid(order, PaymentMethod.COUNTER, "due")
    with pytest.raises(RefundError):
        plan_refund(order, [due], (), None)


def test_what_contradicts_itself_is_refused() -> None:
    order = an_order()
    payment = paid(order)
    whole = refund_of(order, payment)
    one_more = Money(1)
    part, line = whole.parts[0], whole.lines[0]
    for wrong in (
        replace(whole, order_id=OrderId(uuid7(0))),
        replace(whole, lines=(replace(line, amount=line.amount + one_more), *whole.lines[1:])),
        replace(whole, lines=(replace(line, quantity=0, amount=Money(0)), *whole.lines[1:])),
        replace(whole, lines=(replace(line, quantity=-1, amount=-line.amount), *whole.lines[1:])),
        replace(whole, lines=(line, line)),
        replace(whole, lines=(replace(line, line=9),)),
        replace(whole, lines=(replace(line, line=-1),)),
        replace(whole, parts=(replace(part, amount=part.amount - one_more),)),
        replace(whole, parts=(replace(part, amount=part.amount + one_more),)),
        replace(whole, parts=(part, part)),
        replace(whole, parts=(replace(part, method=PaymentMethod.COUNTER),)),
        replace(whole, parts=(replace(part, payment_id=PaymentId(uuid7(0))),)),
        replace(whole, parts=()),
    ):
        with pytest.raises(RefundError):
            check_refund(wrong, order, [payment], ())


def test_a_void_takes_the_whole_order_and_nothing_was_given_back_before() -> None:
    order = an_order()
    payment = paid(order)
    part = refund_of(order, payment, wanted={0: 1})
    for void, earlier in ((replace(part, is_void=True), ()), (refund_of(order, payment, (part,)), (part,))):
        with pytest.raises(RefundError):
            check_refund(replace(void, is_void=True), order, [payment], earlier)
    check_refund(replace(refund_of(order, payment), is_void=True), order, [payment], ())


def test_a_payment_has_nothing_that_is_not_given_back() -> None:
    """Should a payment get more to it, paid_parts must give that back as what it was."""
    known = {"id", "order_id", "method", "amount", "state", "member_id", "parts"}
    assert {field.name for field in fields(Payment)} == known
    assert {field.name for field in fields(PaymentPart)} == {"method", "value", "used"}


def test_stock_comes_back_as_it_went() -> None:
    order = an_order()
    sold = movements_for_sale(order)
    full = StockLevels({movement.dish_id: 100 for movement in sold})
    back = movements_for_refund(order, refund_of(order, paid(order)))
    assert apply_movements(apply_movements(full, sold), back) == full


@pytest.mark.parametrize(("staff", "reason"), [("", "cold"), ("7", ""), ("7", " "), ("7", "a\nb"), ("7" * 61, "cold")])
def test_who_and_why_are_said(staff: str, reason: str) -> None:
    order = an_order()
    refund = refund_of(order, paid(order))
    with pytest.raises(TextError):
        replace(refund, staff=staff, reason=reason)
