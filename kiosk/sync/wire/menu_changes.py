"""The menu of the day: seen and changed by staff at a terminal, at central at once (docs/decisions/0016)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from kiosk.domain.menu_change import MenuChange
from kiosk.domain.menu_of_day import MenuItem


class MenuChangesRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `staff` (an id) changes, all of it or nothing; no changes: what stands is asked for. The same `act_id` is
    the same act. A price has a `reason`."""

    act_id: UUID
    staff: str
    reason: str = ""
    changes: tuple[MenuChange, ...] = ()


class MenuChangesReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """`refusal`: why nothing was changed (kiosk.domain.menu_of_day.MenuRefusal), "" when it was. `items`: as they stand
    now, in the menu's order."""

    items: tuple[MenuItem, ...]
    now: datetime
    refusal: str = ""
