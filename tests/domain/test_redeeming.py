"""Parts of a payment add up; points and coupons take off what their rules say, and units never mix."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.coupon import Coupon, CouponError, CouponTerms
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import CouponId, GrantId, MemberId, OrderId, PaymentId, TerminalId, uuid7
from kiosk.domain.local_text import LocalText
from kiosk.domain.loyalty import RedeemRule
from kiosk.domain.money import Money, MoneyError
from kiosk.domain.payment import Payment, PaymentError, PaymentMethod, PaymentPart, with_balance
from kiosk.domain.unit import POINTS, coupon_in, coupon_unit
from kiosk.domain.wallet import Grant, GrantUse, plan_spends

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
COUPON = CouponId("01920000-0000-7000-8000-000000000001")
BALANCE, COUNTER = PaymentMethod.BALANCE, PaymentMethod.COUNTER
ONE = Money(1, coupon_unit(COUPON))


def terms(percent: int = 100, at_most: int = 500, minimum: int = 0) -> CouponTerms:
    name = LocalText("券", "Coupon")
    return CouponTerms(name, percent, Money(at_most), Money(minimum), NOON, NOON + timedelta(days=1))


def payment(total: int, *parts: PaymentPart, method: PaymentMethod = BALANCE) -> Payment:
    return Payment(PaymentId(uuid7(0)), OrderId(uuid7(0)), method, Money(total), parts=parts)


def points(count: int, value: int) -> PaymentPart:
    return PaymentPart(PaymentMethod.POINTS, Money(value), Money(count, POINTS))


# --- units ---


def test_a_coupon_is_a_unit_of_its_own() -> None:
    assert coupon_in(coupon_unit(COUPON)) == COUPON
    assert (coupon_in("CNY"), coupon_in(POINTS)) == (None, None)
    with pytest.raises(MoneyError):
        Money(1, coupon_unit(COUPON)) + Money(1)


@pytest.mark.parametrize(
    "code", ["", "cny", "CN", "COUPON:", "COUPON:1", "coupon:" + COUPON, coupon_unit(COUPON) + "0", "PTS\n"]
)
def test_what_is_no_unit(code: str) -> None:
    with pytest.raises(MoneyError):
        Money(1, code)


def test_points_are_not_spent_from_money_that_is_set_aside() -> None:
    grant = Grant(GrantId(uuid7(0)), None, MemberId("m"), TerminalId("t"), 1, Money(1000))
    use = GrantUse(grant, Money(0))
    plan = plan_spends([use], PaymentId(uuid7(0)), Money(300, POINTS))
    assert (plan.uses, plan.missing) == ((), Money(300, POINTS))
    with pytest.raises(MoneyError):
        use.spend(PaymentId(uuid7(0)), Money(300, POINTS))


# --- coupons ---


@pytest.mark.parametrize(
    ("offer", "total", "value"),
    [
        (terms(), 1200, 500),
        (terms(), 300, 300),
        (terms(minimum=1000), 999, 0),
        (terms(minimum=1000), 1000, 500),
        (terms(percent=20), 1999, 399),
        (terms(percent=20), 9000, 500),
    ],
)
def test_what_a_coupon_takes_off(offer: CouponTerms, total: int, value: int) -> None:
    part = Coupon(COUPON, offer).part_of(Money(total))
    assert part == (PaymentPart(PaymentMethod.COUPON, Money(value), ONE) if value else None)


def test_a_coupon_has_its_time() -> None:
    assert [terms().is_valid_at(NOON + timedelta(hours=h)) for h in (-1, 0, 23, 24)] == [False, True, True, False]


@pytest.mark.parametrize("wrong", [{"percent": 0}, {"percent": 101}, {"at_most": 0}, {"minimum": -1}])
def test_terms_that_make_no_coupon(wrong: dict[str, int]) -> None:
    with pytest.raises(CouponError):
        terms(**wrong)


# --- points ---


@pytest.mark.parametrize(
    ("have", "total", "left", "used"),
    [
        (350, 2000, 2000, 300),
        (99, 2000, 2000, None),
        (5000, 1250, 1250, 600),
        (5000, 2000, 250, 200),
        (500, 100, 100, None),
    ],
)
def test_points_go_in_whole_lots_up_to_half_of_the_order(have: int, total: int, left: int, used: int | None) -> None:
    part = RedeemRule(100, 100, 50).redeemable(have, Money(total), Money(left))
    assert part == (points(used, used) if used else None)


def test_a_lot_may_be_worth_less() -> None:
    assert RedeemRule(200, 100, 100).redeemable(999, Money(1000), Money(1000)) == points(800, 400)
    assert RedeemRule(most_percent=0).redeemable(999, Money(1000), Money(1000)) is None


@pytest.mark.parametrize("rule", [(0, 1, 1), (1, 0, 1), (1, 1, -1), (1, 1, 101)])
def test_rules_that_cannot_be(rule: tuple[int, int, int]) -> None:
    with pytest.raises(DomainError):
        RedeemRule(*rule)


# --- parts ---


@given(
    st.integers(1, 5000),
    st.integers(0, 5000),
    st.integers(0, 2500),
    st.integers(0, 3000),
)
def test_any_parts_add_up_and_say_what_they_take(total: int, have: int, off: int, counter: int) -> None:
    coupon = Coupon(COUPON, terms(at_most=max(1, off))).part_of(Money(total))
    left = total - (coupon.value.minor if coupon else 0)
    redeemed = RedeemRule().redeemable(have, Money(total), Money(left))
    left -= redeemed.value.minor if redeemed else 0
    due = PaymentPart(COUNTER, Money(min(counter, left))) if min(counter, left) else None
    others = tuple(part for part in (coupon, redeemed, due) if part is not None)
    parts = with_balance(others, Money(total))
    made = payment(total, *parts, method=COUNTER if due else BALANCE)
    assert Money.sum(part.value for part in made.all_parts) == Money(total)
    taken = [part.spends for part in made.all_parts if part.spends is not None]
    assert len({amount.currency for amount in taken}) == len(taken)
    assert made.due + made.from_balance + Money.sum(p.value for p in (coupon, redeemed) if p) == Money(total)
    assert msgspec.json.decode(msgspec.json.encode(made), type=Payment) == made


def test_a_payment_in_one_way_is_one_part() -> None:
    assert payment(500).all_parts == (PaymentPart(BALANCE, Money(500)),)
    assert payment(500, method=COUNTER).due == Money(500)
    assert payment(0).all_parts == ()


@pytest.mark.parametrize(
    ("parts", "method"),
    [
        ((PaymentPart(BALANCE, Money(499)),), BALANCE),
        ((points(300, 300), PaymentPart(BALANCE, Money(201))), BALANCE),
        ((PaymentPart(BALANCE, Money(200)), PaymentPart(BALANCE, Money(300))), BALANCE),
        ((PaymentPart(BALANCE, Money(200)), PaymentPart(COUNTER, Money(300))), BALANCE),
        ((PaymentPart(BALANCE, Money(500)),), COUNTER),
        ((), PaymentMethod.POINTS),
    ],
)
def test_parts_that_do_not_make_the_payment(parts: tuple[PaymentPart, ...], method: PaymentMethod) -> None:
    with pytest.raises(PaymentError):
        payment(500, *parts, method=method)


@pytest.mark.parametrize(
    ("method", "value", "used"),
    [
        (BALANCE, Money(0), None),
        (BALANCE, Money(-1), None),
        (BALANCE, Money(100), Money(100, POINTS)),
        (COUNTER, Money(100), Money(100, POINTS)),
        (PaymentMethod.POINTS, Money(100), None),
        (PaymentMethod.POINTS, Money(100), Money(100)),
        (PaymentMethod.POINTS, Money(100), Money(0, POINTS)),
        (PaymentMethod.POINTS, Money(100), ONE),
        (PaymentMethod.COUPON, Money(100), None),
        (PaymentMethod.COUPON, Money(100), Money(2, coupon_unit(COUPON))),
        (PaymentMethod.COUPON, Money(100), Money(1, POINTS)),
    ],
)
def test_parts_that_cannot_be(method: PaymentMethod, value: Money, used: Money | None) -> None:
    with pytest.raises(PaymentError):
        PaymentPart(method, value, used)


def test_more_than_the_total_is_no_payment() -> None:
    with pytest.raises(PaymentError):
        with_balance((points(300, 300),), Money(299))
