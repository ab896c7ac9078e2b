"""What staff at terminals did for members, act by act. Of a member who was deleted no card's number stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Row, String, Table, Uuid, select, update

from central.database import UtcDateTime, metadata
from central.statements import per_dialect
from kiosk.domain.member_act import MAX_ID_CHARS

# `before_minor` and `after_minor`: what the member could spend, of a correction.
member_act = Table(
    "member_act",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("member_id", ForeignKey("member.id"), nullable=False, index=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("staff_id", String(MAX_ID_CHARS), nullable=False),
    Column("confirmed_by", String(MAX_ID_CHARS)),
    Column("card_uid", String(20)),
    Column("amount_minor", BigInteger),
    Column("before_minor", BigInteger),
    Column("after_minor", BigInteger),
    Column("reason", String(20)),
    Column("booked_at", UtcDateTime, nullable=False),
)

_COLUMNS = tuple(member_act.c.keys())
_ADD = per_dialect(lambda insert: insert(member_act).on_conflict_do_nothing().returning(member_act.c.id))


def find_act(connection: Connection, act_id: UUID) -> Row[Any] | None:
    return connection.execute(select(member_act).where(member_act.c.id == act_id)).one_or_none()


def add_act(connection: Connection, **values: Any) -> bool:
    """False: one of that id stands already."""
    row: dict[str, Any] = dict.fromkeys(_COLUMNS) | values
    return _ADD.one_or_none(connection, row) is not None


def take_numbers(connection: Connection, member_id: str) -> None:
    """The numbers of cards go from the member's acts."""
    of_member = member_act.c.member_id == member_id, member_act.c.card_uid.is_not(None)
    connection.execute(update(member_act).where(*of_member).values(card_uid=None))
