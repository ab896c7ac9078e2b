"""What staff did with ingredients, act by act."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    func,
    insert,
    select,
)

from central.database import UtcDateTime, metadata
from kiosk.domain.ingredient import IngredientAct, IngredientActId, IngredientActKind, IngredientId
from kiosk.sync import wire

# `number`: in the order in which they were booked, of one ingredient. `body`: the act as it was asked for.
ingredient_act = Table(
    "ingredient_act",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("ingredient_id", ForeignKey("ingredient.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("staff_id", String(40), nullable=False),
    Column("undoes", Uuid, unique=True),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("ingredient_id", "number"),
)


def find_act(connection: Connection, act_id: UUID) -> Row[Any] | None:
    return connection.execute(select(ingredient_act).where(ingredient_act.c.id == act_id)).one_or_none()


def is_undone(connection: Connection, act_id: UUID) -> bool:
    return connection.execute(select(ingredient_act.c.id).where(ingredient_act.c.undoes == act_id)).first() is not None


def add_act(connection: Connection, act: IngredientAct, terminal_id: str, staff_id: str, now: datetime) -> None:
    """Whoever adds one holds the ingredient's row: numbers have no gap."""
    among = select(func.coalesce(func.max(ingredient_act.c.number), 0)).where(
        ingredient_act.c.ingredient_id == act.ingredient_id
    )
    row = {
        "id": act.id,
        "number": connection.execute(among).scalar_one() + 1,
        "ingredient_id": act.ingredient_id,
        "kind": act.kind.value,
        "terminal_id": terminal_id,
        "staff_id": staff_id,
        "undoes": act.undoes,
        "booked_at": now,
        "body": wire.encode(act),
    }
    connection.execute(insert(ingredient_act), row)


def newest_counts(connection: Connection) -> dict[IngredientId, IngredientActId]:
    """Of each ingredient its newest count, or what undid that."""
    newest = (
        select(ingredient_act.c.ingredient_id, func.max(ingredient_act.c.number).label("number"))
        .where(ingredient_act.c.kind == IngredientActKind.COUNT.value)
        .group_by(ingredient_act.c.ingredient_id)
        .subquery()
    )
    query = select(ingredient_act.c.ingredient_id, ingredient_act.c.id).join(
        newest,
        (newest.c.ingredient_id == ingredient_act.c.ingredient_id) & (newest.c.number == ingredient_act.c.number),
    )
    return {row.ingredient_id: row.id for row in connection.execute(query)}


def touched(connection: Connection) -> set[IngredientId]:
    """Ingredients that somebody has ever counted, written off or had delivered."""
    return set(connection.scalars(select(ingredient_act.c.ingredient_id).distinct()))
