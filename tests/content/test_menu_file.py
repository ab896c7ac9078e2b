"""The menu file: what is read, and that every fault names the file's line and field."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from central.menu.menu_file import load_menu
from kiosk.configfile import ConfigFileError
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.ids import DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money

GOOD = """\
[canteen]
name = { zh = "食堂", en = "Canteen" }

[[meal_period]]
id = "lunch"
name = { zh = "午餐", en = "Lunch" }
starts = 10:30:00
ends = 14:00:00

[[category]]
id = "rice"
name = { zh = "米饭", en = "Rice" }
icon = "rice"

[[option_group]]
id = "size"
name = { zh = "份量", en = "Size" }
min = 1
max = 1
default = ["regular"]
choices = [
    { id = "small", name = { zh = "小份", en = "Small" }, price_delta = "-1.00" },
    { id = "regular", name = { zh = "标准", en = "Regular" } },
    { id = "sauce", name = { zh = "加酱", en = "Sauce" }, allergens = "unknown", spice = 2 },
]

[[dish]]
id = "curry"
category = "rice"
name = { zh = "咖喱饭", en = "Curry rice" }
pinyin = "ga li fan"
description = { zh = "香", en = "Good" }
price = "12.50"
art = "curry"
meal_periods = ["lunch"]
allergens = ["milk", "gluten"]
diet = ["halal"]
spice = 1
nutrition = { energy_kcal = 600, protein_g = 20, fat_g = 20, carbohydrate_g = 85, sodium_mg = 900 }
provenance = { zh = "本地", en = "Local" }
options = ["size"]
portions = 7

[[dish]]
id = "plain"
category = "rice"
name = { zh = "米饭", en = "Rice" }
description = { zh = "香", en = "Good" }
price = "2"
art = "plain"
meal_periods = ["lunch"]
allergens = "unknown"

[[combo]]
id = "set"
name = { zh = "套餐", en = "Set" }
description = { zh = "香", en = "Good" }
price = "13.00"
art = "set"
meal_periods = ["lunch"]

[[combo.slot]]
id = "main"
name = { zh = "主食", en = "Main" }
dishes = ["curry", "plain"]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "menu.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_good_file_becomes_the_menu(tmp_path: Path) -> None:
    read = load_menu(write(tmp_path, GOOD), 4)
    menu = read.menu
    assert (menu.version, menu.canteen, menu.currency) == (4, LocalText("食堂", "Canteen"), "CNY")
    assert (menu.meal_periods[0].starts, menu.meal_periods[0].ends) == (time(10, 30), time(14))
    curry, plain = menu.dishes
    assert curry.price == Money(1250)
    assert curry.allergens == {Allergen.MILK, Allergen.GLUTEN}
    assert curry.diet_tags == {DietTag.HALAL}
    assert curry.nutrition is not None
    assert curry.nutrition.energy_kcal == 600
    assert [c.price_delta for c in curry.option_groups[0].choices] == [Money(-100), Money(0), Money(0)]
    assert [c.allergens for c in curry.option_groups[0].choices] == [frozenset(), frozenset(), None]
    assert curry.search_keys == ("galifan", "glf")
    assert (plain.allergens, plain.search_keys) == (None, ())
    assert menu.combos[0].slots[0].dish_ids == ("curry", "plain")
    assert read.portions == {DishId("curry"): 7}


