"""`python -m central paid-twice | give-back`: cash that was taken for an order which needed it no more."""

from __future__ import annotations

import argparse
import sys
from uuid import UUID
from zoneinfo import ZoneInfo

from central.errors import Conflict, NotFound
from central.opening import opened
from central.orders import collection_repository
from central.restoring.commands import AddCommand
from central.settings import Settings
from central.transactions import Transaction
from central.wallet import ledger
from kiosk.domain.audit import Act
from kiosk.domain.money import Money
from kiosk.domain.refund import MAX_STAFF_CHARS
from kiosk.domain.text import check_text


def add_paid_twice_commands(command: AddCommand) -> None:
    listing = command("paid-twice", _list, "list what was paid for orders that were paid or cancelled already")
    listing.add_argument("--all", action="store_true", help="what was given back too")
    giving = command("give-back", _give_back, "give back cash that was paid twice")
    giving.add_argument("payment", type=UUID, help="from `paid-twice`")
    giving.add_argument("--by", required=True, metavar="NAME", help="who gives it back")


def give_back_cash(tx: Transaction, payment_id: UUID, staff: str) -> Money:
    """Out of the office's cash, once; returns how much. Raises NotFound, Conflict, TextError."""
    check_text(staff, MAX_STAFF_CHARS, "who gives it back")
    row = collection_repository.lock_paid_twice(tx.connection, payment_id)
    if row is None:
        raise NotFound(f"nothing was paid twice under {payment_id}")
    if row.given_back_at is not None:
        raise Conflict(f"it was given back already, by {row.given_back_by}")
    amount = Money(row.amount_minor, tx.currency)
    if amount:
        entry = ledger.transfer("paid_twice", ledger.REFUNDS, ledger.OFFICE_CASH, amount)
        ledger.book(tx.connection, [(f"paid_twice:{payment_id}", entry)], tx.now)
    collection_repository.set_given_back(tx.connection, payment_id, tx.now, staff)
    tx.record(Act.REFUNDED, str(row.order_id), refund=payment_id, amount_minor=amount.minor, currency=tx.currency)
    return amount


def _list(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(
            lambda connection: collection_repository.list_paid_twice(connection, only_open=not arguments.all)
        )
    zone = ZoneInfo(settings.canteen.timezone)
    _say(f"{'PAYMENT':36} {'BOOKED':16} {'ORDER':8} {'AT':3} {'AMOUNT':>10} {'BY':8} {'WHY':12} GIVEN BACK")
    for row in rows:
        booked = f"{row.booked_at.astimezone(zone):%Y-%m-%d %H:%M}"
        amount = Money(row.amount_minor, settings.canteen.currency).decimal_text()
        by = "cash" if row.method == "counter" else row.method
        back = f"by {row.given_back_by}" if row.given_back_at else "not yet"
        _say(f"{row.id} {booked} {row.number:8} {row.letter:3} {amount:>10} {by:8} {row.reason:12} {back}")


def _give_back(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        amount = parts.transactions.write(lambda tx: give_back_cash(tx, arguments.payment, arguments.by))
    _say(f"{amount.decimal_text()} {amount.currency}: give it out here")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
