"""Orders taken at this terminal, and the counters their numbers come from."""

from __future__ import annotations

from datetime import UTC, date

import msgspec
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.ids import OrderId
from kiosk.domain.order import Order, order_number
from kiosk.store.errors import Conflict, NotEnrolled
from kiosk.store.tables import identity, order_counters, orders

_NEXT_COUNTER = (
    insert(order_counters)
    .values(business_day=bindparam("day"), last=1)
    .on_conflict_do_update(index_elements=["business_day"], set_={"last": order_counters.c.last + 1})
    .returning(order_counters.c.last)
)
_LETTER = select(identity.c.letter)
_ADD = insert(orders)
_GET = select(orders.c.body).where(orders.c.id == bindparam("order_id"))
_RECENT = select(orders.c.body).order_by(orders.c.position.desc()).limit(bindparam("count"))

_decoder = msgspec.json.Decoder(Order)


class SqlOrders:
    """kiosk.services.ports.Orders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._day_of_number: dict[str, date] = {}

    def next_number(self, business_day: date) -> str:
        """The terminal's letter and the day's next counter. Raises NotEnrolled."""
        letter = self._connection.execute(_LETTER).scalar()
        if letter is None:
            raise NotEnrolled
        number = order_number(letter, self._connection.execute(_NEXT_COUNTER, {"day": business_day}).scalar_one())
        self._day_of_number[number] = business_day
        return number

    def add(self, order: Order) -> None:
        """Raises Conflict unless `next_number` gave the order's number in this same transaction."""
        if order.number not in self._day_of_number:
            raise Conflict("the order's number was not given in this transaction")
        row = {
            "id": order.id,
            "number": order.number,
            "business_day": self._day_of_number.pop(order.number),
            "state": order.state,
            "total_minor": order.total.minor,
            "currency": order.total.currency,
            "member_id": order.member_id,
            "created_at": order.created_at.astimezone(UTC).isoformat(),
            "body": msgspec.json.encode(order),
        }
        self._connection.execute(_ADD, row)

    def get(self, order_id: OrderId) -> Order | None:
        body = self._connection.execute(_GET, {"order_id": order_id}).scalar()
        return None if body is None else _decoder.decode(body)

    def recent(self, limit: int) -> tuple[Order, ...]:
        bodies = self._connection.execute(_RECENT, {"count": limit}).scalars()
        return tuple(_decoder.decode(body) for body in bodies)
