"""What terminals tell of their shifts: kept as it was told, and checked against the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from central.cli import main
from central.shifts.checking import Checked, Finding, check_report
from central.shifts.repository import find_report
from central.wallet import ledger
from kiosk.domain.ids import CashMovementId, StaffId, ZCorrectionId, ZReportId
from kiosk.domain.shift import CashDirection, CashMovement
from kiosk.domain.z_report import (
    CorrectedFigure,
    Entry,
    EntryKind,
    Moved,
    ShiftSums,
    Way,
    ZCorrection,
    ZReport,
)
from kiosk.sync import wire
from tests.central.refunding import counter_payment_of, refund_of
from tests.central.sales import counter_order, new_id, pushed_event, yuan
from tests.central.support import Central, Terminal
from tests.central.test_refunds import account_minor

STAFF = StaffId("s-7")
change = msgspec.structs.replace


def report_of(
    entries: Sequence[Entry], first_seq: int, last_seq: int, number: int = 1, incarnation: int = 1
) -> wire.ShiftClosed:
    sums = ShiftSums()
    for entry in entries:
        sums.add(entry)
    numbers = ZReportId(new_id()), incarnation, number, "CNY", STAFF, datetime.now(UTC), first_seq, last_seq
    return wire.ShiftClosed(ZReport(*numbers, sums.totals()))


def cash(direction: CashDirection, amount: str) -> wire.CashMoved:
    moved = CashMovementId(new_id()), direction, yuan(amount), STAFF, "change", datetime.now(UTC)
    return wire.CashMoved(CashMovement(*moved))


def checked(central: Central, event: wire.ShiftClosed) -> Checked:
    def read(connection: object) -> Checked:
        row = find_report(connection, event.report.id)  # type: ignore[arg-type]
        assert row is not None
        return check_report(connection, row)  # type: ignore[arg-type]

    return central.parts.transactions.read(read)


def a_shift(central: Central, terminal: Terminal) -> list[Entry]:
    """Pushed: a sale by card of 10.00 of which all was refunded, an order of 8.00 paid in cash, 5.00 taken out."""
    sold = terminal.bought(central.add_member("50.00"), "10.00")
    due = counter_order(terminal, "8.00")
    for event in (sold, refund_of(sold), due, counter_payment_of(due), cash(CashDirection.OUT, "5.00")):
        assert terminal.push(event).quarantined == ()
    return [
        Entry(EntryKind.ORDER, 1000, (Moved(Way.CARD, 1000),), "A001"),
        Entry(EntryKind.REFUND, 1000, (Moved(Way.CARD, -1000),)),
        Entry(EntryKind.ORDER, 800, (), "A002"),
        Entry(EntryKind.COUNTER_PAYMENT, 800, (Moved(Way.CASH, 800),)),
        Entry(EntryKind.CASH_OUT, 500, (Moved(Way.CASH, -500),)),
    ]


def test_a_report_that_says_what_is_booked(central: Central, terminal: Terminal) -> None:
    entries = a_shift(central, terminal)
    told = report_of(entries, 1, 5)
    assert terminal.push(told).quarantined == ()
    assert checked(central, told).is_right
    assert account_minor(central, ledger.cash_account(terminal.id)) == -300


@pytest.mark.parametrize("left_out", range(5))
def test_whatever_a_report_leaves_out_is_found(central: Central, terminal: Terminal, left_out: int) -> None:
    entries = a_shift(central, terminal)
    told = report_of([*entries[:left_out], *entries[left_out + 1 :]], 1, 5)
    assert terminal.push(told).quarantined == ()
    assert checked(central, told).findings


def test_a_wrong_cent_is_found(central: Central, terminal: Terminal) -> None:
    entries = a_shift(central, terminal)
    entries[3] = replace(entries[3], moved=(Moved(Way.CASH, 801),))
    told = report_of(entries, 1, 5)
    terminal.push(told)
    assert checked(central, told).findings == (Finding("cash", 301, 300),)


def test_what_is_not_booked_is_said(central: Central, terminal: Terminal) -> None:
    due = counter_order(terminal, "8.00")
    terminal.push(change(due, order=replace(due.order, total=yuan("9.00"))))
    told = report_of([Entry(EntryKind.ORDER, 800, (), "A001")], 1, 1)
    assert terminal.push(told).quarantined == ()
    found = checked(central, told)
    assert (found.not_booked, found.absent) == (1, 0)
    other = report_of([], 4, 9, number=2)
    terminal.push(other)
    assert checked(central, other).absent == 6


def test_a_report_is_kept_once_and_never_changed(central: Central, terminal: Terminal) -> None:
    told = report_of([], 1, 0)
    event = pushed_event(told)
    assert terminal.push(event).quarantined == ()
    assert terminal.push(pushed_event(told)).quarantined == (), "the same, under another event's id"
    assert terminal.push(event, first_seq=1).quarantined == ()
    (kept,) = terminal.push(change(told, report=replace(told.report, currency="CNY", drawer_openings=3))).quarantined
    assert "another Z report of that id" in kept.reason
    (kept,) = terminal.push(report_of([], 2, 1)).quarantined
    assert "of that number" in kept.reason
    (kept,) = terminal.push(report_of([], 2, 1, number=1, incarnation=2)).quarantined
    assert "was not yet" in kept.reason


def test_a_correction_refers_to_a_report_of_its_terminal(central: Central, terminal: Terminal) -> None:
    told = report_of([], 1, 0)
    terminal.push(told)
    made = ZCorrection(
        ZCorrectionId(new_id()), told.report.id, CorrectedFigure.COUNTED, yuan("-3.00"), STAFF, "x", datetime.now(UTC)
    )
    assert terminal.push(wire.ShiftCorrected(made)).quarantined == ()
    assert terminal.push(wire.ShiftCorrected(made)).quarantined == ()
    assert len(terminal.push(wire.ShiftCorrected(replace(made, reason="y"))).quarantined) == 1
    assert len(central.enrol().push(wire.ShiftCorrected(made)).quarantined) == 1


def test_cash_is_moved_once(central: Central, terminal: Terminal) -> None:
    told = cash(CashDirection.IN, "20.00")
    office = account_minor(central, ledger.OFFICE_CASH)
    for _ in range(2):
        assert terminal.push(told).quarantined == ()
    assert account_minor(central, ledger.cash_account(terminal.id)) == -2000
    assert account_minor(central, ledger.OFFICE_CASH) == office + 2000
    other = change(told, movement=replace(told.movement, amount=yuan("21.00")))
    assert len(terminal.push(other).quarantined) == 1


def test_the_same_events_in_two_reports_are_found(central: Central) -> None:
    """A terminal that was put back to a backup closes once more what it had closed."""
    before = central.enrol()
    due = counter_order(before, "8.00")
    event = pushed_event(due)
    entries = [Entry(EntryKind.ORDER, 800, (), "A001")]
    first = report_of(entries, 1, 1)
    before.push(event)
    before.push(first)
    after = central.enrol(replaces=before.enrolled.letter)
    assert after.id == before.id
    assert after.push(event).quarantined == ()
    second = report_of(entries, 1, 1, incarnation=2)
    assert after.push(second).quarantined == ()
    found = checked(central, second)
    assert found.findings == (), "it was read when it came first"
    assert found.shared_with == {first.report.id}
    assert not found.is_right


def test_the_command_lists_them_and_fails_for_a_wrong_one(
    central: Central, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = a_shift(central, terminal)
    told = report_of(entries, 1, 5)
    terminal.push(told)
    letter = terminal.enrolled.letter
    listing = ["shifts", "--config", str(central.config), "--terminal", letter]
    assert main(listing) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith(letter + " "))
    assert line.split()[1] == "1/1"
    terminal.push(report_of(entries, 7, 6, number=3))
    assert main(listing) == 1
    shown = capsys.readouterr()
    assert "cash: the report says 3.00, the books 0.00" in shown.out
    assert f"{letter} Z2 of incarnation 1 has not come" in shown.out
    assert "differs from the books" in shown.err
