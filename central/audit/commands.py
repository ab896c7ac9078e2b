"""`python -m central audit | check-audit`: the command line of this folder."""

from __future__ import annotations

import argparse
from zoneinfo import ZoneInfo

from central.audit.report import check_logs, list_entries
from central.commands import AddCommand, how_many, say
from central.errors import CentralError
from central.opening import opened
from central.settings import Settings


def add_commands(command: AddCommand) -> None:
    audit = command("audit", _audit, "list the newest entries of the audit log")
    audit.add_argument("--terminal", metavar="LETTER", help="a terminal's, not central's own")
    audit.add_argument("--limit", type=how_many, default=50, metavar="N", help="how many (50)")
    check_audit = command("check-audit", _check_audit, "say whether somebody changed an audit log")
    check_audit.add_argument("--terminal", metavar="LETTER", help="only this one's")


def _audit(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        lines = parts.transactions.read(
            lambda connection: list_entries(
                connection, arguments.terminal, arguments.limit, ZoneInfo(settings.canteen.timezone)
            )
        )
    for line in lines:
        say(line)


def _check_audit(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        report = parts.transactions.read(
            lambda connection: check_logs(connection, parts.countersigner, arguments.terminal)
        )
    for line in report.lines:
        say(line)
    if report.is_broken:
        raise CentralError("somebody changed an audit log, or a database was put back; see above")
