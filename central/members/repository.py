"""Members and their cards. Balances and points are not here: they are sums over the ledger (central.wallet).

Of a member who was deleted the row stays, with the id that ledger and orders name, and nothing that tells who it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

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
    Uuid,
    bindparam,
    delete,
    or_,
    select,
    update,
)

from central.database import UtcDateTime, metadata
from central.statements import Statement, by_keys, per_dialect
from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.member import CardState
from kiosk.domain.refund import MAX_REASON_CHARS, MAX_STAFF_CHARS
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
    Column("deleted_at", UtcDateTime),
    Column("deleted_by", String(MAX_STAFF_CHARS)),
    Column("deletion_reason", String(MAX_REASON_CHARS)),
    # The act of staff at a terminal that last said what they avoid: no import says otherwise.
    Column("diet_act_id", Uuid),
)

card = Table(
    "card",
    metadata,
    Column("uid", String(20), primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    # The last act of staff at a terminal with it: no import takes it away, gives it to another or unblocks it.
    Column("act_id", Uuid),
)


_OF_ID = select(member).where(member.c.id == bindparam("id"))
_MEMBER = Statement(_OF_ID)
# Weaker than FOR UPDATE: rows that refer to a member, of an upload under way, are not in the way of it.
_MEMBER_LOCKED = Statement(_OF_ID.with_for_update(key_share=True))
_MEMBERS_LOCKED = by_keys(
    lambda among: select(member).where(among(member.c.id)).order_by(member.c.id).with_for_update(key_share=True)
)
_MEMBER_IDS_LOCKED = by_keys(
    lambda among: select(member.c.id).where(among(member.c.id)).order_by(member.c.id).with_for_update(key_share=True)
)
_CARDS = by_keys(lambda among: select(card).where(among(card.c.uid)))
_CARDS_OF_MEMBERS = by_keys(lambda among: select(card).where(among(card.c.member_id)))
_HOLDER_LOCKED = Statement(
    select(member.c.id, member.c.is_blocked, card.c.state.label("card_state"))
    .join(card, card.c.member_id == member.c.id)
    .where(card.c.uid == bindparam("uid"))
    .with_for_update(of=member, key_share=True)
)
_PUT_MEMBERS = per_dialect(
    lambda insert: (new := insert(member)).on_conflict_do_update(
        index_elements=["id"],
        set_={name: new.excluded[name] for name in ("name", "unit", "credit_line_minor", "diet")},
    )
)
_PUT_CARDS = per_dialect(
    lambda insert: (new := insert(card)).on_conflict_do_update(
        index_elements=["uid"],
        set_={name: new.excluded[name] for name in ("member_id", "state")},
        where=or_(card.c.act_id.is_(None), card.c.member_id == new.excluded.member_id),
    )
)
_ADD_CARD = per_dialect(lambda insert: insert(card).on_conflict_do_nothing().returning(card.c.uid))


def find_member(connection: Connection, member_id: str) -> Row[Any] | None:
    return _MEMBER.one_or_none(connection, {"id": member_id})


def lock_member(connection: Connection, member_id: str) -> Row[Any] | None:
    """The member's row, held until the transaction ends: nobody else changes their money meanwhile. (SQLite has one
    writer at a time anyway.)"""
    return _MEMBER_LOCKED.one_or_none(connection, {"id": member_id})


def lock_present_member(connection: Connection, member_id: str) -> Row[Any] | None:
    """The same; None also for one who was deleted: nothing new is done for them. (What was done before they were is
    booked whenever it comes.)"""
    row = lock_member(connection, member_id)
    return None if row is None or row.deleted_at is not None else row


def lock_members(connection: Connection, member_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """The same for many; those that are unknown are left out."""
    return {row.id: row for row in _MEMBERS_LOCKED.of_keys(connection, sorted(member_ids))}


def lock_member_ids(connection: Connection, member_ids: Iterable[str]) -> set[str]:
    """The same, where their ids are enough."""
    return {row.id for row in _MEMBER_IDS_LOCKED.of_keys(connection, sorted(set(member_ids)))}


def lock_holder(connection: Connection, card_uid: str) -> Row[Any] | None:
    """The member who has that card: id, is_blocked and `card_state`; the row is held like lock_member's."""
    return _HOLDER_LOCKED.one_or_none(connection, {"uid": card_uid})


