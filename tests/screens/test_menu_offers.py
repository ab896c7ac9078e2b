"""The menu screen: what it offers, to whom, and what a search finds; pictures of all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State, View
from tests.screens import scenes
from tests.screens.gallery import SIGHTS, Sight, look_at
from tests.screens.layout import check_layout
from tests.screens.menu_scene import AFTERNOON, CHICKEN, GRID, LUNCH, Open, go_to, menu_state, target, titles
from tests.screens.sample_menu import CATEGORIES, MENU, dish_id

# --- meal periods, stock, diet ---


def test_only_what_is_served_now_is_offered(open_app: Open) -> None:
    breakfast_only = [replace(d, meal_period_ids=frozenset({"breakfast"})) for d in MENU.dishes[:15]]
    menu = replace(MENU, dishes=(*breakfast_only, *MENU.dishes[15:]))
    ui = open_app(menu_state(menu=menu))
    assert not ui.has(test_id=f"category-{CATEGORIES[0].id}")
    assert ui.has(test_id=f"category-{CATEGORIES[1].id}")


def test_between_meals_the_menu_can_be_read_but_nothing_added(open_app: Open) -> None:
    ui = open_app(menu_state(serving_id=None, next_serving_id="dinner"), local=AFTERNOON)
    assert ui.has(contains="16:30")
    assert not [name for name in titles(ui) if name.endswith("plus")]


def test_sold_out_dish_says_so_and_cannot_be_added(open_app: Open) -> None:
    ui = open_app(menu_state(levels=StockLevels({CHICKEN.id: 0})))
    go_to(ui, 0)
    assert f"{CHICKEN.id} plus" not in titles(ui)
    assert "已售罄" in [text.text for text in ui.find(test_id=GRID).drawn_texts()]


def test_stock_that_comes_back_is_offered_again(open_app: Open) -> None:
    ui = open_app(menu_state(levels=StockLevels({CHICKEN.id: 0})))
    go_to(ui, 0)
    ui.happens(ev.LevelsLoaded(StockLevels({CHICKEN.id: 5})))
    assert f"{CHICKEN.id} plus" in titles(ui)


def test_quick_filter_blocks_what_does_not_fit(open_app: Open) -> None:
    ui = open_app(menu_state())
    go_to(ui, 0)
    assert f"{CHICKEN.id} plus" in titles(ui)
    ui.tap(test_id="filter-vegetarian")
    assert ui.state.session.diet.keeps == {DietTag.VEGETARIAN}
    assert f"{CHICKEN.id} plus" not in titles(ui)
    assert "非素食" in [text.text for text in ui.find(test_id=GRID).drawn_texts()]
    ui.tap(test_id="filter-vegetarian")
    assert f"{CHICKEN.id} plus" in titles(ui)


def test_allergen_filter_blocks_unknown_ingredients_too(open_app: Open) -> None:
    ui = open_app(menu_state())
    ui.tap(test_id="filters")
    ui.tap(test_id="sheet-peanut")
    ui.tap(test_id="filters-done")
    assert ui.state.session.diet.avoids == {Allergen.PEANUT}
    assert ui.find(test_id="filters").active
    go_to(ui, 1)
    grid = ui.find(test_id=GRID)
    grid.scroll_to(grid.scroll_px + 1200)
    unknown = dish_id(1, 12)
    assert MENU.dish_by_id[unknown].allergens is None
    assert unknown in titles(ui)
    assert f"{unknown} plus" not in titles(ui)


def test_what_the_profile_says_cannot_be_switched_off(open_app: Open) -> None:
    member = replace(scenes.MEMBER, diet=DietProfile(avoids=frozenset({Allergen.PEANUT})))
    ui = open_app(scenes.with_member(menu_state(), member))
    ui.tap(test_id="filters")
    chip = ui.find(test_id="sheet-peanut")
    assert chip.active
    assert chip.disabled
    ui.tap(test_id="filters-clear")
    assert ui.find(test_id="sheet-peanut").active


# --- search ---


def test_search_by_english_and_pinyin(open_app: Open) -> None:
    keyed = replace(CHICKEN, search_keys=("gongbaojiding", "gbjd"))
    menu = replace(MENU, dishes=(keyed, *MENU.dishes[1:]))
    ui = open_app(menu_state(menu=menu))
    ui.tap(test_id="search")
    assert ui.state.browsing.search == ""
    for letter in "GBJD":
        ui.tap(test_id=f"key-{letter}")
    assert ui.has("GBJD")
    assert titles(ui) == [CHICKEN.id, f"{CHICKEN.id} plus"]
    ui.tap(test_id="key-clear")
    for letter in "KUNG":
        ui.tap(test_id=f"key-{letter}")
    assert CHICKEN.id in titles(ui)
    assert dish_id(0, 1) not in titles(ui)
    ui.tap(test_id="key-back")
    assert ui.state.browsing.search == "kun"
    ui.tap(test_id="search-close")
    assert ui.state.browsing.search is None
    assert ui.has(test_id="category-combos")


def test_found_dish_is_added_from_the_results(open_app: Open) -> None:
    ui = open_app(menu_state())
    ui.tap(test_id="search")
    for letter in "KUNGPAOCH":
        ui.tap(test_id=f"key-{letter}")
    ui.tap_at(*target(ui, f"{CHICKEN.id} plus"))
    assert ui.state.session.cart.item_count == 1


# --- pictures ---


def shown(name: str, look: View) -> State:
    """The menu as the picture of that name wants it."""
    base = scenes.with_view(menu_state(levels=StockLevels({dish_id(0, 1): 0})), look)
    return {
        "menu": base,
        "menu-cart": scenes.with_cart(scenes.with_member(base), scenes.MANY),
        "menu-diet": replace(
            base, session=replace(base.session, diet=DietProfile(avoids=frozenset({Allergen.PEANUT}), no_spicy=True))
        ),
        "menu-filters": replace(base, browsing=replace(base.browsing, filters_open=True)),
        "menu-search": replace(base, browsing=replace(base.browsing, search="tof")),
        "menu-closed": replace(base, serving_id=None, next_serving_id="dinner"),
    }[name]


NAMES = ["menu", "menu-cart", "menu-diet", "menu-filters", "menu-search", "menu-closed"]


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(open_app: Open, sight: Sight) -> None:
    ui = open_app(shown("menu", sight.view), sight.size)
    for name in NAMES:
        ui.local = AFTERNOON if name == "menu-closed" else LUNCH
        ui.show(shown(name, sight.view))
        look_at(ui, f"{name}-{sight}", keeps_picture=sight.keeps_picture)
        if name in ("menu", "menu-cart", "menu-diet"):
            ui.find(test_id=GRID).scroll_to(ui.app.look.u(700))
            check_layout(ui)
            ui.find(test_id=GRID).scroll_to(0)
