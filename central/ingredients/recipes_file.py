"""Ingredients and recipes as a TOML file that people write (config/demo/recipes.toml is one)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import msgspec

from central.ingredients.repository import MAX_NAME_CHARS
from central.menu.menu_tables import Id, Table, TextTable
from kiosk.configfile import TomlFile, text_fault
from kiosk.domain.ids import DishId
from kiosk.domain.ingredient import (
    MAX_ACT_MILLI,
    MAX_PORTION_MILLI,
    MILLI,
    Ingredient,
    IngredientId,
    IngredientUnit,
    Recipe,
)
from kiosk.domain.local_text import LocalText

MAX_INGREDIENTS, MAX_RECIPES, MAX_USES = 500, 2000, 60

Amount = int | float


class IngredientTable(Table):
    id: Id
    name: TextTable
    unit: IngredientUnit
    warn_below: Amount = 0


class RecipeTable(Table):
    """`uses`: of one portion, by ingredient."""

    dish: Id
    uses: dict[Id, Amount]


class RecipeTables(Table):
    ingredient: Annotated[list[IngredientTable], msgspec.Meta(max_length=MAX_INGREDIENTS)]
    recipe: Annotated[list[RecipeTable], msgspec.Meta(max_length=MAX_RECIPES)]


@dataclass(frozen=True, slots=True)
class RecipesFile:
    """`file` names line and field of what does not fit what is known at central."""

    file: TomlFile
    ingredients: tuple[Ingredient, ...]
    recipes: Mapping[DishId, Recipe]


def load_recipes(path: Path) -> RecipesFile:
    """Raises ConfigFileError (file, line, field)."""
    file = TomlFile(path)
    tables = file.convert(RecipeTables)
    ingredients: dict[IngredientId, Ingredient] = {}
    for i, table in enumerate(tables.ingredient):
        if table.id in ingredients:
            raise file.error(f"ingredient[{i}].id", f"{table.id!r} stands twice")
        ingredients[IngredientId(table.id)] = _ingredient(file, f"ingredient[{i}]", table)
    recipes: dict[DishId, Recipe] = {}
    for i, recipe in enumerate(tables.recipe):
        if recipe.dish in recipes:
            raise file.error(f"recipe[{i}].dish", f"{recipe.dish!r} has a recipe already")
        recipes[DishId(recipe.dish)] = _recipe(file, f"recipe[{i}].uses", recipe, ingredients)
    return RecipesFile(file, tuple(ingredients.values()), recipes)


def _ingredient(file: TomlFile, field: str, table: IngredientTable) -> Ingredient:
    for name in (table.name.zh, table.name.en):
        if fault := text_fault(name, MAX_NAME_CHARS):
            raise file.error(f"{field}.name", fault)
    warn_below = _milli(file, f"{field}.warn_below", table.warn_below, 0, MAX_ACT_MILLI)
    return Ingredient(IngredientId(table.id), LocalText(table.name.zh, table.name.en), table.unit, warn_below)


def _recipe(file: TomlFile, field: str, table: RecipeTable, known: Mapping[IngredientId, Ingredient]) -> Recipe:
    if not 1 <= len(table.uses) <= MAX_USES:
        raise file.error(field, f"a recipe uses 1 to {MAX_USES} ingredients")
    recipe: dict[IngredientId, int] = {}
    for name, amount in table.uses.items():
        if name not in known:
            raise file.error(field, f"{name!r} is not an [[ingredient]]")
        recipe[IngredientId(name)] = _milli(file, field, amount, 1, MAX_PORTION_MILLI, of=name)
    return recipe


def _milli(file: TomlFile, field: str, amount: Amount, least: int, most: int, of: str = "") -> int:
    """Thousandths. Raises ConfigFileError for what is finer, or out of bounds."""
    what = f"{of}: " if of else ""
    exact = Decimal(repr(amount)) * MILLI
    if not exact.is_finite() or not least <= exact <= most:
        raise file.error(field, f"{what}must be {least / MILLI:g} to {most // MILLI}")
    if exact != int(exact):
        raise file.error(field, f"{what}at most three digits after the point")
    return int(exact)
