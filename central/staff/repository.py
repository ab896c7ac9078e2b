"""Staff members and their cards. Of one who was removed the row stays, with the id that audit logs name, and nothing
that tells who it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Row, String, Table, delete, insert, select, update

from central.database import UtcDateTime, metadata
from kiosk.domain.ids import StaffId

MAX_NAME_CHARS = 40

staff_member = Table(
    "staff_member",
    metadata,
    Column("id", String(40), primary_key=True),
    # What is typed before the PIN; null: removed.
    Column("number", String(3), unique=True),
    Column("name", String(MAX_NAME_CHARS), nullable=False),
    # With a blank between.
    Column("roles", String(100), nullable=False),
    # Argon2id, PHC string; "" while none is set.
    Column("pin_hash", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

staff_card = Table(
    "staff_card",
    metadata,
    Column("uid", String(20), primary_key=True),
    Column("staff_id", ForeignKey("staff_member.id"), nullable=False, index=True),
)

_PRESENT = select(staff_member).where(staff_member.c.number.is_not(None)).order_by(staff_member.c.number)


def present_staff(connection: Connection) -> Sequence[Row[Any]]:
    """In the order of their numbers; there are a few dozen."""
    return connection.execute(_PRESENT).all()


def find_by_number(connection: Connection, number: str) -> Row[Any] | None:
    return connection.execute(_PRESENT.where(staff_member.c.number == number)).one_or_none()


def find_present(connection: Connection, staff_id: str) -> Row[Any] | None:
    if not staff_id.isprintable():
        return None  # it came in a message: PostgreSQL takes no NUL
    return connection.execute(_PRESENT.where(staff_member.c.id == staff_id)).one_or_none()


def removed_staff(connection: Connection) -> Sequence[StaffId]:
    query = select(staff_member.c.id).where(staff_member.c.number.is_(None))
    return [StaffId(staff_id) for staff_id in connection.execute(query).scalars()]


def add_staff(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(insert(staff_member).values(row))


def change_staff(connection: Connection, staff_id: str, values: dict[str, Any]) -> None:
    connection.execute(update(staff_member).where(staff_member.c.id == staff_id).values(values))


def cards_of(connection: Connection, staff_id: str) -> tuple[str, ...]:
    query = select(staff_card.c.uid).where(staff_card.c.staff_id == staff_id).order_by(staff_card.c.uid)
    return tuple(connection.execute(query).scalars())


def holder_of(connection: Connection, uid: str) -> str | None:
    """The staff member's id."""
    return connection.execute(select(staff_card.c.staff_id).where(staff_card.c.uid == uid)).scalar_one_or_none()


def add_card(connection: Connection, staff_id: str, uid: str) -> None:
    connection.execute(insert(staff_card).values(uid=uid, staff_id=staff_id))


def remove_cards(connection: Connection, staff_id: str, uid: str | None = None) -> None:
    """That one, or all."""
    query = delete(staff_card).where(staff_card.c.staff_id == staff_id)
    connection.execute(query if uid is None else query.where(staff_card.c.uid == uid))
