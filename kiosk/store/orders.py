"""Orders taken at this terminal, and the counters their numbers come from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.ids import MemberId, OrderId, first_uuid7
from kiosk.domain.order import Order, order_number
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict, NotEnrolled
from kiosk.store.tables.identity import identity, incarnations
from kiosk.store.tables.orders import AWAITING_PAYMENT, order_counters, orders
from kiosk.store.tables.payments import payments

_NEXT_COUNTER = (
    insert(order_counters)
    .values(business_day=bindparam("day"), last=1)
    .on_conflict_do_update(index_elements=["business_day"], set_={"last": order_counters.c.last + 1})
    .returning(order_counters.c.last)
)
_LAST_COUNTER = select(order_counters.c.last).where(order_counters.c.business_day == bindparam("day"))
_SET_COUNTER = (
    insert(order_counters)
    .values(business_day=bindparam("day"), last=bindparam("counter"))
    .on_conflict_do_update(index_elements=["business_day"], set_={"last": bindparam("counter")})
)
_GAP = 1000  # more than a terminal sells in a day
_WHO = select(identity.c.letter, identity.c.incarnation)
_ADD = insert(orders)
_GET = select(orders.c.body).where(orders.c.id == bindparam("order_id"))
_UPDATE = update(orders).where(orders.c.id == bindparam("order_id"))
# Not on a copy from a backup, which does not know what was refunded since: it forgets which incarnation it was.
_BELONGS_HERE = (
    select(orders.c.id)
    .join(identity, identity.c.incarnation == orders.c.incarnation)
    .join(incarnations, incarnations.c.number == orders.c.incarnation)
    .where(orders.c.id == bindparam("order_id"))
)
_RECENT = select(orders.c.body).order_by(orders.c.position.desc()).limit(bindparam("count"))
_anchor = orders.alias("anchor")
_BEFORE = (
    select(orders.c.body)
    .where(orders.c.position < select(_anchor.c.position).where(_anchor.c.id == bindparam("before")).scalar_subquery())
    .order_by(orders.c.position.desc())
    .limit(bindparam("count"))
)
# Ids begin with the moment at which they were made (UUIDv7).
_LAST_BEFORE = select(orders.c.id).where(orders.c.id < bindparam("first_id")).order_by(orders.c.id.desc()).limit(1)
_BETWEEN = select(orders.c.id).where(orders.c.id >= bindparam("first_id"), orders.c.id < bindparam("end_id"))
_DAYS_OF_NUMBERS = 60
_DAYS = (
    select(order_counters.c.business_day).order_by(order_counters.c.business_day.desc()).limit(_DAYS_OF_NUMBERS)
).subquery()
_NUMBERED = (
    select(orders.c.body)
    .select_from(_DAYS.join(orders, orders.c.business_day == _DAYS.c.business_day))
    .where(orders.c.number == bindparam("called"))
    .order_by(_DAYS.c.business_day.desc())
    .limit(bindparam("count"))
)
_PAID_BY = (
    select(orders.c.body)
    .select_from(payments.join(orders, orders.c.id == payments.c.order_id))
    .where(payments.c.member_id == bindparam("of_member"), payments.c.told_id.is_not(None))
    .order_by(payments.c.told_id.desc())
    .limit(bindparam("count"))
)
# Among the newest alone: there is no index by member, as every sale would have to keep it.
_LOOKED_THROUGH = 2000
_NEWEST = (
    select(orders.c.position, orders.c.member_id, orders.c.body)
    .order_by(orders.c.position.desc())
    .limit(_LOOKED_THROUGH)
    .subquery()
)
_OF_MEMBER = (
    select(_NEWEST.c.body)
    .where(_NEWEST.c.member_id == bindparam("of_member"))
    .order_by(_NEWEST.c.position.desc())
    .limit(bindparam("count"))
)

_AWAITING = (
    select(orders.c.body)
    .join(identity, identity.c.incarnation == orders.c.incarnation)
    .join(incarnations, incarnations.c.number == orders.c.incarnation)
    .where(AWAITING_PAYMENT)
    .order_by(orders.c.position.desc())
    .limit(bindparam("count"))
)

_decoder = msgspec.json.Decoder(Order)


class SqlOrders:
    """kiosk.services.ports.Orders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._day_of_number: dict[str, date] = {}
        self._incarnation: int | None = None

    def next_number(self, business_day: date) -> str:
        """The terminal's letter and the day's next counter. Raises NotEnrolled."""
        who = self._connection.execute(_WHO).first()
        if who is None:
            raise NotEnrolled
        self._incarnation = who.incarnation
        number = order_number(who.letter, self._connection.execute(_NEXT_COUNTER, {"day": business_day}).scalar_one())
        self._day_of_number[number] = business_day
        return number

    def leave_gap(self, business_day: date, gaps: int = 1) -> None:
        """That day's numbers go on behind the next full thousand, and behind `gaps` thousands at least: another disk
        of this terminal may have given out those before."""
        last = self._connection.execute(_LAST_COUNTER, {"day": business_day}).scalar() or 0
        counter = max(last // _GAP + 1, gaps) * _GAP
        self._connection.execute(_SET_COUNTER, {"day": business_day, "counter": counter})

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
            "incarnation": self._incarnation,
        }
        self._connection.execute(_ADD, row)

    def update(self, order: Order) -> None:
        """Raises Conflict for an order that was never added, OrderError for a step its stored state forbids."""
        stored = self.get(order.id)
        if stored is None:
            raise Conflict("no such order to update")
        stored.to(order.state)
        row = {"order_id": order.id, "state": order.state, "body": msgspec.json.encode(order)}
        self._connection.execute(_UPDATE, row)

    def belongs_here(self, order_id: OrderId) -> bool:
        """Whether this disk, in its present incarnation, sold it."""
        return self._connection.execute(_BELONGS_HERE, {"order_id": order_id}).first() is not None

    def get(self, order_id: OrderId) -> Order | None:
        body = self._connection.execute(_GET, {"order_id": order_id}).scalar()
        return None if body is None else _decoder.decode(body)

    def recent(self, limit: int, before: OrderId | None = None) -> tuple[Order, ...]:
        if before is None:
            return _decoded(self._connection.execute(_RECENT, {"count": limit}).scalars())
        return _decoded(self._connection.execute(_BEFORE, {"before": before, "count": limit}).scalars())

    def last_before(self, moment: datetime) -> OrderId | None:
        """The newest of those taken before it, by the clock of then."""
        first_id = first_uuid7(int(moment.timestamp() * 1000))
        found: UUID | None = self._connection.execute(_LAST_BEFORE, {"first_id": first_id}).scalar()
        return None if found is None else OrderId(found)

    def ids_between(self, first: OrderId, end: OrderId) -> tuple[OrderId, ...]:
        """Of a day, as ids begin with the moment at which they were made."""
        return tuple(map(OrderId, self._connection.execute(_BETWEEN, {"first_id": first, "end_id": end}).scalars()))

    def numbered(self, number: str, limit: int) -> tuple[Order, ...]:
        """Of the last 60 days on which orders were taken, the newest day first."""
        return _decoded(self._connection.execute(_NUMBERED, {"called": number, "count": limit}).scalars())

    def paid_by(self, member_id: MemberId, limit: int) -> tuple[Order, ...]:
        """Whose payment was begun by that member, newest first; an order once for each payment."""
        return _decoded(self._connection.execute(_PAID_BY, {"of_member": member_id, "count": limit}).scalars())

    def awaiting_payment(self, limit: int) -> tuple[Order, ...]:
        """Taken by this disk in its present incarnation and waiting for the counter, newest first."""
        return _decoded(self._connection.execute(_AWAITING, {"count": limit}).scalars())

    def of_member(self, member_id: MemberId, limit: int) -> tuple[Order, ...]:
        """Of the newest 2,000 that were taken here."""
        return _decoded(self._connection.execute(_OF_MEMBER, {"of_member": member_id, "count": limit}).scalars())


def _decoded(bodies: Iterable[bytes]) -> tuple[Order, ...]:
    return tuple(_decoder.decode(body) for body in bodies)
