"""What getting in to the admin screen needs of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from kiosk.domain.ids import StaffId
from kiosk.domain.staff import Staff


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """A staff member as central last told. `pin_hash`: argon2id, PHC string; "" until a PIN was set."""

    staff: Staff
    number: str
    pin_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PinTries:
    """Wrong tries that count, durably. `in_a_row`: by anybody, since somebody got in by PIN; `at_number`: at one number
    since its own PIN was typed; `in_all`: the sum of those of all numbers."""

    in_a_row: int = 0
    at_number: int = 0
    in_all: int = 0


class StaffMembers(Protocol):
    def by_number(self, number: str) -> StaffEntry | None: ...

    def by_card(self, uid: str) -> StaffEntry | None: ...

    def get(self, staff_id: StaffId) -> StaffEntry | None: ...

    def tries(self, number: str) -> PinTries: ...

    def count_try(self, number: str) -> None:
        """One more, at that number."""
        ...

    def forget_tries(self, number: str) -> None:
        """The right PIN of that number was typed: the row begins anew, its own tries go, and those at numbers that
        nobody has, where nothing could be found out."""
        ...

    def forget_all_tries(self) -> None: ...
