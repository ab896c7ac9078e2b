"""`python -m central allotments | end-allotments`: the command line of this folder."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from central.commands import AddCommand, say
from central.opening import opened
from central.settings import Settings
from central.stock.allotments import free_portions, of_terminals
from central.stock.portions import end_allotments
from central.terminals.repository import all_terminals


def add_commands(command: AddCommand) -> None:
    command("allotments", _allotments, "list the portions that terminals hold, and what was sold beyond them")
    ending = command("end-allotments", _end, "let others sell what a lost terminal holds; revoke it before")
    ending.add_argument("letter")


def _allotments(settings: Settings, _: argparse.Namespace) -> None:
    with opened(settings) as parts:
        letters, rows, free = parts.transactions.read(_read)
    for row in rows:
        if row.held or row.beyond:
            held = f"holds {row.held:4}, sold beyond {row.beyond:4}"
            say(f"{letters[row.terminal_id]:3} incarnation {row.incarnation}  {held}  {row.dish_id}")
    for dish_id, portions in sorted(free.items()):
        if portions < 0:
            say(f"sold {-portions} more than there were: {dish_id}")


def _read(connection: Connection) -> tuple[dict[str, str], Sequence[Row[Any]], dict[str, int]]:
    """Letters of terminals, what they hold, and what is free of each dish."""
    letters = {row.id: row.letter for row in all_terminals(connection)}
    rows = of_terminals(connection, sorted(letters))
    return letters, rows, free_portions(connection, sorted({row.dish_id for row in rows}))


def _end(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        portions = parts.transactions.write(lambda tx: end_allotments(tx, arguments.letter))
    say(f"{portions} portions of terminal {arguments.letter} can be sold elsewhere")
