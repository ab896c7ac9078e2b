"""Recipes that people write: what is read, and what is refused with file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from central.ingredients.recipes_file import MAX_USES, load_recipes
from central.menu.menu_file import load_menu
from kiosk.configfile import ConfigFileError
from kiosk.domain.ingredient import IngredientUnit

DEMO = Path(__file__).parents[2] / "config" / "demo"
EGG = '[[ingredient]]\nid = "egg"\nname = { zh = "鸡蛋", en = "Eggs" }\nunit = "piece"\n'
SALT = '[[ingredient]]\nid = "salt"\nname = { zh = "盐", en = "Salt" }\nunit = "g"\nwarn_below = 500\n'
SOUP = '[[recipe]]\ndish = "soup"\n'
GOOD = EGG + SALT + SOUP + "uses = { egg = 0.5, salt = 2.125 }\n"


def load(folder: Path, text: str) -> object:
    path = folder / "recipes.toml"
    path.write_text(text, encoding="utf-8")
    return load_recipes(path)


def test_amounts_are_exact_thousandths(tmp_path: Path) -> None:
    path = tmp_path / "recipes.toml"
    path.write_text(GOOD, encoding="utf-8")
    read = load_recipes(path)
    assert read.recipes == {"soup": {"egg": 500, "salt": 2125}}
    assert [(one.id, one.unit, one.warn_below_milli) for one in read.ingredients] == [
        ("egg", IngredientUnit.PIECE, 0),
        ("salt", IngredientUnit.GRAM, 500_000),
    ]


def test_the_demonstrations_recipes_are_of_dishes_on_its_menu() -> None:
    read = load_recipes(DEMO / "recipes.toml")
    dishes = load_menu(DEMO / "menu.toml", 1).menu.dish_by_id
    assert set(read.recipes) <= set(dishes)
    used = {name for recipe in read.recipes.values() for name in recipe}
    assert used == {one.id for one in read.ingredients}, "each is used by some dish"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (EGG + EGG + SOUP + "uses = { egg = 1 }\n", 6, "stands twice"),
        (GOOD + SOUP + "uses = { egg = 1 }\n", 14, "has a recipe already"),
        (EGG + SOUP + "uses = { pepper = 1 }\n", 7, "'pepper' is not an [[ingredient]]"),
        (EGG + SOUP + "uses = { egg = 0 }\n", 7, "egg: must be 0.001 to 10000"),
        (EGG + SOUP + "uses = { egg = -1 }\n", 7, "must be"),
        (EGG + SOUP + "uses = { egg = 10001 }\n", 7, "must be"),
        (EGG + SOUP + "uses = { egg = 0.0005 }\n", 7, "must be"),
        (EGG + SOUP + "uses = { egg = 1.0005 }\n", 7, "at most three digits"),
        (EGG + SOUP + "uses = { egg = nan }\n", 7, "must be"),
        (EGG + SOUP + "uses = { egg = inf }\n", 7, "must be"),
        (EGG + SOUP + 'uses = { egg = "1" }\n', 7, "Expected"),
        (EGG + SOUP + "uses = {}\n", 7, f"1 to {MAX_USES}"),
        (EGG.replace("piece", "kg") + SOUP + "uses = { egg = 1 }\n", 4, "Invalid enum value 'kg'"),
        (EGG.replace("Eggs", "") + SOUP + "uses = { egg = 1 }\n", 3, "must not be empty"),
        (EGG.replace("Eggs", "x" * 41) + SOUP + "uses = { egg = 1 }\n", 3, "longer than 40"),
        (EGG.replace('"egg"', '"Egg!"') + SOUP + "uses = { egg = 1 }\n", 2, ""),
        (EGG + "warn_below = -1\n" + SOUP + "uses = { egg = 1 }\n", 5, "must be 0 to"),
        (EGG + "warn = 1\n" + SOUP + "uses = { egg = 1 }\n", 5, "unknown field"),
        (EGG, 0, "missing required field"),
        ("[[ingredient]\n", 1, "is not TOML"),
    ],
)
def test_what_is_refused_says_where(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(ConfigFileError) as caught:
        load(tmp_path, text)
    assert reason in caught.value.reason
    assert caught.value.line == line


def test_very_many_are_refused(tmp_path: Path) -> None:
    many = "".join(EGG.replace('"egg"', f'"egg-{n}"') for n in range(501))
    with pytest.raises(ConfigFileError, match="500"):
        load(tmp_path, many + SOUP + "uses = { egg-1 = 1 }\n")
