"""Bringing staff in, changing what they may do, and taking them out again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row

from central.errors import Conflict, NotFound
from central.installation import lock_installation
from central.restoring.record import StaffRemoved
from central.staff import repository
from central.transactions import Transaction
from kiosk.domain.audit import Act
from kiosk.domain.ids import StaffId
from kiosk.domain.staff import STAFF_NUMBERS, Role, Staff
from kiosk.domain.text import check_text

_UID = re.compile(r"[0-9A-F]{8,20}")
MOST_CARDS = 10


def staff_here(connection: Connection, staff_id: str) -> Staff | None:
    """Who works here under that id, with their roles as they are now."""
    row = repository.find_present(connection, staff_id)
    return None if row is None else Staff(StaffId(row.id), row.name, frozenset(map(Role, row.roles.split())))


def add_staff(tx: Transaction, name: str, roles: Iterable[Role], pin_hash: str = "") -> str:
    """Returns the staff number. Raises DomainError for a name that is none, Conflict when all numbers are given."""
    check_text(name, repository.MAX_NAME_CHARS, "the name")
    lock_installation(tx.connection)  # one at a time takes a number
    taken = {row.number for row in repository.present_staff(tx.connection)}
    number = next((str(number) for number in STAFF_NUMBERS if str(number) not in taken), None)
    if number is None:
        raise Conflict("every staff number is given: remove who has left")
    staff_id = f"staff-{secrets.token_hex(4)}"
    row = {"id": staff_id, "number": number, "name": name, "roles": _roles(roles), "pin_hash": pin_hash}
    repository.add_staff(tx.connection, {**row, "created_at": tx.now})
    tx.changes.staff.add(staff_id)
    tx.record(Act.STAFF_ADDED, staff_id, number=number, roles=row["roles"])
    return number


def set_pin(tx: Transaction, number: str, pin_hash: str) -> None:
    """Raises NotFound."""
    _change(tx, number, {"pin_hash": pin_hash}, what="pin")


def set_roles(tx: Transaction, number: str, roles: Iterable[Role]) -> None:
    """Raises NotFound."""
    before, after = _found(tx, number).roles, _roles(roles)
    _change(tx, number, {"roles": after}, what="roles", before=before, after=after)


def add_card(tx: Transaction, number: str, uid: str) -> None:
    """`uid`: as a reader gives it, hexadecimal. Raises NotFound, Conflict for one that is somebody's or is no UID."""
    uid = uid.upper()
    if not _UID.fullmatch(uid):
        raise Conflict("a card's UID is 8 to 20 hexadecimal digits: tap it at a terminal's reader to see it")
    row = _found(tx, number)
    if repository.holder_of(tx.connection, uid) not in (None, row.id):
        raise Conflict("that card is another staff member's")
    cards = repository.cards_of(tx.connection, row.id)
    if uid in cards:
        return
    if len(cards) >= MOST_CARDS:
        raise Conflict(f"nobody needs more than {MOST_CARDS} cards")
    repository.add_card(tx.connection, row.id, uid)
    _note(tx, row, what="card_added")


def remove_card(tx: Transaction, number: str, uid: str) -> None:
    """Raises NotFound."""
    row = _found(tx, number)
    if uid.upper() not in repository.cards_of(tx.connection, row.id):
        raise NotFound("they have no such card")
    repository.remove_cards(tx.connection, row.id, uid.upper())
    _note(tx, row, what="card_removed")


def remove_staff(tx: Transaction, number: str) -> None:
    """For ever: a visit at a terminal that is online ends at once. Name, PIN and cards go, the id stays in the audit
    logs, and the number may be given to somebody else. Raises NotFound."""
    lock_installation(tx.connection)
    row = _found(tx, number)
    tx.safe.record.append(StaffRemoved(row.id))
    _take_all(tx, row.id)
    tx.record(Act.STAFF_REMOVED, row.id)


def remove_again(tx: Transaction, staff_ids: Iterable[str]) -> None:
    """After a restore: who was removed since the backup."""
    for staff_id in sorted(staff_ids):
        if repository.find_present(tx.connection, staff_id) is not None:
            _take_all(tx, staff_id)


def _take_all(tx: Transaction, staff_id: str) -> None:
    repository.remove_cards(tx.connection, staff_id)
    repository.change_staff(tx.connection, staff_id, {"number": None, "name": "", "roles": "", "pin_hash": ""})
    tx.changes.staff.add(staff_id)


def _found(tx: Transaction, number: str) -> Row[Any]:
    row = repository.find_by_number(tx.connection, number)
    if row is None:
        raise NotFound(f"nobody has the staff number {number}")
    return row


def _change(tx: Transaction, number: str, values: dict[str, Any], **details: str) -> None:
    row = _found(tx, number)
    repository.change_staff(tx.connection, row.id, values)
    _note(tx, row, **details)


def _note(tx: Transaction, row: Row[Any], **details: str) -> None:
    tx.changes.staff.add(row.id)
    tx.record(Act.STAFF_CHANGED, StaffId(row.id), **details)


def _roles(roles: Iterable[Role]) -> str:
    return " ".join(sorted(set(roles)))
