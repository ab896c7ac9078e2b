"""Stock as central last told it, and this terminal's own movements."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from kiosk.domain.ids import DishId, OrderId
from kiosk.domain.stock import StockLevels, StockMovement, apply_movements
from kiosk.store.errors import Conflict
from kiosk.store.tables import outbox_state, stock, stock_movements

_LEVELS = select(stock.c.dish_id, stock.c.portions, stock.c.sold_out)
_KNOWN = select(outbox_state.c.known_id).scalar_subquery()
_UNACKNOWLEDGED = (
    select(stock_movements.c.dish_id, func.sum(stock_movements.c.portions).label("portions"))
    .where(or_(stock_movements.c.told_id > _KNOWN, stock_movements.c.told_id.is_(None)))
    .group_by(stock_movements.c.dish_id)
)
_RECORD = insert(stock_movements)
_TOLD = update(stock_movements).where(stock_movements.c.told_id.is_(None)).values(told_id=bindparam("outbox_id"))


class SqlStock:
    """kiosk.services.ports.Stock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
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
        own = (
            StockMovement(DishId(row.dish_id), row.portions, "") for row in self._connection.execute(_UNACKNOWLEDGED)
        )
        return apply_movements(StockLevels(portions, frozenset(sold_out)), own)

    def record(self, movements: tuple[StockMovement, ...], order_id: OrderId) -> None:
        rows = [
            {"order_id": order_id, "dish_id": m.dish_id, "portions": m.portions, "reason": m.reason} for m in movements
        ]
        if rows:
            self._connection.execute(_RECORD, rows)
            self._moved = True

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of the movements with the event written beside them. Raises
        Conflict when there is none: stock that central never hears of would stay short for ever."""
        if not self._moved:
            return
        if outbox_id is None:
            raise Conflict("stock moved without an event for central")
        self._connection.execute(_TOLD, {"outbox_id": outbox_id})
