"""What acts of several sections have in common."""

from __future__ import annotations

import logging
from uuid import UUID

from kiosk.domain.ids import uuid7
from kiosk.domain.staff import Staff
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.services.ports import StorageFailed
from kiosk.services.staff_acts import StaffAct

log = logging.getLogger(__name__)


def new_act_id(services: AdminServices) -> UUID:
    """For an act that begins; asked for again, in doubt, it keeps it."""
    return uuid7(int(services.clock.now().timestamp() * 1000))


def staff_act(services: AdminServices, by: Staff, act_id: UUID | None, reason: str = "") -> StaffAct:
    """`act_id` None: one that begins. One that is to be found out keeps its id; for it a store that has failed is
    opened anew."""
    if act_id is None:
        return StaffAct(new_act_id(services), by.id, reason)
    reopen_store(services)
    return StaffAct(act_id, by.id, reason)


def reopen_store(services: AdminServices) -> None:
    """One that has failed takes nothing more until then."""
    try:
        services.store.reopen()
    except StorageFailed:
        log.warning("store_not_reopened")
