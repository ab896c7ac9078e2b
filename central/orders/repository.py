"""Orders and their payments as terminals recorded them."""

from __future__ import annotations

from collections.abc import Sequence
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
    insert,
    select,
    update,
)

from central.database import KEYS, UtcDateTime, metadata, select_keys
from central.orders.refund_repository import refunded_minor
from central.terminals.repository import terminal
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import Payment, PaymentState

# ORDER is a word of SQL. `event` is the recorded event as the terminal sent it: the order with its lines, names and
# prices of that moment. `cart` is what was chosen, the same bytes for the same choice.
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
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("cart", LargeBinary, nullable=False),
    Column("event", LargeBinary, nullable=False),
    Index(None, "member_id", "created_at"),
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


_NEWEST_FIRST = (customer_order.c.created_at.desc(), customer_order.c.id.desc())
_ADD_ORDER, _ADD_PAYMENT = insert(customer_order), insert(payment)
_ORDER_ID = select(customer_order.c.id).where(customer_order.c.id == bindparam("id"))
_PAYMENT_ID = select(payment.c.id).where(payment.c.id == bindparam("id"))
_ORDER_LOCKED = select(customer_order).where(customer_order.c.id == bindparam("id")).with_for_update()
_SET_ORDER_STATE = update(customer_order).where(customer_order.c.id == bindparam("of_order"))
_SET_PAYMENT_STATE = update(payment).where(payment.c.id == bindparam("of_payment"))
_PAYMENT_STATES = select(payment.c.id, payment.c.state).where(payment.c.order_id == bindparam("order_id"))
_SHOWN = select(
    customer_order,
    terminal.c.letter.label("terminal_letter"),
    refunded_minor(customer_order.c.id).label("refunded_minor"),
).join(terminal)
_WHO_ORDERED = select(customer_order.c.member_id).where(customer_order.c.member_id.in_(KEYS)).distinct()
_CARTS = (
    select(customer_order.c.cart)
    .where(customer_order.c.member_id == bindparam("member_id"))
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("limit", type_=Integer))
)

_WHERE_AND_HOW_MUCH = (
    select(customer_order.c.terminal_id, customer_order.c.total_minor)
    .where(customer_order.c.member_id == bindparam("member_id"))
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("limit", type_=Integer))
)


def order_exists(connection: Connection, order_id: UUID) -> bool:
    return connection.execute(_ORDER_ID, {"id": order_id}).first() is not None


def payment_exists(connection: Connection, payment_id: UUID) -> bool:
    return connection.execute(_PAYMENT_ID, {"id": payment_id}).first() is not None


def add_order(connection: Connection, order: Order, row: dict[str, Any]) -> None:
    """`row` adds what the order itself does not say: terminal_id, incarnation, received_at, cart, event."""
    values = {
        "id": order.id,
        "number": order.number,
        "member_id": order.member_id,
        "state": order.state.value,
        "dining_mode": order.dining_mode.value,
        "total_minor": order.total.minor,
        "menu_version": order.menu_version,
        "created_at": order.created_at,
    }
    connection.execute(_ADD_ORDER, values | row)


def add_payment(connection: Connection, made: Payment) -> None:
    values = {
        "id": made.id,
        "order_id": made.order_id,
        "method": made.method.value,
        "state": made.state.value,
        "amount_minor": made.amount.minor,
    }
    connection.execute(_ADD_PAYMENT, values)


def lock_order(connection: Connection, order_id: UUID) -> Row[Any] | None:
    """The order, held until the transaction ends: nobody else refunds it or takes the cash for it meanwhile."""
    return connection.execute(_ORDER_LOCKED, {"id": order_id}).one_or_none()


def payment_states(connection: Connection, order_id: UUID) -> dict[UUID, str]:
    """By payment id."""
    return {row.id: row.state for row in connection.execute(_PAYMENT_STATES, {"order_id": order_id})}


def set_order_state(connection: Connection, order_id: UUID, state: OrderState) -> None:
    connection.execute(_SET_ORDER_STATE, {"of_order": order_id, "state": state.value})


def set_payment_state(connection: Connection, payment_id: UUID, state: PaymentState) -> None:
    connection.execute(_SET_PAYMENT_STATE, {"of_payment": payment_id, "state": state.value})


def newest_orders(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Newest first, each with `terminal_letter` and `refunded_minor`."""
    return connection.execute(_SHOWN.order_by(*_NEWEST_FIRST).limit(limit)).all()


def find_order(connection: Connection, order_id: UUID) -> Row[Any] | None:
    """The order with `terminal_letter` and `refunded_minor`."""
    return connection.execute(_SHOWN.where(customer_order.c.id == order_id)).one_or_none()


def latest_carts(connection: Connection, member_ids: Sequence[str], per_member: int = 10) -> dict[str, Sequence[bytes]]:
    """The carts of each member's last orders, newest first; members without any are left out."""
    who_ordered = [row.member_id for row in select_keys(connection, _WHO_ORDERED, member_ids)]
    return {
        member_id: connection.scalars(_CARTS, {"member_id": member_id, "limit": per_member}).all()
        for member_id in who_ordered
    }


def latest_orders(
    connection: Connection, member_ids: Sequence[str], per_member: int
) -> dict[str, list[tuple[str, int]]]:
    """Each member's last orders, newest first, as (terminal id, total in minor units); members without any are left
    out."""
    who_ordered = [row.member_id for row in select_keys(connection, _WHO_ORDERED, member_ids)]
    return {
        member_id: [
            (row.terminal_id, row.total_minor)
            for row in connection.execute(_WHERE_AND_HOW_MUCH, {"member_id": member_id, "limit": per_member})
        ]
        for member_id in who_ordered
    }
