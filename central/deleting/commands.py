"""`python -m central delete-member`: the command line of this folder."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from central.commands import AddCommand, say
from central.deleting.service import Standing, delete_member, standing_of
from central.opening import Parts, opened
from central.settings import Settings


def add_commands(command: AddCommand) -> None:
    deleting = command("delete-member", _delete, "delete a member: show what would go, and with --yes do it")
    deleting.add_argument("member", help="the member's id")
    deleting.add_argument("--by", required=True, metavar="NAME", help="who does it")
    deleting.add_argument("--reason", required=True, help="why, without a name: it is kept")
    deleting.add_argument("--let-lapse", action="store_true", help="points and coupons that are left go too")
    deleting.add_argument("--yes", action="store_true", help="do it; it cannot be undone")


def _delete(settings: Settings, arguments: argparse.Namespace) -> None:
    member_id, let_lapse = arguments.member, arguments.let_lapse
    with opened(settings) as parts:
        if not arguments.yes:
            _show(_standing(parts, settings, arguments), member_id)
            return
        parts.transactions.write(
            lambda tx: delete_member(tx, member_id, arguments.by, arguments.reason, let_lapse=let_lapse)
        )
        parts.database.write_back()
    say(f"{member_id} is deleted here. Terminals delete what they have at once, or when they are next connected;")
    say(f"`faces {member_id}` shows which have destroyed a face. Backups from before still have the member.")


def _standing(parts: Parts, settings: Settings, arguments: argparse.Namespace) -> Standing:
    currency, now = settings.canteen.currency, datetime.now(UTC)
    return parts.transactions.read(
        lambda connection: standing_of(connection, arguments.member, currency, now, let_lapse=arguments.let_lapse)
    )


def _show(standing: Standing, member_id: str) -> None:
    say(f"Would be deleted of {member_id}: {standing.name}, {standing.unit or 'no unit'}; cards: {standing.cards};")
    say("what they avoid, their credit line, what they usually order (at every terminal);")
    say(f"their face, with consents and keys (at: {', '.join(standing.faces) or 'no terminal'});")
    say(f"{standing.points} points, {standing.coupons} coupons.")
    say("Stays, under the id alone: the ledger, orders, the audit log.")
    for obstacle in standing.obstacles:
        say(f"In the way: {obstacle}.")
    if not standing.obstacles:
        say("Nothing is in the way. Nothing was deleted yet: --yes does it.")
