"""What the menu of the day needs of central."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kiosk.domain.ids import StaffId
from kiosk.domain.menu_change import MenuChange
from kiosk.domain.menu_of_day import MenuItem, MenuRefusal


@dataclass(frozen=True, slots=True)
class MenuAtCentral:
    """`items` as they stand, `now` by central's clock. `refusal`: nothing was changed."""

    items: tuple[MenuItem, ...]
    now: datetime
    refusal: MenuRefusal | None = None


class MenuOfDay(Protocol):
    def change_menu(
        self, act_id: UUID, staff_id: StaffId, reason: str, changes: tuple[MenuChange, ...]
    ) -> MenuAtCentral:
        """All of it or nothing; the same act once. Without changes: as it stands. Raises CentralUnreachable,
        CentralRefused."""
        ...
