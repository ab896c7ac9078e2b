"""The kitchen's tickets: one for each order and stall, numbered in the order of the commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    or_,
    select,
    update,
)

from central.bulk import BulkInsert
from central.database import UtcDateTime, metadata
from central.orders.repository import customer_order
from central.statements import Statement, by_keys
from kiosk.domain.kitchen import MAX_STALL_CHARS, TicketState

# `changed_seq`: the feed's number of the transaction that changed it last; none until that transaction ends.
# `placed_at` and `ready_at` are by this server's clock.
kitchen_ticket = Table(
    "kitchen_ticket",
    metadata,
    Column("order_id", ForeignKey("customer_order.id"), primary_key=True),
    Column("stall", String(MAX_STALL_CHARS), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("changes", Integer, nullable=False),
    Column("changed_seq", BigInteger, index=True),
    Column("placed_at", UtcDateTime, nullable=False, index=True),
    Column("ready_at", UtcDateTime),
)

_ADD = BulkInsert(kitchen_ticket, "order_id", "stall", "state", "changes", "placed_at")
_of_ticket = kitchen_ticket.c.order_id == bindparam("order", type_=Uuid()), kitchen_ticket.c.stall == bindparam("at")
_LOCKED = Statement(select(kitchen_ticket).where(*_of_ticket).with_for_update())
_OF_ORDERS = by_keys(
    lambda among: (
        select(kitchen_ticket)
        .where(among(kitchen_ticket.c.order_id))
        .order_by(kitchen_ticket.c.order_id, kitchen_ticket.c.stall)
        .with_for_update()
    )
)
_CHANGE = Statement(
    update(kitchen_ticket)
    .where(*_of_ticket)
    .values(
        state=bindparam("new_state"),
        changes=bindparam("new_changes"),
        placed_at=bindparam("was_placed", type_=UtcDateTime()),
        ready_at=bindparam("was_ready", type_=UtcDateTime()),
        changed_seq=None,
    )
)
_NUMBER = Statement(
    update(kitchen_ticket).where(kitchen_ticket.c.changed_seq.is_(None)).values(changed_seq=bindparam("seq"))
)
_ORDERS = by_keys(
    lambda among: select(customer_order.c.id, customer_order.c.state, customer_order.c.event).where(
        among(customer_order.c.id)
    )
)
_after = bindparam("after", type_=BigInteger())
_SINCE = (
    kitchen_ticket.c.changed_seq > _after,
    kitchen_ticket.c.placed_at > bindparam("oldest", type_=UtcDateTime()),
    or_(
        _after > 0,
        kitchen_ticket.c.state == TicketState.PREPARING.value,
        kitchen_ticket.c.state == TicketState.READY.value,
    ),
)
_LAST_OF_PAGE = Statement(
    select(kitchen_ticket.c.changed_seq)
    .where(*_SINCE)
    .order_by(kitchen_ticket.c.changed_seq)
    .limit(1)
    .offset(bindparam("skipped", type_=Integer))
)
_PAGE = (
    select(kitchen_ticket, customer_order.c.number, customer_order.c.dining_mode, customer_order.c.event)
    .join(customer_order)
    .where(*_SINCE)
    .order_by(kitchen_ticket.c.changed_seq, kitchen_ticket.c.placed_at, kitchen_ticket.c.order_id)
)
_WHOLE = Statement(_PAGE)
_UP_TO = Statement(_PAGE.where(kitchen_ticket.c.changed_seq <= bindparam("last", type_=BigInteger)))


def add_tickets(connection: Connection, rows: Sequence[tuple[UUID, str, datetime]]) -> None:
    """New ones to be made: order, stall, when it was placed."""
    _ADD(connection, [(order_id, stall, TicketState.PREPARING.value, 0, placed) for order_id, stall, placed in rows])


def lock_ticket(connection: Connection, order_id: UUID, stall: str) -> Row[Any] | None:
    """Held until the transaction ends."""
    return _LOCKED.one_or_none(connection, {"order": order_id, "at": stall})


def lock_tickets(connection: Connection, order_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """All of these orders', held until the transaction ends."""
    return _OF_ORDERS.of_keys(connection, order_ids)


def change_ticket(
    connection: Connection, ticket: Row[Any], state: TicketState, placed_at: datetime, ready_at: datetime | None
) -> None:
    values = {"new_state": state.value, "new_changes": ticket.changes + 1, "was_placed": placed_at}
    _CHANGE.run(connection, {"order": ticket.order_id, "at": ticket.stall, "was_ready": ready_at} | values)


def number_tickets(connection: Connection, seq: int) -> None:
    """All that this transaction changed."""
    _NUMBER.run(connection, {"seq": seq})


def find_orders(connection: Connection, order_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Rows of id, state and event."""
    return _ORDERS.of_keys(connection, order_ids)


def tickets_after(
    connection: Connection, after: int, oldest: datetime, at_least: int
) -> tuple[Sequence[Row[Any]], bool]:
    """Tickets whose last change has a higher number, placed after `oldest`, in the order of their changes, with number,
    dining_mode and event of their orders; `after` 0: only those still to be handed out. Of very many the first
    `at_least`, and what was changed together with the last of them. And whether there are more."""
    values = {"after": after, "oldest": oldest}
    last = _LAST_OF_PAGE.one_or_none(connection, values | {"skipped": at_least - 1})
    if last is None:
        return _WHOLE.rows(connection, values), False
    return _UP_TO.rows(connection, values | {"last": last.changed_seq}), True


def remove_tickets(connection: Connection, placed_before: datetime) -> int:
    """How many have gone."""
    return connection.execute(delete(kitchen_ticket).where(kitchen_ticket.c.placed_at < placed_before)).rowcount
