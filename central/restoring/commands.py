"""`python -m central backup | restore | give-up`: the command line of this folder."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from central.commands import AddCommand, say
from central.database import open_database
from central.opening import find_checked_installation, opened
from central.restoring.backups import back_up, check_copy, put_back
from central.restoring.giving_up import ask_giving_up, confirm_giving_up
from central.restoring.record import Restored
from central.restoring.restore import Fenced, begin_epoch, mark
from central.restoring.safe import Safe
from central.schema import upgrade_schema
from central.settings import Settings
from central.state_dir import create_api_token, create_seal_key, using_state_dir
from central.transactions import Transactions
from kiosk.domain.audit import Act


def add_commands(command: AddCommand) -> None:
    backup = command("backup", _backup, "copy the database while central serves; keys and record are not in the copy")
    backup.add_argument("file", type=Path)
    restore = command("restore", _restore, "put the database back to a copy, and begin a new epoch")
    restore.add_argument("file", type=Path, nargs="?", help="left out: the copy is in its place already")
    restore.add_argument(
        "--without-record",
        action="store_true",
        help="restore.record is lost: every terminal must be enrolled anew, write-offs since the copy be made again",
    )
    give_up = command("give-up", _give_up, "wait no more for a lost terminal after a restore; takes two people")
    give_up.add_argument("letter")
    give_up.add_argument("--by", required=True, metavar="NAME", help="who asks for it")
    give_up.add_argument("--confirm", action="store_true", help="confirm what somebody else has asked for")


def _backup(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: tx.record(Act.BACKED_UP))
        back_up(settings, arguments.file)
        mark(parts.transactions)
    say(f"Copied to {arguments.file}; the keys and the record in {settings.server.state_dir} are not in the copy.")


def _restore(settings: Settings, arguments: argparse.Namespace) -> None:
    state_dir, safe = settings.server.state_dir, Safe(settings.server.state_dir)
    with using_state_dir(state_dir, alone=True):
        create_api_token(state_dir)
        if arguments.without_record:
            create_seal_key(state_dir)
        _ = safe.seals  # whether they are there, before anything is replaced
        if arguments.file is not None:
            check_copy(settings, arguments.file)
        if not arguments.without_record:
            # From here on whatever stands there is not served before the new epoch has begun.
            safe.record.append(Restored(safe.record.facts().restores + 1))
        if arguments.file is not None:
            put_back(settings, arguments.file)
        with closing(open_database(settings)) as database:
            upgrade_schema(database)
            find_checked_installation(database, settings)
            transactions = Transactions(database, settings.canteen.currency)
            fenced = transactions.write(lambda tx: begin_epoch(tx, without_record=arguments.without_record))
    _tell(fenced)


def _tell(fenced: Fenced) -> None:
    say("Restored. Cards are paid from what terminals hold until every terminal has told what that is.")
    say(f"Waiting for: {', '.join(fenced.awaited) or 'nobody'}. See `terminals`; a lost one: `give-up`.")
    if fenced.to_enrol:
        say(f"To be enrolled anew (`enrol-code --replaces LETTER`): {', '.join(fenced.to_enrol)}.")


def _give_up(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        if not arguments.confirm:
            parts.transactions.write(lambda tx: ask_giving_up(tx, arguments.letter, arguments.by))
            say("asked for; somebody else must confirm it with --confirm")
            return
        count = parts.transactions.write(lambda tx: confirm_giving_up(tx, arguments.letter, arguments.by))
    say(f"terminal {arguments.letter} is given up, {count} grants written off")
