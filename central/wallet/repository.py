"""Grants, the requests for them, and the spends under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
    update,
)

from central.bulk import BulkInsert
from central.database import UtcDateTime, metadata
from central.statements import Statement, by_keys, per_dialect
from central.terminals.repository import terminal
from kiosk.domain.wallet import Grant, Spend

# `reply` is the answer given, kept for ever; an abandoned request is one that will never be spent.
grant_request = Table(
    "grant_request",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("card_uid", String(20)),
    Column("amount_minor", BigInteger),
    Column("further", LargeBinary),
    Column("reply", LargeBinary),
    Column("is_abandoned", Boolean, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("face_consent_id", Uuid),
)

# Named so because GRANT is a word of SQL, and money was the first unit: a currency, points or a coupon
# (kiosk.domain.unit). What a grant has settled is the sum of its spends. A pre-grant has no request, and is of money.
money_grant = Table(
    "money_grant",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("request_id", ForeignKey("grant_request.request_id")),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("close_after", Integer),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("is_recalled", Boolean, nullable=False),
    Column("is_written_off", Boolean, nullable=False),
    Column("unit", String(50), nullable=False),
    UniqueConstraint("request_id", "unit"),
)
# Open grants are few, closed ones many: only the open ones are indexed.
for _of in (money_grant.c.member_id, money_grant.c.terminal_id):
    Index(f"ix_money_grant_open_{_of.name}", _of, sqlite_where=text("is_open = 1"), postgresql_where=text("is_open"))

spend = Table(
    "spend",
    metadata,
    Column("grant_id", ForeignKey("money_grant.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("payment_id", Uuid, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    UniqueConstraint("payment_id", "grant_id"),  # a payment uses a grant at most once
)

# Two people: one asks, another confirms.
write_off = Table(
    "write_off",
    metadata,
    Column("grant_id", ForeignKey("money_grant.id"), primary_key=True),
    Column("asked_by", String(60), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("confirmed_by", String(60)),
    Column("confirmed_at", UtcDateTime),
)


_CLAIM = per_dialect(
    lambda insert: (
        insert(grant_request)
        .on_conflict_do_nothing(index_elements=["request_id"])
        .returning(grant_request.c.request_id)
    )
)
_REQUEST_LOCKED = Statement(
    select(grant_request).where(grant_request.c.request_id == bindparam("id")).with_for_update()
)
_UPDATE_REQUEST = Statement(update(grant_request).where(grant_request.c.request_id == bindparam("id")))
# How a grant stands. When it was issued, nobody asks of many.
_STATE = tuple(column for column in money_grant.c if column is not money_grant.c.issued_at)
_GRANT = Statement(select(money_grant).where(money_grant.c.id == bindparam("id")))
_GRANTS_OF_REQUEST = Statement(select(money_grant).where(money_grant.c.request_id == bindparam("id")))
_UPDATE_GRANT = Statement(update(money_grant).where(money_grant.c.id == bindparam("grant_id")))
_PRE_GRANTS = by_keys(lambda among: select(*_STATE).where(among(money_grant.c.id), money_grant.c.request_id.is_(None)))
_SETTLED = select(cast(func.coalesce(func.sum(spend.c.amount_minor), 0), BigInteger)).where(
    spend.c.grant_id == money_grant.c.id
)
_OPEN_PRE_GRANTS = by_keys(
    lambda among: (
        select(
            money_grant.c.id,
            money_grant.c.member_id,
            money_grant.c.terminal_id,
            money_grant.c.amount_minor,
            money_grant.c.is_recalled,
            (money_grant.c.amount_minor - _SETTLED.scalar_subquery()).label("left_minor"),
        )
        .where(among(money_grant.c.member_id), money_grant.c.is_open, money_grant.c.request_id.is_(None))
        .order_by(money_grant.c.issued_at, money_grant.c.id)
    )
)
_HELD_AT = select(cast(func.coalesce(func.sum(money_grant.c.amount_minor - _SETTLED.scalar_subquery()), 0), BigInteger))
_EXPOSURE = Statement(
    _HELD_AT.where(
        money_grant.c.terminal_id == bindparam("terminal_id"), money_grant.c.is_open, money_grant.c.request_id.is_(None)
    )
)
_RECALL = Statement(update(money_grant).where(money_grant.c.id == bindparam("grant_id")).values(is_recalled=True))
_WRITE_OFF = Statement(select(write_off).where(write_off.c.grant_id == bindparam("grant_id")))
_SPENDS_OF = Statement(select(spend).where(spend.c.grant_id == bindparam("id")))
_SPENDS_OF_PAYMENT = Statement(select(spend).where(spend.c.payment_id == bindparam("id")))
_GRANTS = by_keys(lambda among: select(*_STATE).where(among(money_grant.c.id)))
_SPENDS_OF_ALL = by_keys(
    lambda among: select(spend.c.grant_id, spend.c.number, spend.c.amount_minor).where(among(spend.c.grant_id))
)
_ADD_GRANT = Statement(insert(money_grant))
_ADD_SPENDS = BulkInsert(spend, "payment_id", "grant_id", "number", "amount_minor")


def claim_request(connection: Connection, row: dict[str, Any]) -> bool:
    """Store the request if its id is new; False when it stands already. Waits for another transaction that is
    storing the same one."""
    return _CLAIM.one_or_none(connection, row) is not None


def lock_request(connection: Connection, request_id: UUID) -> Row[Any]:
    """The request, which must be there; nobody else answers or abandons it until the transaction ends."""
    return _REQUEST_LOCKED.one(connection, {"id": request_id})


def keep_reply(connection: Connection, request_id: UUID, reply: bytes) -> None:
    _UPDATE_REQUEST.run(connection, {"id": request_id, "reply": reply})


def forget_card(connection: Connection, request_id: UUID) -> None:
    """The number of a card that leads to nobody here is not kept: it may be that of a member who was deleted."""
    _UPDATE_REQUEST.run(connection, {"id": request_id, "card_uid": None})


def abandon_request(connection: Connection, request_id: UUID) -> None:
    _UPDATE_REQUEST.run(connection, {"id": request_id, "is_abandoned": True})


def add_grant(connection: Connection, grant: Grant, now: datetime) -> None:
    row = {
        "id": grant.id,
        "request_id": grant.request_id,
        "member_id": grant.member_id,
        "terminal_id": grant.terminal_id,
        "incarnation": grant.incarnation,
        "amount_minor": grant.amount.minor,
        "is_open": True,
        "issued_at": now,
        "is_recalled": False,
        "is_written_off": False,
        "unit": grant.amount.currency,
    }
    _ADD_GRANT.run(connection, row)


def find_grant(connection: Connection, grant_id: UUID) -> Row[Any] | None:
    return _GRANT.one_or_none(connection, {"id": grant_id})


def get_grant(connection: Connection, grant_id: UUID) -> Row[Any]:
    """One that is known to be there: grants are never deleted."""
    return _GRANT.one(connection, {"id": grant_id})


def find_grants(connection: Connection, grant_ids: Sequence[UUID]) -> list[Row[Any]]:
    return _GRANTS.of_keys(connection, grant_ids)


def grants_of_request(connection: Connection, request_id: UUID) -> Sequence[Row[Any]]:
    """At most one of each unit; all are of one member."""
    return _GRANTS_OF_REQUEST.rows(connection, {"id": request_id})


def update_grant(connection: Connection, grant_id: UUID, *, is_open: bool, close_after: int | None = None) -> None:
    _UPDATE_GRANT.run(connection, {"grant_id": grant_id, "is_open": is_open, "close_after": close_after})


def update_grants(connection: Connection, changed: Sequence[tuple[UUID, bool, int | None]]) -> None:
    """(grant id, is_open, close_after) of each."""
    rows = [{"grant_id": id_, "is_open": is_open, "close_after": after} for id_, is_open, after in changed]
    _UPDATE_GRANT.run(connection, *rows)


def spends_of(connection: Connection, grant_id: UUID) -> Sequence[Row[Any]]:
    return _SPENDS_OF.rows(connection, {"id": grant_id})


def spends_of_all(connection: Connection, grant_ids: Sequence[UUID]) -> list[Row[Any]]:
    return _SPENDS_OF_ALL.of_keys(connection, grant_ids)


def spends_of_payment(connection: Connection, payment_id: UUID) -> Sequence[Row[Any]]:
    return _SPENDS_OF_PAYMENT.rows(connection, {"id": payment_id})


def add_spend(connection: Connection, made: Spend) -> None:
    add_spends(connection, [made])


def add_spends(connection: Connection, made: Iterable[Spend]) -> None:
    _ADD_SPENDS(connection, [(s.payment_id, s.grant_id, s.number, s.amount.minor) for s in made])


def open_pre_grants(connection: Connection, member_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The members' pre-grants that are open, oldest first: id, member_id, terminal_id, amount_minor, is_recalled, and
    `left_minor`, what is not settled of it."""
    return _OPEN_PRE_GRANTS.of_keys(connection, member_ids)


