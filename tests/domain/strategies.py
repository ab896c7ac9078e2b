"""Menus that are consistent, down to prices that just reach zero, and carts that they allow."""

from __future__ import annotations

from datetime import time

from hypothesis import strategies as st

from kiosk.domain.cart import MAX_QUANTITY, Cart, DishChoice, Selection
from kiosk.domain.dish import Dish, OptionChoice, OptionGroup
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Category, Combo, ComboSlot, MealPeriod, Menu, MenuError
from kiosk.domain.money import MAX_MINOR, Money

AMPLE_MINOR = 10_000  # more than any draw of option groups below can take off a price

money = st.integers(-MAX_MINOR, MAX_MINOR).map(Money)
small_money = st.integers(-MAX_MINOR // 4, MAX_MINOR // 4).map(Money)
deltas = st.sampled_from([-300, -100, -1, 0, 50, 200]).map(Money)
prices = st.integers(0, 1500).map(Money)

_TEXT = LocalText("字", "text")
_ALL_DAY = MealPeriod("day", _TEXT, time(0), time(23, 59))


def _menu(dishes: tuple[Dish, ...], combos: tuple[Combo, ...] = ()) -> Menu:
    return Menu(1, _TEXT, "CNY", (_ALL_DAY,), (Category("all", _TEXT, "icon"),), dishes, combos)


def _is_consistent(dishes: tuple[Dish, ...], combos: tuple[Combo, ...] = ()) -> bool:
    try:
        _menu(dishes, combos)
    except MenuError:
        return False
    return True


@st.composite
def option_groups(draw: st.DrawFn, group_id: str) -> OptionGroup:
    made = tuple(
        OptionChoice(f"c{i}", _TEXT, delta) for i, delta in enumerate(draw(st.lists(deltas, min_size=1, max_size=4)))
    )
    most = draw(st.integers(1, len(made)))
    least = draw(st.integers(0, most))
    default = tuple(c.id for c in made[:least])
    return OptionGroup(group_id, _TEXT, least, most, made, default)


@st.composite
def _dishes(draw: st.DrawFn, dish_id: str) -> Dish:
    groups = tuple(draw(option_groups(f"g{i}")) for i in range(draw(st.integers(0, 2))))

    def dish(price: Money) -> Dish:
        return Dish(DishId(dish_id), "all", _TEXT, _TEXT, price, "art", frozenset({"day"}), option_groups=groups)

    drawn = dish(draw(prices))
    return drawn if _is_consistent((drawn,)) else dish(Money(AMPLE_MINOR))


@st.composite
def _combos(draw: st.DrawFn, combo_id: str, dishes: tuple[Dish, ...]) -> Combo:
    ids = st.lists(st.sampled_from([d.id for d in dishes]), min_size=1, unique=True).map(tuple)
    slots = tuple(ComboSlot(f"s{i}", _TEXT, draw(ids)) for i in range(draw(st.integers(1, 3))))

    def combo(price: Money) -> Combo:
        return Combo(ComboId(combo_id), _TEXT, _TEXT, price, "art", frozenset({"day"}), slots)

    drawn = combo(draw(prices))
    return drawn if _is_consistent(dishes, (drawn,)) else combo(Money(AMPLE_MINOR))


@st.composite
def menus(draw: st.DrawFn) -> Menu:
    dishes = tuple(draw(_dishes(f"dish{i}")) for i in range(draw(st.integers(1, 4))))
    combos = tuple(draw(_combos(f"combo{i}", dishes)) for i in range(draw(st.integers(0, 2))))
    return _menu(dishes, combos)


@st.composite
def choices(draw: st.DrawFn, dish: Dish, slot_id: str = "") -> DishChoice:
    """Any choice of options that the dish allows."""
    options = {
        g.id: tuple(
            draw(
                st.lists(
                    st.sampled_from([c.id for c in g.choices]),
                    min_size=g.min_choices,
                    max_size=g.max_choices,
                    unique=True,
                )
            )
        )
        for g in dish.option_groups
    }
    return DishChoice.of(dish.id, options, slot_id)


@st.composite
def fillings(draw: st.DrawFn, combo: Combo, menu: Menu) -> Selection:
    """The combo with any dish in each slot, and any options."""
    dishes = [(menu.dish_by_id[draw(st.sampled_from(slot.dish_ids))], slot.id) for slot in combo.slots]
    return Selection(tuple(draw(choices(dish, slot_id)) for dish, slot_id in dishes), combo.id)


@st.composite
def selections(draw: st.DrawFn, menu: Menu) -> Selection:
    item = draw(st.sampled_from([*menu.dishes, *menu.combos]))
    return draw(fillings(item, menu)) if isinstance(item, Combo) else Selection((draw(choices(item)),))


@st.composite
def carts(draw: st.DrawFn, menu: Menu) -> Cart:
    cart = Cart()
    for _ in range(draw(st.integers(0, 4))):
        cart = cart.set_quantity(draw(selections(menu)), draw(st.integers(1, MAX_QUANTITY)))
    return cart


@st.composite
def menus_and_carts(draw: st.DrawFn) -> tuple[Menu, Cart]:
    menu = draw(menus())
    return menu, draw(carts(menu))


@st.composite
def menus_and_selections(draw: st.DrawFn) -> tuple[Menu, Selection]:
    menu = draw(menus())
    return menu, draw(selections(menu))
