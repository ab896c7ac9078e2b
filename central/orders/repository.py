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
    select,
)

from central.database import UtcDateTime, in_batches, insert, metadata
from central.terminals.repository import terminal
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment

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


def order_exists(connection: Connection, order_id: UUID) -> bool:
    statement = select(customer_order.c.id).where(customer_order.c.id == order_id)
    return connection.execute(statement).first() is not None


def payment_exists(connection: Connection, payment_id: UUID) -> bool:
    return connection.execute(select(payment.c.id).where(payment.c.id == payment_id)).first() is not None


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
    connection.execute(insert(connection, customer_order).values(values | row))


def add_payment(connection: Connection, made: Payment) -> None:
    values = {
        "id": made.id,
        "order_id": made.order_id,
        "method": made.method.value,
        "state": made.state.value,
        "amount_minor": made.amount.minor,
    }
    connection.execute(insert(connection, payment).values(values))


def newest_orders(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """Newest first, each with `terminal_letter`."""
    statement = select(customer_order, terminal.c.letter.label("terminal_letter")).join(terminal)
    newest_first = statement.order_by(customer_order.c.created_at.desc(), customer_order.c.id.desc())
    return connection.execute(newest_first.limit(limit)).all()


def find_order(connection: Connection, order_id: UUID) -> Row[Any] | None:
    """The order with `terminal_letter`."""
    statement = select(customer_order, terminal.c.letter.label("terminal_letter")).join(terminal)
    return connection.execute(statement.where(customer_order.c.id == order_id)).one_or_none()


def latest_carts(connection: Connection, member_ids: Sequence[str], per_member: int = 10) -> dict[str, Sequence[bytes]]:
    """The carts of each member's last orders, newest first; members without any are left out."""
    found: dict[str, Sequence[bytes]] = {}
    for batch in in_batches(member_ids):
        of_batch = customer_order.c.member_id.in_(batch)
        for member_id in connection.scalars(select(customer_order.c.member_id).where(of_batch).distinct()).all():
            statement = select(customer_order.c.cart).where(customer_order.c.member_id == member_id)
            newest_first = statement.order_by(customer_order.c.created_at.desc(), customer_order.c.id.desc())
            found[member_id] = connection.scalars(newest_first.limit(per_member)).all()
    return found
