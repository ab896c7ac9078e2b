"""The demonstration canteen: its menu is complete and believable, its pictures exist, its members are as told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from central.coupons.offers_file import load_offers
from central.members.members_file import MemberRow, load_members
from central.menu.menu_file import MenuFile, load_menu
from kiosk.domain.cart import Selection, check_selection
from kiosk.domain.diet import blocks_for_dish
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.local_text import LocalText
from kiosk.domain.member import CardState
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.pricing import price_selection
from scripts import build_art

ROOT = Path(__file__).parents[2]
ART = ROOT / "assets" / "food"


@pytest.fixture(scope="module")
def demo() -> MenuFile:
    return load_menu(ROOT / "config" / "demo" / "menu.toml", 1)


@pytest.fixture(scope="module")
def menu(demo: MenuFile) -> Menu:
    return demo.menu


@pytest.fixture(scope="module")
def members() -> dict[str, MemberRow]:
    rows = load_members(ROOT / "config" / "demo" / "members.csv", {})
    return {card.uid: row for row in rows for card in row.cards}


def texts(menu: Menu) -> list[LocalText]:
    found = [menu.canteen, *(p.name for p in menu.meal_periods), *(c.name for c in menu.categories)]
    for dish in (*menu.dishes, *menu.weighed):
        found += [dish.name, dish.description, *([dish.provenance] if dish.provenance else [])]
        for group in dish.option_groups:
            found += [group.name, *(c.name for c in group.choices)]
    for combo in menu.combos:
        found += [combo.name, combo.description, *(s.name for s in combo.slots)]
    return found


def test_enough_of_everything(menu: Menu) -> None:
    assert len(menu.dishes) >= 64
    assert len(menu.combos) >= 6
    assert len(menu.categories) == 8
    assert [p.id for p in menu.meal_periods] == ["breakfast", "lunch", "dinner"]
    for category in menu.categories:
        assert sum(d.category_id == category.id for d in menu.dishes) >= 8
    for period in menu.meal_periods:
        assert sum(period.id in d.meal_period_ids for d in menu.dishes) >= 20
        assert sum(period.id in c.meal_period_ids for c in menu.combos) >= 3


def test_every_text_is_in_both_languages(menu: Menu) -> None:
    for text in texts(menu):
        assert re.search(r"[\u4e00-\u9fff]", text.zh), text
        assert re.search(r"[A-Za-z]", text.en), text
        assert not re.search(r"[\u4e00-\u9fff]", text.en), text
    assert len({d.name.zh for d in menu.dishes}) == len({d.name.en for d in menu.dishes}) == len(menu.dishes)


def test_every_dish_is_found_by_pinyin(menu: Menu) -> None:
    for item in (*menu.dishes, *menu.weighed, *menu.combos):
        full, initials = item.search_keys
        assert len(initials) == len(re.findall(r"[\u4e00-\u9fff]", item.name.zh.split("（")[0])), item.id
        assert len(full) > len(initials)


def test_prices_are_a_canteens(menu: Menu) -> None:
    assert all(Money(200) <= d.price <= Money(2800) for d in menu.dishes)
    for combo in menu.combos:
        one_by_one = Money.sum(menu.dish_by_id[s.dish_ids[0]].price for s in combo.slots)
        assert one_by_one * 7 <= combo.price * 10 < one_by_one * 10, combo.id  # up to 30 % off, never dearer


def test_combo_offers_only_what_is_served_then(menu: Menu) -> None:
    for combo in menu.combos:
        for slot in combo.slots:
            for dish_id in slot.dish_ids:
                assert combo.meal_period_ids <= menu.dish_by_id[dish_id].meal_period_ids, (combo.id, dish_id)


def test_some_things_are_sold_by_weight(menu: Menu) -> None:
    assert {dish.per_g for dish in menu.weighed} == {100, 500}
    assert {dish.art for dish in menu.weighed} <= {dish.art for dish in menu.dishes}
    for dish in menu.weighed:
        assert Money(400) <= price_selection(Selection.of_weight(dish, 400), menu) <= Money(2800)


def test_nutrition_adds_up(menu: Menu) -> None:
    for dish in menu.dishes:
        assert dish.nutrition is not None
        n = dish.nutrition
        from_parts = 4 * n.protein_g + 9 * n.fat_g + 4 * n.carbohydrate_g
        assert abs(from_parts - n.energy_kcal) <= 10 + n.energy_kcal * 0.12, dish.id


def test_spice_of_a_dish_is_that_of_its_default_choice(menu: Menu) -> None:
    for dish in menu.dishes:
        for group in dish.option_groups:
            levels = [c.spice for c in group.choices if c.id in group.default_choice_ids and c.spice is not None]
            assert levels in ([], [dish.spice]), dish.id


def test_everyone_finds_something_at_every_meal(menu: Menu, members: dict[str, MemberRow]) -> None:
    diets = {row.id: row.diet for row in members.values() if not row.diet.is_empty}
    assert len(diets) >= 6
    for period in menu.meal_periods:
        served = [d for d in menu.dishes if period.id in d.meal_period_ids]
        for member_id, diet in diets.items():
            assert sum(not blocks_for_dish(d, diet) for d in served) >= 5, (period.id, member_id)


def test_some_ingredients_are_unknown_and_some_dishes_counted(demo: MenuFile) -> None:
    assert 3 <= sum(d.allergens is None for d in demo.menu.dishes) <= 12
    assert sum(d.provenance is not None for d in demo.menu.dishes) >= 40
    assert len(demo.portions) >= 10
    assert 0 in demo.portions.values()
    assert set(demo.portions) <= set(demo.menu.dish_by_id)


def test_everything_can_be_ordered_as_it_comes(menu: Menu) -> None:
    for dish in menu.dishes:
        check_selection(Selection.of_dish(dish), menu)
    for combo in menu.combos:
        check_selection(Selection.of_combo(combo, menu), menu)


@pytest.mark.parametrize(("folder", "size"), [("large", (640, 480)), ("small", (288, 216))])
def test_every_art_is_there(menu: Menu, folder: str, size: tuple[int, int]) -> None:
    arts = [d.art for d in menu.dishes] + [c.art for c in menu.combos]
    assert len(set(arts)) == len(arts)
    for art in arts:
        with Image.open(ART / folder / f"{art}.jpg") as image:
            assert (image.format, image.size) == ("JPEG", size), art
    assert {p.stem for p in (ART / folder).iterdir()} - {"hero"} == set(arts)


def test_hero_and_weight_of_all_pictures() -> None:
    with Image.open(ART / "large" / "hero.jpg") as image:
        assert image.size == (1080, 1100)
    assert sum(p.stat().st_size for p in ART.rglob("*") if p.is_file()) < 6_000_000


def test_pictures_come_from_their_recipes() -> None:
    drawn = build_art.picture("mapo-tofu").resize((48, 36))
    with Image.open(ART / "large" / "mapo-tofu.jpg") as image:
        kept = image.resize((48, 36))
    different = [abs(a - b) for a, b in zip(drawn.tobytes(), kept.tobytes(), strict=True)]
    assert sum(different) / len(different) < 4


def test_icons_are_in_the_icon_font(menu: Menu) -> None:
    known = (ROOT / "assets" / "fonts" / "icons.json").read_text(encoding="utf-8")
    assert all(f'"{c.icon}"' in known for c in menu.categories)


def test_members_of_the_demonstration(members: dict[str, MemberRow]) -> None:
    assert len({row.id for row in members.values()}) == 24
    assert all(re.fullmatch(r"[0-9A-F]{10}", uid) for uid in members)
    first, second = members["62E3086CED"], members["02004DB005"]
    assert (first.balance, first.diet.is_empty) == (Money(5000), True)
    assert (second.balance, second.diet.is_empty) == (Money(320), True)
    rows = list(members.values())
    assert any(all(c.state is CardState.BLOCKED for c in row.cards) for row in rows)
    assert any(row.diet.avoids == {Allergen.PEANUT} for row in rows)
    assert any(row.diet.keeps == {DietTag.VEGETARIAN} for row in rows)
    assert any(row.diet.keeps == {DietTag.HALAL} for row in rows)
    assert any(row.diet.no_spicy for row in rows)
    assert any(row.credit_line for row in rows)


def test_coupons_take_something_off_an_ordinary_meal() -> None:
    offers = load_offers(ROOT / "config" / "demo" / "offers.toml", "CNY")
    assert [terms.value_for(Money(1800)).minor for terms in offers.values()] == [500, 360]
