"""`python -m central shifts`: the command line of this folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from central.commands import AddCommand, how_many, say
from central.errors import CentralError
from central.opening import opened
from central.settings import Settings
from central.shifts.checking import Checked, check_report, missing_numbers
from central.shifts.repository import corrections_of, newest_reports
from kiosk.domain.money import Money
from kiosk.domain.z_report import EntryKind, corrected_difference_minor
from kiosk.sync import wire


def add_commands(command: AddCommand) -> None:
    shifts = command("shifts", _shifts, "list the newest Z reports, and what of them differs from the books")
    shifts.add_argument("--terminal", metavar="LETTER", help="only this one's")
    shifts.add_argument("--limit", type=how_many, default=30, metavar="N", help="how many (30)")


def _shifts(settings: Settings, arguments: argparse.Namespace) -> None:
    """Raises CentralError when a report does not fit the books, so that a script notices."""
    zone = ZoneInfo(settings.canteen.timezone)

    def lines(connection: Connection) -> tuple[list[str], bool]:
        rows = newest_reports(connection, arguments.terminal, arguments.limit)
        checked = [(row, check_report(connection, row)) for row in rows]
        found = [line for row, one in checked for line in _lines(connection, row, one, zone)]
        missing = [f"{letter} Z{number} of incarnation {n} has not come" for letter, n, number in missing_numbers(rows)]
        return [*found, *missing], not missing and all(one.is_right for _, one in checked)

    with opened(settings) as parts:
        found, is_right = parts.transactions.read(lines)
    say(f"{'AT':3} {'Z':>5} {'CLOSED':16} {'ORDERS':>7} {'TAKINGS':>12} {'DIFFERENCE':>11} {'CORRECTED':>11} BY")
    for line in found:
        say(line)
    if not is_right:
        raise CentralError("a Z report differs from the books; see above")


def _lines(connection: Connection, row: Row[Any], checked: Checked, zone: ZoneInfo) -> Iterator[str]:
    report = checked.report
    corrections = tuple(
        wire.decode(event, wire.ShiftCorrected).correction for event in corrections_of(connection, row.id)
    )
    closed = f"{report.closed_at.astimezone(zone):%Y-%m-%d %H:%M}"
    number = f"{report.incarnation}/{report.number}"
    takings = Money(report.totals.net_minor).decimal_text()
    corrected = _amount(corrected_difference_minor(report, corrections)) if corrections else ""
    yield (
        f"{row.terminal_letter:3} {number:>5} {closed} {report.totals.of(EntryKind.ORDER).count:>7} {takings:>12} "
        f"{_amount(report.difference_minor):>11} {corrected:>11} {report.staff}"
    )
    for finding in checked.findings:
        shown = str if finding.is_count else _amount
        yield f"    {finding.figure}: the report says {shown(finding.reported)}, the books {shown(finding.booked)}"
    if checked.absent:
        yield f"    {checked.absent} of its events have not come"
    if checked.not_booked:
        yield f"    {checked.not_booked} of its events are not booked: see the quarantine"
    if report.missing:
        yield f"    {report.missing} entries before it were no longer kept at the terminal"
    for report_id in sorted(checked.shared_with):
        yield f"    has entries that report {report_id} has too: the terminal was put back to a backup"


def _amount(minor: int | None) -> str:
    return "-" if minor is None else Money(minor).decimal_text()
