"""Money is exact, bounded, of one currency, and never a float."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.domain.money import MAX_MINOR, Money, MoneyError
from tests.domain.strategies import money, small_money

LARGEST = Money(MAX_MINOR)


@given(small_money, small_money)
def test_arithmetic_is_that_of_integers(a: Money, b: Money) -> None:
    assert (a + b).minor == a.minor + b.minor
    assert (a - b).minor == a.minor - b.minor
    assert (-a).minor == -a.minor
    assert a + b - b == a
    assert (a < b, a <= b, a > b, a >= b) == (
        a.minor < b.minor,
        a.minor <= b.minor,
        a.minor > b.minor,
        a.minor >= b.minor,
    )


@given(st.integers(-(10**9), 10**9), st.integers(0, 1000))
def test_multiplying_is_adding_up(minor: int, times: int) -> None:
    amount = Money(minor)
    assert amount * times == times * amount == Money.sum([amount] * times)


@given(st.lists(st.integers(-(10**9), 10**9)))
def test_sum_is_exact(minors: list[int]) -> None:
    assert Money.sum(map(Money, minors)) == Money(sum(minors))


def test_sum_of_nothing_is_zero_in_the_currency_asked_for() -> None:
    assert Money.sum([], "EUR") == Money.zero("EUR") == Money(0, "EUR")


@given(money)
@example(LARGEST)
@example(-LARGEST)
def test_text_and_back(amount: Money) -> None:
    text = amount.decimal_text()
    assert Decimal(text) * 100 == amount.minor
    assert Money.parse(text) == amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [("12", 1200), ("12.5", 1250), ("12.50", 1250), ("-12.05", -1205), ("0.05", 5), ("-0", 0), (" 3 ", 300)],
)
def test_parse(text: str, minor: int) -> None:
    assert Money.parse(text) == Money(minor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1.",
        ".5",
        "1.234",
        "1,50",
        "1 000",
        "+1",
        "--1",
        "1e3",
        "0x1",
        "NaN",
        "inf",
        "¥1",
        "１２",
        "٣",
        "9" * 5000,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(text)


@pytest.mark.parametrize("minor", [12.0, 12.5, Decimal(12), "12", True, None])
def test_only_an_int_is_money(minor: int) -> None:
    with pytest.raises(MoneyError):
        Money(minor)


@pytest.mark.parametrize("factor", [1.0, 0.5, Decimal(2), True, Money(2)])
def test_only_an_int_multiplies(factor: int) -> None:
    with pytest.raises(MoneyError):
        Money(100) * factor


def test_currencies_do_not_mix() -> None:
    yuan, euro = Money(100, "CNY"), Money(100, "EUR")
    assert yuan != euro
    for mix in (
        lambda: yuan + euro,
        lambda: yuan - euro,
        lambda: yuan < euro,
        lambda: yuan >= euro,
        lambda: Money.sum([euro], "CNY"),
    ):
        with pytest.raises(MoneyError):
            mix()


@pytest.mark.parametrize("other", [1, 1.0, "1"])
def test_money_combines_with_money_only(other: Money) -> None:
    with pytest.raises(MoneyError):
        Money(100) + other


@pytest.mark.parametrize("currency", ["", "CN", "CNYY", "cny", "C1Y", "ÄÖÜ", "人民币"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(MoneyError):
        Money(1, currency)


def test_bounds_hold_through_arithmetic() -> None:
    for beyond in (
        lambda: Money(MAX_MINOR + 1),
        lambda: Money(-MAX_MINOR - 1),
        lambda: LARGEST + Money(1),
        lambda: -LARGEST - Money(1),
        lambda: LARGEST * 2,
    ):
        with pytest.raises(MoneyError):
            beyond()


def test_zero_is_false_and_not_negative() -> None:
    assert not Money(0)
    assert Money(1)
    assert Money(-1)
    assert [Money(minor).is_negative for minor in (-1, 0, 1)] == [True, False, False]
