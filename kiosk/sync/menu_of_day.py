"""Asking central for the menu of the day, and changing it, while somebody waits for it."""

from __future__ import annotations

from uuid import UUID

from kiosk.domain.ids import StaffId
from kiosk.domain.menu_change import MenuChange
from kiosk.domain.menu_of_day import MenuRefusal
from kiosk.services.ports import CentralRefused, MenuAtCentral, TerminalIdentity
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.wire import MenuChangesRequest


class CentralMenuOfDay:
    """kiosk.services.ports.MenuOfDay, on a connection of its own. Used by one thread at a time."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity) -> None:
        """Raises CentralAddressError."""
        self._client = CentralClient(address, identity)

    def change_menu(
        self, act_id: UUID, staff_id: StaffId, reason: str, changes: tuple[MenuChange, ...]
    ) -> MenuAtCentral:
        reply = self._client.menu_changes(MenuChangesRequest(act_id, staff_id, reason, changes))
        try:
            refusal = MenuRefusal(reply.refusal) if reply.refusal else None
        except ValueError as error:
            raise CentralRefused("an answer this version does not know") from error
        return MenuAtCentral(reply.items, reply.now, refusal)

    def close(self) -> None:
        self._client.line.close()
