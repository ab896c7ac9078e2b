"""What a cart costs: exact numbers of a small canteen, then what holds for every menu and cart."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.cart import EMPTY_CART, MAX_QUANTITY, Cart, CartError, CartLine, DishChoice, Selection
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.pricing import price_cart, price_selection
from tests.domain import canteen, strategies


@pytest.mark.parametrize(
    ("selection", "minor"),
    [
        (canteen.PLAIN_NOODLES, 1200),
        (canteen.BIG_NOODLES, 1700),
        (canteen.PLAIN_SET, 1300),
        (canteen.SET_WITH_CHILLI, 1250),
    ],
)
def test_price_of_one(selection: Selection, minor: int) -> None:
    assert price_selection(selection, canteen.MENU) == Money(minor)


def test_price_of_a_cart() -> None:
    cart = EMPTY_CART.add(canteen.BIG_NOODLES, 2).add(canteen.SET_WITH_CHILLI)
    priced = price_cart(cart, canteen.MENU)
    assert [(x.line.selection, x.unit_price, x.total) for x in priced.lines] == [
        (canteen.BIG_NOODLES, Money(1700), Money(3400)),
        (canteen.SET_WITH_CHILLI, Money(1250), Money(1250)),
    ]
    assert priced.total == Money(4650)


def test_an_empty_cart_costs_nothing() -> None:
    assert price_cart(EMPTY_CART, canteen.MENU).total == Money(0, "CNY")


@pytest.mark.parametrize(
    "selection",
    [
        Selection((DishChoice.of(DishId("gone"), {}),)),
        Selection((DishChoice.of(canteen.NOODLES.id, {}),)),  # without a size
        Selection(canteen.PLAIN_SET.dishes, ComboId("gone")),
    ],
)
def test_what_the_menu_does_not_have_has_no_price(selection: Selection) -> None:
    with pytest.raises(CartError):
        price_cart(Cart((CartLine(selection, 1),)), canteen.MENU)


@given(strategies.menus_and_carts())
def test_never_negative_and_the_lines_make_the_total(menu_and_cart: tuple[Menu, Cart]) -> None:
    menu, cart = menu_and_cart
    priced = price_cart(cart, menu)
    assert [x.line for x in priced.lines] == list(cart.lines)
    assert all(not x.unit_price.is_negative for x in priced.lines)
    assert [x.total for x in priced.lines] == [x.unit_price * x.line.quantity for x in priced.lines]
    assert priced.total == Money.sum(x.total for x in priced.lines)


@given(strategies.menus_and_carts(), st.randoms(use_true_random=False))
def test_order_of_the_lines_does_not_matter(menu_and_cart: tuple[Menu, Cart], random: Random) -> None:
    menu, cart = menu_and_cart
    shuffled = list(cart.lines)
    random.shuffle(shuffled)
    before, after = price_cart(cart, menu), price_cart(Cart(tuple(shuffled)), menu)
    assert after.total == before.total
    assert set(after.lines) == set(before.lines)


@given(strategies.menus_and_selections(), st.integers(1, MAX_QUANTITY))
def test_quantity_is_linear(menu_and_selection: tuple[Menu, Selection], quantity: int) -> None:
    menu, selection = menu_and_selection
    assert price_cart(EMPTY_CART.add(selection, quantity), menu).total == price_selection(selection, menu) * quantity


@given(strategies.menus().filter(lambda menu: menu.combos), st.data())
def test_a_combo_costs_the_same_whatever_fills_its_slots(menu: Menu, data: st.DataObject) -> None:
    """But for its options, which keep their price differences."""
    combo = data.draw(st.sampled_from(menu.combos))
    filled = data.draw(strategies.fillings(combo, menu))
    differences = [
        option.price_delta.minor
        for choice in filled.dishes
        for group in menu.dish_by_id[choice.dish_id].option_groups
        for option in group.choices
        if option.id in dict(choice.options).get(group.id, ())
    ]
    assert price_selection(filled, menu).minor == combo.price.minor + sum(differences)


@given(strategies.menus(), st.data())
def test_an_option_costs_its_difference(menu: Menu, data: st.DataObject) -> None:
    dish = data.draw(st.sampled_from(menu.dishes))
    choice = data.draw(strategies.choices(dish))
    chosen = [o.price_delta.minor for g in dish.option_groups for o in g.choices if o.id in choice.choice_ids(g.id)]
    assert price_selection(Selection((choice,)), menu).minor == dish.price.minor + sum(chosen)
