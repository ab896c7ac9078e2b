"""A cookbook: which dish is plated how, and on which table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scripts.food_art.dish import Dish

Cook = Callable[[Dish], object]


@dataclass(frozen=True)
class Recipe:
    """How one art id is plated, and the hue of its table (backdrop.TABLES)."""

    table: str
    cook: Cook


class Cookbook:
    """Recipes by art id."""

    def __init__(self, *parts: Cookbook) -> None:
        self.recipes: dict[str, Recipe] = {}
        for part in parts:
            self.recipes.update(part.recipes)

    def add(self, art: str, table: str) -> Callable[[Cook], Cook]:
        """Decorates the function that plates the dish."""

        def remember(cook: Cook) -> Cook:
            self.recipes[art] = Recipe(table, cook)
            return cook

        return remember

    def plated(self, art: str) -> Dish:
        """The finished dish, without its table. Raises KeyError for an unknown id."""
        dish = Dish(art)
        self.recipes[art].cook(dish)
        return dish
