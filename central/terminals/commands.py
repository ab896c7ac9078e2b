"""`python -m central enrol-code | terminals | revoke-terminal`: the command line of this folder."""

from __future__ import annotations

import argparse
import sys
from zoneinfo import ZoneInfo

from central.commands import AddCommand, say
from central.opening import opened
from central.settings import Settings
from central.terminals.repository import all_terminals
from central.terminals.service import CODE_VALID_FOR, revoke


def add_commands(command: AddCommand) -> None:
    code = command("enrol-code", _enrol_code, "make a one-time code for a terminal to enrol with")
    code.add_argument("--replaces", metavar="LETTER", help="the terminal that this machine takes over from")
    command("terminals", _terminals, "list the terminals")
    command("revoke-terminal", _revoke, "accept nothing more from a terminal").add_argument("letter")


def _enrol_code(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        say(parts.transactions.write(lambda tx: parts.desk.make_code(tx, arguments.replaces)))
    minutes = int(CODE_VALID_FOR.total_seconds() // 60)
    sys.stderr.write(f"Valid for {minutes} minutes, for one terminal.\n")


def _terminals(settings: Settings, _: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(all_terminals)
    zone = ZoneInfo(settings.canteen.timezone)
    for row in rows:
        state = "revoked" if row.is_revoked else "awaited" if row.is_awaited else "enrolled"
        since = row.enrolled_at.astimezone(zone)
        say(f"{row.letter:3} {state:9} {since:%Y-%m-%d %H:%M}  incarnation {row.incarnation}  {row.role:7} {row.name}")


def _revoke(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: revoke(tx, arguments.letter))
    say(f"terminal {arguments.letter} is revoked")
