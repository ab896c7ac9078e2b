"""A member's account: what they may still spend (ledger + credit line − what open grants hold), in money and in points.
(Coupons: central.coupons.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    String,
    bindparam,
    cast,
    func,
    literal,
    select,
)

from central.members.repository import member
from central.statements import by_keys
from central.wallet.ledger import MEMBER_ACCOUNT_PREFIX, POINTS_ACCOUNT_PREFIX, ledger_posting, points_entry
from central.wallet.repository import money_grant, spend
from kiosk.domain.money import Money
from kiosk.domain.unit import POINTS
from kiosk.domain.wallet import free_balance


@dataclass(frozen=True, slots=True)
class Account:
    """`member`: of the member's row id, name, unit, credit_line_minor, diet and deleted_at. `booked` is the ledger's
    balance; `held` is in open grants, amount less settled, and `pre_granted` the part of it that is in pre-grants. Of
    the `points`, `points_held` are in open grants."""

    member: Row[Any]
    booked: Money
    held: Money
    pre_granted: Money
    points: int
    points_held: int = 0

    @property
    def credit_line(self) -> Money:
        return Money(self.member.credit_line_minor, self.booked.currency)

    @property
    def free(self) -> Money:
        return free_balance(self.booked, self.credit_line, [self.held])

    @property
    def free_points(self) -> int:
        return self.points - self.points_held

    @property
    def spendable(self) -> Money:
        """What members see: pre-grants are theirs too, only set aside."""
        return self.free + self.pre_granted


def total(amount: ColumnElement[int], *where: ColumnElement[bool]) -> ScalarSelect[int]:
    """A sum as part of another statement; 0 of nothing."""
    return select(cast(func.coalesce(func.sum(amount), 0), BigInteger)).where(*where).scalar_subquery()


_SETTLED = total(spend.c.amount_minor, spend.c.grant_id == money_grant.c.id)


def held_in_grants(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    """What these grants hold as long as they are open."""
    return total(money_grant.c.amount_minor - _SETTLED, money_grant.c.is_open, *which)


_BOOKED = total(
    ledger_posting.c.amount_minor,
    ledger_posting.c.account == literal(MEMBER_ACCOUNT_PREFIX, String) + member.c.id,
)
_HELD = held_in_grants(money_grant.c.member_id == member.c.id, money_grant.c.unit == bindparam("currency"))
_PRE_GRANTED = held_in_grants(money_grant.c.member_id == member.c.id, money_grant.c.request_id.is_(None))
_EARNED = total(points_entry.c.points, points_entry.c.member_id == member.c.id)
_REDEEMED = total(
    -ledger_posting.c.amount_minor,
    ledger_posting.c.account == literal(POINTS_ACCOUNT_PREFIX, String) + member.c.id,
)
_POINTS_HELD = held_in_grants(money_grant.c.member_id == member.c.id, money_grant.c.unit == POINTS)
_ACCOUNTS = by_keys(
    lambda among: select(
        *(member.c[name] for name in ("id", "name", "unit", "credit_line_minor", "diet", "deleted_at")),
        _BOOKED.label("booked_minor"),
        _HELD.label("held_minor"),
        _PRE_GRANTED.label("pre_granted_minor"),
        (_EARNED - _REDEEMED).label("points"),
        _POINTS_HELD.label("points_held"),
    ).where(among(member.c.id))
)


def read_accounts(connection: Connection, member_ids: Sequence[str], currency: str) -> dict[str, Account]:
    """By member id; unknown members are left out. One statement, so its parts fit together; whoever decides on it
    holds the members' rows (lock_member), so that it still holds when they commit."""
    return {
        row.id: Account(
            row,
            Money(row.booked_minor, currency),
            Money(row.held_minor, currency),
            Money(row.pre_granted_minor, currency),
            row.points,
            row.points_held,
        )
        for row in _ACCOUNTS.of_keys(connection, member_ids, {"currency": currency})
    }
