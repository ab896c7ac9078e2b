"""Paying a balance out, for who leaves: in cash from the office, or, where nobody can be paid, into the account of what
was not claimed. It takes two people."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Row,
    String,
    Table,
    Uuid,
    delete,
    insert,
    select,
    update,
)

from central.database import UtcDateTime, metadata
from central.errors import Conflict, NotFound
from central.members.repository import lock_member
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.accounts import read_accounts
from central.wallet.write_offs import name_of_person
from kiosk.domain.audit import Act
from kiosk.domain.money import Money

# One that nobody has confirmed yet is replaced when it is asked for anew.
pay_out = Table(
    "pay_out",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False, index=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("is_unclaimed", Boolean, nullable=False),
    Column("asked_by", String(60), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("confirmed_by", String(60)),
    Column("confirmed_at", UtcDateTime),
)


def ask_pay_out(tx: Transaction, member_id: str, asked_by: str, *, is_unclaimed: bool) -> Money:
    """The first of two; returns what there is to pay out: all but what terminals hold. Raises NotFound, or Conflict
    when that is nothing or somebody has asked for the same already."""
    asked_by = name_of_person(asked_by)
    amount = _lock_balance(tx, member_id)
    standing = _standing(tx.connection, member_id)
    if standing is not None and (standing.amount_minor, standing.is_unclaimed) == (amount.minor, is_unclaimed):
        raise Conflict(f"{standing.asked_by} has asked for it already; another person may confirm it")
    if standing is not None:
        tx.connection.execute(delete(pay_out).where(pay_out.c.id == standing.id))
    row = {
        "id": uuid4(),
        "member_id": member_id,
        "amount_minor": amount.minor,
        "is_unclaimed": is_unclaimed,
        "asked_by": asked_by,
        "asked_at": tx.now,
    }
    tx.connection.execute(insert(pay_out), row)
    tx.record(Act.PAY_OUT_ASKED, member_id, amount_minor=amount.minor, currency=amount.currency)
    return amount


def confirm_pay_out(tx: Transaction, member_id: str, confirmed_by: str) -> tuple[Money, bool]:
    """The second: it is booked. Returns how much, and whether it is to be given out as cash. Raises NotFound, or
    Conflict when nobody has asked, when it was the same person, or when the balance is another one since."""
    confirmed_by = name_of_person(confirmed_by)
    amount = _lock_balance(tx, member_id)
    asked = _standing(tx.connection, member_id)
    if asked is None:
        raise Conflict("nobody has asked for it yet")
    if asked.asked_by.casefold() == confirmed_by.casefold():
        raise Conflict("two people are needed: somebody else must confirm it")
    if asked.amount_minor != amount.minor:
        raise Conflict("the balance is another one than was asked for: ask for it anew")
    target = ledger.UNCLAIMED if asked.is_unclaimed else ledger.OFFICE_CASH
    entry = ledger.transfer("pay_out", ledger.member_account(member_id), target, amount)
    ledger.book(tx.connection, [(f"pay_out:{asked.id}", entry)], tx.now)
    confirmed = {"confirmed_by": confirmed_by, "confirmed_at": tx.now}
    tx.connection.execute(update(pay_out).where(pay_out.c.id == asked.id).values(confirmed))
    tx.record(Act.PAID_OUT, member_id, pay_out=asked.id, amount_minor=amount.minor, currency=amount.currency)
    tx.changes.members.add(member_id)
    tx.moved.add(member_id)
    return amount, not asked.is_unclaimed


def _lock_balance(tx: Transaction, member_id: str) -> Money:
    """What may be paid out now, also to who was deleted and has had something back since; the member is held."""
    if lock_member(tx.connection, member_id) is None:
        raise NotFound(f"there is no member {member_id}")
    account = read_accounts(tx.connection, [member_id], tx.currency)[member_id]
    amount = account.booked - account.held
    if amount.minor <= 0:
        raise Conflict("there is nothing on the balance that could be paid out")
    return amount


def _standing(connection: Connection, member_id: str) -> Row[Any] | None:
    """What was asked for and not confirmed."""
    asked = select(pay_out).where(pay_out.c.member_id == member_id, pay_out.c.confirmed_at.is_(None))
    return connection.execute(asked).one_or_none()
