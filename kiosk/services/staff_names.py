"""Names of staff for screens and papers. What is kept and sent names them by id, so that a removal leaves no name
(docs/decisions/0017)."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.domain.ids import StaffId
from kiosk.services.ports import Transaction


def staff_names(tx: Transaction, ids: Iterable[StaffId]) -> dict[StaffId, str]:
    """Of those whom the terminal knows; who was removed is missing."""
    entries = {staff_id: tx.staff.get(staff_id) for staff_id in ids}
    return {staff_id: entry.staff.name for staff_id, entry in entries.items() if entry and entry.staff.name}
