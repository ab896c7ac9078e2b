"""What sales use of ingredients, booked with the orders that use it: in the same transaction, and so once.

An order names the recipe book by which its ingredients were taken: the one that held when it was sold, so that what was
sold without a network before new recipes came uses the old ones. What it gives back is by the same book.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from central.ingredients import repository
from central.transactions import Transaction
from kiosk.domain.ids import DishId
from kiosk.domain.ingredient import IngredientId, moved_with
from kiosk.domain.stock import StockMovement


@dataclass(frozen=True, slots=True)
class RecipeBooks:
    """Since when each holds, and its version; the newest first."""

    since: tuple[tuple[datetime, int], ...]

    def at(self, moment: datetime) -> int | None:
        """The version that held then; before all of them, the first; None: there is none."""
        for since, version in self.since:
            if since <= moment:
                return version
        return self.since[-1][1] if self.since else None


def recipe_books(connection: Connection) -> RecipeBooks:
    return RecipeBooks(tuple((row.imported_at, row.version) for row in repository.books(connection)))


def book_sold(tx: Transaction, sold: Iterable[tuple[int | None, StockMovement]]) -> None:
    """What the portions of sales use, each by its order's recipe book."""
    _book(tx, sold, repository.SALE)


def book_given_back(tx: Transaction, book: int | None, movements: Iterable[StockMovement]) -> None:
    """Portions that go back into stock take back what they had used."""
    _book(tx, ((book, movement) for movement in movements), repository.GIVEN_BACK)


def _book(tx: Transaction, made: Iterable[tuple[int | None, StockMovement]], reason: str) -> None:
    """One row an ingredient, however many orders there are."""
    portions: dict[int, dict[DishId, int]] = {}
    for book, movement in made:
        if book is not None:
            of_book = portions.setdefault(book, {})
            of_book[movement.dish_id] = of_book.get(movement.dish_id, 0) + movement.portions
    moved: dict[IngredientId, int] = defaultdict(int)
    for book, of_book in portions.items():
        recipes = repository.recipes_of(tx.connection, book, list(of_book))
        for ingredient_id, milli in moved_with(of_book, recipes).items():
            moved[ingredient_id] += milli
    repository.add_moved(tx.connection, moved, reason, tx.now)
