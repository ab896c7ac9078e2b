"""A shift at a terminal and its drawer: opened with a counted float, closed by a count and a Z report
(kiosk.domain.z_report). Staff are ids: what is written here is kept for ever, names are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import CashMovementId, ShiftId, StaffId
from kiosk.domain.money import Money
from kiosk.domain.refund import MAX_REASON_CHARS
from kiosk.domain.text import check_text

MAX_CASH_MINOR = 100_000_000
"""A drawer holds no more: bounds what is typed, and what a terminal may claim."""
MAX_PIECES = 10_000
DENOMINATIONS_MINOR = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)
"""Notes and coins of a drawer, the largest first."""


class ShiftError(DomainError):
    """No shift can be so."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many notes or coins of one value."""

    value_minor: int
    number: int


@dataclass(frozen=True, slots=True)
class CashCount:
    """What somebody counted in the drawer; `pieces` where it was counted by denomination."""

    total: Money
    pieces: tuple[Pieces, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.total.minor <= MAX_CASH_MINOR:
            raise ShiftError("that much cash is in no drawer")
        if len(self.pieces) > len(DENOMINATIONS_MINOR):
            raise ShiftError("more denominations than there are")
        if any(p.value_minor not in DENOMINATIONS_MINOR or not 0 < p.number <= MAX_PIECES for p in self.pieces):
            raise ShiftError("there is no such note, or not so many of them")
        if self.pieces and sum(p.value_minor * p.number for p in self.pieces) != self.total.minor:
            raise ShiftError("the denominations are not the sum")


@dataclass(frozen=True, slots=True)
class ShiftOpening:
    """`float_` was in the drawer when the shift was opened, whatever was sold before."""

    id: ShiftId
    staff: StaffId
    opened_at: datetime
    float_: CashCount


class CashDirection(StrEnum):
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class CashMovement:
    """Cash put into the drawer or taken out of it that pays for nothing sold here: change fetched, takings brought to
    the office."""

    id: CashMovementId
    direction: CashDirection
    amount: Money
    staff: StaffId
    reason: str
    made_at: datetime

    def __post_init__(self) -> None:
        check_text(self.reason, MAX_REASON_CHARS, "the reason")
        if not 0 < self.amount.minor <= MAX_CASH_MINOR:
            raise ShiftError("cash that is moved is above zero, and fits a drawer")
