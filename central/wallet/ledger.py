"""The ledger: balanced entries that are only ever added. A balance is the sum of an account's postings.

Every entry carries a reference that is unique for ever, so that booking the same thing twice books it once. An account
is of one unit (money, points, one coupon), so entries balance unit by unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

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
    select,
)

from central.bulk import BulkInsert
from central.database import UtcDateTime, metadata
from central.statements import Statement
from kiosk.domain.ids import uuid7
from kiosk.domain.money import Money
from kiosk.domain.unit import POINTS, coupon_in
from kiosk.domain.wallet import LedgerEntry, Posting

SALES = "sales"
LOSSES = "losses"
TOP_UPS = "top_ups"
OPENING_BALANCES = "opening_balances"
REFUNDS = "refunds"
OFFICE_CASH = "office_cash"
CORRECTIONS = "corrections"  # what two people added to balances, less what they took
UNCLAIMED = "unclaimed"  # balances that nobody could be paid
MEMBER_ACCOUNT_PREFIX = "member:"
POINTS_ACCOUNT_PREFIX = "points:"
POINTS_COST = "points_cost"  # money: what redeemed points have paid
COUPON_DISCOUNTS = "coupon_discounts"
POINTS_REDEEMED = "points_redeemed"  # points
POINTS_LOST = "points_lost"
COUPONS_ISSUED = "coupons_issued"  # coupons
COUPONS_REDEEMED = "coupons_redeemed"
COUPONS_LOST = "coupons_lost"

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


@dataclass(frozen=True, slots=True)
class PointsEntry:
    """Points added to a member's, or with a minus taken, under a reference that is unique for ever."""

    reference: str
    member_id: str
    points: int
    reason: str


_POSTINGS_OF = Statement(
    select(ledger_posting)
    .join(ledger_entry)
    .where(ledger_entry.c.reference == bindparam("reference"))
    .order_by(ledger_posting.c.position)
)
_POINTS_OF = Statement(select(points_entry.c.points).where(points_entry.c.reference == bindparam("reference")))
_ADD_ENTRIES = BulkInsert(ledger_entry, "id", "reference", "reason", "booked_at")
_ADD_POSTINGS = BulkInsert(ledger_posting, "entry_id", "position", "account", "amount_minor")
_ADD_POINTS = BulkInsert(points_entry, "reference", "member_id", "points", "reason", "booked_at")


def member_account(member_id: str) -> str:
    return MEMBER_ACCOUNT_PREFIX + member_id


def account_of(member_id: str, unit: str) -> str:
    """The member's account in that unit."""
    if unit == POINTS:
        return POINTS_ACCOUNT_PREFIX + member_id
    return member_account(member_id) if coupon_in(unit) is None else unit


def spent_to(unit: str) -> str:
    """Where a spend goes."""
    if unit == POINTS:
        return POINTS_REDEEMED
    return SALES if coupon_in(unit) is None else COUPONS_REDEEMED


def lost_from(unit: str) -> str:
    """Who bears a spend under a grant that was written off."""
    if unit == POINTS:
        return POINTS_LOST
    return LOSSES if coupon_in(unit) is None else COUPONS_LOST


def cash_account(terminal_id: str) -> str:
    """The cash at that terminal: below zero by what was taken there and not given out again."""
    return f"cash:{terminal_id}"


def transfer(reason: str, source: str, target: str, amount: Money) -> LedgerEntry:
    """An entry that moves `amount` from one account to another."""
    return LedgerEntry(reason, (Posting(source, -amount), Posting(target, amount)))


@dataclass(frozen=True, slots=True)
class Transfer:
    """What `transfer` makes an entry of, above zero, under its reference: for thousands at a time."""

    reference: str
    reason: str
    source: str
    target: str
    amount_minor: int


def book(connection: Connection, entries: Iterable[tuple[str, LedgerEntry]], now: datetime) -> None:
    """Add entries, each under its reference. A reference that stands already is an IntegrityError."""
    heads: list[tuple[Any, ...]] = []
    postings: list[tuple[Any, ...]] = []
    for reference, entry in entries:
        entry_id = _new_id(now)
        heads.append((entry_id, reference, entry.reason, now))
        postings += [(entry_id, i, p.account, p.amount.minor) for i, p in enumerate(entry.postings)]
    _ADD_ENTRIES(connection, heads)
    _ADD_POSTINGS(connection, postings)


def book_transfers(connection: Connection, transfers: Iterable[Transfer], now: datetime) -> None:
    """As `book`."""
    heads: list[tuple[Any, ...]] = []
    postings: list[tuple[Any, ...]] = []
    for made in transfers:
        entry_id = _new_id(now)
        heads.append((entry_id, made.reference, made.reason, now))
        postings.append((entry_id, 0, made.source, -made.amount_minor))
        postings.append((entry_id, 1, made.target, made.amount_minor))
    _ADD_ENTRIES(connection, heads)
    _ADD_POSTINGS(connection, postings)


def _new_id(now: datetime) -> UUID:
    """Later ones are greater: new entries come to lie side by side in the database."""
    return uuid7(int(now.timestamp() * 1000))


def postings_of(connection: Connection, reference: str) -> Sequence[Row[Any]]:
    """The postings booked under that reference, in order; none when nothing was."""
    return _POSTINGS_OF.rows(connection, {"reference": reference})


def points_of(connection: Connection, reference: str) -> int:
    """The points booked under that reference; 0 when none were."""
    found = _POINTS_OF.one_or_none(connection, {"reference": reference})
    return 0 if found is None else int(found.points)


def add_points(connection: Connection, reference: str, member_id: str, points: int, reason: str, now: datetime) -> None:
    """Add points, once under this reference; a second time is an IntegrityError."""
    add_points_entries(connection, [PointsEntry(reference, member_id, points, reason)], now)


def add_points_entries(connection: Connection, entries: Iterable[PointsEntry], now: datetime) -> None:
    _ADD_POINTS(connection, [(e.reference, e.member_id, e.points, e.reason, now) for e in entries])
