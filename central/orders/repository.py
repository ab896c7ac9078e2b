"""Orders and their payments as terminals recorded them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    literal,
    select,
    text,
    update,
)

from central.bulk import BulkInsert
from central.database import UtcDateTime, metadata
from central.members.repository import member
from central.orders.collection_repository import collection
from central.orders.refund_repository import refunded_minor
from central.statements import Statement, by_keys
from central.terminals.repository import terminal
from kiosk.domain.order import OrderState
from kiosk.domain.payment import Payment, PaymentState

# ORDER is a word of SQL. `event` is the recorded event as the terminal sent it: the order with its lines, names and
# prices of that moment. `recipe_book`: by which its ingredients were taken; NULL: none were. `created_at`: when it says
# that it was made, at the latest when it came. `cart` is what was chosen, the same bytes for the same choice.
customer_order = Table(
    "customer_order",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String(12), nullable=False),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("member_id", ForeignKey("member.id")),
    Column("state", String(20), nullable=False),
    Column("dining_mode", String(20), nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("menu_version", Integer, nullable=False),
    Column("recipe_book", Integer),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("cart", LargeBinary, nullable=False),
    Column("event", LargeBinary, nullable=False),
    Index(None, "member_id", "created_at"),
)
_AWAITING = text("state = 'awaiting_payment'")
# Found by the counters: few of all orders.
Index(
    "ix_customer_order_awaiting_payment",
    customer_order.c.created_at,
    sqlite_where=_AWAITING,
    postgresql_where=_AWAITING,
)

payment = Table(
    "payment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", ForeignKey("customer_order.id"), nullable=False, unique=True),
    Column("method", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
)


_LONG_AGO = literal(datetime(1, 1, 2, tzinfo=UTC), UtcDateTime)
_NEWEST_FIRST = (customer_order.c.created_at.desc(), customer_order.c.id.desc())
_ORDER_COLUMNS = tuple(column.name for column in customer_order.c)
_ADD_ORDERS = BulkInsert(customer_order, *_ORDER_COLUMNS)
_ADD_PAYMENTS = BulkInsert(payment, "id", "order_id", "method", "state", "amount_minor")
_ORDER_ID = Statement(select(customer_order.c.id).where(customer_order.c.id == bindparam("id")))
_PAYMENT_ID = Statement(select(payment.c.id).where(payment.c.id == bindparam("id")))
_ORDER_IDS = by_keys(lambda among: select(customer_order.c.id).where(among(customer_order.c.id)))
_PAYMENT_IDS = by_keys(lambda among: select(payment.c.id).where(among(payment.c.id)))
_ORDER_LOCKED = Statement(select(customer_order).where(customer_order.c.id == bindparam("id")).with_for_update())
_SOLD_BY = by_keys(
    lambda among: (
        select(payment.c.id, payment.c.order_id, customer_order.c.terminal_id)
        .join(customer_order, customer_order.c.id == payment.c.order_id)
        .where(among(payment.c.id))
    )
)
_COLLECTED_BEFORE = by_keys(
    lambda among: (
        select(payment.c.id)
        .join(customer_order, customer_order.c.id == payment.c.order_id)
        .join(collection, collection.c.order_id == customer_order.c.id)
        .where(
            among(payment.c.id),
            customer_order.c.received_at < bindparam("moment", type_=UtcDateTime),
            collection.c.booked_at < bindparam("moment", type_=UtcDateTime),
        )
        .distinct()
    )
)
_NUMBERS = by_keys(lambda among: select(customer_order.c.id, customer_order.c.number).where(among(customer_order.c.id)))
_SET_ORDER_STATE = Statement(update(customer_order).where(customer_order.c.id == bindparam("of_order")))
_SET_PAYMENT_STATE = Statement(update(payment).where(payment.c.id == bindparam("of_payment")))
_PAYMENT_STATES = Statement(select(payment.c.id, payment.c.state).where(payment.c.order_id == bindparam("order_id")))
_DUE = select(customer_order).where(_AWAITING).order_by(*_NEWEST_FIRST).limit(bindparam("limit", type_=Integer))
_DUE_BY_ID = Statement(_DUE.where(customer_order.c.id == bindparam("id")))
_DUE_BY_NUMBER = Statement(_DUE.where(customer_order.c.number == bindparam("number")))
_DUE_OF_MEMBER = Statement(_DUE.where(customer_order.c.member_id == bindparam("member_id")))
_SHOWN = select(
    customer_order,
    terminal.c.letter.label("terminal_letter"),
    refunded_minor(customer_order.c.id).label("refunded_minor"),
).join(terminal)
_WHO_ORDERED = by_keys(
    lambda among: select(customer_order.c.member_id).where(among(customer_order.c.member_id)).distinct()
)
# The moment of each member's so-many-th newest order: no order before it is among the newest. None: there are fewer.
_other = customer_order.alias()
_SINCE = (
    select(_other.c.created_at)
    .where(_other.c.member_id == member.c.id)
    .order_by(_other.c.created_at.desc())
    .limit(1)
    .offset(bindparam("skipped", type_=Integer))
    .correlate(member)
    .scalar_subquery()
)
_CARTS = by_keys(
    lambda among: (
        select(customer_order.c.member_id, customer_order.c.cart)
        .join(member, member.c.id == customer_order.c.member_id)
        .where(among(member.c.id), customer_order.c.created_at >= func.coalesce(_SINCE, _LONG_AGO))
        .order_by(*_NEWEST_FIRST)
    )
)

_WHERE_AND_HOW_MUCH = Statement(
    select(customer_order.c.terminal_id, customer_order.c.total_minor)
    .where(customer_order.c.member_id == bindparam("member_id"))
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("limit", type_=Integer))
)


def order_exists(connection: Connection, order_id: UUID) -> bool:
    return _ORDER_ID.one_or_none(connection, {"id": order_id}) is not None


def payment_exists(connection: Connection, payment_id: UUID) -> bool:
    return _PAYMENT_ID.one_or_none(connection, {"id": payment_id}) is not None


def known_orders(connection: Connection, order_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that stand already."""
    return {row.id for row in _ORDER_IDS.of_keys(connection, order_ids)}


