"""`python -m central staff add | set-pin | set-roles | add-card | remove-card | remove | list`: this folder's command
line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import TypeVar

from central.commands import AddCommand, say
from central.errors import CentralError
from central.opening import opened
from central.settings import Settings
from central.staff import repository, service
from central.staff.pins import hash_pin
from central.transactions import Transaction
from kiosk.domain.staff import Role

T = TypeVar("T")

_LONGEST_LINE = 100


def add_commands(command: AddCommand) -> None:
    staff = command("staff", _list, "who works in the canteen, and may use the terminals' admin screen")
    acts = staff.add_subparsers(required=True, metavar="ACT")

    def act(name: str, run: Callable[[Settings, argparse.Namespace], None], summary: str) -> argparse.ArgumentParser:
        added = acts.add_parser(name, help=summary, description=summary)
        added.add_argument("--config", type=Path, default=argparse.SUPPRESS, metavar="FILE", help="settings")
        added.set_defaults(run=run)
        return added

    add = act("add", _add, "add somebody; the PIN is asked for (or read from standard input)")
    add.add_argument("name")
    _add_roles(add)
    for name, run, summary in (
        ("set-pin", _set_pin, "give another PIN; it is asked for (or read from standard input)"),
        ("remove", _remove, "they get in nowhere any more; name, PIN and cards go"),
    ):
        act(name, run, summary).add_argument("number")
    roles = act("set-roles", _set_roles, "say anew what somebody may do")
    roles.add_argument("number")
    _add_roles(roles)
    for name, run, summary in (
        ("add-card", _add_card, "let a card stand for somebody"),
        ("remove-card", _remove_card, "let a card stand for nobody any more"),
    ):
        card = act(name, run, summary)
        card.add_argument("number")
        card.add_argument("uid", help="as a reader gives it, hexadecimal")
    act("list", _list, "everybody, by number")


def _add_roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", action="append", required=True, choices=list(Role), type=Role, dest="roles")


def _asked_pin() -> str:
    """Never an argument: those are in the shell's history and everybody's list of processes."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(_LONGEST_LINE).strip()
    pin = getpass("PIN: ")
    if getpass("The same again: ") != pin:
        raise CentralError("those were two different PINs: nothing was changed")
    return pin


def _add(settings: Settings, arguments: argparse.Namespace) -> None:
    pin_hash = hash_pin(_asked_pin())
    number = _write(settings, lambda tx: service.add_staff(tx, arguments.name, arguments.roles, pin_hash))
    say(f"staff number {number}")


def _set_pin(settings: Settings, arguments: argparse.Namespace) -> None:
    pin_hash = hash_pin(_asked_pin())
    _write(settings, lambda tx: service.set_pin(tx, arguments.number, pin_hash))
    say("set")


def _set_roles(settings: Settings, arguments: argparse.Namespace) -> None:
    _write(settings, lambda tx: service.set_roles(tx, arguments.number, arguments.roles))
    say("set")


def _add_card(settings: Settings, arguments: argparse.Namespace) -> None:
    _write(settings, lambda tx: service.add_card(tx, arguments.number, arguments.uid))
    say("added")


def _remove_card(settings: Settings, arguments: argparse.Namespace) -> None:
    _write(settings, lambda tx: service.remove_card(tx, arguments.number, arguments.uid))
    say("removed")


def _remove(settings: Settings, arguments: argparse.Namespace) -> None:
    _write(settings, lambda tx: service.remove_staff(tx, arguments.number))
    say("removed")


def _list(settings: Settings, _arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(
            lambda c: [(row, len(repository.cards_of(c, row.id))) for row in repository.present_staff(c)]
        )
    say(f"{'NUMBER':<8}{'PIN':<6}{'CARDS':<7}{'ID':<16}{'ROLES':<36}NAME")
    for row, cards in rows:
        pin = "yes" if row.pin_hash else "no"
        say(f"{row.number:<8}{pin:<6}{cards:<7}{row.id:<16}{row.roles:<36}{row.name}")


def _write(settings: Settings, work: Callable[[Transaction], T]) -> T:
    with opened(settings) as parts:
        return parts.transactions.write(work)
