"""Stock: portions left are the sum of the movements since a dish was last counted anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    and_,
    cast,
    false,
    func,
    insert,
    or_,
    select,
)

from central.bulk import BulkInsert
from central.database import UtcDateTime, metadata
from central.statements import by_keys, per_dialect
from kiosk.domain.ids import DishId, StockActId, uuid7
from kiosk.domain.stock import StockMovement

# `count_number`: how often the dish was counted anew; movements before that no longer matter to what is left.
# `count_id`: the newest count. `sold_out`: staff say so.
stock_item = Table(
    "stock_item",
    metadata,
    Column("dish_id", String(40), primary_key=True),
    Column("is_counted", Boolean, nullable=False),
    Column("count_number", Integer, nullable=False),
    Column("sold_out", Boolean, nullable=False, server_default=false()),
    Column("count_id", Uuid),
)

stock_movement = Table(
    "stock_movement",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("dish_id", String(40), nullable=False),
    Column("count_number", Integer, nullable=False),
    Column("portions", Integer, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("order_id", ForeignKey("customer_order.id")),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("act_id", Uuid),
    Index(None, "dish_id", "count_number", "portions"),
)

# Every count of a dish, oldest first: a menu file's (of no terminal), or staff's. `told`: what it moved as its terminal
# knew the dish; `booked`: what it moved here, where counts had come that it had not heard of (central.stock.counts).
stock_count = Table(
    "stock_count",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("dish_id", String(40), nullable=False),
    Column("count_number", Integer, nullable=False),
    Column("count_id", Uuid, nullable=False),
    Column("terminal_id", String(36)),
    Column("told", Integer, nullable=False),
    Column("booked", Integer, nullable=False),
    Index(None, "dish_id", "count_number"),
)


_SINCE_COUNT = (stock_movement.c.dish_id == stock_item.c.dish_id) & (
    stock_movement.c.count_number == stock_item.c.count_number
)
_PORTIONS_LEFT = by_keys(
    lambda among: (
        select(
            stock_item.c.dish_id,
            cast(func.coalesce(func.sum(stock_movement.c.portions), 0), BigInteger).label("portions"),
        )
        .outerjoin(stock_movement, _SINCE_COUNT)
        .where(among(stock_item.c.dish_id), stock_item.c.is_counted)
        .group_by(stock_item.c.dish_id)
    )
)
_STATES = by_keys(
    lambda among: (
        select(
            stock_item.c.dish_id,
            stock_item.c.is_counted,
            stock_item.c.sold_out,
            stock_item.c.count_id,
            cast(func.coalesce(func.sum(stock_movement.c.portions), 0), BigInteger).label("portions"),
        )
        .outerjoin(stock_movement, and_(_SINCE_COUNT, stock_item.c.is_counted))
        .where(among(stock_item.c.dish_id), or_(stock_item.c.is_counted, stock_item.c.sold_out))
        .group_by(stock_item.c.dish_id, stock_item.c.is_counted, stock_item.c.sold_out, stock_item.c.count_id)
    )
)
_COUNTED = by_keys(lambda among: select(stock_item).where(among(stock_item.c.dish_id), stock_item.c.is_counted))
_ADD_MOVEMENTS = BulkInsert(stock_movement, "dish_id", "count_number", "portions", "reason", "order_id", "booked_at")
_ITEM_COLUMNS = ("is_counted", "count_number", "sold_out", "count_id")
_PUT_ITEMS = per_dialect(
    lambda insert: (new := insert(stock_item)).on_conflict_do_update(
        index_elements=["dish_id"], set_={name: new.excluded[name] for name in _ITEM_COLUMNS}
    )
)


@dataclass(frozen=True, slots=True)
class StockState:
    """Of a dish that is counted (else `portions` is None) or said to be sold out."""

    portions: int | None
    sold_out: bool
    count_id: StockActId | None


def portions_left(connection: Connection, dish_ids: Sequence[str]) -> dict[str, int]:
    """Portions by dish; dishes that are not counted are left out."""
    return {row.dish_id: row.portions for row in _PORTIONS_LEFT.of_keys(connection, dish_ids)}


def stock_states(connection: Connection, dish_ids: Sequence[str]) -> dict[str, StockState]:
    """By dish; those of which there is nothing to say are left out."""
    return {
        row.dish_id: StockState(row.portions if row.is_counted else None, row.sold_out, row.count_id)
        for row in _STATES.of_keys(connection, dish_ids)
    }


def add_movements(
    connection: Connection, movements: Iterable[StockMovement], order_id: UUID | None, now: datetime
) -> set[str]:
    """Returns those of the dishes that are counted: their stock is another now."""
    return add_movements_of_many(connection, [(order_id, movement) for movement in movements], now)


def add_movements_of_many(
    connection: Connection, made: Sequence[tuple[UUID | None, StockMovement]], now: datetime
) -> set[str]:
    """The same, each with the order that caused it."""
    if not made:
        return set()
    counts = _count_numbers(connection, sorted({movement.dish_id for _, movement in made}))
    rows = [(m.dish_id, counts.get(m.dish_id, 0), m.portions, m.reason, order_id, now) for order_id, m in made]
    _ADD_MOVEMENTS(connection, rows)
    return set(counts)


def replace_counts(connection: Connection, portions: Mapping[DishId, int], now: datetime) -> set[str]:
    """Count these dishes anew and no others; none is said to be sold out any more. Returns every dish whose stock may
    be another now."""
    known = {row.dish_id: row for row in connection.execute(select(stock_item))}
    dish_ids = sorted({*portions, *(dish_id for dish_id, row in known.items() if row.is_counted or row.sold_out)})
    count_id = uuid7(int(now.timestamp() * 1000))
    items = [
        {
            "dish_id": dish_id,
            "is_counted": dish_id in portions,
            "count_number": (known[dish_id].count_number if dish_id in known else 0) + 1,
            "sold_out": False,
            "count_id": count_id if dish_id in portions else None,
        }
        for dish_id in dish_ids
    ]
    _PUT_ITEMS.run(connection, *items)
    counted = (StockMovement(dish_id, left, "count") for dish_id, left in portions.items())
    add_movements(connection, counted, None, now)
    numbers = {item["dish_id"]: item["count_number"] for item in items}
    counts = [
        {"dish_id": d, "count_number": numbers[d], "count_id": count_id, "terminal_id": None, "told": n, "booked": n}
        for d, n in portions.items()
    ]
    if counts:
        connection.execute(insert(stock_count), counts)
    return set(dish_ids)


def _count_numbers(connection: Connection, dish_ids: Sequence[str]) -> dict[str, int]:
    """Of the dishes that are counted."""
    return {row.dish_id: row.count_number for row in _COUNTED.of_keys(connection, dish_ids)}
