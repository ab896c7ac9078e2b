"""Members and their cards. Balances and points are not here: they are sums over the ledger (central.wallet)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    select,
    update,
)

from central.database import UtcDateTime, in_batches, insert, metadata
from kiosk.domain.diet import DietProfile
from kiosk.sync import wire

member = Table(
    "member",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("unit", String(60), nullable=False),
    Column("is_blocked", Boolean, nullable=False),
    Column("credit_line_minor", BigInteger, nullable=False),
    Column("diet", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

card = Table(
    "card",
    metadata,
    Column("uid", String(20), primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False, index=True),
    Column("state", String(10), nullable=False),
)


def find_member(connection: Connection, member_id: str) -> Row[Any] | None:
    return connection.execute(select(member).where(member.c.id == member_id)).one_or_none()


def lock_member(connection: Connection, member_id: str) -> Row[Any] | None:
    """The member's row, held until the transaction ends: nobody else changes their money meanwhile. (SQLite has one
    writer at a time anyway.)"""
    return connection.execute(select(member).where(member.c.id == member_id).with_for_update()).one_or_none()


def lock_members(connection: Connection, member_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """The same for many; those that are unknown are left out."""
    found: dict[str, Row[Any]] = {}
    for batch in in_batches(sorted(member_ids)):
        statement = select(member).where(member.c.id.in_(batch)).order_by(member.c.id).with_for_update()
        found.update({row.id: row for row in connection.execute(statement)})
    return found


def find_members(connection: Connection, member_ids: Sequence[str]) -> Iterable[Row[Any]]:
    for batch in in_batches(member_ids):
        yield from connection.execute(select(member).where(member.c.id.in_(batch)))


def find_cards(connection: Connection, uids: Sequence[str]) -> Iterable[Row[Any]]:
    for batch in in_batches(uids):
        yield from connection.execute(select(card).where(card.c.uid.in_(batch)))


def find_card(connection: Connection, uid: str) -> Row[Any] | None:
    return connection.execute(select(card).where(card.c.uid == uid)).one_or_none()


def cards_of(connection: Connection, member_ids: Sequence[str]) -> Iterable[Row[Any]]:
    for batch in in_batches(member_ids):
        yield from connection.execute(select(card).where(card.c.member_id.in_(batch)))


def put_members(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Whole rows of `member`. For one that exists, who they are is replaced; whether they are blocked stays."""
    if not rows:
        return
    statement = insert(connection, member)
    replaced = {name: statement.excluded[name] for name in ("name", "unit", "credit_line_minor", "diet")}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=replaced), rows)


def put_cards(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Whole rows of `card`; a card that another member had becomes this one's."""
    if not rows:
        return
    statement = insert(connection, card)
    replaced = {name: statement.excluded[name] for name in ("member_id", "state")}
    connection.execute(statement.on_conflict_do_update(index_elements=["uid"], set_=replaced), rows)


def remove_cards(connection: Connection, uids: Sequence[str]) -> None:
    for batch in in_batches(uids):
        connection.execute(delete(card).where(card.c.uid.in_(batch)))


def set_blocked(connection: Connection, member_id: str, *, is_blocked: bool) -> None:
    connection.execute(update(member).where(member.c.id == member_id).values(is_blocked=is_blocked))


def encode_diet(diet: DietProfile) -> bytes:
    """The same bytes for the same profile: sets come sorted."""
    return wire.encode(diet)


def diet_of(row: Row[Any]) -> DietProfile:
    diet: DietProfile = wire.decode(row.diet, DietProfile)
    return diet
