"""A canteen for the tests of the screens: 120 dishes in 8 categories, 6 combos, names short and long."""

from __future__ import annotations

from datetime import time

from kiosk.domain.dish import Allergen, DietTag, Dish, Nutrition, OptionChoice, OptionGroup
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Category, Combo, ComboSlot, MealPeriod, Menu
from kiosk.domain.money import Money

PERIODS = (
    MealPeriod("breakfast", LocalText("早餐", "Breakfast"), time(6, 30), time(10, 0)),
    MealPeriod("lunch", LocalText("午餐", "Lunch"), time(10, 30), time(14, 0)),
    MealPeriod("dinner", LocalText("晚餐", "Dinner"), time(16, 30), time(20, 30)),
)
ALL_DAY = frozenset(period.id for period in PERIODS)
CATEGORIES = (
    Category("signature", LocalText("招牌热菜", "Signature dishes"), "fire"),
    Category("vegetables", LocalText("时蔬豆腐", "Vegetables & tofu"), "leaf"),
    Category("rice", LocalText("盖饭炒饭", "Rice bowls"), "rice"),
    Category("noodles", LocalText("面食粉饺", "Noodles & dumplings"), "noodles"),
    Category("soups", LocalText("汤羹炖品", "Soups"), "pot-steam"),
    Category("cold", LocalText("凉菜小吃", "Cold dishes & snacks"), "carrot"),
    Category("breakfast", LocalText("早餐点心", "Breakfast & buns"), "egg-fried"),
    Category("drinks", LocalText("饮品甜品", "Drinks & desserts"), "cup"),
)
_WAYS = (
    ("宫保", "Kung Pao", 1), ("鱼香", "Yuxiang", 2), ("红烧", "Braised", 0), ("清蒸", "Steamed", 0),
    ("麻辣", "Numbing & spicy", 3), ("糖醋", "Sweet & sour", 0), ("干煸", "Dry-fried", 1), ("香煎", "Pan-fried", 0),
    ("椒盐", "Salt & pepper", 0), ("蒜蓉", "Garlic", 0), ("黑椒", "Black pepper", 1), ("番茄", "Tomato", 0),
    ("酸菜", "Pickled cabbage", 0), ("咖喱", "Curry", 1), ("葱油", "Scallion oil", 0),
)  # fmt: skip
_THINGS = (
    ("鸡丁", "chicken"), ("时蔬豆腐煲", "greens and tofu in a clay pot"), ("牛肉盖饭", "beef on rice"),
    ("手工拌面", "hand-pulled noodles"), ("豆腐羹", "tofu soup"), ("黄瓜", "cucumber"),
    ("鲜肉小笼包", "soup dumplings"), ("水果茶", "fruit tea"),
)  # fmt: skip

SPICE = OptionGroup(
    "spice",
    LocalText("辣度", "How spicy"),
    1,
    1,
    (
        OptionChoice("none", LocalText("不辣", "Not spicy"), Money(0), spice=0),
        OptionChoice("mild", LocalText("微辣", "Mild"), Money(0), spice=1),
        OptionChoice("hot", LocalText("特辣", "Very spicy"), Money(0), spice=3),
    ),
    ("mild",),
)
SIZE = OptionGroup(
    "size",
    LocalText("份量", "Portion"),
    1,
    1,
    (
        OptionChoice("small", LocalText("小份", "Small"), Money(-200)),
        OptionChoice("regular", LocalText("标准", "Regular"), Money(0)),
        OptionChoice("large", LocalText("大份", "Large"), Money(300)),
    ),
    ("regular",),
)
EXTRAS = OptionGroup(
    "extras",
    LocalText("加料（最多两样）", "Extras (up to two)"),
    0,
    2,
    (
        OptionChoice("egg", LocalText("加煎蛋", "Fried egg"), Money(200), frozenset({Allergen.EGG})),
        OptionChoice("peanuts", LocalText("加花生碎", "Crushed peanuts"), Money(100), frozenset({Allergen.PEANUT})),
        OptionChoice("rice", LocalText("加一碗米饭", "A bowl of rice"), Money(100)),
        OptionChoice("sauce", LocalText("加秘制辣酱", "House chilli sauce"), Money(50), None, 3),
    ),
)


def dish_id(category: int, way: int) -> DishId:
    return DishId(f"{CATEGORIES[category].id}-{way}")


def _dish(category: int, way: int) -> Dish:
    zh_way, en_way, spice = _WAYS[way]
    zh_thing, en_thing = _THINGS[category]
    vegetarian = category in (1, 4, 5, 7)
    allergens = {0: {Allergen.PEANUT, Allergen.SOY}, 3: {Allergen.GLUTEN, Allergen.EGG}, 6: {Allergen.GLUTEN}}
    known: frozenset[Allergen] | None = frozenset(allergens.get(category, set()))
    return Dish(
        dish_id(category, way),
        CATEGORIES[category].id,
        LocalText(zh_way + zh_thing, f"{en_way} {en_thing}"),
        LocalText(
            f"{zh_way}做法，当日新鲜{zh_thing}，由后厨现点现做；火候到位，咸淡适中，配米饭或面都合适。",
            f"{en_way} {en_thing}, cooked to order from today's delivery; well seasoned, good with rice or noodles.",
        ),
        Money(350 + 50 * ((category * 15 + way) * 7 % 60)),
        f"sample-{category}-{way}",
        ALL_DAY,
        allergens=None if way == 12 else known,
        diet_tags=frozenset({DietTag.VEGETARIAN}) if vegetarian else frozenset({DietTag.HALAL} if way % 3 == 0 else ()),
        spice=spice,
        nutrition=Nutrition(120 + 37 * way, 6 + way, 4 + way, 20 + 3 * way, 300 + 40 * way),
        provenance=LocalText(
            "鸡肉：本市城郊农场，今晨送达", "Chicken from a farm outside the city, delivered this morning"
        ),
        option_groups=(SPICE, SIZE, EXTRAS) if category == 0 else (SIZE,) if category in (2, 3) else (),
    )


def _combo(number: int, zh: str, en: str, price: int, mains: int) -> Combo:
    return Combo(
        ComboId(f"combo-{number}"),
        LocalText(zh, en),
        LocalText(
            "一荤一素一汤，米饭管饱，怎么选都是一个价。",
            "A main, a vegetable dish and a soup; one price however you choose.",
        ),
        Money(price),
        f"sample-combo-{number}",
        ALL_DAY,
        (
            ComboSlot("main", LocalText("主菜", "Main"), tuple(dish_id(mains, way) for way in range(4))),
            ComboSlot("side", LocalText("配菜", "Side"), tuple(dish_id(1, way) for way in range(3))),
            ComboSlot("soup", LocalText("汤", "Soup"), tuple(dish_id(4, way) for way in range(3))),
        ),
    )


COMBOS = (
    _combo(0, "一荤一素套餐", "Main and greens set", 1800, 0),
    _combo(1, "能量牛肉套餐", "Beef power set", 2250, 2),
    _combo(2, "元气面食套餐", "Noodle set", 1950, 3),
    _combo(3, "双人分享套餐", "Sharing set for two", 3900, 0),
    _combo(4, "轻食素套餐", "Light vegetarian set", 1600, 5),
    _combo(5, "早安套餐", "Good morning set", 980, 6),
)

MENU = Menu(
    1,
    LocalText("晨光园食堂", "Morning Light Canteen"),
    "CNY",
    PERIODS,
    CATEGORIES,
    tuple(_dish(category, way) for category in range(8) for way in range(15)),
    COMBOS,
)
