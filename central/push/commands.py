"""`python -m central quarantine`: the command line of this folder."""

from __future__ import annotations

import argparse
from zoneinfo import ZoneInfo

from central.commands import AddCommand, how_many, say
from central.opening import opened
from central.push.repository import newest_quarantined
from central.settings import Settings


def add_commands(command: AddCommand) -> None:
    quarantine = command("quarantine", _quarantine, "list the newest events that were received but could not be booked")
    quarantine.add_argument("--limit", type=how_many, default=50, metavar="N", help="how many (50)")


def _quarantine(settings: Settings, arguments: argparse.Namespace) -> None:
    """What stands in an event is not said: it may hold personal data."""
    with opened(settings) as parts:
        rows = parts.transactions.read(lambda connection: newest_quarantined(connection, arguments.limit))
    zone = ZoneInfo(settings.canteen.timezone)
    for row in rows:
        at = f"{row.received_at.astimezone(zone):%Y-%m-%d %H:%M}"
        say(f"{at}  terminal {row.terminal_letter} ({row.incarnation}), event {row.seq} {row.event_id}: {row.reason}")
    if not rows:
        say("nothing is in quarantine")
