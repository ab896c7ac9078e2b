"""The menu screen, touched as a customer would."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.domain.cart import Selection
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import TextSize, View
from tests.screens import scenes
from tests.screens.driver import LYING, UPRIGHT
from tests.screens.menu_scene import CHICKEN, GRID, Open, go_to, menu_state, target, titles
from tests.screens.sample_menu import CATEGORIES, MENU, dish_id

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
