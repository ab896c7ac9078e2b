"""What the admin screen wants done. A section's own stand in its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from kiosk.domain.ids import StaffId
from kiosk.domain.staff import Permission, Staff
from kiosk.screens.admin_door import AdminEffect


@dataclass(frozen=True, slots=True)
class AdminAct(AdminEffect):
    """Anything but getting in and leaving: done for somebody, whose permission the service asks for. `needs` is that
    permission; tests/admin_flow hold the flow to it."""

    by: Staff
    needs: ClassVar[Permission]


@dataclass(frozen=True, slots=True)
class EnterByPin(AdminEffect):
    """`typed`: staff number and PIN, one behind the other."""

    typed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EnterByCard(AdminEffect):
    uid: str


@dataclass(frozen=True, slots=True)
class LookUpStaff(AdminEffect):
    """Is that staff member still one, and with which roles?"""

    staff_id: StaffId


class LeftBy(StrEnum):
    TOUCH = "touch"
    HANDED_OVER = "handed_over"  # to the terminal's own screens
    IDLE = "idle"
    REMOVED = "removed"  # by central, during the visit


@dataclass(frozen=True, slots=True)
class NoteLeft(AdminEffect):
    staff_id: StaffId
    left_by: LeftBy
