"""Booking what terminals tell of their shifts. A Z report is kept as it was told, once, and never changed; whether it
fits the books is asked when it is looked at (central.shifts.checking), as events that could not be booked may be later.
"""

from __future__ import annotations

from central.errors import CentralError
from central.orders.checks import check_moment
from central.shifts import repository
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger
from kiosk.domain.shift import CashDirection
from kiosk.sync.wire import CashMoved, ShiftClosed, ShiftCorrected


class ShiftRefused(CentralError):
    """What was told of a shift cannot be booked so."""


def record_cash_moved(tx: Transaction, terminal: Terminal, event: CashMoved, body: bytes) -> None:
    """Between the office's cash and the terminal's, once for that id. Raises ShiftRefused."""
    made = event.movement
    check_moment(made.made_at)
    _require(made.amount.currency == tx.currency, f"amounts here are in {tx.currency}")
    _check_staff(made.staff)
    known = repository.find_movement(tx.connection, made.id)
    if known == body:
        return
    _require(known is None, "another movement of that id stands already")
    accounts = ledger.cash_account(terminal.id), ledger.OFFICE_CASH
    source, target = accounts if made.direction is CashDirection.IN else accounts[::-1]
    entry = ledger.transfer("cash_moved", source, target, made.amount)
    ledger.book(tx.connection, [(f"cash_moved:{made.id}", entry)], tx.now)
    repository.add_movement(tx.connection, terminal.id, made, tx.now, body)


def record_shift_closed(tx: Transaction, terminal: Terminal, event: ShiftClosed, body: bytes) -> None:
    """The same report again changes nothing. Raises ShiftRefused."""
    made = event.report
    check_moment(made.closed_at)
    _require(made.currency == tx.currency, f"amounts here are in {tx.currency}")
    _check_staff(made.staff)
    known = repository.find_report(tx.connection, made.id)
    if known is not None and known.event == body:
        return
    _require(known is None, "another Z report of that id stands already")
    _require(made.incarnation <= terminal.incarnation, "the report is of an incarnation that was not yet")
    is_numbered = repository.is_numbered(tx.connection, terminal.id, made.incarnation, made.number)
    _require(not is_numbered, "another Z report of that number stands already")
    repository.add_report(tx.connection, terminal.id, made, tx.now, body)


def record_shift_corrected(tx: Transaction, terminal: Terminal, event: ShiftCorrected, body: bytes) -> None:
    """The same correction again changes nothing. Raises ShiftRefused."""
    made = event.correction
    check_moment(made.made_at)
    _require(made.amount.currency == tx.currency, f"amounts here are in {tx.currency}")
    _check_staff(made.staff)
    report = repository.find_report(tx.connection, made.report_id)
    is_own = report is not None and report.terminal_id == terminal.id
    _require(is_own, "no such Z report was made at this terminal")
    known = repository.find_correction(tx.connection, made.id)
    if known == body:
        return
    _require(known is None, "another correction of that id stands already")
    repository.add_correction(tx.connection, made, tx.now, body)


def _check_staff(staff: str) -> None:
    is_id = 1 <= len(staff) <= repository.MAX_STAFF_ID_CHARS and staff.isprintable()
    _require(is_id, "that is no staff member's id")


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise ShiftRefused(reason)
