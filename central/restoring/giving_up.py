"""Giving up a terminal that a restored central waits for: it is lost, and will not announce. It takes two people.

Everything that it may still hold is written off, what the database has never heard of too: should it come back, what it
sold is booked from the loss account (central/wallet/settling.py), and it is enrolled anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from central.errors import Conflict, NotFound
from central.installation import Installation, lock_installation
from central.members.repository import lock_members
from central.restoring import repository
from central.restoring.record import TerminalGivenUp
from central.stock.portions import end_up_to
from central.terminals import repository as terminals
from central.terminals.service import INCARNATIONS_AN_EPOCH
from central.transactions import Transaction
from central.wallet.write_offs import name_of_person
from kiosk.domain.audit import Act


def ask_giving_up(tx: Transaction, letter: str, asked_by: str) -> None:
    """The first of two. Raises NotFound, or Conflict when nobody waits for it or somebody has asked already."""
    asked_by = name_of_person(asked_by)
    installation, terminal = _awaited(tx, letter)
    asked = repository.find_giving_up(tx.connection, terminal.id, installation.restores)
    if asked is not None:
        raise Conflict(f"{asked.asked_by} has asked for it already; another person may confirm it")
    repository.ask_giving_up(tx.connection, terminal.id, installation.restores, asked_by, tx.now)
    tx.record(Act.GIVING_UP_ASKED, terminal.id)


def confirm_giving_up(tx: Transaction, letter: str, confirmed_by: str) -> int:
    """The second. Returns how many grants were written off. Raises NotFound, or Conflict when nobody waits for the
    terminal, nobody has asked, or it was the same person."""
    confirmed_by = name_of_person(confirmed_by)
    installation, terminal = _awaited(tx, letter)
    asked = repository.find_giving_up(tx.connection, terminal.id, installation.restores)
    if asked is None:
        raise Conflict("nobody has asked for it yet")
    if asked.asked_by.casefold() == confirmed_by.casefold():
        raise Conflict("two people are needed: somebody else must confirm it")
    up_to = max(terminal.incarnation, installation.restores * INCARNATIONS_AN_EPOCH)
    tx.safe.record.append(TerminalGivenUp(terminal.id, up_to))
    repository.confirm_giving_up(tx.connection, terminal.id, installation.restores, confirmed_by, tx.now)
    terminals.change_terminal(tx.connection, terminal.id, {"is_awaited": False, "given_up_to": up_to})
    tx.record(Act.GIVING_UP_CONFIRMED, terminal.id, incarnations_up_to=up_to)
    end_up_to(tx, terminal.id, up_to)
    return write_off_up_to(tx, terminal.id, up_to)


def write_off_up_to(tx: Transaction, terminal_id: str, up_to: int) -> int:
    """Write off what the terminal holds from incarnations up to that one; returns how many grants."""
    grants = repository.open_grants_up_to(tx.connection, terminal_id, up_to)
    lock_members(tx.connection, sorted({grant.member_id for grant in grants}))
    for grant in repository.open_grants_up_to(tx.connection, terminal_id, up_to):
        write_off(tx, grant)
    return len(grants)


def write_off(tx: Transaction, grant: Row[Any]) -> None:
    """The grant ends without the terminal's word; its member is held."""
    repository.write_off(tx.connection, grant.id)
    tx.changes.members.add(grant.member_id)
    if grant.request_id is None:
        tx.changes.pre_grants.add(grant.id)


def _awaited(tx: Transaction, letter: str) -> tuple[Installation, Row[Any]]:
    installation = lock_installation(tx.connection)
    terminal = terminals.find_by_letter(tx.connection, letter)
    if terminal is None:
        raise NotFound(f"there is no terminal {letter}")
    if not terminal.is_awaited:
        raise Conflict(f"nobody waits for terminal {letter}")
    return installation, terminal
