"""Who consented to being recognised by face, at which terminal, and whose faces are to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    update,
)

from central.database import UtcDateTime, metadata
from central.statements import by_keys
from central.terminals.repository import terminal
from kiosk.domain.refund import MAX_STAFF_CHARS

# `after`: the member's newest deletion when the consent was given; another one since voids it. `destroyed_at`: the
# terminal has said that the key of the face is destroyed. `event` has the rest, as the terminal told it.
face_consent = Table(
    "face_consent",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False, index=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("after", Uuid),
    Column("given_by", String(10), nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("destroyed_at", UtcDateTime),
    Column("event", LargeBinary, nullable=False),
)

# `number` counts a member's: the highest is the newest. Where central itself was told, there is no terminal.
face_deletion = Table(
    "face_deletion",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("terminal_id", ForeignKey("terminal.id")),
    Column("staff", String(MAX_STAFF_CHARS), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("member_id", "number"),
)

_CONSENT = select(face_consent).where(face_consent.c.id == bindparam("id"))
_CONSENTS_OF = (
    select(face_consent, terminal.c.letter)
    .join(terminal, terminal.c.id == face_consent.c.terminal_id)
    .where(face_consent.c.member_id == bindparam("member_id"))
    .order_by(face_consent.c.recorded_at, face_consent.c.id)
)
_DESTROYED = (
    update(face_consent)
    .where(
        face_consent.c.id == bindparam("of_id"),
        face_consent.c.terminal_id == bindparam("at_terminal"),
        face_consent.c.destroyed_at.is_(None),
    )
    .values(destroyed_at=bindparam("at"))
)
_DELETION = select(face_deletion).where(face_deletion.c.id == bindparam("id"))
_LAST_NUMBER = select(func.max(face_deletion.c.number)).where(face_deletion.c.member_id == bindparam("member_id"))
_NEWEST = by_keys(
    lambda among: (
        select(face_deletion.c.member_id, face_deletion.c.id, face_deletion.c.number)
        .where(among(face_deletion.c.member_id))
        .order_by(face_deletion.c.member_id, face_deletion.c.number)
    )
)
_MADE_HERE = select(face_deletion.c.id, face_deletion.c.member_id).where(face_deletion.c.terminal_id.is_(None))


def find_consent(connection: Connection, consent_id: UUID) -> Row[Any] | None:
    return connection.execute(_CONSENT, {"id": consent_id}).one_or_none()


def consents_of(connection: Connection, member_id: str) -> Sequence[Row[Any]]:
    """Oldest first, each with its terminal's `letter`."""
    return connection.execute(_CONSENTS_OF, {"member_id": member_id}).all()


def add_consent(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(insert(face_consent), row)


def set_destroyed(connection: Connection, consent_id: UUID, terminal_id: str, at: datetime) -> None:
    """That terminal says so of its own; of another's it cannot."""
    connection.execute(_DESTROYED, {"of_id": consent_id, "at_terminal": terminal_id, "at": at})


def empty_consents(connection: Connection, member_id: str, event: bytes) -> None:
    """What they said goes; that there were some, and where the face was destroyed, stays to be seen."""
    connection.execute(update(face_consent).where(face_consent.c.member_id == member_id).values(event=event))


def find_deletion(connection: Connection, deletion_id: UUID) -> Row[Any] | None:
    return connection.execute(_DELETION, {"id": deletion_id}).one_or_none()


def add_deletion(connection: Connection, row: dict[str, Any]) -> None:
    """As the member's newest. The member's row is held by the caller."""
    last = connection.execute(_LAST_NUMBER, {"member_id": row["member_id"]}).scalar() or 0
    connection.execute(insert(face_deletion), row | {"number": last + 1})


def newest_deletions(connection: Connection, member_ids: Sequence[str]) -> dict[str, UUID]:
    """By member; who has none is left out."""
    return {row.member_id: row.id for row in _NEWEST.of_keys(connection, member_ids)}


def deletions_made_here(connection: Connection) -> Sequence[Row[Any]]:
    """Id and member of those that no terminal can tell of again."""
    return list(connection.execute(_MADE_HERE))
