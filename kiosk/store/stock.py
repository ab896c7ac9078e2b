"""Stock as central last told it, and what this terminal has done with it since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, insert, not_, or_, select

from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.stock import StockLevels, StockMovement, apply_movements
from kiosk.domain.stock_act import StockActKind
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict
from kiosk.store.part import Finishing
from kiosk.store.tables.feed import stock
from kiosk.store.tables.orders import stock_movements
from kiosk.store.tables.outbox import outbox_state
from kiosk.store.tables.stock_acts import stock_marks

_STATE = select(outbox_state.c.booked_id, select(func.max(stock_movements.c.id)).scalar_subquery().label("newest_id"))
_LEVELS = select(stock.c.dish_id, stock.c.portions, stock.c.sold_out)
_LEVEL = _LEVELS.where(stock.c.dish_id == bindparam("of_dish"))
_IS_BY_STAFF = or_(*(stock_movements.c.reason == str(kind) for kind in StockActKind))
_IS_BROUGHT = and_(stock_movements.c.reason == str(StockActKind.RESTOCK), stock_movements.c.portions > 0)
_BY_STAFF = case((and_(_IS_BY_STAFF, not_(_IS_BROUGHT)), stock_movements.c.portions), else_=0)
_MOVED = select(
    stock_movements.c.dish_id,
    func.sum(stock_movements.c.portions).label("portions"),
    func.sum(_BY_STAFF).label("by_staff"),
).group_by(stock_movements.c.dish_id)
_UNBOOKED = _MOVED.where(or_(stock_movements.c.told_id > bindparam("booked_id"), stock_movements.c.told_id.is_(None)))
_SINCE = _MOVED.where(stock_movements.c.id > bindparam("newest_id"))
_OF_DISH_SINCE = select(func.coalesce(func.sum(stock_movements.c.portions), 0)).where(
    stock_movements.c.dish_id == bindparam("of_dish"), stock_movements.c.id > bindparam("newest_id")
)
# Read for every sale: there are few, and none most of the day.
_MARKS = select(
    stock_marks.c.dish_id, stock_marks.c.sold_out, stock_marks.c.is_counted, stock_marks.c.counted_after
).where(
    or_(stock_marks.c.told_id > select(outbox_state.c.booked_id).scalar_subquery(), stock_marks.c.told_id.is_(None))
)
_COUNTS = select(stock.c.dish_id, stock.c.count_id).where(stock.c.count_id.is_not(None))
_RECORD = insert(stock_movements)


class StockCache:
    """The sums of this terminal's own movements that central's feed does not have (told after `booked_id`), up to the
    movement `newest_id`: a terminal that has sold for days without a network does not add them all up for each sale.
    `by_staff`: what of it staff's acts have moved, but for what they brought, which is in hand. Used under the store's
    lock."""

    def __init__(self) -> None:
        self.booked_id: int | None = None
        self.newest_id = 0
        self.own: dict[DishId, int] = {}
        self.by_staff: dict[DishId, int] = {}


class SqlStock(Finishing):
    """kiosk.services.ports.Stock. What moves is written at the transaction's end, with the event that tells of it."""

    def __init__(self, connection: Connection, cache: StockCache) -> None:
        self._connection = connection
        self._cache = cache
        self._moved: list[tuple[UUID, StockMovement]] = []

    def levels(self) -> StockLevels:
        return self._marked(self._levels(self._connection.execute(_LEVELS)), None)

    def levels_of(self, dish_ids: Iterable[DishId]) -> StockLevels:
        among = tuple(dish_ids)
        told = (row for dish_id in among for row in self._connection.execute(_LEVEL, {"of_dish": dish_id}))
        return self._marked(self._levels(told), among)

    def newest_counts(self) -> dict[DishId, StockActId]:
        counts = {DishId(row.dish_id): StockActId(row.count_id) for row in self._connection.execute(_COUNTS)}
        for mark in self._connection.execute(_MARKS).all():
            if mark.is_counted is not None:
                counts.pop(DishId(mark.dish_id), None)
        return counts

    def _marked(self, levels: StockLevels, among: tuple[DishId, ...] | None) -> StockLevels:
        """With what acts said here of dishes (None: of all) that central's feed does not have yet."""
        marks = [row for row in self._connection.execute(_MARKS).all() if among is None or row.dish_id in among]
        if not marks:
            return levels
        portions, sold_out = dict(levels.portions), set(levels.sold_out)
        for mark in marks:
            dish_id = DishId(mark.dish_id)
            if mark.sold_out is not None:
                (sold_out.add if mark.sold_out else sold_out.discard)(dish_id)
            if mark.is_counted:
                portions[dish_id] = self._moved_since(dish_id, mark.counted_after)
            elif mark.is_counted is not None:
                portions.pop(dish_id, None)
        return StockLevels(portions, frozenset(sold_out))

    def _moved_since(self, dish_id: DishId, movement_id: int) -> int:
        """This transaction's own included."""
        parameters = {"of_dish": dish_id, "newest_id": movement_id}
        moved: int = self._connection.execute(_OF_DISH_SINCE, parameters).scalar_one()
        return moved + sum(movement.portions for _, movement in self._moved if movement.dish_id == dish_id)

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
        own = self._own_unbooked()
        movements = (StockMovement(dish_id, own.get(dish_id, 0), "") for dish_id in portions)
        return apply_movements(StockLevels(portions, frozenset(sold_out)), movements)

    def _own_unbooked(self) -> dict[DishId, int]:
        """What this transaction itself has moved may yet be undone: the cache does not hear of it."""
        self._refresh()
        if not self._moved:
            return self._cache.own
        own = dict(self._cache.own)
        for _, movement in self._moved:
            own[movement.dish_id] = own.get(movement.dish_id, 0) + movement.portions
        return own

    def moved_by_staff(self, dish_id: DishId) -> int:
        """Portions that staff's acts here have moved, in transactions before this one, and central's feed does not
        have; but for what they brought."""
        self._refresh()
        return self._cache.by_staff.get(dish_id, 0)

    def _refresh(self) -> None:
        state, cache = self._connection.execute(_STATE).one(), self._cache
        newest_id = state.newest_id or 0
        if cache.booked_id != state.booked_id or newest_id < cache.newest_id:
            rows = self._connection.execute(_UNBOOKED, {"booked_id": state.booked_id}).all()
            cache.own = {DishId(row.dish_id): row.portions for row in rows}
            cache.by_staff = {DishId(row.dish_id): row.by_staff for row in rows}
        elif newest_id != cache.newest_id:
            for row in self._connection.execute(_SINCE, {"newest_id": cache.newest_id}):
                dish_id = DishId(row.dish_id)
                cache.own[dish_id] = cache.own.get(dish_id, 0) + row.portions
                cache.by_staff[dish_id] = cache.by_staff.get(dish_id, 0) + row.by_staff
        cache.booked_id, cache.newest_id = state.booked_id, newest_id

    def record(self, movements: tuple[StockMovement, ...], order_id: UUID) -> None:
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
