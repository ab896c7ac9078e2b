"""A small canteen with one of everything, written by hand so that a test's numbers can be read."""

from __future__ import annotations

from datetime import time

from kiosk.domain.cart import DishChoice, Selection
from kiosk.domain.dish import Allergen, DietTag, Dish, OptionChoice, OptionGroup
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Category, Combo, ComboSlot, MealPeriod, Menu
from kiosk.domain.money import Money

LUNCH = MealPeriod("lunch", LocalText("午餐", "Lunch"), time(10, 30), time(14))
DINNER = MealPeriod("dinner", LocalText("晚餐", "Dinner"), time(16, 30), time(20))

SIZE = OptionGroup(
    "size",
    LocalText("份量", "Size"),
    1,
    1,
    (
        OptionChoice("small", LocalText("小份", "Small"), Money(-100)),
        OptionChoice("regular", LocalText("标准", "Regular"), Money(0)),
        OptionChoice("large", LocalText("大份", "Large"), Money(300)),
    ),
    ("regular",),
)
SPICE = OptionGroup(
    "spice",
    LocalText("辣度", "Spiciness"),
    1,
    1,
    (
        OptionChoice("none", LocalText("不辣", "Not spicy"), Money(0), spice=0),
        OptionChoice("hot", LocalText("特辣", "Hot"), Money(0), spice=3),
    ),
    ("hot",),
)
TOPPINGS = OptionGroup(
    "toppings",
    LocalText("加料", "Toppings"),
    0,
    2,
    (
        OptionChoice("coriander", LocalText("香菜", "Coriander"), Money(0)),
        OptionChoice("egg", LocalText("煎蛋", "Fried egg"), Money(200), frozenset({Allergen.EGG})),
        OptionChoice("chilli", LocalText("辣椒酱", "Chilli sauce"), Money(50), None, spice=2),
    ),
    ("coriander",),
)

NOODLES = Dish(
    DishId("noodles"),
    "mains",
    LocalText("牛肉面", "Beef noodles"),
    LocalText("手工拉面", "Pulled by hand"),
    Money(1200),
    "noodles",
    frozenset({"lunch", "dinner"}),
    frozenset({Allergen.GLUTEN}),
    frozenset({DietTag.HALAL}),
    option_groups=(SIZE, TOPPINGS),
)
MAPO_TOFU = Dish(
    DishId("mapo-tofu"),
    "mains",
    LocalText("麻婆豆腐", "Mapo tofu"),
    LocalText("麻辣", "Numbing and hot"),
    Money(900),
    "mapo-tofu",
    frozenset({"lunch"}),
    frozenset({Allergen.SOY}),
    frozenset({DietTag.VEGETARIAN, DietTag.HALAL}),
    spice=2,
    option_groups=(SPICE,),
)
SOUP = Dish(
    DishId("soup"),
    "sides",
    LocalText("例汤", "Soup of the day"),
    LocalText("每日不同", "Another one every day"),
    Money(300),
    "soup",
    frozenset({"lunch"}),
)
RICE = Dish(
    DishId("rice"),
    "sides",
    LocalText("米饭", "Rice"),
    LocalText("东北大米", "From the north-east"),
    Money(200),
    "rice",
    frozenset({"lunch", "dinner"}),
    frozenset(),
    frozenset({DietTag.VEGETARIAN, DietTag.HALAL}),
)
SET = Combo(
    ComboId("set"),
    LocalText("学生套餐", "Student set"),
    LocalText("一荤一素", "A main and a side"),
    Money(1300),
    "set",
    frozenset({"lunch"}),
    (
        ComboSlot("main", LocalText("主菜", "Main"), (NOODLES.id, MAPO_TOFU.id)),
        ComboSlot("side", LocalText("配菜", "Side"), (RICE.id, SOUP.id)),
    ),
)
MENU = Menu(
    7,
    LocalText("第一食堂", "Canteen One"),
    "CNY",
    (LUNCH, DINNER),
    (Category("mains", LocalText("主菜", "Mains"), "main"), Category("sides", LocalText("配菜", "Sides"), "side")),
    (NOODLES, MAPO_TOFU, SOUP, RICE),
    (SET,),
)

PLAIN_NOODLES = Selection.of_dish(NOODLES)
PLAIN_RICE = Selection.of_dish(RICE)
PLAIN_SET = Selection.of_combo(SET, MENU)
# 12.00 + 3.00 + 2.00, and no coriander
BIG_NOODLES = Selection((DishChoice.of(NOODLES.id, {"size": ("large",), "toppings": ("egg",)}),))
# 13.00 − 1.00 + 0.50
SET_WITH_CHILLI = Selection(
    (
        DishChoice.of(NOODLES.id, {"size": ("small",), "toppings": ("chilli", "coriander")}, "main"),
        DishChoice.default(SOUP, "side"),
    ),
    SET.id,
)
