"""What a counter sells: sums that staff type, weights, and change for cash."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.cart import EMPTY_CART, MAX_KEYED_MINOR, CartError, DishChoice, Selection, check_selection
from kiosk.domain.cash import CashError, CounterPayment, CounterResult
from kiosk.domain.counter import NOTHING_KEYED, CounterLimits, change_for, likely_sums
from kiosk.domain.dish import Dish
from kiosk.domain.ids import CounterPaymentId, DishId, OrderId, PaymentId, uuid7
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Menu, MenuError
from kiosk.domain.money import Money, MoneyError
from kiosk.domain.order import DiningMode, draft_order
from kiosk.domain.pricing import price_cart, price_selection
from kiosk.domain.stock import movements_for_sale
from kiosk.domain.weight import MAX_GRAMS, PER_G, Weight, WeightError
from tests.domain.canteen import MENU, PLAIN_SET

MOMENT = datetime(2026, 3, 2, 4, 3, tzinfo=UTC)
NUTS = replace(MENU.dishes[0], id=DishId("nuts"), price=Money(380), option_groups=(), per_g=100)
WEIGHING: Menu = replace(MENU, weighed=(NUTS,))
amounts = st.integers(0, 1_000_000).map(Money)
weights = st.builds(Weight, st.integers(1, MAX_GRAMS), amounts, st.sampled_from(PER_G))


@given(weights)
def test_a_weight_costs_its_share_rounded_half_up(weight: Weight) -> None:
    exact = Decimal(weight.price.minor) * weight.grams / weight.per_g
    assert weight.amount.minor == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(weights)
def test_more_never_costs_less(weight: Weight) -> None:
    if weight.grams < MAX_GRAMS:
        assert replace(weight, grams=weight.grams + 1).amount >= weight.amount


@pytest.mark.parametrize(
    ("grams", "price", "per_g", "costs"),
    [(235, 380, 100, 893), (1, 50, 100, 1), (1, 49, 100, 0), (125, 2599, 1000, 325), (250, 1990, 500, 995)],
)
def test_weights_by_hand(grams: int, price: int, per_g: int, costs: int) -> None:
    assert Weight(grams, Money(price), per_g).amount == Money(costs)


@pytest.mark.parametrize(
    ("grams", "per_g"), [(0, 100), (-5, 100), (MAX_GRAMS + 1, 100), (10, 0), (10, 250), (True, 100)]
)
def test_no_weight(grams: int, per_g: int) -> None:
    with pytest.raises(WeightError):
        Weight(grams, Money(380), per_g)


@given(amounts, amounts)
def test_change_is_what_was_received_less_what_is_due(due: Money, received: Money) -> None:
    if received < due:
        with pytest.raises(CashError):
            change_for(due, received)
        return
    change = change_for(due, received)
    assert change + due == received
    assert not change.is_negative


def test_change_in_another_currency() -> None:
    with pytest.raises(MoneyError):
        change_for(Money(100), Money(100, "USD"))


@given(amounts)
def test_likely_sums_are_enough_and_few(due: Money) -> None:
    sums = likely_sums(due)
    assert list(sums) == sorted(set(sums))
    assert len(sums) <= 5
    assert all(received > due and received.minor % 100 == 0 for received in sums)


def test_likely_sums_by_hand() -> None:
    def minor(due: int) -> list[int]:
        return [received.minor // 100 for received in likely_sums(Money(due))]

    assert minor(1250) == [13, 15, 20, 50, 100]
    assert minor(2000) == [50, 100]
    assert minor(13_000) == [140, 150, 200]


def paid(received: Money | None, result: CounterResult = CounterResult.PAID) -> CounterPayment:
    ids = CounterPaymentId(uuid7(0)), OrderId(uuid7(0)), PaymentId(uuid7(0))
    return CounterPayment(*ids, result, Money(1250), "7", MOMENT, "gone", received)


def test_what_is_told_of_cash_adds_up() -> None:
    assert paid(None).change == Money(0)
    assert paid(Money(2000)).change == Money(750)
    for received, result in ((Money(1249), CounterResult.PAID), (Money(2000), CounterResult.CANCELLED)):
        with pytest.raises(CashError):
            paid(received, result)


def test_a_typed_sum_is_a_line_of_its_own() -> None:
    cart = EMPTY_CART.add(Selection.of_sum(Money(1250)), 2).add(Selection.of_sum(Money(50))).add(PLAIN_SET)
    priced = price_cart(cart, WEIGHING)
    assert [line.total for line in priced.lines[:2]] == [Money(2500), Money(50)]
    order = draft_order(
        OrderId(uuid7(0)), priced, WEIGHING, dining_mode=DiningMode.DINE_IN, language="zh", created_at=MOMENT
    )
    assert (order.lines[0].name, order.lines[0].dishes) == (LocalText("餐费", "Meal"), ())
    assert {movement.dish_id for movement in movements_for_sale(order)} == {
        dish.dish_id for dish in order.lines[2].dishes
    }


def test_each_weighing_is_a_line() -> None:
    cart = EMPTY_CART.add(Selection.of_weight(NUTS, 100)).add(Selection.of_weight(NUTS, 235))
    priced = price_cart(cart, WEIGHING)
    assert [line.total for line in priced.lines] == [Money(380), Money(893)]
    order = draft_order(
        OrderId(uuid7(0)), priced, WEIGHING, dining_mode=DiningMode.DINE_IN, language="zh", created_at=MOMENT
    )
    assert [line.weight for line in order.lines] == [Weight(100, Money(380), 100), Weight(235, Money(380), 100)]
    assert order.lines[0].name == NUTS.name


@pytest.mark.parametrize("wrong", [
    Selection.of_sum(Money(0)), Selection.of_sum(Money(-1)), Selection.of_sum(Money(MAX_KEYED_MINOR + 1)),
    Selection.of_sum(Money(100, "USD")), replace(PLAIN_SET, keyed=Money(100)), Selection((), keyed=Money(1), grams=1),
    Selection.of_weight(NUTS, 0), Selection.of_weight(NUTS, -1), Selection.of_weight(NUTS, MAX_GRAMS + 1),
    Selection.of_weight(MENU.dishes[0], 100), replace(PLAIN_SET, grams=100), Selection((), grams=100),
    Selection((DishChoice(NUTS.id),)), Selection((DishChoice(NUTS.id, (("size", ("big",)),)),), grams=100),
    Selection(()),
])  # fmt: skip
def test_what_is_neither_a_sum_nor_a_weight(wrong: Selection) -> None:
    with pytest.raises(CartError):
        check_selection(wrong, WEIGHING)
    with pytest.raises(CartError):
        price_selection(wrong, WEIGHING)


def test_limits() -> None:
    limits = CounterLimits(largest_sum_minor=2000, largest_weight_g=500)
    limits.check(EMPTY_CART.add(PLAIN_SET).add(Selection.of_sum(Money(2000))).add(Selection.of_weight(NUTS, 500)))
    for over in (Selection.of_sum(Money(2001)), Selection.of_weight(NUTS, 501), Selection.of_sum(Money(0))):
        with pytest.raises(CartError):
            limits.check(EMPTY_CART.add(over))
    for selection in (Selection.of_sum(Money(1)), Selection.of_weight(NUTS, 1)):
        with pytest.raises(CartError):
            NOTHING_KEYED.check(EMPTY_CART.add(selection))


@pytest.mark.parametrize(("field", "dish"), [
    ("weighed[0].id", replace(NUTS, id=MENU.dishes[0].id)),
    ("weighed[0].per_g", replace(NUTS, per_g=None)),
    ("weighed[0].per_g", replace(NUTS, per_g=250)),
    ("weighed[0].options", replace(NUTS, option_groups=MENU.dishes[0].option_groups or MENU.dishes[1].option_groups)),
    ("weighed[0].price", replace(NUTS, price=Money(-1))),
    ("weighed[0].category", replace(NUTS, category_id="nowhere")),
])  # fmt: skip
def test_a_menu_that_contradicts_itself(field: str, dish: Dish) -> None:
    with pytest.raises(MenuError) as caught:
        replace(MENU, weighed=(dish,))
    assert caught.value.field_path == field
    with pytest.raises(MenuError, match="no dish of this list"):
        replace(MENU, dishes=(*MENU.dishes, NUTS))
