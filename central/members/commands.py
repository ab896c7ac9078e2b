"""`python -m central import-members | block-member | unblock-member`: the command line of this folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from central.commands import AddCommand, say
from central.members.service import block_member, import_members
from central.opening import opened
from central.settings import Settings


def add_commands(command: AddCommand) -> None:
    members = command("import-members", _import_members, "add and update members from a CSV file, all or none")
    members.add_argument("file", type=Path)
    command("block-member", _block, "let a member's cards pay nothing").add_argument("member")
    command("unblock-member", _unblock, "let a member's cards pay again").add_argument("member")


def _import_members(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        done = parts.transactions.write(lambda tx: import_members(tx, arguments.file, settings.credit_lines))
    say(f"{done.new} new members, {done.changed} changed")


def _block(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: block_member(tx, arguments.member, is_blocked=True))
    say("blocked")


def _unblock(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        parts.transactions.write(lambda tx: block_member(tx, arguments.member, is_blocked=False))
    say("unblocked")
