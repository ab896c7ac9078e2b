"""Orders that counter terminals collected, claims before that, and what was paid twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Row,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from central.database import UtcDateTime, metadata
from central.statements import Statement, by_keys, per_dialect
from central.terminals.repository import terminal
from kiosk.domain.refund import MAX_STAFF_CHARS


class CollectionState(StrEnum):
    """waiting: the order itself has not come yet. settled: it is paid by this one. surplus: by another way, or not at
    all (see `paid_twice`). undone: where it was made, and the money was given back there."""

    WAITING = "waiting"
    SETTLED = "settled"
    SURPLUS = "surplus"
    UNDONE = "undone"


# No foreign key to the order: its terminal may be away longer than the one that collected it.
collection = Table(
    "collection",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False, index=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("event", LargeBinary, nullable=False),
    Column("undone_event", LargeBinary),
)

# Money that was taken for an order which needed it no more. From a balance it is given back at once; cash waits until
# staff have given it back. `id`: of the collection or counter payment.
paid_twice = Table(
    "paid_twice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("number", String(12), nullable=False),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("method", String(20), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("given_back_at", UtcDateTime),
    Column("given_back_by", String(MAX_STAFF_CHARS)),
)

# Who is about to settle an order. It only keeps two counters from doing so at once; no money rests on it.
order_claim = Table(
    "order_claim",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("collection_id", Uuid, nullable=False),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
)

# Always empty: a key in it is a lock on an order that may not be here yet.
order_hold = Table("order_hold", metadata, Column("order_id", Uuid, primary_key=True))

_COLLECTION = Statement(select(collection).where(collection.c.id == bindparam("id")))
_OF_ORDER = Statement(select(collection).where(collection.c.order_id == bindparam("order_id")))
_ADD = Statement(insert(collection))
_SET_STATE = Statement(update(collection).where(collection.c.id == bindparam("of_collection")))
_SET_UNDONE = Statement(
    update(collection).where(collection.c.id == bindparam("of_collection")).values(state=CollectionState.UNDONE.value)
)
_WAITING = by_keys(
    lambda among: (
        select(collection)
        .where(among(collection.c.order_id), collection.c.state == CollectionState.WAITING.value)
        .order_by(collection.c.booked_at, collection.c.id)
    )
)
_ADD_PAID_TWICE = Statement(insert(paid_twice))
_DROP_PAID_TWICE = Statement(delete(paid_twice).where(paid_twice.c.id == bindparam("of_payment")))
_GIVE_BACK = update(paid_twice).where(paid_twice.c.id == bindparam("of_payment"))
_PAID_TWICE = select(paid_twice, terminal.c.letter).join(terminal).order_by(paid_twice.c.booked_at, paid_twice.c.id)
_LOCK_PAID_TWICE = select(paid_twice).where(paid_twice.c.id == bindparam("id")).with_for_update()
_CLAIM = Statement(select(order_claim).where(order_claim.c.order_id == bindparam("order_id")))
_PUT_CLAIM = per_dialect(
    lambda insert: (new := insert(order_claim)).on_conflict_do_update(
        index_elements=["order_id"],
        set_={name: new.excluded[name] for name in ("collection_id", "terminal_id", "claimed_at")},
    )
)
_DROP_CLAIM = Statement(
    delete(order_claim).where(
        order_claim.c.order_id == bindparam("of_order"), order_claim.c.collection_id == bindparam("of_collection")
    )
)
_DROP_LAPSED = Statement(delete(order_claim).where(order_claim.c.claimed_at < bindparam("before", type_=UtcDateTime)))
_HOLD = per_dialect(lambda insert: insert(order_hold).on_conflict_do_nothing())
_LET_GO = Statement(delete(order_hold).where(order_hold.c.order_id == bindparam("of_order")))


def hold_order(connection: Connection, order_id: UUID) -> None:
    """Until the transaction ends nobody else settles that order, though it may not be here yet to be locked. (SQLite
    has one writer at a time anyway.)"""
    if connection.dialect.name == "postgresql":
        _HOLD.run(connection, {"order_id": order_id})  # waits for whoever has the key
        _LET_GO.run(connection, {"of_order": order_id})  # which is only let go with the commit


def find_collection(connection: Connection, collection_id: UUID) -> Row[Any] | None:
    return _COLLECTION.one_or_none(connection, {"id": collection_id})


def collections_of(connection: Connection, order_id: UUID) -> Sequence[Row[Any]]:
    return _OF_ORDER.rows(connection, {"order_id": order_id})


def settled_by(connection: Connection, order_id: UUID) -> Row[Any] | None:
    """The collection that has paid the order."""
    return settled_among(collections_of(connection, order_id))


def settled_among(rows: Sequence[Row[Any]]) -> Row[Any] | None:
    """The one of an order's collections that has paid it."""
    return next((row for row in rows if row.state == CollectionState.SETTLED.value), None)


def waiting_for(connection: Connection, order_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Collections of these orders that came before them, oldest first."""
    return _WAITING.of_keys(connection, order_ids)


def add_collection(connection: Connection, row: dict[str, Any]) -> None:
    _ADD.run(connection, row)


def set_state(connection: Connection, collection_id: UUID, state: CollectionState) -> None:
    _SET_STATE.run(connection, {"of_collection": collection_id, "state": state.value})


def set_undone(connection: Connection, collection_id: UUID, event: bytes) -> None:
    _SET_UNDONE.run(connection, {"of_collection": collection_id, "undone_event": event})


def drop_paid_twice(connection: Connection, payment_id: UUID) -> None:
    """The order needs it after all."""
    _DROP_PAID_TWICE.run(connection, {"of_payment": payment_id})


def add_paid_twice(connection: Connection, row: dict[str, Any]) -> None:
    _ADD_PAID_TWICE.run(connection, row)


def list_paid_twice(connection: Connection, *, only_open: bool) -> Sequence[Row[Any]]:
    """Oldest first, with the terminal's `letter`; `only_open`: what is still to be given back."""
    wanted = _PAID_TWICE.where(paid_twice.c.given_back_at.is_(None)) if only_open else _PAID_TWICE
    return connection.execute(wanted).all()


def lock_paid_twice(connection: Connection, payment_id: UUID) -> Row[Any] | None:
    return connection.execute(_LOCK_PAID_TWICE, {"id": payment_id}).one_or_none()


def set_given_back(connection: Connection, payment_id: UUID, now: datetime, staff: str) -> None:
    connection.execute(_GIVE_BACK, {"of_payment": payment_id, "given_back_at": now, "given_back_by": staff})


def find_claim(connection: Connection, order_id: UUID) -> Row[Any] | None:
    return _CLAIM.one_or_none(connection, {"order_id": order_id})


def put_claim(connection: Connection, row: dict[str, Any]) -> None:
    _PUT_CLAIM.run(connection, row)


def drop_claim(connection: Connection, order_id: UUID, collection_id: UUID) -> None:
    _DROP_CLAIM.run(connection, {"of_order": order_id, "of_collection": collection_id})


def drop_lapsed_claims(connection: Connection, before: datetime) -> None:
    _DROP_LAPSED.run(connection, {"before": before})
