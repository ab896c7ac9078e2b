"""What shifts need of the store, and of what reads the outbox's events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.ids import CashMovementId, ShiftId, ZCorrectionId, ZReportId
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment
from kiosk.domain.refund import Refund
from kiosk.domain.shift import CashMovement, ShiftOpening
from kiosk.domain.z_report import ZCorrection, ZReport


@dataclass(frozen=True, slots=True)
class TakenOrder:
    """An order and its payment, as they stood when it was taken."""

    order: Order
    payment: Payment


Told = TakenOrder | Refund | CounterPayment | Collection | UndoneCollection | CashTopUp | CashMovement
"""What an event of the outbox tells, where that is of a shift."""


class EventReader(Protocol):
    """Reads what EventEncoder has written."""

    def read(self, body: bytes) -> Told | None:
        """None: the event moves no money and takes no order."""
        ...


@dataclass(frozen=True, slots=True)
class TillState:
    """`incarnation` of this terminal, and the `number` of its next Z report. The outbox's row `closed_id` is the last
    that belongs to a Z report, `newest_id` the newest of all; `base_id` + n is the n-th of this incarnation.
    `opened_id`: the newest when the shift `opening` was opened; None: none is open. `missing`: rows behind `closed_id`
    that are not kept any more."""

    incarnation: int
    number: int
    closed_id: int
    newest_id: int
    base_id: int
    missing: int
    drawer_openings: int
    opening: ShiftOpening | None = None
    opened_id: int | None = None


class Shifts(Protocol):
    """Everything in it is only ever added, but for which shift is open and what its Z report is to begin behind."""

    def state(self) -> TillState:
        """Raises NotEnrolled."""
        ...

    def events_between(self, after_id: int, last_id: int, limit: int) -> Iterator[tuple[int, bytes]]:
        """Rows of the outbox behind `after_id`, each its id and body, in order."""
        ...

    def open(self, opening: ShiftOpening) -> None: ...

    def opening(self, shift_id: ShiftId) -> ShiftOpening | None:
        """Also of a shift that is closed."""
        ...

    def add_movement(self, movement: CashMovement) -> None: ...

    def movement(self, movement_id: CashMovementId) -> CashMovement | None: ...

    def note_drawer(self) -> None:
        """The drawer is about to be opened, for whatever."""
        ...

    def close(self, report: ZReport, closed_id: int) -> None:
        """No shift is open any more; the next report begins behind `closed_id`."""
        ...

    def report(self, report_id: ZReportId) -> ZReport | None: ...

    def reports(self, limit: int) -> tuple[ZReport, ...]:
        """Newest first."""
        ...

    def correct(self, correction: ZCorrection) -> None: ...

    def correction(self, correction_id: ZCorrectionId) -> ZCorrection | None: ...

    def corrections(self, report_id: ZReportId) -> tuple[ZCorrection, ...]:
        """Oldest first."""
        ...

    def add_copy(self, copy_id: UUID, report_id: ZReportId) -> int | None:
        """Which copy (1 …) of that report's paper it is; None: it was asked for before under that id."""
        ...
