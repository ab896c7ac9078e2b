"""An order freezes what was asked for; a later menu changes nothing about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.domain.cart import EMPTY_CART, Cart, DishChoice, Selection
from kiosk.domain.dish import OptionGroup
from kiosk.domain.ids import OrderId, uuid7
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderedDish, OrderError, OrderState, draft_order, order_number
from kiosk.domain.pricing import price_cart
from tests.domain.canteen import BIG_NOODLES, MENU, NOODLES, PLAIN_NOODLES, SET_WITH_CHILLI, SOUP, TOPPINGS

MOMENT = datetime(2025, 9, 1, 4, 5, tzinfo=UTC)
CORIANDER, EGG, CHILLI = (choice.name for choice in TOPPINGS.choices)


def order_of(cart: Cart, menu: Menu = MENU) -> Order:
    return draft_order(
        OrderId(uuid7(0)),
        price_cart(cart, menu),
        menu,
        dining_mode=DiningMode.DINE_IN,
        language="zh",
        created_at=MOMENT,
    )


def test_draft_holds_copies_of_names_and_prices() -> None:
    order = order_of(EMPTY_CART.add(BIG_NOODLES, 2).add(SET_WITH_CHILLI))
    assert (order.state, order.number, order.menu_version) == (OrderState.DRAFT, "", 7)
    noodles, combo = order.lines
    assert (noodles.name, noodles.quantity) == (LocalText("牛肉面", "Beef noodles"), 2)
    assert (noodles.unit_price, noodles.total) == (Money(1700), Money(3400))
    assert (combo.name, combo.total) == (LocalText("学生套餐", "Student set"), Money(1250))
    assert order.total == Money(4650)


def test_dishes_of_a_line_as_they_must_be_cooked() -> None:
    noodles, combo = order_of(EMPTY_CART.add(BIG_NOODLES).add(SET_WITH_CHILLI)).lines
    large, small = (LocalText("大份", "Large"), LocalText("小份", "Small"))
    assert noodles.dishes == (OrderedDish(NOODLES.id, NOODLES.name, (large, EGG), without=(CORIANDER,)),)
    assert combo.dishes == (
        OrderedDish(NOODLES.id, NOODLES.name, (small, CHILLI), LocalText("主菜", "Main")),
        OrderedDish(SOUP.id, SOUP.name, slot=LocalText("配菜", "Side")),
    )


def dish_of(group: OptionGroup, chosen: tuple[str, ...]) -> OrderedDish:
    menu = replace(MENU, dishes=(replace(NOODLES, option_groups=(group,)), *MENU.dishes[1:]))
    selection = Selection((DishChoice.of(NOODLES.id, {group.id: chosen}),))
    return order_of(EMPTY_CART.add(selection), menu).lines[0].dishes[0]


@pytest.mark.parametrize(
    ("most", "chosen", "options", "without"),
    [
        (2, ("coriander",), (), ()),
        (2, (), (), (CORIANDER,)),
        (2, ("egg",), (EGG,), (CORIANDER,)),
        (2, ("coriander", "egg"), (EGG,), ()),
        (1, ("egg",), (EGG,), ()),  # only one can be: the egg stands instead of the coriander
        (1, (), (), (CORIANDER,)),
    ],
)
def test_the_kitchen_hears_what_to_leave_out(
    most: int, chosen: tuple[str, ...], options: tuple[LocalText, ...], without: tuple[LocalText, ...]
) -> None:
    """Somebody who takes the sauce off may be allergic to it."""
    dish = dish_of(replace(TOPPINGS, max_choices=most), chosen)
    assert (dish.options, dish.without) == (options, without)


def test_an_empty_cart_is_no_order() -> None:
    with pytest.raises(OrderError):
        order_of(EMPTY_CART)


@pytest.mark.parametrize(("counter", "number"), [(1, "A001"), (37, "A037"), (999, "A999"), (1000, "A1000")])
def test_order_number(counter: int, number: str) -> None:
    assert order_number("A", counter) == number


def test_order_numbers_start_at_one() -> None:
    with pytest.raises(OrderError):
        order_number("A", 0)


ALLOWED = {
    (OrderState.DRAFT, OrderState.AWAITING_PAYMENT),
    (OrderState.DRAFT, OrderState.PAID),
    (OrderState.DRAFT, OrderState.CANCELLED),
    (OrderState.AWAITING_PAYMENT, OrderState.PAID),
    (OrderState.AWAITING_PAYMENT, OrderState.CANCELLED),
    (OrderState.PAID, OrderState.CANCELLED),  # a void
    (OrderState.PAID, OrderState.AWAITING_PAYMENT),  # a collection that was undone
}


@pytest.mark.parametrize("before", OrderState)
@pytest.mark.parametrize("after", OrderState)
def test_states(before: OrderState, after: OrderState) -> None:
    order = replace(order_of(EMPTY_CART.add(PLAIN_NOODLES)), state=before)
    if (before, after) in ALLOWED:
        assert order.to(after) == replace(order, state=after)
    else:
        with pytest.raises(OrderError):
            order.to(after)
