"""Does a dish suit a person? Unknown is never safe."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.cart import DishChoice, Selection
from kiosk.domain.diet import (
    NO_DIET,
    Block,
    BlockReason,
    DietProfile,
    blocks_for_dish,
    blocks_for_selection,
)
from kiosk.domain.dish import Allergen, DietTag, Dish, OptionChoice, OptionGroup
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from tests.domain.canteen import MAPO_TOFU, MENU, NOODLES, PLAIN_SET, RICE, SOUP

NO_EGG = DietProfile(avoids=frozenset({Allergen.EGG}))
NO_GLUTEN = DietProfile(avoids=frozenset({Allergen.GLUTEN}))
NOT_SPICY = DietProfile(no_spicy=True)
VEGETARIAN = DietProfile(keeps=frozenset({DietTag.VEGETARIAN}))

UNKNOWN = Block(BlockReason.UNKNOWN_INGREDIENTS)
SPICY = Block(BlockReason.SPICY)
HAS_GLUTEN = Block(BlockReason.ALLERGEN, allergen=Allergen.GLUTEN)
HAS_EGG = Block(BlockReason.ALLERGEN, allergen=Allergen.EGG)
NOT_VEGETARIAN = Block(BlockReason.NOT_TAGGED, tag=DietTag.VEGETARIAN)


def noodles_with(*toppings: str) -> Selection:
    return Selection((DishChoice.of(NOODLES.id, {"size": ("regular",), "toppings": toppings}),))


@pytest.mark.parametrize(
    ("dish", "profile", "blocks"),
    [
        (NOODLES, NO_EGG, ()),
        (NOODLES, NO_GLUTEN, (HAS_GLUTEN,)),
        (RICE, NO_GLUTEN, ()),
        (SOUP, NO_GLUTEN, (UNKNOWN,)),
        (SOUP, NO_DIET, ()),
        (SOUP, NOT_SPICY, ()),
        (NOODLES, VEGETARIAN, (NOT_VEGETARIAN,)),
        (SOUP, VEGETARIAN, (NOT_VEGETARIAN,)),
        (MAPO_TOFU, VEGETARIAN, ()),
        (MAPO_TOFU, NOT_SPICY, (SPICY,)),
        (NOODLES, NO_GLUTEN.union(VEGETARIAN), (HAS_GLUTEN, NOT_VEGETARIAN)),
    ],
)
def test_dish_as_it_comes(dish: Dish, profile: DietProfile, blocks: tuple[Block, ...]) -> None:
    assert blocks_for_dish(dish, profile) == blocks


@pytest.mark.parametrize(
    ("toppings", "blocks"),
    [
        ((), ()),
        (("coriander",), ()),
        (("egg",), (HAS_EGG,)),
        (("chilli",), (UNKNOWN,)),
        (("chilli", "egg"), (UNKNOWN, HAS_EGG)),
    ],
)
def test_options_bring_their_own_allergens(toppings: tuple[str, ...], blocks: tuple[Block, ...]) -> None:
    assert blocks_for_selection(noodles_with(*toppings), MENU, NO_EGG) == blocks


def test_an_option_that_comes_by_default_counts() -> None:
    toppings = replace(NOODLES.option_groups[1], default_choice_ids=("egg",))
    with_egg = replace(NOODLES, option_groups=(NOODLES.option_groups[0], toppings))
    assert blocks_for_dish(with_egg, NO_EGG) == (HAS_EGG,)


@pytest.mark.parametrize(("level", "blocks"), [("none", ()), ("hot", (SPICY,))])
def test_a_chosen_level_of_spice_replaces_the_dishs_own(level: str, blocks: tuple[Block, ...]) -> None:
    tofu = Selection((DishChoice.of(MAPO_TOFU.id, {"spice": (level,)}),))
    assert blocks_for_selection(tofu, MENU, NOT_SPICY) == blocks


def test_a_spicy_option_makes_a_mild_dish_spicy() -> None:
    assert blocks_for_selection(noodles_with("chilli"), MENU, NOT_SPICY) == (SPICY,)


def test_a_choice_can_make_a_dish_unfit_for_a_diet() -> None:
    with_pork = OptionChoice("pork", LocalText("加肉末", "Minced pork"), Money(200), breaks=frozenset(DietTag))
    extras = OptionGroup("extras", LocalText("加料", "Extras"), 0, 1, (with_pork,))
    greens = replace(MENU.dishes[0], diet_tags=frozenset(DietTag), option_groups=(extras,))
    menu = replace(MENU, dishes=(greens, *MENU.dishes[1:]), combos=())
    plain, changed = (Selection((DishChoice.of(greens.id, {"extras": ids}),)) for ids in ((), ("pork",)))
    assert blocks_for_selection(plain, menu, VEGETARIAN) == ()
    assert blocks_for_selection(changed, menu, VEGETARIAN) == (NOT_VEGETARIAN,)


def test_every_dish_of_a_combo_counts() -> None:
    with_soup = PLAIN_SET.with_dish(1, DishChoice.default(SOUP))
    assert blocks_for_selection(PLAIN_SET, MENU, NO_EGG) == ()
    assert blocks_for_selection(with_soup, MENU, NO_EGG) == (UNKNOWN,)
    assert blocks_for_selection(with_soup, MENU, NO_GLUTEN) == (HAS_GLUTEN, UNKNOWN)
    assert blocks_for_selection(with_soup, MENU, VEGETARIAN) == (NOT_VEGETARIAN,)  # both dishes, said once


profiles = st.builds(
    DietProfile,
    st.frozensets(st.sampled_from(Allergen), max_size=3),
    st.frozensets(st.sampled_from(DietTag)),
    st.booleans(),
)


@given(profiles, profiles)
def test_union_blocks_what_either_blocks(one: DietProfile, other: DietProfile) -> None:
    for dish in MENU.dishes:
        both = {*blocks_for_dish(dish, one), *blocks_for_dish(dish, other)}
        assert set(blocks_for_dish(dish, one.union(other))) == both


@given(profiles)
def test_unknown_ingredients_are_safe_for_nobody_who_avoids_something(profile: DietProfile) -> None:
    assert (UNKNOWN in blocks_for_dish(SOUP, profile)) == bool(profile.avoids)


def test_empty_profile() -> None:
    assert NO_DIET.is_empty
    assert not any(p.is_empty for p in (NO_EGG, NOT_SPICY, VEGETARIAN))
