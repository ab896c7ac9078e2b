"""Ingredients, recipes, and what is moved of ingredients: tables and statements. Amounts are thousandths of the
ingredient's unit (kiosk.domain.ingredient)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from central.bulk import BulkInsert
from central.database import UtcDateTime, metadata
from central.statements import Statement, by_keys, per_dialect
from kiosk.domain.ids import DishId
from kiosk.domain.ingredient import MAX_ID_CHARS, Ingredient, IngredientId, IngredientUnit, Recipe
from kiosk.domain.local_text import LocalText

MAX_NAME_CHARS = 40

# `is_used`: of the newest recipes; others stay, as movements name them.
ingredient = Table(
    "ingredient",
    metadata,
    Column("id", String(MAX_ID_CHARS), primary_key=True),
    Column("name_zh", String(MAX_NAME_CHARS), nullable=False),
    Column("name_en", String(MAX_NAME_CHARS), nullable=False),
    Column("unit", String(10), nullable=False),
    Column("warn_below_milli", BigInteger, nullable=False),
    Column("is_used", Boolean, nullable=False),
)

# Every recipes file that was imported; a book never changes, so an order that names one says for ever what it used.
recipe_book = Table(
    "recipe_book",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("imported_at", UtcDateTime, nullable=False),
)
recipe_line = Table(
    "recipe_line",
    metadata,
    Column("book", ForeignKey("recipe_book.version"), primary_key=True, autoincrement=False),
    Column("dish_id", String(40), primary_key=True),
    Column("ingredient_id", ForeignKey("ingredient.id"), primary_key=True),
    Column("milli", BigInteger, nullable=False),
)

# Sales are a row an ingredient and transaction, and a row a day when they are old (`is_day`): see folding.py.
# `ingredient_id` has no foreign key: it comes from recipe_line, and checking would lock the few rows of `ingredient`
# for every sale.
ingredient_movement = Table(
    "ingredient_movement",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("ingredient_id", String(MAX_ID_CHARS), nullable=False),
    Column("milli", BigInteger, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("booked_at", UtcDateTime, nullable=False, index=True),
    Column("is_day", Boolean, nullable=False),
    Column("act_id", ForeignKey("ingredient_act.id")),
)

SALE, GIVEN_BACK = "sale", "given_back"
_OF_SALES = ingredient_movement.c.reason.in_((SALE, GIVEN_BACK))

_ADD_MOVEMENTS = BulkInsert(ingredient_movement, "ingredient_id", "milli", "reason", "booked_at", "is_day")
_BOOKS = Statement(select(recipe_book.c.version, recipe_book.c.imported_at).order_by(recipe_book.c.version.desc()))
_RECIPES = by_keys(
    lambda among: select(recipe_line.c.dish_id, recipe_line.c.ingredient_id, recipe_line.c.milli).where(
        recipe_line.c.book == bindparam("book", type_=Integer), among(recipe_line.c.dish_id)
    )
)
_PUT_INGREDIENTS = per_dialect(
    lambda insert_: (new := insert_(ingredient)).on_conflict_do_update(
        index_elements=["id"],
        set_={name: new.excluded[name] for name in ("name_zh", "name_en", "warn_below_milli", "is_used")},
    )
)


# --- recipes ---


def books(connection: Connection) -> list[Row[Any]]:
    """Each `version` with `imported_at`, the newest first."""
    return _BOOKS.rows(connection)


def recipes_of(connection: Connection, book: int, dish_ids: Sequence[DishId]) -> dict[DishId, Recipe]:
    """Of those of the dishes that have one in that book."""
    found: dict[DishId, dict[IngredientId, int]] = {}
    for row in _RECIPES.of_keys(connection, dish_ids, {"book": book}):
        found.setdefault(row.dish_id, {})[row.ingredient_id] = row.milli
    return dict(found)


def units(connection: Connection) -> dict[IngredientId, str]:
    """Of every ingredient that ever was."""
    return {row.id: row.unit for row in connection.execute(select(ingredient.c.id, ingredient.c.unit))}


def add_book(
    connection: Connection,
    version: int,
    ingredients: Sequence[Ingredient],
    recipes: Mapping[DishId, Recipe],
    now: datetime,
) -> None:
    connection.execute(update(ingredient).values(is_used=False))
    rows = [
        {
            "id": one.id,
            "name_zh": one.name.zh,
            "name_en": one.name.en,
            "unit": one.unit.value,
            "warn_below_milli": one.warn_below_milli,
            "is_used": True,
        }
        for one in ingredients
    ]
    _PUT_INGREDIENTS.run(connection, *rows)
    connection.execute(insert(recipe_book), {"version": version, "imported_at": now})
    lines = [
        {"book": version, "dish_id": dish_id, "ingredient_id": ingredient_id, "milli": milli}
        for dish_id, recipe in recipes.items()
        for ingredient_id, milli in recipe.items()
    ]
    if lines:
        connection.execute(insert(recipe_line), lines)


# --- what is moved ---


def add_moved(connection: Connection, moved: Mapping[IngredientId, int], reason: str, now: datetime) -> None:
    """By sales, and what they give back."""
    add_rows(connection, ((id_, milli, reason, now) for id_, milli in moved.items()), is_day=False)


def add_rows(connection: Connection, rows: Iterable[tuple[IngredientId, int, str, datetime]], *, is_day: bool) -> None:
    """Ingredient, thousandths, reason, moment."""
    _ADD_MOVEMENTS(connection, [(*row, is_day) for row in rows])


def add_act_movement(
    connection: Connection, ingredient_id: IngredientId, milli: int, kind: str, act_id: UUID, now: datetime
) -> None:
    row = {"ingredient_id": ingredient_id, "milli": milli, "reason": kind, "booked_at": now, "is_day": False}
    connection.execute(insert(ingredient_movement), row | {"act_id": act_id})


def find_ingredient(connection: Connection, ingredient_id: str, *, lock: bool = False) -> Row[Any] | None:
    """One of the newest recipes. `lock`: nobody else acts with it until the transaction ends; sales go on."""
    query = select(ingredient).where(ingredient.c.id == ingredient_id, ingredient.c.is_used)
    return connection.execute(query.with_for_update(key_share=True) if lock else query).one_or_none()


def used_ingredients(connection: Connection, *, also_unused: bool = False) -> list[Ingredient]:
    query = select(ingredient).order_by(ingredient.c.id)
    rows = connection.execute(query if also_unused else query.where(ingredient.c.is_used))
    return [
        Ingredient(row.id, LocalText(row.name_zh, row.name_en), IngredientUnit(row.unit), row.warn_below_milli)
        for row in rows
    ]


def left(connection: Connection) -> dict[IngredientId, int]:
    """The sum of the movements, of every ingredient that has any."""
    amount = cast(func.sum(ingredient_movement.c.milli), BigInteger).label("milli")
    query = select(ingredient_movement.c.ingredient_id, amount).group_by(ingredient_movement.c.ingredient_id)
    return {row.ingredient_id: row.milli for row in connection.execute(query)}


def used_by_day(connection: Connection, now: datetime, days: int) -> list[dict[IngredientId, int]]:
    """What sales have used (above zero) in each of the last `days` times 24 hours, the newest first."""
    begins = [now - timedelta(days=day + 1) for day in range(days)]
    which = case(
        *((ingredient_movement.c.booked_at > begin, day) for day, begin in enumerate(begins)), else_=days
    ).label("day")
    amount = cast(-func.sum(ingredient_movement.c.milli), BigInteger).label("milli")
    query = (
        select(which, ingredient_movement.c.ingredient_id, amount)
        .where(_OF_SALES, ingredient_movement.c.booked_at > begins[-1])
        .group_by(which, ingredient_movement.c.ingredient_id)
    )
    used: list[dict[IngredientId, int]] = [{} for _ in range(days)]
    for row in connection.execute(query):
        used[row.day][row.ingredient_id] = row.milli
    return used


def movements_since(connection: Connection, since: datetime) -> Iterable[Row[Any]]:
    """The oldest first."""
    query = select(ingredient_movement).where(ingredient_movement.c.booked_at >= since)
    return connection.execute(query.order_by(ingredient_movement.c.booked_at, ingredient_movement.c.id))


# --- old sales ---


def oldest_of_sales(connection: Connection, before: datetime) -> datetime | None:
    """The moment of the oldest movement of sales that is no whole day's."""
    query = select(func.min(ingredient_movement.c.booked_at)).where(
        _OF_SALES, ingredient_movement.c.is_day.is_(False), ingredient_movement.c.booked_at < before
    )
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def take_out_sales(
    connection: Connection, since: datetime, before: datetime
) -> list[tuple[IngredientId, int, str, datetime]]:
    """Remove what sales moved in that time; returns its sums as rows of `since`."""
    within = _OF_SALES & (ingredient_movement.c.booked_at >= since) & (ingredient_movement.c.booked_at < before)
    amount = cast(func.sum(ingredient_movement.c.milli), BigInteger).label("milli")
    columns = ingredient_movement.c.ingredient_id, ingredient_movement.c.reason
    sums = connection.execute(select(*columns, amount).where(within).group_by(*columns)).all()
    connection.execute(delete(ingredient_movement).where(within))
    return [(row.ingredient_id, row.milli, row.reason, since) for row in sums]
