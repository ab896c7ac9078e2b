"""Who shares faces, who has a copy of which, and the letters that are on their way (docs/decisions/0008)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

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
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from central.database import UtcDateTime, metadata
from central.faces.repository import face_consent
from central.statements import Statement, by_keys, per_dialect
from central.terminals.repository import terminal
from kiosk.sync.wire import MAX_FACE_REFUSAL_CHARS

# The newest that each terminal announced.
face_box = Table(
    "face_box",
    metadata,
    Column("terminal_id", ForeignKey("terminal.id"), primary_key=True),
    Column("incarnation", Integer, nullable=False),
    Column("box_id", Uuid, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("announced_at", UtcDateTime, nullable=False),
)

# The consent under which each terminal that shares is to have that member's face.
shared_face = Table(
    "shared_face",
    metadata,
    Column("member_id", ForeignKey("member.id"), primary_key=True),
    Column("consent_id", Uuid, nullable=False),
    Column("after", Uuid),
    Column("number", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# Which terminals have a face that is shared, the one that enrolled it too.
face_copy = Table(
    "face_copy",
    metadata,
    Column("member_id", ForeignKey("member.id"), primary_key=True),
    Column("terminal_id", ForeignKey("terminal.id"), primary_key=True),
    Column("incarnation", Integer, nullable=False),
    Column("consent_id", Uuid, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("destroyed_at", UtcDateTime),
)

# A letter for `terminal_id` that is wanted; `asked_of`: which terminal is to write it; then `sealed`; or `refusal`: why
# there will be none. Gone when its terminal has the copy.
face_letter = Table(
    "face_letter",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False, index=True),
    Column("consent_id", Uuid, nullable=False),
    Column("box_id", Uuid, nullable=False),
    Column("asked_of", String(36)),
    Column("asked_at", UtcDateTime),
    Column("sealed", LargeBinary),
    Column("refusal", String(MAX_FACE_REFUSAL_CHARS), nullable=False, server_default=""),
    UniqueConstraint("member_id", "terminal_id"),
)

_LIVE_BOX = and_(
    terminal.c.id == face_box.c.terminal_id,
    terminal.c.incarnation == face_box.c.incarnation,
    terminal.c.is_revoked.is_(False),
)
_HAS_IT = exists().where(
    face_copy.c.member_id == shared_face.c.member_id,
    face_copy.c.consent_id == shared_face.c.consent_id,
    face_copy.c.terminal_id == face_box.c.terminal_id,
    face_copy.c.incarnation == face_box.c.incarnation,
    face_copy.c.destroyed_at.is_(None),
)
_LACKING = (
    select(shared_face.c.member_id, shared_face.c.consent_id, face_box.c.terminal_id, face_box.c.box_id)
    .join(face_box, true())
    .join(terminal, _LIVE_BOX)
    .where(~_HAS_IT)
)
_PUT_BOX = per_dialect(
    lambda insert_: (new := insert_(face_box)).on_conflict_do_update(
        index_elements=["terminal_id"],
        set_={
            name: new.excluded[name] for name in ("incarnation", "box_id", "public_key", "certificate", "announced_at")
        },
    )
)
_PUT_SHARED = per_dialect(
    lambda insert_: (new := insert_(shared_face)).on_conflict_do_update(
        index_elements=["member_id"],
        set_={name: new.excluded[name] for name in ("consent_id", "after", "number", "until")},
    )
)
_PUT_COPY = per_dialect(
    lambda insert_: (new := insert_(face_copy)).on_conflict_do_update(
        index_elements=["member_id", "terminal_id"],
        set_={name: new.excluded[name] for name in ("incarnation", "consent_id", "taken_at", "destroyed_at")},
    )
)
_ADD_LETTERS = Statement(insert(face_letter))
_LETTERS = by_keys(lambda among: select(face_letter).where(among(face_letter.c.id)))


def find_box(connection: Connection, terminal_id: str) -> Row[Any] | None:
    return connection.execute(select(face_box).where(face_box.c.terminal_id == terminal_id)).one_or_none()


def boxes(connection: Connection) -> Sequence[Row[Any]]:
    """Of terminals that are enrolled and not revoked, each with its `letter`."""
    found = select(face_box, terminal.c.letter).join(terminal, _LIVE_BOX).order_by(terminal.c.letter)
    return connection.execute(found).all()


def put_box(connection: Connection, row: dict[str, Any]) -> None:
    _PUT_BOX.run(connection, row)


def remove_boxes(connection: Connection, terminal_id: str | None = None) -> None:
    """That terminal's, or all."""
    statement = delete(face_box)
    connection.execute(statement if terminal_id is None else statement.where(face_box.c.terminal_id == terminal_id))


def find_shared(connection: Connection, member_id: str) -> Row[Any] | None:
    return connection.execute(select(shared_face).where(shared_face.c.member_id == member_id)).one_or_none()


def put_shared(connection: Connection, row: dict[str, Any]) -> None:
    _PUT_SHARED.run(connection, row)


def remove_shared(connection: Connection, member_id: str) -> None:
    connection.execute(delete(shared_face).where(shared_face.c.member_id == member_id))


def put_copy(connection: Connection, row: dict[str, Any]) -> None:
    _PUT_COPY.run(connection, row | {"destroyed_at": None})


def set_copy_destroyed(connection: Connection, consent_id: UUID, terminal_id: str, at: datetime) -> None:
    of_copy = (face_copy.c.consent_id == consent_id, face_copy.c.terminal_id == terminal_id)
    connection.execute(update(face_copy).where(*of_copy, face_copy.c.destroyed_at.is_(None)).values(destroyed_at=at))


