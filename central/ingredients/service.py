"""Bringing a file of recipes in, and what is left of ingredients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from central.ingredients import act_repository, repository
from central.ingredients.recipes_file import load_recipes
from central.menu import repository as menus
from central.transactions import Transaction
from kiosk.domain.audit import Act
from kiosk.domain.ids import DishId
from kiosk.domain.ingredient import IngredientLevel
from kiosk.domain.menu import Menu
from kiosk.sync import wire

# What sales used is looked at so far back.
PACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class ImportedRecipes:
    """`without`: dishes of the menu that have no recipe. `not_on_menu`: recipes of what is not on it now."""

    version: int
    ingredients: int
    recipes: int
    without: tuple[DishId, ...]
    not_on_menu: tuple[DishId, ...]


def import_recipes(tx: Transaction, path: Path) -> ImportedRecipes:
    """From now on sales use ingredients as that file says. Raises ConfigFileError; then nothing was changed."""
    loaded = load_recipes(path)
    newest = menus.imported(tx.connection)
    menu = wire.decode(newest.body, Menu) if newest is not None else None
    weighed = menu.weighed_by_id if menu is not None else {}
    for i, dish_id in enumerate(loaded.recipes):
        if dish_id in weighed:
            raise loaded.file.error(f"recipe[{i}].dish", f"{dish_id!r} is sold by weight: recipes are of portions")
    units = repository.units(tx.connection)
    for i, one in enumerate(loaded.ingredients):
        if units.get(one.id, one.unit) != one.unit:
            reason = f"{one.id!r} was in {units[one.id]} until now: what is left would be wrong; give it another id"
            raise loaded.file.error(f"ingredient[{i}].unit", reason)
    books = repository.books(tx.connection)
    version = books[0].version + 1 if books else 1
    repository.add_book(tx.connection, version, loaded.ingredients, loaded.recipes, tx.now)
    ingredients, recipes = len(loaded.ingredients), len(loaded.recipes)
    tx.record(Act.RECIPES_IMPORTED, str(version), ingredients=ingredients, recipes=recipes)
    dishes = menu.dish_by_id if menu is not None else {}
    return ImportedRecipes(
        version,
        ingredients,
        recipes,
        without=tuple(dish_id for dish_id in dishes if dish_id not in loaded.recipes),
        not_on_menu=tuple(dish_id for dish_id in loaded.recipes if dish_id not in dishes),
    )


def levels(connection: Connection, now: datetime, *, also_unused: bool = False) -> list[IngredientLevel]:
    """What is left of each ingredient of the newest recipes, and what a day of selling uses: days on which nothing at
    all was sold do not count."""
    left, touched = repository.left(connection), act_repository.touched(connection)
    counts = act_repository.newest_counts(connection)
    days = [used for used in repository.used_by_day(connection, now, PACE_DAYS) if used]
    return [
        IngredientLevel(
            one,
            left.get(one.id, 0),
            sum(used.get(one.id, 0) for used in days) // len(days) if days else None,
            one.id in touched,
            counts.get(one.id),
        )
        for one in repository.used_ingredients(connection, also_unused=also_unused)
    ]