def find_pre_grants(connection: Connection, grant_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    return _PRE_GRANTS.of_keys(connection, grant_ids)


def exposure_minor(connection: Connection, terminal_id: str) -> int:
    """What the terminal could spend under open pre-grants: amounts less what is settled."""
    minor: int = _EXPOSURE.one(connection, {"terminal_id": terminal_id})[0]
    return minor


def open_grants(connection: Connection, terminal_letter: str | None) -> Sequence[Row[Any]]:
    """All that are open, or that terminal's, oldest first; each with `held_minor` and `terminal_letter`."""
    held = (money_grant.c.amount_minor - _SETTLED.scalar_subquery()).label("held_minor")
    letter = terminal.c.letter.label("terminal_letter")
    statement = select(money_grant, held, letter).join(terminal).where(money_grant.c.is_open)
    if terminal_letter is not None:
        statement = statement.where(terminal.c.letter == terminal_letter)
    return connection.execute(statement.order_by(money_grant.c.issued_at, money_grant.c.id)).all()


def written_off_grants(connection: Connection) -> Sequence[UUID]:
    return connection.execute(select(money_grant.c.id).where(money_grant.c.is_written_off)).scalars().all()


def all_open_pre_grants(connection: Connection) -> Sequence[UUID]:
    still_open = money_grant.c.is_open, money_grant.c.request_id.is_(None)
    return connection.execute(select(money_grant.c.id).where(*still_open)).scalars().all()


def recall(connection: Connection, grant_id: UUID) -> None:
    _RECALL.run(connection, {"grant_id": grant_id})


def find_write_off(connection: Connection, grant_id: UUID) -> Row[Any] | None:
    return _WRITE_OFF.one_or_none(connection, {"grant_id": grant_id})


def ask_write_off(connection: Connection, grant_id: UUID, asked_by: str, now: datetime) -> None:
    connection.execute(insert(write_off), {"grant_id": grant_id, "asked_by": asked_by, "asked_at": now})


def confirm_write_off(connection: Connection, grant_id: UUID, confirmed_by: str, now: datetime) -> None:
    """The grant ends without the terminal's word."""
    values = {"confirmed_by": confirmed_by, "confirmed_at": now}
    connection.execute(update(write_off).where(write_off.c.grant_id == grant_id).values(values))
    ended = {"is_open": False, "is_written_off": True}
    connection.execute(update(money_grant).where(money_grant.c.id == grant_id).values(ended))
