"""A file of staff for a database that is new: a demonstration's. PINs stand in it in the clear, so it is for nothing
else."""

from __future__ import annotations

from pathlib import Path

import msgspec

from central.staff.pins import hash_pin
from central.staff.service import add_card, add_staff
from central.transactions import Transaction
from kiosk.configfile import TomlFile
from kiosk.domain.staff import Role


class StaffRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    roles: list[Role]
    pin: str
    cards: list[str] = []


class StaffFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    staff: list[StaffRow]


def import_staff(tx: Transaction, path: Path) -> int:
    """Add everybody in the file, with numbers in its order; returns how many. Raises ConfigFileError, DomainError,
    Conflict."""
    rows = TomlFile(path).convert(StaffFile).staff
    for row in rows:
        number = add_staff(tx, row.name, row.roles, hash_pin(row.pin))
        for uid in row.cards:
            add_card(tx, number, uid)
    return len(rows)
