"""The sheets of dishes and combos, touched as a customer would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.cart import DishChoice, Selection
from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import Editing, ScreenName, State, View
from kiosk.screens.sheet_parts import chosen_after
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.gallery import SIGHTS, Sight, look_at
from tests.screens.layout import check_layout
from tests.screens.sample_menu import COMBOS, EXTRAS, MENU, SIZE, dish_id

Open = Callable[..., Driver]
CHICKEN = MENU.dish_by_id[dish_id(0, 0)]
COMBO = COMBOS[0]
NO_PEANUTS = DietProfile(avoids=frozenset({Allergen.PEANUT}))


def on_menu(**changes: object) -> State:
    return replace(scenes.state(ScreenName.MENU), **changes)


def with_diet(state: State, diet: DietProfile) -> State:
    return replace(state, session=replace(state.session, diet=diet))


def open_dish(open_app: Open, state: State | None = None, dish: str = CHICKEN.id) -> Driver:
    ui = open_app(state or on_menu())
    ui.happens(ev.DishOpened(MENU.dish_by_id[dish].id))  # type: ignore[index]
    return ui


def open_combo(open_app: Open, state: State | None = None) -> Driver:
    ui = open_app(state or on_menu())
    ui.happens(ev.ComboOpened(COMBO.id))
    return ui


# --- dish ---


def test_options_change_the_price_and_are_added(open_app: Open) -> None:
    ui = open_dish(open_app)
    assert ui.find(test_id="add").text == "加入 ¥3.50"
    ui.tap(test_id="option-size-large")
    ui.tap(test_id="option-extras-egg")
    ui.tap(test_id="quantity-plus")
    assert ui.find(test_id="add").text == "加入 ¥17.00"
    ui.tap(test_id="add")
    wanted = DishChoice.default(CHICKEN).with_option("size", ("large",)).with_option("extras", ("egg",))
    assert ui.state.session.cart.quantity_of(Selection((wanted,))) == 2
    assert not ui.has(cls="DishSheet")


def test_chosen_options_are_marked_by_more_than_colour(open_app: Open) -> None:
    ui = open_dish(open_app)
    chip = ui.find(test_id="option-size-regular")
    icons = [child.icon for child in chip.children if hasattr(child, "icon")]
    assert icons == ["check-bold"]


@pytest.mark.parametrize(
    ("group", "chosen", "touched", "after"),
    [
        (SIZE, ("regular",), "large", ("large",)),
        (SIZE, ("regular",), "regular", ("regular",)),
        (EXTRAS, (), "egg", ("egg",)),
        (EXTRAS, ("egg",), "egg", ()),
        (EXTRAS, ("egg",), "rice", ("egg", "rice")),
        (EXTRAS, ("egg", "rice"), "sauce", ("egg", "sauce")),
    ],
    ids=lambda value: getattr(value, "id", str(value)),
)
def test_touching_an_option_keeps_the_groups_rule(
    group: object, chosen: tuple[str, ...], touched: str, after: tuple[str, ...]
) -> None:
    assert chosen_after(group, chosen, touched) == after  # type: ignore[arg-type]


def test_sheet_blocks_what_lies_below(open_app: Open) -> None:
    ui = open_dish(open_app)
    ui.happens(ev.SheetClosed(), ev.DishQuickAdded(CHICKEN.id), ev.DishOpened(CHICKEN.id))
    checkout = ui.find(test_id="checkout")
    ui.tap_at(checkout.center_x, checkout.center_y)
    assert ui.state.screen is ScreenName.MENU


def test_touch_beside_the_sheet_or_on_its_cross_closes_it(open_app: Open) -> None:
    ui = open_dish(open_app)
    ui.tap_at(400, 1900)
    assert ui.state.editing is None
    ui.happens(ev.DishOpened(CHICKEN.id))
    ui.tap(test_id="sheet-close")
    assert ui.state.editing is None
    assert not ui.state.session.cart.lines


def test_blocked_dish_says_why_and_offers_what_suits(open_app: Open) -> None:
    nuts_off = with_diet(on_menu(), DietProfile(avoids=frozenset({Allergen.GLUTEN})))
    noodles = MENU.dish_by_id[dish_id(3, 0)]
    plain = replace(MENU.dish_by_id[dish_id(3, 5)], allergens=frozenset())
    menu = replace(MENU, dishes=tuple(plain if d.id == plain.id else d for d in MENU.dishes))
    ui = open_dish(open_app, replace(nuts_off, menu=menu), noodles.id)
    assert ui.has(contains="麸质")
    assert ui.find(test_id="add").disabled
    swaps = ui.widgets(lambda w: str(getattr(w, "test_id", "")).startswith("swap-"))
    assert [swap.test_id for swap in swaps] == [f"swap-{plain.id}"]
    ui.tap(swaps[0])
    assert ui.state.editing is not None
    assert ui.state.editing.selection.dishes[0].dish_id == plain.id
    assert not ui.find(test_id="add").disabled


def test_option_can_block_a_dish_and_taking_it_back_frees_it(open_app: Open) -> None:
    rice = replace(CHICKEN, allergens=frozenset())
    menu = replace(MENU, dishes=(rice, *MENU.dishes[1:]))
    ui = open_dish(open_app, with_diet(on_menu(menu=menu), NO_PEANUTS))
    assert not ui.find(test_id="add").disabled
    ui.tap(test_id="option-extras-peanuts")
    assert ui.find(test_id="add").disabled
    assert ui.has(contains="花生", cls="TextBlock")
    ui.tap(test_id="option-extras-peanuts")
    assert not ui.find(test_id="add").disabled


def test_wish_may_be_set_aside_where_an_allergy_may_not(open_app: Open) -> None:
    ui = open_dish(open_app, with_diet(on_menu(), DietProfile(keeps=frozenset({DietTag.VEGETARIAN}))))
    add = ui.find(test_id="add")
    assert not add.disabled
    assert add.kind == "secondary"
    ui.tap(test_id="add")
    assert ui.state.session.cart.item_count == 1


def test_sold_out_dish_cannot_be_added(open_app: Open) -> None:
    ui = open_dish(open_app, on_menu(levels=StockLevels({CHICKEN.id: 0})))
    assert ui.find(test_id="add").disabled
    assert ui.has("今天已售罄")


def test_line_of_the_cart_is_changed_in_place_and_removed(open_app: Open) -> None:
    state = scenes.with_cart(on_menu(), scenes.SOME)
    ui = open_app(replace(state, editing=Editing(scenes.CHICKEN_HOT, 2, replaces=scenes.CHICKEN_HOT)))
    assert ui.find(test_id="add").text.startswith("保存")
    ui.tap(test_id="option-spice-none")
    ui.tap(test_id="add")
    assert ui.state.session.cart.quantity_of(scenes.CHICKEN_HOT) == 0
    dishes = [line for line in ui.state.session.cart.lines if line.selection.combo_id is None]
    changed = next(line for line in dishes if line.selection.dishes[0].dish_id == CHICKEN.id)
    assert changed.quantity == 2
    ui.happens(ev.LineOpened(changed.selection))
    ui.tap(test_id="quantity-minus")
    ui.tap(test_id="quantity-minus")
    assert ui.find(test_id="add").text == "从订单中移除"
    ui.tap(test_id="add")
    assert ui.state.session.cart.quantity_of(changed.selection) == 0


def test_sheet_of_another_dish_begins_at_its_top(open_app: Open) -> None:
    ui = open_dish(open_app)
    scroller = ui.find(cls="DishSheet").ids.scroller
    scroller.scroll_to(200)
    assert scroller.scroll_px > 0
    ui.happens(ev.SheetClosed(), ev.DishOpened(dish_id(0, 3)))
    assert ui.find(cls="DishSheet").ids.scroller.scroll_px == 0


# --- combo ---


def test_combo_is_filled_and_can_be_added_at_once(open_app: Open) -> None:
    ui = open_combo(open_app)
    ui.tap(test_id="add")
    assert ui.state.session.cart.quantity_of(Selection.of_combo(COMBO, MENU)) == 1


def test_slot_changed_in_place_keeps_the_price(open_app: Open) -> None:
    ui = open_combo(open_app)
    price = ui.find(test_id="add").text
    ui.tap(test_id="slot-side")
    other = COMBO.slots[1].dish_ids[2]
    ui.tap(test_id=f"slot-side-{other}")
    assert ui.find(test_id="add").text == price
    assert ui.find(test_id="slot-side").dish == MENU.dish_by_id[other].name.zh
    ui.tap(test_id="slot-side")
    assert not ui.has(test_id=f"slot-side-{other}")
    ui.tap(test_id="add")
    line = ui.state.session.cart.lines[0]
    assert line.selection.dishes[1].dish_id == other


def test_option_of_a_dish_in_a_combo(open_app: Open) -> None:
    ui = open_combo(open_app)
    ui.tap(test_id="slot-main")
    ui.tap(test_id="option-size-large")
    assert ui.find(test_id="add").text == "加入 ¥21.00"


def test_sold_out_dish_of_a_slot_is_off_and_says_so(open_app: Open) -> None:
    sold_out = COMBO.slots[0].dish_ids[1]
    ui = open_combo(open_app, on_menu(levels=StockLevels({sold_out: 0})))
    ui.tap(test_id="slot-main")
    card = ui.find(test_id=f"slot-main-{sold_out}")
    assert card.disabled
    assert card.note == "已售罄"


def test_combo_with_an_allergen_must_be_changed_first(open_app: Open) -> None:
    safe = replace(MENU.dish_by_id[dish_id(0, 1)], allergens=frozenset())
    menu = replace(MENU, dishes=tuple(safe if d.id == safe.id else d for d in MENU.dishes))
    ui = open_combo(open_app, with_diet(on_menu(menu=menu), NO_PEANUTS))
    assert ui.find(test_id="add").disabled
    assert ui.find(test_id="slot-main").note == "含花生"
    ui.tap(test_id="slot-main")
    ui.tap(test_id=f"slot-main-{safe.id}")
    assert not ui.find(test_id="add").disabled


# --- pictures ---


def shown(name: str, look: View) -> State:
    base = scenes.with_view(on_menu(levels=StockLevels({dish_id(0, 1): 0})), look)
    dish = Editing(Selection.of_dish(CHICKEN))
    combo = Editing(Selection.of_combo(COMBO, MENU))
    return {
        "dish": replace(base, editing=dish),
        "dish-blocked": with_diet(
            replace(base, editing=Editing(Selection.of_dish(MENU.dish_by_id[dish_id(2, 12)]), 3)), NO_PEANUTS
        ),
        "dish-sold-out": replace(base, editing=Editing(Selection.of_dish(MENU.dish_by_id[dish_id(0, 1)]))),
        "combo": replace(base, editing=combo),
        "combo-open": with_diet(replace(base, editing=replace(combo, open_slot=0)), NO_PEANUTS),
    }[name]


NAMES = ["dish", "dish-blocked", "dish-sold-out", "combo", "combo-open"]


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_pictures(open_app: Open, sight: Sight) -> None:
    ui = open_app(shown("dish", sight.view), sight.size)
    for name in NAMES:
        ui.show(shown(name, sight.view))
        look_at(ui, f"sheet-{name}-{sight}", keeps_picture=sight.keeps_picture)
        scroller = ui.find(cls="ComboSheet" if name.startswith("combo") else "DishSheet").ids.scroller
        while scroller.scroll_px < scroller.furthest_px:
            scroller.scroll_to(scroller.scroll_px + scroller.height / 2)
            check_layout(ui)
