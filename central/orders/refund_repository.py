"""Refunds, and how orders that were due at a counter ended there. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Row,
    ScalarSelect,
    String,
    Table,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    select,
)

from central.database import UtcDateTime, metadata
from central.statements import Statement
from kiosk.domain.cash import CounterPayment
from kiosk.domain.refund import MAX_REASON_CHARS, MAX_STAFF_CHARS, Refund

# `event` is the refund as it was told, or as central itself would have told it: without a terminal. Points that it
# takes back from what the order earned, and those that were spent already and are a loss.
refund = Table(
    "refund",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey("customer_order.id"), nullable=False, index=True),
    Column("terminal_id", ForeignKey("terminal.id")),
    Column("amount_minor", BigInteger, nullable=False),
    Column("points_taken", BigInteger, nullable=False),
    Column("points_lost", BigInteger, nullable=False),
    Column("is_void", Boolean, nullable=False),
    Column("staff", String(MAX_STAFF_CHARS), nullable=False),
    Column("reason", String(MAX_REASON_CHARS), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("event", LargeBinary, nullable=False),
    CheckConstraint("amount_minor >= 0 AND points_taken >= 0 AND points_lost >= 0", "not_negative"),
)

counter_payment = Table(
    "counter_payment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey("customer_order.id"), nullable=False),
    Column("payment_id", Uuid, ForeignKey("payment.id"), nullable=False, unique=True),
    Column("result", String(20), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("staff", String(MAX_STAFF_CHARS), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("event", LargeBinary, nullable=False),
)

_REFUND = Statement(select(refund).where(refund.c.id == bindparam("id")))
_REFUNDS_OF = Statement(
    select(refund).where(refund.c.order_id == bindparam("order_id")).order_by(refund.c.booked_at, refund.c.id)
)
_COUNTER_PAYMENT = Statement(select(counter_payment).where(counter_payment.c.id == bindparam("id")))
_COUNTER_PAYMENT_FOR = Statement(select(counter_payment).where(counter_payment.c.payment_id == bindparam("payment_id")))
_ADD_REFUND, _ADD_COUNTER_PAYMENT = Statement(insert(refund)), Statement(insert(counter_payment))


def refunded_minor(order_id: Column[UUID]) -> ScalarSelect[int]:
    """A column: what was given back of the order with that id."""
    total = select(cast(func.coalesce(func.sum(refund.c.amount_minor), 0), BigInteger))
    return total.where(refund.c.order_id == order_id).scalar_subquery()


def find_refund(connection: Connection, refund_id: UUID) -> Row[Any] | None:
    return _REFUND.one_or_none(connection, {"id": refund_id})


def refunds_of(connection: Connection, order_id: UUID) -> Sequence[Row[Any]]:
    """Oldest first."""
    return _REFUNDS_OF.rows(connection, {"order_id": order_id})


def add_refund(connection: Connection, made: Refund, row: dict[str, Any]) -> None:
    """`row` adds what the refund itself does not say: terminal_id, points_taken, points_lost, booked_at, event."""
    values = {
        "id": made.id,
        "order_id": made.order_id,
        "amount_minor": made.amount.minor,
        "is_void": made.is_void,
        "staff": made.staff,
        "reason": made.reason,
        "made_at": made.made_at,
    }
    _ADD_REFUND.run(connection, values | row)


def find_counter_payment(connection: Connection, counter_payment_id: UUID) -> Row[Any] | None:
    return _COUNTER_PAYMENT.one_or_none(connection, {"id": counter_payment_id})


def counter_payment_for(connection: Connection, payment_id: UUID) -> Row[Any] | None:
    """What became at its own terminal of the payment that was due."""
    return _COUNTER_PAYMENT_FOR.one_or_none(connection, {"payment_id": payment_id})


def add_counter_payment(connection: Connection, made: CounterPayment, now: datetime, event: bytes) -> None:
    row = {
        "id": made.id,
        "order_id": made.order_id,
        "payment_id": made.payment_id,
        "result": made.result.value,
        "amount_minor": made.amount.minor,
        "staff": made.staff,
        "made_at": made.made_at,
        "booked_at": now,
        "event": event,
    }
    _ADD_COUNTER_PAYMENT.run(connection, row)
