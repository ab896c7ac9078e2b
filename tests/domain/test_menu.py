"""A Menu that exists is consistent; one that is not names the field to blame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given

from kiosk.domain.cart import Selection, check_selection
from kiosk.domain.dish import OptionChoice, OptionGroup
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.menu import ComboSlot, MealPeriod, Menu, MenuError
from kiosk.domain.money import Money
from tests.domain import strategies
from tests.domain.canteen import DINNER, LUNCH, MENU, NOODLES, RICE, SET, SIZE, TOPPINGS


def with_dish(**changes: object) -> Menu:
    """The canteen with its first dish, the noodles, changed."""
    return replace(MENU, dishes=(replace(NOODLES, **changes), *MENU.dishes[1:]))


def with_group(**changes: object) -> Menu:
    return with_dish(option_groups=(replace(SIZE, **changes), TOPPINGS))


def with_choice(**changes: object) -> Menu:
    return with_group(choices=(replace(SIZE.choices[0], **changes), *SIZE.choices[1:]))


def with_combo(**changes: object) -> Menu:
    return replace(MENU, combos=(replace(SET, **changes),))


def with_slot(*dish_ids: str) -> Menu:
    return with_combo(slots=(SET.slots[0], replace(SET.slots[1], dish_ids=tuple(map(DishId, dish_ids)))))


FAULTS: dict[str, tuple[str, Callable[[], Menu]]] = {
    "period twice": ("meal_periods[1].id", lambda: replace(MENU, meal_periods=(LUNCH, LUNCH))),
    "period ends before it starts": (
        "meal_periods[1].ends",
        lambda: replace(MENU, meal_periods=(LUNCH, replace(DINNER, ends=DINNER.starts))),
    ),
    "category without an id": (
        "categories[0].id",
        lambda: replace(MENU, categories=(replace(MENU.categories[0], id=""), MENU.categories[1])),
    ),
    "dish twice": ("dishes[4].id", lambda: replace(MENU, dishes=(*MENU.dishes, RICE))),
    "dish below zero": ("dishes[0].price", lambda: with_dish(price=Money(-1))),
    "dish in another currency": ("dishes[0].price", lambda: with_dish(price=Money(1, "EUR"))),
    "dish in no category": ("dishes[0].category", lambda: with_dish(category_id="x")),
    "dish in no meal period": ("dishes[0].meal_periods", lambda: with_dish(meal_period_ids=frozenset({"lunch", "x"}))),
    "dish too hot": ("dishes[0].spice", lambda: with_dish(spice=4)),
    "dish less than mild": ("dishes[0].spice", lambda: with_dish(spice=-1)),
    "group twice": ("dishes[0].options[1].id", lambda: with_dish(option_groups=(SIZE, SIZE))),
    "options below zero": ("dishes[0].options", lambda: with_dish(price=Money(99))),
    "choice twice": (
        "dishes[0].options[0].choices[1].id",
        lambda: with_group(choices=(SIZE.choices[0], *SIZE.choices)),
    ),
    "min below zero": ("dishes[0].options[0].min", lambda: with_group(min_choices=-1)),
    "min above max": ("dishes[0].options[0].min", lambda: with_group(min_choices=2)),
    "max above the choices": ("dishes[0].options[0].min", lambda: with_group(max_choices=4)),
    "nothing may be chosen": (
        "dishes[0].options[0].min",
        lambda: with_group(min_choices=0, max_choices=0, default_choice_ids=()),
    ),
    "default unknown": ("dishes[0].options[0].default", lambda: with_group(default_choice_ids=("x",))),
    "default twice": (
        "dishes[0].options[0].default",
        lambda: with_group(max_choices=2, default_choice_ids=("small", "small")),
    ),
    "default too few": ("dishes[0].options[0].default", lambda: with_group(default_choice_ids=())),
    "default too many": ("dishes[0].options[0].default", lambda: with_group(default_choice_ids=("small", "large"))),
    "choice in another currency": (
        "dishes[0].options[0].choices[0].price_delta",
        lambda: with_choice(price_delta=Money(0, "EUR")),
    ),
    "choice too hot": ("dishes[0].options[0].choices[0].spice", lambda: with_choice(spice=4)),
    "combo twice": ("combos[1].id", lambda: replace(MENU, combos=(SET, SET))),
    "combo below zero": ("combos[0].price", lambda: with_combo(price=Money(-1))),
    "combo in another currency": ("combos[0].price", lambda: with_combo(price=Money(1, "EUR"))),
    "combo in no meal period": ("combos[0].meal_periods", lambda: with_combo(meal_period_ids=frozenset({"x"}))),
    "combo without slots": ("combos[0].slots", lambda: with_combo(slots=())),
    "slot twice": ("combos[0].slots[1].id", lambda: with_combo(slots=(SET.slots[0], SET.slots[0]))),
    "slot without dishes": ("combos[0].slots[1].dishes", with_slot),
    "slot with a dish twice": ("combos[0].slots[1].dishes[1].id", lambda: with_slot("rice", "rice")),
    "slot with a dish that is not there": ("combos[0].slots[1].dishes", lambda: with_slot("rice", "x")),
    "combo's options below zero": ("combos[0].price", lambda: with_combo(price=Money(99))),
}


@pytest.mark.parametrize(("field_path", "make"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_names_its_field(field_path: str, make: Callable[[], Menu]) -> None:
    with pytest.raises(MenuError) as caught:
        make()
    assert caught.value.field_path == field_path
    assert str(caught.value) == f"{field_path}: {caught.value.reason}"


def test_prices_may_reach_zero_but_not_pass_it() -> None:
    """The cheapest allowed choices count: here the forced cheapest one and the free one that is below zero."""
    below = tuple(OptionChoice(f"c{i}", SIZE.name, Money(minor)) for i, minor in enumerate((-10, -20, 5)))
    group = OptionGroup("g", SIZE.name, 1, 3, below, ("c0",))
    slot = ComboSlot("s", SIZE.name, (NOODLES.id,))

    def menu(dish_minor: int, combo_minor: int) -> Menu:
        dish = replace(NOODLES, price=Money(dish_minor), option_groups=(group,))
        return replace(MENU, dishes=(dish,), combos=(replace(SET, price=Money(combo_minor), slots=(slot,)),))

    menu(30, 30)
    for dish_minor, combo_minor, field_path in ((29, 30, "dishes[0].options"), (30, 29, "combos[0].price")):
        with pytest.raises(MenuError) as caught:
            menu(dish_minor, combo_minor)
        assert caught.value.field_path == field_path


@given(strategies.menus())
def test_defaults_are_an_allowed_choice(menu: Menu) -> None:
    for dish in menu.dishes:
        check_selection(Selection.of_dish(dish), menu)
    for combo in menu.combos:
        check_selection(Selection.of_combo(combo, menu), menu)


@pytest.mark.parametrize(
    ("local", "period"),
    [
        (time(10, 29, 59), None),
        (time(10, 30), LUNCH),
        (time(13, 59, 59), LUNCH),
        (time(14), None),
        (time(16, 30), DINNER),
        (time(23), None),
    ],
)
def test_meal_period_has_its_start_and_not_its_end(local: time, period: MealPeriod | None) -> None:
    assert MENU.meal_period_at(local) == period


def test_things_are_found_by_id() -> None:
    assert MENU.dish_by_id[NOODLES.id] is NOODLES
    assert MENU.combo_by_id[ComboId("set")] is SET
    assert (NOODLES.option_group("size"), NOODLES.option_group("x")) == (SIZE, None)
    assert (SIZE.choice("large"), SIZE.choice("x")) == (SIZE.choices[2], None)
    assert (SET.slot("side"), SET.slot("x")) == (SET.slots[1], None)
