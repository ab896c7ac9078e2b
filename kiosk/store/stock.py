"""Stock as central last told it, and this terminal's own movements."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, or_, select, update

from kiosk.domain.ids import DishId, OrderId
from kiosk.domain.stock import StockLevels, StockMovement, apply_movements
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict
from kiosk.store.tables import outbox_state, stock, stock_movements

_STATE = select(outbox_state.c.known_id, select(func.max(stock_movements.c.id)).scalar_subquery().label("newest_id"))
_LEVELS = select(stock.c.dish_id, stock.c.portions, stock.c.sold_out)
_MOVED = select(stock_movements.c.dish_id, func.sum(stock_movements.c.portions).label("portions")).group_by(
    stock_movements.c.dish_id
)
_UNACKNOWLEDGED = _MOVED.where(
    or_(stock_movements.c.told_id > bindparam("known_id"), stock_movements.c.told_id.is_(None))
)
_SINCE = _MOVED.where(stock_movements.c.id > bindparam("newest_id"))
_RECORD = insert(stock_movements)
_TOLD = update(stock_movements).where(stock_movements.c.told_id.is_(None)).values(told_id=bindparam("outbox_id"))


class StockCache:
    """The sums of this terminal's own movements that central has not heard of (after `known_id`), up to the movement
    `newest_id`: a terminal that has sold for days without a network does not add them all up for each sale. Used under
    the store's lock."""

    def __init__(self) -> None:
        self.known_id: int | None = None
        self.newest_id = 0
        self.own: dict[DishId, int] = {}


class SqlStock:
    """kiosk.services.ports.Stock."""

    def __init__(self, connection: Connection, cache: StockCache) -> None:
        self._connection = connection
        self._cache = cache
        self._moved = False

    def levels(self) -> StockLevels:
        portions: dict[DishId, int] = {}
        sold_out: set[DishId] = set()
        for row in self._connection.execute(_LEVELS):
            dish_id = DishId(row.dish_id)
            if row.portions is not None:
                portions[dish_id] = row.portions
            if row.sold_out:
                sold_out.add(dish_id)
        own = (StockMovement(dish_id, moved, "") for dish_id, moved in self._own_unacknowledged().items())
        return apply_movements(StockLevels(portions, frozenset(sold_out)), own)

    def _own_unacknowledged(self) -> dict[DishId, int]:
        """What this transaction itself has moved may yet be undone: then the cache is left as it is."""
        state = self._connection.execute(_STATE).one()
        cache = StockCache() if self._moved else self._cache
        newest_id = state.newest_id or 0
        if cache.known_id != state.known_id or newest_id < cache.newest_id:
            rows = self._connection.execute(_UNACKNOWLEDGED, {"known_id": state.known_id})
            cache.own = {DishId(row.dish_id): row.portions for row in rows}
        elif newest_id != cache.newest_id:
            for row in self._connection.execute(_SINCE, {"newest_id": cache.newest_id}):
                cache.own[DishId(row.dish_id)] = cache.own.get(DishId(row.dish_id), 0) + row.portions
        cache.known_id, cache.newest_id = state.known_id, newest_id
        return cache.own

    def record(self, movements: tuple[StockMovement, ...], order_id: OrderId) -> None:
        rows = [
            {"order_id": order_id, "dish_id": m.dish_id, "portions": m.portions, "reason": m.reason} for m in movements
        ]
        if rows:
            self._connection.execute_many(_RECORD, rows)
            self._moved = True

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of the movements with the event written beside them. Raises
        Conflict when there is none: stock that central never hears of would stay short for ever."""
        if not self._moved:
            return
        if outbox_id is None:
            raise Conflict("stock moved without an event for central")
        self._connection.execute(_TOLD, {"outbox_id": outbox_id})