def find_cards(connection: Connection, uids: Sequence[str]) -> list[Row[Any]]:
    return _CARDS.of_keys(connection, uids)


def cards_of(connection: Connection, member_ids: Sequence[str]) -> list[Row[Any]]:
    return _CARDS_OF_MEMBERS.of_keys(connection, member_ids)


def member_ids_after(connection: Connection, after: str, limit: int) -> list[str]:
    """The next ids in their order, of members who are not deleted."""
    present = member.c.id > after, member.c.deleted_at.is_(None)
    statement = select(member.c.id).where(*present).order_by(member.c.id).limit(limit)
    return list(connection.scalars(statement))


def put_members(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Whole rows of `member`. For one that exists, who they are is replaced; whether they are blocked stays."""
    _PUT_MEMBERS.run(connection, *rows)


def put_cards(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Whole rows of `card`; a card that another member had becomes this one's, unless staff have bound
    it to them at a terminal."""
    _PUT_CARDS.run(connection, *rows)


def remove_cards(connection: Connection, uids: Sequence[str]) -> None:
    if uids:
        connection.execute(delete(card).where(card.c.uid == bindparam("gone")), [{"gone": uid} for uid in uids])


def add_card(connection: Connection, uid: str, member_id: str, act_id: UUID) -> bool:
    """False: it is somebody's already, or was given to somebody at this very moment."""
    row = {"uid": uid, "member_id": member_id, "state": CardState.ACTIVE.value, "act_id": act_id}
    return _ADD_CARD.one_or_none(connection, row) is not None


def set_card_state(connection: Connection, uid: str, state: CardState, act_id: UUID) -> None:
    """As staff said at a terminal."""
    connection.execute(update(card).where(card.c.uid == uid).values(state=state.value, act_id=act_id))


def set_diet(connection: Connection, member_id: str, diet: DietProfile, act_id: UUID) -> None:
    """As staff said at a terminal."""
    values = {"diet": encode_diet(diet), "diet_act_id": act_id}
    connection.execute(update(member).where(member.c.id == member_id).values(values))


def set_blocked(connection: Connection, member_id: str, *, is_blocked: bool) -> None:
    connection.execute(update(member).where(member.c.id == member_id).values(is_blocked=is_blocked))


def take_name(connection: Connection, member_id: str, by: str, reason: str, now: datetime) -> None:
    """What the row says of the person goes; who may not pay any more, whatever else is true of them."""
    nobody = {"name": "", "unit": "", "diet": encode_diet(NO_DIET), "credit_line_minor": 0, "is_blocked": True}
    values = nobody | {"deleted_at": now, "deleted_by": by, "deletion_reason": reason}
    connection.execute(update(member).where(member.c.id == member_id).values(values))


def add_nobody(connection: Connection, member_id: str, now: datetime) -> None:
    """The row of somebody who was deleted and is not known here, to be held like any other."""
    row = {"id": member_id, "name": "", "unit": "", "is_blocked": True, "credit_line_minor": 0}
    put_members(connection, [row | {"diet": encode_diet(NO_DIET), "created_at": now}])


def take_cards(connection: Connection, member_id: str) -> list[str]:
    """Remove the member's cards; returns their numbers."""
    return list(connection.scalars(delete(card).where(card.c.member_id == member_id).returning(card.c.uid)))


def deleted_members(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select(member).where(member.c.deleted_at.is_not(None)).order_by(member.c.id)).all()


def encode_diet(diet: DietProfile) -> bytes:
    """The same bytes for the same profile: sets come sorted."""
    return wire.encode(diet)


def diet_of(row: Row[Any]) -> DietProfile:
    return _read_diet(row.diet)


@lru_cache(maxsize=1024)  # most avoid nothing, or what many do
def _read_diet(body: bytes) -> DietProfile:
    diet: DietProfile = wire.decode(body, DietProfile)
    return diet
