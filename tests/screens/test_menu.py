"""The menu screen, touched as a customer would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time

import numpy as np
import pytest

from kiosk.domain.cart import Selection
from kiosk.domain.diet import DietProfile
from kiosk.domain.menu import Allergen, DietTag
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import ScreenName, State, TextSize, View
from kiosk.screens.widgets.dish_grid import DishGrid, TouchTarget
from tests.screens import scenes
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.gallery import SIGHTS, Sight, look_at
from tests.screens.layout import check_layout
from tests.screens.sample_menu import CATEGORIES, MENU, dish_id

Open = Callable[..., Driver]
CHICKEN = MENU.dish_by_id[dish_id(0, 0)]
GRID = "dishes"
LUNCH, AFTERNOON = time(12, 0), time(15, 0)


def menu_state(**changes: object) -> State:
    return replace(scenes.state(ScreenName.MENU), **changes)


def target(ui: Driver, name: str) -> tuple[float, float]:
    """The middle of a card or its plus, in the window; it must be seen."""
    grid: DishGrid = ui.find(test_id=GRID)
    found: TouchTarget = next(t for t in grid.touch_targets() if t.name == name)
    x, y = grid.to_window(*grid.to_parent(found.x + found.width / 2, found.y + found.height / 2))
    assert grid.y < y < grid.top, f"{name} is scrolled out"
    return x, y


def titles(ui: Driver) -> list[str]:
    return [target.name for target in ui.find(test_id=GRID).touch_targets()]


def go_to(ui: Driver, category: int) -> None:
    ui.tap(test_id=f"category-{CATEGORIES[category].id}")


# --- choosing ---


def test_plus_adds_at_once_and_the_cart_says_so(open_app: Open) -> None:
    ui = open_app(menu_state())
    go_to(ui, 0)
    assert not ui.has("¥3.50", cls="FitText")
    ui.tap_at(*target(ui, f"{CHICKEN.id} plus"))
    assert ui.state.session.cart.quantity_of(Selection.of_dish(CHICKEN)) == 1
    assert ui.has("¥3.50", cls="FitText")
    assert ui.has("1 件")
    assert ui.state.editing is None


def test_card_shows_how_many_are_in_the_cart(open_app: Open) -> None:
    ui = open_app(menu_state())
    go_to(ui, 0)
    for _ in range(3):
        ui.tap_at(*target(ui, f"{CHICKEN.id} plus"))
    drawn = [text.text for text in ui.find(test_id=GRID).drawn_texts()]
    assert "3" in drawn


def test_touch_on_a_card_opens_its_sheet_and_adds_nothing(open_app: Open) -> None:
    ui = open_app(menu_state())
    go_to(ui, 0)
    x, y = target(ui, CHICKEN.id)
    ui.tap_at(x, y + 60)
    assert ui.state.editing is not None
    assert ui.has(cls="DishSheet")
    assert not ui.state.session.cart.lines


def test_combo_opens_from_anywhere_on_its_card(open_app: Open) -> None:
    ui = open_app(menu_state())
    ui.tap_at(*target(ui, "combo-0"))
    assert ui.has(cls="ComboSheet")


def test_checkout_is_off_until_something_is_chosen(open_app: Open) -> None:
    ui = open_app(menu_state())
    assert ui.find(test_id="checkout").disabled
    ui.happens(ev.DishQuickAdded(CHICKEN.id))
    assert not ui.find(test_id="checkout").disabled


# --- scrolling ---


def test_drag_scrolls_and_neither_adds_nor_opens(open_app: Open) -> None:
    ui = open_app(menu_state())
    grid = ui.find(test_id=GRID)
    ui.drag((600, 500), (600, 1100))
    ui.advance(0.5)
    assert grid.scroll_px > 500
    assert not ui.state.session.cart.lines
    assert ui.state.editing is None


def test_fling_goes_on_and_ends(open_app: Open) -> None:
    ui = open_app(menu_state())
    grid = ui.find(test_id=GRID)
    ui.drag((600, 500), (600, 1100), frames=6)
    at_release = grid.scroll_px
    ui.advance(0.5, frame_s=1 / 60)
    assert grid.scroll_px > at_release + 100
    ui.advance(6, frame_s=1 / 60)
    rest = grid.scroll_px
    ui.advance(1, frame_s=1 / 60)
    assert grid.scroll_px == rest


def test_finger_that_stops_a_fling_touches_nothing(open_app: Open) -> None:
    ui = open_app(menu_state())
    ui.drag((600, 500), (600, 1100), frames=6)
    ui.step(3)
    ui.tap_at(600, 900)
    assert ui.state.editing is None
    assert not ui.state.session.cart.lines


def test_only_the_cards_in_sight_exist(open_app: Open) -> None:
    ui = open_app(menu_state())
    many = len(MENU.dishes) + len(MENU.combos)
    views = ui.widgets(lambda w: type(w).__name__ == "CardView")
    assert many > 100 > 24 > len(views) > 8


def test_every_dish_can_be_scrolled_to(open_app: Open) -> None:
    ui = open_app(menu_state())
    grid = ui.find(test_id=GRID)
    seen: set[str] = set()
    while True:
        seen |= {name for name in titles(ui) if not name.endswith(" plus")}
        if grid.scroll_px >= grid.furthest_px:
            break
        grid.scroll_to(grid.scroll_px + grid.height / 2)
    assert seen == {d.id for d in MENU.dishes} | {c.id for c in MENU.combos}


@pytest.mark.parametrize("number", range(len(CATEGORIES)))
def test_rail_brings_its_category_to_the_top(open_app: Open, number: int) -> None:
    ui = open_app(menu_state())
    go_to(ui, number)
    assert ui.find(test_id=f"category-{CATEGORIES[number].id}").chosen
    assert f"{dish_id(number, 0)}" in titles(ui)


def test_rail_follows_the_scrolling(open_app: Open) -> None:
    ui = open_app(menu_state())
    grid = ui.find(test_id=GRID)
    grid.scroll_to(grid.furthest_px / 2)
    ui.step()
    assert not ui.find(test_id="category-combos").chosen
    chosen = ui.widgets(lambda w: type(w).__name__ == "RailButton" and w.chosen)
    assert len(chosen) == 1


def test_rail_touched_again_scrolls_back(open_app: Open) -> None:
    ui = open_app(menu_state())
    go_to(ui, 1)
    grid = ui.find(test_id=GRID)
    there = grid.scroll_px
    grid.scroll_to(there + 900)
    go_to(ui, 1)
    assert grid.scroll_px == there


# --- pressed state ---


def test_card_and_button_look_pressed_in_the_same_frame(open_app: Open) -> None:
    ui = open_app(menu_state())
    for x, y in (target(ui, "combo-0"), ui.find(test_id="text-size").center):
        before = ui.pixels()
        finger = ui.press(x, y)
        pressed = ui.pixels()
        assert (np.abs(before.astype(int) - pressed).sum(axis=2) > 8).sum() > 2000
        finger.send("update", 540, 10)
        finger.send("end")
        ui.step(3)


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


# --- how it reads ---


def test_language_changes_everything_and_never_both(open_app: Open) -> None:
    ui = open_app(menu_state())
    ui.happens(ev.DishQuickAdded(CHICKEN.id))
    assert ui.has("去结算")
    ui.tap(test_id="language")
    assert ui.has("Check out")
    chinese = [text for text in ui.texts() if any("一" <= character <= "鿿" for character in text)]
    assert set(chinese) == {"中文"}  # the button that leads back


def test_reading_aids_change_the_view(open_app: Open) -> None:
    ui = open_app(menu_state())
    ui.tap(test_id="text-size")
    ui.tap(test_id="contrast")
    ui.tap(test_id="low-layout")
    assert ui.state.session.view == View("zh", TextSize.LARGE, high_contrast=True, low_layout=True)
    ui.tap(test_id="text-size")
    ui.tap(test_id="text-size")
    assert ui.state.session.view.text_size is TextSize.NORMAL


def test_reader_stays_in_the_same_category_when_the_text_grows(open_app: Open) -> None:
    ui = open_app(menu_state())
    go_to(ui, 4)
    ui.tap(test_id="text-size")
    assert ui.find(test_id=f"category-{CATEGORIES[4].id}").chosen
    assert dish_id(4, 0) in titles(ui)


def test_low_layout_has_everything_to_touch_in_the_lower_part(open_app: Open) -> None:
    ui = open_app(scenes.with_view(menu_state(), View(low_layout=True)))
    tops = [widget.top for widget in ui.widgets(lambda w: bool(getattr(w, "test_id", "")) and hasattr(w, "pressed"))]
    assert len(tops) > 8
    assert max(tops) < 0.7 * UPRIGHT[1]


def test_member_is_greeted_and_the_balance_shown_only_on_touch(open_app: Open) -> None:
    ui = open_app(scenes.with_member(menu_state()))
    assert ui.has(contains="王*明")
    assert not ui.has(contains="50.00")
    ui.tap(test_id="balance")
    assert ui.has(contains="¥50.00")


def test_next_customer_begins_at_the_top(open_app: Open) -> None:
    ui = open_app(menu_state())
    go_to(ui, 5)
    ui.happens(ev.CancelTouched())
    ui.happens(ev.OrderingStarted())
    assert ui.find(test_id=GRID).scroll_px == 0
    assert ui.find(test_id="category-combos").chosen


# --- lying: the cart at the side ---


def test_side_cart_lists_lines_and_opens_them(open_app: Open) -> None:
    ui = open_app(scenes.with_cart(menu_state(), scenes.SOME), LYING)
    assert ui.has("一荤一素套餐")
    assert ui.has("×2")
    ui.tap(test_id=f"line-{CHICKEN.id}")
    assert ui.state.editing is not None
    assert ui.state.editing.replaces == scenes.CHICKEN_HOT


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
