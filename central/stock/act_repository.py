"""The acts of staff with stock, and the tables that they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Row,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from central.database import UtcDateTime, metadata
from central.orders.repository import customer_order
from central.statements import per_dialect
from central.stock.repository import stock_count, stock_item, stock_movement
from kiosk.domain.ids import DishId
from kiosk.domain.stock_act import MAX_ID_CHARS, StockAct

stock_act = Table(
    "stock_act",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("staff_id", String(MAX_ID_CHARS), nullable=False),
    Column("undoes", Uuid, unique=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("event", LargeBinary, nullable=False),
)

_START_ITEM = per_dialect(
    lambda to: to(stock_item).values(is_counted=False, count_number=0, sold_out=False).on_conflict_do_nothing()
)
_LOCK_ITEMS = select(stock_item).where(stock_item.c.dish_id.in_(bindparam("dishes", expanding=True))).with_for_update()


@dataclass(slots=True)
class StockItem:
    """A dish's row, held until the transaction ends."""

    dish_id: DishId
    is_counted: bool
    count_number: int
    sold_out: bool
    count_id: UUID | None


def lock_items(connection: Connection, dish_ids: Sequence[str]) -> dict[str, StockItem]:
    """By dish; one that was never heard of gets its row."""
    ordered = sorted(dish_ids)
    _START_ITEM.run(connection, *({"dish_id": dish_id} for dish_id in ordered))
    rows = connection.execute(_LOCK_ITEMS.order_by(stock_item.c.dish_id), {"dishes": ordered})
    return {row.dish_id: StockItem(*row) for row in rows}


def save_item(connection: Connection, item: StockItem) -> None:
    values = {name: getattr(item, name) for name in ("is_counted", "count_number", "sold_out", "count_id")}
    connection.execute(update(stock_item).where(stock_item.c.dish_id == item.dish_id).values(**values))


def known_dishes(connection: Connection, dish_ids: Sequence[str]) -> set[str]:
    """Those that were counted or marked at some time."""
    found = select(stock_item.c.dish_id).where(stock_item.c.dish_id.in_(dish_ids))
    return set(connection.scalars(found))


def find_act(connection: Connection, act_id: UUID) -> Row[Any] | None:
    return connection.execute(select(stock_act).where(stock_act.c.id == act_id)).one_or_none()


def is_undone(connection: Connection, act_id: UUID) -> bool:
    return connection.execute(select(stock_act.c.id).where(stock_act.c.undoes == act_id)).first() is not None


def add_act(connection: Connection, act: StockAct, terminal_id: str, now: datetime, body: bytes) -> None:
    row = {
        "id": act.id,
        "terminal_id": terminal_id,
        "kind": act.kind,
        "staff_id": act.staff_id,
        "undoes": act.undoes,
        "made_at": act.made_at,
        "booked_at": now,
        "event": body,
    }
    connection.execute(insert(stock_act), row)


def add_movement(connection: Connection, item: StockItem, portions: int, act: StockAct, now: datetime) -> None:
    number = item.count_number if item.is_counted else 0
    row = {"dish_id": item.dish_id, "count_number": number, "portions": portions, "reason": act.kind}
    connection.execute(insert(stock_movement), row | {"booked_at": now, "act_id": act.id})


def add_count(
    connection: Connection, item: StockItem, count_id: UUID, terminal_id: str, *, told: int, booked: int
) -> None:
    row = {"dish_id": item.dish_id, "count_number": item.count_number, "count_id": count_id}
    connection.execute(insert(stock_count), row | {"terminal_id": terminal_id, "told": told, "booked": booked})


def counts_of(connection: Connection, item: StockItem) -> list[Row[Any]]:
    """Since the dish was counted anew, oldest first."""
    of_item = (stock_count.c.dish_id == item.dish_id) & (stock_count.c.count_number == item.count_number)
    return list(connection.execute(select(stock_count).where(of_item).order_by(stock_count.c.id)))


def moved_by(connection: Connection, item: StockItem, terminal_id: str) -> int:
    """What that terminal has moved of the dish since it was counted anew, counts left out."""
    statement = (
        select(func.coalesce(func.sum(stock_movement.c.portions), 0))
        .outerjoin(customer_order, customer_order.c.id == stock_movement.c.order_id)
        .outerjoin(stock_act, stock_act.c.id == stock_movement.c.act_id)
        .where(
            stock_movement.c.dish_id == item.dish_id,
            stock_movement.c.count_number == item.count_number,
            stock_movement.c.reason != "count",
            or_(customer_order.c.terminal_id == terminal_id, stock_act.c.terminal_id == terminal_id),
        )
    )
    moved: int = connection.execute(statement).scalar_one()
    return int(moved)
