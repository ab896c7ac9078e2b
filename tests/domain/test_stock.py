"""Portions left: by movements only, so that terminals merge in any order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.cart import EMPTY_CART, Cart
from kiosk.domain.ids import DishId, OrderId, uuid7
from kiosk.domain.order import DiningMode, draft_order
from kiosk.domain.pricing import price_cart
from kiosk.domain.stock import StockLevels, StockMovement, apply_movements, movements_for_sale, portions_in_cart
from tests.domain.canteen import BIG_NOODLES, MENU, NOODLES, PLAIN_NOODLES, PLAIN_RICE, PLAIN_SET, RICE, SOUP

# Three portions of noodles on two lines and in a combo, three of rice.
CART = EMPTY_CART.add(PLAIN_NOODLES).add(PLAIN_SET).add(BIG_NOODLES).add(PLAIN_RICE, 2)


def test_portions_open_up_combos() -> None:
    assert portions_in_cart(CART) == {NOODLES.id: 3, RICE.id: 3}


def test_a_sale_takes_what_the_cart_wants() -> None:
    order = draft_order(
        OrderId(uuid7(0)),
        price_cart(CART, MENU),
        MENU,
        dining_mode=DiningMode.TAKE_AWAY,
        language="en",
        created_at=datetime(2025, 9, 1, tzinfo=UTC),
    )
    movements = movements_for_sale(order)
    assert movements == (StockMovement(NOODLES.id, -3, "sale"), StockMovement(RICE.id, -3, "sale"))
    levels = StockLevels({NOODLES.id: 3, SOUP.id: 5}, frozenset({SOUP.id}))
    assert apply_movements(levels, movements) == StockLevels({NOODLES.id: 0, SOUP.id: 5}, frozenset({SOUP.id}))


@pytest.mark.parametrize(
    ("levels", "cart", "short"),
    [
        (StockLevels({}), CART, ()),
        (StockLevels({NOODLES.id: 3}), CART, ()),
        (StockLevels({NOODLES.id: 2}), CART, (NOODLES.id,)),
        (StockLevels({RICE.id: 0, NOODLES.id: -1}), CART, (NOODLES.id, RICE.id)),
        (StockLevels({RICE.id: 99}, frozenset({RICE.id})), CART, (RICE.id,)),
        (StockLevels({}, frozenset({RICE.id})), EMPTY_CART.add(PLAIN_SET), (RICE.id,)),
        (StockLevels({}, frozenset({SOUP.id})), CART, ()),
    ],
)
def test_short_for(levels: StockLevels, cart: Cart, short: tuple[DishId, ...]) -> None:
    assert levels.short_for(cart) == short


@pytest.mark.parametrize(
    ("levels", "sold_out"),
    [
        (StockLevels({}), False),
        (StockLevels({RICE.id: 1}), False),
        (StockLevels({RICE.id: 0}), True),
        (StockLevels({RICE.id: -2}), True),
        (StockLevels({RICE.id: 5}, frozenset({RICE.id})), True),
        (StockLevels({}, frozenset({RICE.id})), True),
    ],
)
def test_is_sold_out(levels: StockLevels, sold_out: bool) -> None:
    assert levels.is_sold_out(RICE.id) is sold_out


movements = st.builds(StockMovement, st.sampled_from([RICE.id, SOUP.id, NOODLES.id]), st.integers(-9, 9), st.just("x"))


@given(st.lists(movements, max_size=6))
def test_movements_merge_in_any_order(made: list[StockMovement]) -> None:
    levels = StockLevels({RICE.id: 10, SOUP.id: 0}, frozenset({SOUP.id}))
    after = apply_movements(levels, made)
    assert apply_movements(levels, reversed(made)) == after
    assert apply_movements(apply_movements(levels, made[2:]), made[:2]) == after
    assert set(after.portions) == {RICE.id, SOUP.id}
    assert after.portions[RICE.id] == 10 + sum(m.portions for m in made if m.dish_id == RICE.id)