def remove_copy(connection: Connection, consent_id: UUID, terminal_id: str) -> None:
    """That terminal does not have it, and has not said why."""
    of_copy = (face_copy.c.consent_id == consent_id, face_copy.c.terminal_id == terminal_id)
    connection.execute(delete(face_copy).where(*of_copy))


def copies_of(connection: Connection, member_id: str) -> Sequence[Row[Any]]:
    """At other terminals than the one that enrolled it; each with its `letter` and, where it is known, the consent."""
    consent = (face_consent.c.given_at, face_consent.c.until, face_consent.c.given_by, face_consent.c.after)
    found = (
        select(face_copy, terminal.c.letter, *consent)
        .join(terminal, terminal.c.id == face_copy.c.terminal_id)
        .join(face_consent, face_consent.c.id == face_copy.c.consent_id)
        .where(face_copy.c.member_id == member_id, face_copy.c.terminal_id != face_consent.c.terminal_id)
        .order_by(terminal.c.letter)
    )
    return connection.execute(found).all()


# --- letters ---


def want_letters(connection: Connection, *, member_id: str | None = None, terminal_id: str | None = None) -> None:
    """For every terminal that shares and does not have that member's face; or for that one, every face that it does not
    have. None of them is there yet."""
    lacking = _LACKING
    if member_id is not None:
        lacking = lacking.where(shared_face.c.member_id == member_id)
    if terminal_id is not None:
        lacking = lacking.where(face_box.c.terminal_id == terminal_id)
    rows = [{"id": uuid4(), **row} for row in connection.execute(lacking).mappings()]
    _ADD_LETTERS.run(connection, *rows)


def remove_letters(
    connection: Connection, *, member_id: str | None = None, terminal_id: str | None = None
) -> Sequence[UUID]:
    """Those with that member's face, or for that terminal, or all; returns their ids."""
    statement = delete(face_letter)
    if member_id is not None:
        statement = statement.where(face_letter.c.member_id == member_id)
    if terminal_id is not None:
        statement = statement.where(face_letter.c.terminal_id == terminal_id)
    return list(connection.execute(statement.returning(face_letter.c.id)).scalars())


def find_letters(connection: Connection, ids: Sequence[UUID]) -> list[Row[Any]]:
    return _LETTERS.of_keys(connection, ids)


def letters_of(connection: Connection, member_id: str) -> Sequence[Row[Any]]:
    """Each with the `letter` of its terminal."""
    found = select(face_letter, terminal.c.letter).join(terminal, terminal.c.id == face_letter.c.terminal_id)
    return connection.execute(found.where(face_letter.c.member_id == member_id).order_by(terminal.c.letter)).all()


def count_letters(connection: Connection) -> dict[str, tuple[int, int, int]]:
    """By terminal: sealed and waiting for it, wanted, refused."""
    of_terminal = select(
        face_letter.c.terminal_id,
        func.count(face_letter.c.sealed),
        func.count().filter(face_letter.c.sealed.is_(None), face_letter.c.refusal == ""),
        func.count().filter(face_letter.c.refusal != ""),
    ).group_by(face_letter.c.terminal_id)
    rows = connection.execute(of_terminal)
    return {terminal_id: (sealed, wanted, refused) for terminal_id, sealed, wanted, refused in rows}


def letters_to_write(
    connection: Connection,
    writer_id: str,
    incarnation: int,
    *,
    now: datetime,
    asked_before: datetime,
    limit: int,
    full: Collection[str],
) -> Sequence[Row[Any]]:
    """Letters that nobody is writing and that terminal can, each with the box; none for the terminals in `full`. Whom
    another was asked of after `asked_before` is left to it, unless that was in the future: a clock was set back."""
    nobody_writes = or_(
        face_letter.c.asked_at.is_(None),
        face_letter.c.asked_at <= asked_before,
        face_letter.c.asked_at > now,
        face_letter.c.asked_of == writer_id,
    )
    found = (
        select(face_letter.c.id, face_letter.c.member_id, face_letter.c.consent_id, face_box)
        .join(
            face_copy,
            and_(
                face_copy.c.member_id == face_letter.c.member_id,
                face_copy.c.consent_id == face_letter.c.consent_id,
                face_copy.c.terminal_id == writer_id,
                face_copy.c.incarnation == incarnation,
                face_copy.c.destroyed_at.is_(None),
            ),
        )
        .join(shared_face, and_(shared_face.c.consent_id == face_letter.c.consent_id, shared_face.c.until > now))
        .join(
            face_box,
            and_(face_box.c.terminal_id == face_letter.c.terminal_id, face_box.c.box_id == face_letter.c.box_id),
        )
        .join(terminal, _LIVE_BOX)
        .where(face_letter.c.sealed.is_(None), face_letter.c.refusal == "", nobody_writes)
        .where(face_letter.c.terminal_id.not_in(full))
        .order_by(face_letter.c.id)
        .limit(limit)
    )
    return connection.execute(found).all()


def change_letters(connection: Connection, ids: Collection[UUID], values: dict[str, Any]) -> None:
    if ids:
        connection.execute(update(face_letter).where(face_letter.c.id.in_(ids)).values(values))


def remove_letter(connection: Connection, letter_id: UUID) -> None:
    connection.execute(delete(face_letter).where(face_letter.c.id == letter_id))