# What is replaced, by what, the field that is to blame, and the line's text at which it must point.
FAULTS = {
    "wrong key": ('price = "12.50"', 'prise = "12.50"', "dish[0].prise", 'prise = "12.50"'),
    "missing key": ('price = "12.50"\n', "", "dish[0].price", "[[dish]]"),
    "allergens left out": ('allergens = "unknown"\n', "", "dish[1].allergens", "[[dish]]"),
    "wrong type": ('price = "12.50"', "price = 12.5", "dish[0].price", "price = 12.5"),
    "not an amount": ('price = "12.50"', 'price = "12,50"', "dish[0].price", 'price = "12,50"'),
    "price below zero": ('price = "12.50"', 'price = "-1"', "dish[0].price", 'price = "-1"'),
    "price beyond sense": ('price = "12.50"', 'price = "1250000"', "dish[0].price", 'price = "1250000"'),
    "combo below zero": ('price = "13.00"', 'price = "-1"', "combo[0].price", 'price = "-1"'),
    "options below zero": ('"-1.00"', '"-20.00"', "dish[0].options", 'options = ["size"]'),
    "unknown allergen": ('"milk", ', '"kiwi", ', "dish[0].allergens[0]", 'allergens = ["kiwi", "gluten"]'),
    "allergens in words": (
        '["lunch"]\nallergens = "unknown"',
        '["lunch"]\nallergens = "no"',
        "dish[1].allergens",
        'allergens = "no"',
    ),
    "barcode mistyped": ('price = "2"', 'price = "2"\nbarcode = "6901234567893"', "dish[1].barcode", "barcode"),
    "barcode of another": ('price = "2"', 'price = "2"\nbarcode = "curry"', "dish[1].barcode", "barcode"),
    "barcode too long": ('price = "2"', f'price = "2"\nbarcode = "{"7" * 49}"', "dish[1].barcode", "barcode"),
    "unknown diet": ('["halal"]', '["vegan"]', "dish[0].diet[0]", 'diet = ["vegan"]'),
    "pinyin with tones": ("ga li fan", "gā lí fàn", "dish[0].pinyin", 'pinyin = "gā'),
    "spice": ("spice = 1\n", "spice = 4\n", "dish[0].spice", "spice = 4"),
    "unknown category": ('category = "rice"', 'category = "x"', "dish[0].category", 'category = "x"'),
    "unknown meal period": (
        'art = "plain"\nmeal_periods = ["lunch"]',
        'art = "plain"\nmeal_periods = ["tea"]',
        "dish[1].meal_periods",
        'meal_periods = ["tea"]',
    ),
    "unknown dish in a slot": ('"curry", "plain"]', '"x"]', "combo[0].slot[0].dishes", 'dishes = ["x"]'),
    "empty slot": ('["curry", "plain"]', "[]", "combo[0].slot[0].dishes", "dishes = []"),
    "dish twice in a slot": (
        '"curry", "plain"',
        '"curry", "curry"',
        "combo[0].slot[0].dishes[1]",
        'dishes = ["curry", "curry"]',
    ),
    "unknown option group": ('["size"]', '["x"]', "dish[0].options[0]", 'options = ["x"]'),
    "option group twice": ('["size"]', '["size", "size"]', "dish[0].options[1]", 'options = ["size", "size"]'),
    "duplicate dish": ('id = "plain"', 'id = "curry"', "dish[1].id", 'id = "curry"'),
    "duplicate choice": ('{ id = "small"', '{ id = "regular"', "option_group[0].choices[1].id", "choices = ["),
    "min above max": ("min = 1", "min = 2", "option_group[0].min", "min = 2"),
    "default unknown": ('["regular"]', '["x"]', "option_group[0].default", 'default = ["x"]'),
    "choice too spicy": ("spice = 2", "spice = 9", "option_group[0].choices[2].spice", "choices = ["),
    "choice's price": ('"-1.00"', '"free"', "option_group[0].choices[0].price_delta", "choices = ["),
    "period ends first": ("14:00:00", "09:00:00", "meal_period[0].ends", "ends = 09:00:00"),
    "no time": ("14:00:00", '"noon"', "meal_period[0].ends", 'ends = "noon"'),
    "currency": ("\n\n[[meal", '\ncurrency = "yuan"\n\n[[meal', "canteen.currency", 'currency = "yuan"'),
    "empty text": ('en = "Curry rice"', 'en = " "', "dish[0].name.en", 'name = { zh = "咖喱饭", en = " " }'),
    "text in one language": (', en = "Curry rice"', "", "dish[0].name.en", 'name = { zh = "咖喱饭" }'),
    "control character": (
        "Curry rice",
        "Curry\\u001b@",
        "dish[0].name.en",
        'name = { zh = "咖喱饭", en = "Curry\\u001b@" }',
    ),
    "text too long": (
        'zh = "本地"',
        f'zh = "{"很" * 200}"',
        "dish[0].provenance.zh",
        f'provenance = {{ zh = "{"很" * 200}"',
    ),
    "line break in an id": ('id = "plain"', 'id = "plain\\n"', "dish[1].id", 'id = "plain\\n"'),
    "path as art": ('art = "plain"', 'art = "../x"', "dish[1].art", 'art = "../x"'),
    "by an odd weight": ("portions = 7", "per_g = 250", "dish[0].per_g", "per_g = 250"),
    "by weight, with options": ("portions = 7", "per_g = 100", "dish[0].options", 'options = ["size"]'),
    "by weight, in a combo": ('art = "plain"', 'per_g = 100\nart = "plain"', "combo[0].slot[0].dishes", "dishes ="),
    "by weight, in portions": ("portions = 7", "portions = 7\nper_g = 100", "dish[0].portions", "portions = 7"),
    "portions below zero": ("portions = 7", "portions = -1", "dish[0].portions", "portions = -1"),
    "nutrition below zero": ("fat_g = 20", "fat_g = -2", "dish[0].nutrition.fat_g", "nutrition = { energy"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_fault_names_file_line_and_field(tmp_path: Path, fault: tuple[str, str, str, str]) -> None:
    old, new, field, at = fault
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ConfigFileError) as caught:
        load_menu(path, 1)
    error = caught.value
    assert (error.path, error.field) == (path, field)
    assert path.read_text(encoding="utf-8").splitlines()[error.line - 1].startswith(at)
    assert str(error).startswith(f"{path}:{error.line}: {field}: ")


def test_duplicate_option_group(tmp_path: Path) -> None:
    start = GOOD.index("[[option_group]]")
    group = GOOD[start : GOOD.index("[[dish]]")]
    with pytest.raises(ConfigFileError) as caught:
        load_menu(write(tmp_path, GOOD[:start] + group + GOOD[start:]), 1)
    assert caught.value.field == "option_group[1].id"


def test_option_fault_of_a_later_dish_points_at_the_group(tmp_path: Path) -> None:
    text = GOOD.replace("min = 1", "min = 3").replace('options = ["size"]\n', "")
    text = text.replace('allergens = "unknown"\n\n', 'allergens = "unknown"\noptions = ["size"]\n\n')
    with pytest.raises(ConfigFileError) as caught:
        load_menu(write(tmp_path, text), 1)
    assert caught.value.field == "option_group[0].min"


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError, match="cannot be read"):
        load_menu(tmp_path / "none.toml", 1)
