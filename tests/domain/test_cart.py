"""The cart: same things join, bounds hold, and only what the menu allows is a selection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.cart import (
    EMPTY_CART,
    MAX_LINES,
    MAX_QUANTITY,
    Cart,
    CartError,
    CartLine,
    DishChoice,
    Selection,
    check_selection,
)
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.menu import Menu
from tests.domain import strategies
from tests.domain.canteen import (
    BIG_NOODLES,
    MAPO_TOFU,
    MENU,
    NOODLES,
    PLAIN_NOODLES,
    PLAIN_RICE,
    PLAIN_SET,
    RICE,
    SET,
    SET_WITH_CHILLI,
    SOUP,
)


def quantities(cart: Cart) -> list[tuple[Selection, int]]:
    return [(line.selection, line.quantity) for line in cart.lines]


def test_the_same_selection_joins_its_line_however_its_options_were_touched() -> None:
    touched = DishChoice.of(NOODLES.id, {"toppings": ("egg", "coriander"), "size": ("large",)})
    the_same = DishChoice.of(NOODLES.id, {"size": ("large",), "toppings": ("coriander", "egg")})
    cart = EMPTY_CART.add(Selection((touched,))).add(PLAIN_RICE).add(Selection((the_same,)), 2)
    assert quantities(cart) == [(Selection((touched,)), 3), (PLAIN_RICE, 1)]
    assert cart.item_count == 4


def test_other_options_are_another_line() -> None:
    cart = EMPTY_CART.add(PLAIN_NOODLES).add(BIG_NOODLES)
    assert quantities(cart) == [(PLAIN_NOODLES, 1), (BIG_NOODLES, 1)]


def test_an_option_taken_back_leaves_no_trace() -> None:
    choice = DishChoice.default(NOODLES)
    changed = choice.with_option("toppings", ("egg",)).with_option("size", ("large",))
    assert Selection((changed,)) == BIG_NOODLES
    assert changed.with_option("toppings", ()).choice_ids("toppings") == ()
    assert changed.with_option("toppings", ("coriander",)).with_option("size", ("regular",)) == choice


def test_quantity_is_set_in_place_and_zero_removes() -> None:
    cart = EMPTY_CART.add(PLAIN_NOODLES).add(PLAIN_RICE)
    assert quantities(cart.set_quantity(PLAIN_NOODLES, 5)) == [(PLAIN_NOODLES, 5), (PLAIN_RICE, 1)]
    assert quantities(cart.set_quantity(PLAIN_NOODLES, 0)) == [(PLAIN_RICE, 1)]
    assert cart.set_quantity(PLAIN_SET, 0) == cart


def test_quantity_has_bounds() -> None:
    full = EMPTY_CART.add(PLAIN_RICE, MAX_QUANTITY)
    for refused in (
        lambda: full.add(PLAIN_RICE),
        lambda: full.set_quantity(PLAIN_RICE, -1),
        lambda: EMPTY_CART.add(PLAIN_RICE, MAX_QUANTITY + 1),
    ):
        with pytest.raises(CartError):
            refused()


def test_lines_have_a_bound() -> None:
    cart = EMPTY_CART
    for i in range(MAX_LINES):
        cart = cart.add(Selection((DishChoice(DishId(f"dish{i}")),)))
    with pytest.raises(CartError):
        cart.add(PLAIN_RICE)
    assert cart.add(cart.lines[0].selection).item_count == MAX_LINES + 1


def test_replace_selection_keeps_place_and_quantity() -> None:
    cart = EMPTY_CART.add(PLAIN_NOODLES, 2).add(PLAIN_RICE)
    assert quantities(cart.replace_selection(PLAIN_NOODLES, BIG_NOODLES)) == [(BIG_NOODLES, 2), (PLAIN_RICE, 1)]
    assert cart.replace_selection(PLAIN_NOODLES, PLAIN_NOODLES) == cart
    assert cart.replace_selection(PLAIN_SET, SET_WITH_CHILLI) == cart


def test_replace_selection_joins_a_line_that_is_there() -> None:
    cart = EMPTY_CART.add(PLAIN_NOODLES, 2).add(PLAIN_RICE).add(BIG_NOODLES, 3)
    assert quantities(cart.replace_selection(PLAIN_NOODLES, BIG_NOODLES)) == [(PLAIN_RICE, 1), (BIG_NOODLES, 5)]
    crowded = cart.set_quantity(BIG_NOODLES, MAX_QUANTITY)
    with pytest.raises(CartError):
        crowded.replace_selection(PLAIN_NOODLES, BIG_NOODLES)


@given(st.lists(st.tuples(st.sampled_from([PLAIN_NOODLES, BIG_NOODLES, PLAIN_RICE]), st.integers(1, 6)), max_size=8))
def test_a_cart_counts_what_was_added(additions: list[tuple[Selection, int]]) -> None:
    cart, added = EMPTY_CART, dict.fromkeys((PLAIN_NOODLES, BIG_NOODLES, PLAIN_RICE), 0)
    for selection, quantity in additions:
        if added[selection] + quantity <= MAX_QUANTITY:
            cart = cart.add(selection, quantity)
            added[selection] += quantity
    assert {s: cart.quantity_of(s) for s in added} == added
    assert len({line.selection for line in cart.lines}) == len(cart.lines)


def test_a_combo_starts_with_the_first_of_each_slot() -> None:
    assert [(c.dish_id, c.slot_id) for c in PLAIN_SET.dishes] == [(NOODLES.id, "main"), (RICE.id, "side")]


def test_changing_a_dish_of_a_combo_keeps_its_slot() -> None:
    changed = PLAIN_SET.with_dish(1, DishChoice.default(SOUP))
    assert [(c.dish_id, c.slot_id) for c in changed.dishes] == [(NOODLES.id, "main"), (SOUP.id, "side")]
    check_selection(changed, MENU)


@given(strategies.menus_and_carts())
def test_what_the_menu_allows_passes(menu_and_cart: tuple[Menu, Cart]) -> None:
    menu, cart = menu_and_cart
    for line in cart.lines:
        check_selection(line.selection, menu)


MAIN, SIDE = PLAIN_SET.dishes
NOT_ALLOWED = {
    "nothing": Selection(()),
    "two dishes outside a combo": Selection((DishChoice(RICE.id), DishChoice(SOUP.id))),
    "slot outside a combo": Selection((DishChoice(RICE.id, slot_id="side"),)),
    "unknown dish": Selection((DishChoice(DishId("x")),)),
    "unknown combo": Selection((MAIN, SIDE), ComboId("x")),
    "combo without a name": Selection((MAIN, SIDE), ComboId("")),
    "slot left empty": Selection((MAIN,), SET.id),
    "slot filled twice": Selection((MAIN, SIDE, SIDE), SET.id),
    "slots in another order": Selection((SIDE, MAIN), SET.id),
    "dish of another slot": PLAIN_SET.with_dish(1, DishChoice.default(MAPO_TOFU)),
    "option group of another dish": Selection((DishChoice.of(RICE.id, {"size": ("large",)}),)),
    "option group twice": Selection((DishChoice(NOODLES.id, (("size", ("large",)), ("size", ("small",)))),)),
    "unknown choice": Selection((DishChoice.of(NOODLES.id, {"size": ("x",)}),)),
    "choice twice": Selection((DishChoice.of(NOODLES.id, {"size": ("large",), "toppings": ("egg", "egg")}),)),
    "too few choices": Selection((DishChoice(NOODLES.id),)),
    "too many choices": Selection((DishChoice.of(NOODLES.id, {"size": ("large", "small")}),)),
    "too many choices inside a combo": PLAIN_SET.with_dish(
        0, DishChoice.of(NOODLES.id, {"size": ("small",), "toppings": ("coriander", "egg", "chilli")})
    ),
}


@pytest.mark.parametrize("selection", NOT_ALLOWED.values(), ids=NOT_ALLOWED.keys())
def test_what_the_menu_does_not_allow_is_refused(selection: Selection) -> None:
    with pytest.raises(CartError):
        check_selection(selection, MENU)


def test_lines_are_values() -> None:
    assert Cart((CartLine(PLAIN_RICE, 1),)) == EMPTY_CART.add(PLAIN_RICE)
