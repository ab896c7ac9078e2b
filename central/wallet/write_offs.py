"""Writing off a grant: the terminal that held it is lost, and its member wants the rest back. It takes two people.

A spend that comes in all the same is booked from the loss account (settling.py): the member has had the money back.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central.errors import CentralError, Conflict, NotFound
from central.installation import lock_installation
from central.members import repository as members
from central.restoring.record import GrantWrittenOff
from central.transactions import Transaction
from central.wallet import repository
from kiosk.configfile import text_fault
from kiosk.domain.audit import Act

MAX_NAME_CHARS = 60


def ask_write_off(tx: Transaction, grant_id: UUID, asked_by: str) -> None:
    """The first of two. Raises NotFound, or Conflict when the grant is closed or somebody has asked already."""
    asked_by = name_of_person(asked_by)
    grant = _lock_open(tx, grant_id)
    asked = repository.find_write_off(tx.connection, grant.id)
    if asked is not None:
        raise Conflict(f"{asked.asked_by} has asked for it already; another person may confirm it")
    repository.ask_write_off(tx.connection, grant.id, asked_by, tx.now)
    tx.record(Act.WRITE_OFF_ASKED, str(grant.id))


def confirm_write_off(tx: Transaction, grant_id: UUID, confirmed_by: str) -> None:
    """The second: what the grant still holds is free again. Raises NotFound, or Conflict when nobody has asked, when it
    was the same person, or when the grant is closed."""
    confirmed_by = name_of_person(confirmed_by)
    grant = _lock_open(tx, grant_id)
    asked = repository.find_write_off(tx.connection, grant.id)
    if asked is None:
        raise Conflict("nobody has asked for it yet")
    if asked.asked_by.casefold() == confirmed_by.casefold():
        raise Conflict("two people are needed: somebody else must confirm it")
    lock_installation(tx.connection)
    tx.safe.record.append(GrantWrittenOff(grant.id))
    repository.confirm_write_off(tx.connection, grant.id, confirmed_by, tx.now)
    tx.record(Act.WRITE_OFF_CONFIRMED, str(grant.id))
    tx.changes.members.add(grant.member_id)
    if grant.request_id is None:
        tx.changes.pre_grants.add(grant.id)


def name_of_person(typed: str) -> str:
    """Somebody's name; blanks around it or in it make nobody a second person."""
    name = " ".join(typed.split())
    fault = text_fault(name, MAX_NAME_CHARS)
    if fault:
        raise CentralError(f"the name {fault}")
    return name


def _lock_open(tx: Transaction, grant_id: UUID) -> Row[Any]:
    grant = repository.find_grant(tx.connection, grant_id)
    if grant is None:
        raise NotFound(f"there is no grant {grant_id}")
    members.lock_member(tx.connection, grant.member_id)
    grant = repository.get_grant(tx.connection, grant_id)
    if not grant.is_open:
        raise Conflict("the grant is closed")
    return grant
