"""Terminals that staff has given up, and grants that a restored central takes up or writes off."""

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
    Row,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from central.database import UtcDateTime, metadata
from central.statements import by_keys
from central.terminals.repository import terminal
from central.wallet.repository import money_grant

# Two people, for each restore anew: one asks, another confirms.
giving_up = Table(
    "giving_up",
    metadata,
    Column("terminal_id", ForeignKey("terminal.id"), primary_key=True),
    Column("restores", Integer, primary_key=True, autoincrement=False),
    Column("asked_by", String(60), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("confirmed_by", String(60)),
    Column("confirmed_at", UtcDateTime),
)

_KNOWN = by_keys(lambda among: select(money_grant.c.id).where(among(money_grant.c.id)))
_OPEN = select(money_grant).where(money_grant.c.is_open)
_OF_GIVEN_UP = _OPEN.where(
    money_grant.c.terminal_id == bindparam("terminal_id"), money_grant.c.incarnation <= bindparam("up_to")
).order_by(money_grant.c.member_id, money_grant.c.id)
_WRITE_OFF = (
    update(money_grant).where(money_grant.c.id == bindparam("grant_id")).values(is_open=False, is_written_off=True)
)


def find_giving_up(connection: Connection, terminal_id: str, restores: int) -> Row[Any] | None:
    of_terminal = giving_up.c.terminal_id == terminal_id, giving_up.c.restores == restores
    return connection.execute(select(giving_up).where(*of_terminal)).one_or_none()


def ask_giving_up(connection: Connection, terminal_id: str, restores: int, asked_by: str, now: datetime) -> None:
    row = {"terminal_id": terminal_id, "restores": restores, "asked_by": asked_by, "asked_at": now}
    connection.execute(insert(giving_up), row)


def confirm_giving_up(connection: Connection, terminal_id: str, restores: int, by: str, now: datetime) -> None:
    of_terminal = giving_up.c.terminal_id == terminal_id, giving_up.c.restores == restores
    connection.execute(update(giving_up).where(*of_terminal).values(confirmed_by=by, confirmed_at=now))


def known_grants(connection: Connection, grant_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that the database has heard of."""
    return {row.id for row in _KNOWN.of_keys(connection, grant_ids)}


def open_grants_up_to(connection: Connection, terminal_id: str, up_to: int) -> Sequence[Row[Any]]:
    """What the terminal holds from incarnations up to that one, in the order of the members."""
    return connection.execute(_OF_GIVEN_UP, {"terminal_id": terminal_id, "up_to": up_to}).all()


def write_off(connection: Connection, grant_id: UUID) -> None:
    connection.execute(_WRITE_OFF, {"grant_id": grant_id})


def restored_terminals(connection: Connection) -> None:
    """Nobody has announced yet, and everybody is waited for."""
    connection.execute(update(terminal).values(is_announced=False, is_awaited=True))
