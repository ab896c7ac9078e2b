"""Stock as central last told it, and this terminal's own movements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select

from kiosk.domain.ids import DishId, OrderId
from kiosk.domain.stock import StockLevels, StockMovement, apply_movements
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict
from kiosk.store.tables.feed import stock
from kiosk.store.tables.orders import stock_movements
from kiosk.store.tables.outbox import outbox_state

_STATE = select(outbox_state.c.known_id, select(func.max(stock_movements.c.id)).scalar_subquery().label("newest_id"))
_LEVELS = select(stock.c.dish_id, stock.c.portions, stock.c.sold_out)
_LEVEL = _LEVELS.where(stock.c.dish_id == bindparam("of_dish"))
_MOVED = select(stock_movements.c.dish_id, func.sum(stock_movements.c.portions).label("portions")).group_by(
    stock_movements.c.dish_id
)
_UNACKNOWLEDGED = _MOVED.where(
    or_(stock_movements.c.told_id > bindparam("known_id"), stock_movements.c.told_id.is_(None))
)
_SINCE = _MOVED.where(stock_movements.c.id > bindparam("newest_id"))
_RECORD = insert(stock_movements)


class StockCache:
    """The sums of this terminal's own movements that central has not heard of (after `known_id`), up to the movement
    `newest_id`: a terminal that has sold for days without a network does not add them all up for each sale. Used under
    the store's lock."""

    def __init__(self) -> None:
        self.known_id: int | None = None
        self.newest_id = 0
        self.own: dict[DishId, int] = {}


class SqlStock:
    """kiosk.services.ports.Stock. What moves is written at the transaction's end, with the event that tells of it."""

    def __init__(self, connection: Connection, cache: StockCache) -> None:
        self._connection = connection
        self._cache = cache
        self._moved: list[tuple[OrderId, StockMovement]] = []

    def levels(self) -> StockLevels:
        return self._levels(self._connection.execute(_LEVELS))

    def levels_of(self, dish_ids: Iterable[DishId]) -> StockLevels:
        return self._levels(row for d in dish_ids for row in self._connection.execute(_LEVEL, {"of_dish": d}))

    def _levels(self, told: Iterable[Any]) -> StockLevels:
        portions: dict[DishId, int] = {}
        sold_out: set[DishId] = set()
        for row in told:
            dish_id = DishId(row.dish_id)
            if row.portions is not None:
                portions[dish_id] = row.portions
            if row.sold_out:
                sold_out.add(dish_id)
        if not portions:  # nothing of it is counted
            return StockLevels(portions, frozenset(sold_out))
        own = self._own_unacknowledged()
        movements = (StockMovement(dish_id, own.get(dish_id, 0), "") for dish_id in portions)
        return apply_movements(StockLevels(portions, frozenset(sold_out)), movements)

    def _own_unacknowledged(self) -> dict[DishId, int]:
        """What this transaction itself has moved may yet be undone: the cache does not hear of it."""
        self._refresh()
        if not self._moved:
            return self._cache.own
        own = dict(self._cache.own)
        for _, movement in self._moved:
            own[movement.dish_id] = own.get(movement.dish_id, 0) + movement.portions
        return own

    def _refresh(self) -> None:
        state, cache = self._connection.execute(_STATE).one(), self._cache
        newest_id = state.newest_id or 0
        if cache.known_id != state.known_id or newest_id < cache.newest_id:
            rows = self._connection.execute(_UNACKNOWLEDGED, {"known_id": state.known_id})
            cache.own = {DishId(row.dish_id): row.portions for row in rows}
        elif newest_id != cache.newest_id:
            for row in self._connection.execute(_SINCE, {"newest_id": cache.newest_id}):
                cache.own[DishId(row.dish_id)] = cache.own.get(DishId(row.dish_id), 0) + row.portions
        cache.known_id, cache.newest_id = state.known_id, newest_id

    def record(self, movements: tuple[StockMovement, ...], order_id: OrderId) -> None:
        self._moved += ((order_id, movement) for movement in movements)

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of the movements with the event written beside them. Raises
        Conflict when there is none: stock that central never hears of would stay short for ever."""
        if not self._moved:
            return
        if outbox_id is None:
            raise Conflict("stock moved without an event for central")
        rows = [
            {"order_id": o, "dish_id": m.dish_id, "portions": m.portions, "reason": m.reason, "told_id": outbox_id}
            for o, m in self._moved
        ]
        self._connection.execute_many(_RECORD, rows)