def numbers_of(connection: Connection, order_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The numbers of those that are known, by their ids."""
    return {row.id: row.number for row in _NUMBERS.of_keys(connection, order_ids)} if order_ids else {}


def known_payments(connection: Connection, payment_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that stand already."""
    return {row.id for row in _PAYMENT_IDS.of_keys(connection, payment_ids)}


def add_order(connection: Connection, row: dict[str, Any]) -> None:
    """A whole row of `customer_order`."""
    add_orders(connection, [row])


def add_orders(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    _ADD_ORDERS(connection, [tuple(row[name] for name in _ORDER_COLUMNS) for row in rows])


def add_payment(connection: Connection, made: Payment) -> None:
    add_payments(connection, [made])


def add_payments(connection: Connection, made: Iterable[Payment]) -> None:
    rows = [(p.id, p.order_id, p.method.value, p.state.value, p.amount.minor) for p in made]
    _ADD_PAYMENTS(connection, rows)


def lock_order(connection: Connection, order_id: UUID) -> Row[Any] | None:
    """The order, held until the transaction ends: nobody else refunds it or takes the cash for it meanwhile."""
    return _ORDER_LOCKED.one_or_none(connection, {"id": order_id})


def sold_by(connection: Connection, payment_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Rows of (payment) id, order_id and terminal_id."""
    return _SOLD_BY.of_keys(connection, payment_ids)


def collected_before(connection: Connection, payment_ids: Sequence[UUID], moment: datetime) -> list[UUID]:
    """Those of them whose order had come, and had been collected, before that moment."""
    return [row.id for row in _COLLECTED_BEFORE.of_keys(connection, payment_ids, {"moment": moment})]


def payment_states(connection: Connection, order_id: UUID) -> dict[UUID, str]:
    """By payment id."""
    return {row.id: row.state for row in _PAYMENT_STATES.rows(connection, {"order_id": order_id})}


def awaiting_by_id(connection: Connection, order_id: UUID) -> Sequence[Row[Any]]:
    """That order, if it waits for the counter."""
    return _DUE_BY_ID.rows(connection, {"id": order_id, "limit": 1})


def awaiting_by_number(connection: Connection, number: str, limit: int) -> Sequence[Row[Any]]:
    """Those that wait for the counter under that number, newest first."""
    return _DUE_BY_NUMBER.rows(connection, {"number": number, "limit": limit})


def awaiting_of_member(connection: Connection, member_id: str, limit: int) -> Sequence[Row[Any]]:
    """That member's, newest first."""
    return _DUE_OF_MEMBER.rows(connection, {"member_id": member_id, "limit": limit})


def set_order_state(connection: Connection, order_id: UUID, state: OrderState) -> None:
    _SET_ORDER_STATE.run(connection, {"of_order": order_id, "state": state.value})


def set_payment_state(connection: Connection, payment_id: UUID, state: PaymentState) -> None:
    _SET_PAYMENT_STATE.run(connection, {"of_payment": payment_id, "state": state.value})


def newest_orders(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Newest first, each with `terminal_letter` and `refunded_minor`."""
    return connection.execute(_SHOWN.order_by(*_NEWEST_FIRST).limit(limit)).all()


def find_order(connection: Connection, order_id: UUID) -> Row[Any] | None:
    """The order with `terminal_letter` and `refunded_minor`."""
    return connection.execute(_SHOWN.where(customer_order.c.id == order_id)).one_or_none()


def latest_carts(connection: Connection, member_ids: Sequence[str], per_member: int = 10) -> dict[str, list[bytes]]:
    """The carts of each member's last orders, newest first; members without any are left out."""
    carts: dict[str, list[bytes]] = defaultdict(list)
    for row in _CARTS.of_keys(connection, member_ids, {"skipped": per_member - 1}):
        if len(carts[row.member_id]) < per_member:
            carts[row.member_id].append(row.cart)
    return carts


def latest_orders(
    connection: Connection, member_ids: Sequence[str], per_member: int
) -> dict[str, list[tuple[str, int]]]:
    """Each member's last orders, newest first, as (terminal id, total in minor units); members without any are left
    out."""
    who_ordered = [row.member_id for row in _WHO_ORDERED.of_keys(connection, member_ids)]
    return {
        member_id: [
            (row.terminal_id, row.total_minor)
            for row in _WHERE_AND_HOW_MUCH.rows(connection, {"member_id": member_id, "limit": per_member})
        ]
        for member_id in who_ordered
    }
