"""Booking cash that terminals took for members' balances."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table, Uuid, bindparam, insert, select

from central.database import UtcDateTime, metadata
from central.errors import CentralError
from central.members import repository as members
from central.orders.checks import check_moment
from central.statements import Statement
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger
from kiosk.domain.refund import MAX_STAFF_CHARS
from kiosk.sync.wire import CashTopUpRecorded

cash_top_up = Table(
    "cash_top_up",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("terminal_id", ForeignKey("terminal.id"), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("staff", String(MAX_STAFF_CHARS), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("event", LargeBinary, nullable=False),
)

_TOP_UP = Statement(select(cash_top_up.c.event).where(cash_top_up.c.id == bindparam("id")))
_ADD = Statement(insert(cash_top_up))


class CashTopUpRefused(CentralError):
    """The top-up cannot be booked as it was told."""


def record_cash_top_up(tx: Transaction, terminal: Terminal, event: CashTopUpRecorded, body: bytes) -> None:
    """From the terminal's cash onto the member's balance, once for that id. A member who is blocked gets it too: their
    money was taken. Raises CashTopUpRefused."""
    made = event.top_up
    check_moment(made.made_at)
    if made.amount.currency != tx.currency:
        raise CashTopUpRefused(f"amounts here are in {tx.currency}")
    if members.lock_member(tx.connection, made.member_id) is None:
        raise CashTopUpRefused("the top-up is for a member who is not known here")
    known = _TOP_UP.one_or_none(tx.connection, {"id": made.id})
    if known is not None and known.event != body:
        raise CashTopUpRefused("another top-up of that id stands already")
    if known is not None:
        return
    entry = ledger.transfer(
        "cash_top_up", ledger.cash_account(terminal.id), ledger.member_account(made.member_id), made.amount
    )
    ledger.book(tx.connection, [(f"cash_top_up:{made.id}", entry)], tx.now)
    row: dict[str, Any] = {
        "id": made.id,
        "member_id": made.member_id,
        "terminal_id": terminal.id,
        "amount_minor": made.amount.minor,
        "staff": made.staff,
        "made_at": made.made_at,
        "booked_at": tx.now,
        "event": body,
    }
    _ADD.run(tx.connection, row)
    tx.changes.members.add(made.member_id)
    tx.moved.add(made.member_id)
