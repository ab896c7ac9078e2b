"""Terminals, their public keys, and the codes they enrol with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    select,
    true,
    update,
)

from central.database import UtcDateTime, metadata
from central.statements import Statement, by_keys
from central.terminals.identity import Terminal

terminal = Table(
    "terminal",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("letter", String(8), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("is_revoked", Boolean, nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    # The newest that it has spoken: what it understands.
    Column("protocol", Integer, nullable=False),
    # After a restore: has told which grants it holds; central waits for that; and up to which incarnation its grants
    # are written off, as it was given up (docs/decisions/0004, rule 6).
    Column("is_announced", Boolean, nullable=False, server_default=true()),
    Column("is_awaited", Boolean, nullable=False, server_default=false()),
    Column("given_up_to", Integer, nullable=False, server_default="0"),
    # "order", "counter", "kitchen" or "board", as it said when it enrolled.
    Column("role", String(10), nullable=False, server_default="order"),
)

# `replaces_id`: the terminal that enrols again with this code; `terminal_id`: the one that has used it.
enrolment_code = Table(
    "enrolment_code",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("replaces_id", ForeignKey("terminal.id")),
    Column("terminal_id", ForeignKey("terminal.id")),
)


_TERMINAL = Statement(select(terminal).where(terminal.c.id == bindparam("id")))
_TERMINALS = by_keys(lambda among: select(terminal).where(among(terminal.c.id)))
_ANY_AWAITED = Statement(select(exists().where(terminal.c.is_awaited).label("any_awaited")))
# Weaker than FOR UPDATE: rows that refer to a terminal, of an upload under way, are not in the way of it.
_LOCKED = by_keys(
    lambda among: select(terminal).where(among(terminal.c.id)).order_by(terminal.c.id).with_for_update(key_share=True)
)


def find_terminal(connection: Connection, terminal_id: str) -> Row[Any] | None:
    return _TERMINAL.one_or_none(connection, {"id": terminal_id})


def get_terminal(connection: Connection, terminal_id: str) -> Row[Any]:
    """One that is known to be there: terminals are never deleted."""
    return _TERMINAL.one(connection, {"id": terminal_id})


def get_identity(connection: Connection, terminal_id: str) -> Terminal:
    """Who that terminal, which is known to be there, is now."""
    row = get_terminal(connection, terminal_id)
    return Terminal(row.id, row.incarnation, row.letter, row.name, row.protocol, role=row.role)


def find_terminals(connection: Connection, terminal_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Those of them that are known."""
    return _TERMINALS.of_keys(connection, terminal_ids)


def find_by_letter(connection: Connection, letter: str) -> Row[Any] | None:
    return connection.execute(select(terminal).where(terminal.c.letter == letter)).one_or_none()


def all_terminals(connection: Connection) -> Sequence[Row[Any]]:
    """In the order they first enrolled."""
    return connection.execute(select(terminal).order_by(func.length(terminal.c.letter), terminal.c.letter)).all()


def lock_terminals(connection: Connection, terminal_ids: set[str]) -> Sequence[Row[Any]]:
    """Those terminals, held until the transaction ends."""
    return _LOCKED.of_keys(connection, sorted(terminal_ids))


def count_terminals(connection: Connection) -> int:
    count: int = connection.execute(select(func.count()).select_from(terminal)).scalar_one()
    return count


def any_awaited(connection: Connection) -> bool:
    """Whether a restored central still waits for a terminal to announce what it holds."""
    found: bool = _ANY_AWAITED.one(connection).any_awaited
    return found


def add_terminal(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(insert(terminal), row)


def change_terminal(connection: Connection, terminal_id: str, values: dict[str, Any]) -> None:
    connection.execute(update(terminal).where(terminal.c.id == terminal_id).values(values))


def add_code(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(insert(enrolment_code), row)


def find_code(connection: Connection, code_hash: bytes) -> Row[Any] | None:
    return connection.execute(select(enrolment_code).where(enrolment_code.c.code_hash == code_hash)).one_or_none()


def use_code(connection: Connection, code_hash: bytes, terminal_id: str) -> None:
    of_code = enrolment_code.c.code_hash == code_hash
    connection.execute(update(enrolment_code).where(of_code).values(terminal_id=terminal_id))


def void_codes(connection: Connection, replaces_id: str) -> None:
    """Those for that terminal that nobody has used."""
    table = enrolment_code.c
    connection.execute(delete(enrolment_code).where(table.replaces_id == replaces_id, table.terminal_id.is_(None)))


def count_failed_attempt(connection: Connection) -> None:
    """A wrong code counts against every code that is still unused: nobody can say at which one it was aimed."""
    unused = enrolment_code.c.terminal_id.is_(None)
    failed = enrolment_code.c.failed_attempts + 1
    connection.execute(update(enrolment_code).where(unused).values(failed_attempts=failed))
