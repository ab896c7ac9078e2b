"""Ingredients: amounts that add up, acts and their opposites, what runs out first."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ids import DishId
from kiosk.domain.ingredient import (
    MAX_ACT_MILLI,
    Ingredient,
    IngredientActId,
    IngredientError,
    IngredientId,
    IngredientLevel,
    IngredientUnit,
    by_urgency,
    check_ingredient_act,
    count,
    delivery,
    moved_with,
    opposite,
    waste,
)
from kiosk.domain.local_text import LocalText
from kiosk.domain.stock_act import WasteReason

DISHES = [DishId(name) for name in ("stew", "soup", "rice", "tea")]
INGREDIENTS = [IngredientId(name) for name in ("pork", "salt", "egg")]
AMOUNTS = st.integers(1, MAX_ACT_MILLI)
RECIPES = st.dictionaries(
    st.sampled_from(DISHES), st.dictionaries(st.sampled_from(INGREDIENTS), st.integers(1, 10_000_000), min_size=1)
)
PORTIONS = st.dictionaries(st.sampled_from(DISHES), st.integers(-50, 50))
FIRST, SECOND = IngredientActId(UUID(int=1)), IngredientActId(UUID(int=2))


def a_level(left: int, a_day: int | None = None, warn: int = 0, *, is_known: bool = True) -> IngredientLevel:
    one = Ingredient(INGREDIENTS[0], LocalText("猪肉", "Pork"), IngredientUnit.GRAM, warn)
    return IngredientLevel(one, left, a_day, is_known)


@given(RECIPES, st.lists(PORTIONS, max_size=6))
def test_what_is_sold_one_by_one_is_what_is_sold_together(recipes: dict, orders: list) -> None:  # type: ignore[type-arg]
    together: dict[DishId, int] = {}
    one_by_one: dict[IngredientId, int] = {}
    for portions in orders:
        for dish_id, number in portions.items():
            together[dish_id] = together.get(dish_id, 0) + number
        for ingredient_id, milli in moved_with(portions, recipes).items():
            one_by_one[ingredient_id] = one_by_one.get(ingredient_id, 0) + milli
    assert moved_with(together, recipes) == {name: milli for name, milli in one_by_one.items() if milli}


@given(RECIPES, PORTIONS)
def test_what_is_given_back_takes_back_all_that_was_used(recipes: dict, portions: dict) -> None:  # type: ignore[type-arg]
    back = {dish_id: -number for dish_id, number in portions.items()}
    used = moved_with(portions, recipes)
    assert moved_with(back, recipes) == {name: -milli for name, milli in used.items()}


@given(AMOUNTS, st.integers(-(10**12), 10**12), AMOUNTS)
def test_acts_that_staff_can_do_agree_with_themselves_and_are_undone(amount: int, left: int, counted: int) -> None:
    level = a_level(left)
    made = [
        delivery(FIRST, INGREDIENTS[0], amount),
        waste(FIRST, INGREDIENTS[0], amount, WasteReason.SPOILED),
        count(FIRST, level, counted),
    ]
    for act in made:
        check_ingredient_act(act)
        undo = opposite(act, SECOND)
        check_ingredient_act(undo)
        assert act.milli + undo.milli == 0
    assert left + made[2].milli == counted


@given(st.integers(-(10**20), 10**20))
def test_no_amount_out_of_bounds_passes(milli: int) -> None:
    act = replace(delivery(FIRST, INGREDIENTS[0], 1), milli=milli)
    if 1 <= milli <= MAX_ACT_MILLI:
        check_ingredient_act(act)
        return
    with pytest.raises(IngredientError):
        check_ingredient_act(act)


def test_how_long_it_lasts() -> None:
    assert a_level(9_000, 3_000).days_left == 3
    assert a_level(-9_000, 3_000).days_left == 0
    assert a_level(9_000, None).days_left is None
    assert a_level(9_000, 0).days_left is None
    assert a_level(9_000, -5).days_left is None, "more was given back than sold"
    assert a_level(9_000, 3_000, is_known=False).days_left is None


def test_staff_are_warned_below_the_level_or_two_days_before_the_end() -> None:
    assert a_level(999, None, 1_000).is_low
    assert not a_level(1_000, None, 1_000).is_low
    assert a_level(5_999, 3_000, 1_000).is_low
    assert not a_level(6_000, 3_000, 1_000).is_low
    assert a_level(0).is_low
    assert not a_level(-5, 3_000, 1_000, is_known=False).is_low, "nobody knows"


def test_what_runs_out_first_stands_first() -> None:
    gone, today, soon = a_level(-5), a_level(2_000, 3_000), a_level(20_000, 3_000)
    under, plenty, unknown = a_level(500, None, 1_000), a_level(5_000), a_level(0, 3_000, is_known=False)
    assert by_urgency([plenty, unknown, soon, under, today, gone]) == [gone, today, under, soon, plenty, unknown]
