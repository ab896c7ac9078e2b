"""The ledger: balanced entries that are only ever added. A balance is the sum of an account's postings.

Every entry carries a reference that is unique for ever, so that booking the same thing twice books it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Uuid,
    bindparam,
    insert,
    select,
)

from central.database import UtcDateTime, metadata
from kiosk.domain.money import Money
from kiosk.domain.wallet import LedgerEntry, Posting

SALES = "sales"
LOSSES = "losses"
TOP_UPS = "top_ups"
OPENING_BALANCES = "opening_balances"
REFUNDS = "refunds"
OFFICE_CASH = "office_cash"
MEMBER_ACCOUNT_PREFIX = "member:"

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", String(100), nullable=False, unique=True),
    Column("reason", String(40), nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
)

ledger_posting = Table(
    "ledger_posting",
    metadata,
    Column("entry_id", ForeignKey("ledger_entry.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("account", String(60), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    # With the amount in the index, a balance is summed without touching the table.
    Index(None, "account", "amount_minor"),
)

points_entry = Table(
    "points_entry",
    metadata,
    Column("reference", String(100), primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Index(None, "member_id", "points"),
)


_POSTINGS_OF = (
    select(ledger_posting)
    .join(ledger_entry)
    .where(ledger_entry.c.reference == bindparam("reference"))
    .order_by(ledger_posting.c.position)
)
_POINTS_OF = select(points_entry.c.points).where(points_entry.c.reference == bindparam("reference"))
_ADD_ENTRIES, _ADD_POSTINGS, _ADD_POINTS = insert(ledger_entry), insert(ledger_posting), insert(points_entry)


def member_account(member_id: str) -> str:
    return MEMBER_ACCOUNT_PREFIX + member_id


def cash_account(terminal_id: str) -> str:
    """The cash at that terminal: below zero by what was taken there and not given out again."""
    return f"cash:{terminal_id}"


def transfer(reason: str, source: str, target: str, amount: Money) -> LedgerEntry:
    """An entry that moves `amount` from one account to another."""
    return LedgerEntry(reason, (Posting(source, -amount), Posting(target, amount)))


def book(connection: Connection, entries: Iterable[tuple[str, LedgerEntry]], now: datetime) -> None:
    """Add entries, each under its reference. A reference that stands already is an IntegrityError."""
    heads: list[dict[str, Any]] = []
    postings: list[dict[str, Any]] = []
    for reference, entry in entries:
        entry_id = uuid4()
        heads.append({"id": entry_id, "reference": reference, "reason": entry.reason, "booked_at": now})
        postings += [
            {"entry_id": entry_id, "position": i, "account": p.account, "amount_minor": p.amount.minor}
            for i, p in enumerate(entry.postings)
        ]
    if heads:
        connection.execute(_ADD_ENTRIES, heads)
        connection.execute(_ADD_POSTINGS, postings)


def postings_of(connection: Connection, reference: str) -> Sequence[Row[Any]]:
    """The postings booked under that reference, in order; none when nothing was."""
    return connection.execute(_POSTINGS_OF, {"reference": reference}).all()


def points_of(connection: Connection, reference: str) -> int:
    """The points booked under that reference; 0 when none were."""
    points: int | None = connection.execute(_POINTS_OF, {"reference": reference}).scalar()
    return points or 0


def add_points(connection: Connection, reference: str, member_id: str, points: int, reason: str, now: datetime) -> None:
    """Add points, once under this reference; a second time is an IntegrityError."""
    row = {"reference": reference, "member_id": member_id, "points": points, "reason": reason, "booked_at": now}
    connection.execute(_ADD_POINTS, row)
