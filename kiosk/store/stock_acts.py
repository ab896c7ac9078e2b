"""What staff did with stock here, and what that says of dishes until central's feed has it."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.ids import StockActId
from kiosk.domain.stock_act import StockAct, StockActLine
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict
from kiosk.store.part import Finishing
from kiosk.store.tables.orders import stock_movements
from kiosk.store.tables.outbox import outbox_state
from kiosk.store.tables.stock_acts import stock_acts, stock_marks

# An act is found again by its id, and undone while it is the last one: months of them are more than enough.
KEPT_ACTS = 10_000

_ADD = plain_insert(stock_acts)
_GET = select(stock_acts.c.body).where(stock_acts.c.id == bindparam("act_id"))
_NEWEST = select(stock_acts.c.body).order_by(stock_acts.c.position.desc()).limit(1)
_PRUNE = delete(stock_acts).where(stock_acts.c.position <= bindparam("up_to"))
_new = insert(stock_marks)
_MARK = _new.on_conflict_do_update(
    index_elements=["dish_id"],
    set_={
        # What an earlier act said stays, where this one is silent.
        "sold_out": func.coalesce(_new.excluded.sold_out, stock_marks.c.sold_out),
        "is_counted": func.coalesce(_new.excluded.is_counted, stock_marks.c.is_counted),
        "counted_after": func.coalesce(_new.excluded.counted_after, stock_marks.c.counted_after),
        "told_id": None,
    },
)
_TELL = update(stock_marks).where(stock_marks.c.told_id.is_(None)).values(told_id=bindparam("told"))
_DROP_HEARD = delete(stock_marks).where(stock_marks.c.told_id <= select(outbox_state.c.booked_id).scalar_subquery())
_NEWEST_MOVEMENT = select(func.coalesce(func.max(stock_movements.c.id), 0))

_decoder = msgspec.json.Decoder(StockAct)


class SqlStockActs(Finishing):
    """kiosk.services.ports.StockActLog."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._added = False

    def add(self, act: StockAct) -> None:
        """Raises Conflict, at the end of the transaction, when it stands already."""
        self._added = True
        row = {"id": act.id, "body": msgspec.json.encode(act)}
        position = self._connection.execute(_ADD, row).lastrowid
        self._connection.execute(_PRUNE, {"up_to": position - KEPT_ACTS})
        self._connection.execute(_DROP_HEARD)
        for line in act.lines:
            self._mark(line, is_undo=act.undoes is not None)

    def _mark(self, line: StockActLine, *, is_undo: bool) -> None:
        first_count = line.counted is not None and line.known is None
        if line.sold_out is None and not first_count:
            return
        counted_after = self._connection.execute(_NEWEST_MOVEMENT).scalar_one() if first_count else None
        row = {
            "dish_id": line.dish_id,
            "sold_out": line.sold_out,
            "is_counted": not is_undo if first_count else None,
            "counted_after": counted_after,
            "told_id": None,
        }
        self._connection.execute(_MARK, row)

    def get(self, act_id: StockActId) -> StockAct | None:
        body = self._connection.execute(_GET, {"act_id": act_id}).scalar()
        return None if body is None else _decoder.decode(body)

    def newest(self) -> StockAct | None:
        body = self._connection.execute(_NEWEST).scalar()
        return None if body is None else _decoder.decode(body)

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of the acts with the event written beside them. Raises Conflict when
        there is none."""
        if self._added and outbox_id is None:
            raise Conflict("staff acted without an event for central")
        if self._added:
            self._connection.execute(_TELL, {"told": outbox_id})
