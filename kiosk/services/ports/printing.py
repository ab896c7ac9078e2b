"""What printing needs: a printer, and words for the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import Paper, PaperKind
from kiosk.services.events import PrintJobState


@dataclass(frozen=True, slots=True)
class PrintJob:
    """`copy` 0 is the first print; a staff reprint is a new job with copy 1, 2 … `order_id`: what the paper is about; a
    top-up's slip carries the top-up's id there, a Z report's the report's."""

    id: UUID
    order_id: OrderId
    printer: str
    kind: PaperKind
    paper: Paper
    state: PrintJobState = PrintJobState.QUEUED
    copy: int = 0


class Printer(Protocol):
    """A printer with its own thread. `name` is the configured one."""

    @property
    def name(self) -> str: ...

    def submit(self, job: PrintJob, report: Callable[[UUID, PrintJobState], None]) -> bool:
        """Queue the job; False when the queue is full or the driver stopped. `report` is called on the driver's
        thread: SENDING before the first byte (if it raises, nothing is sent), then CONFIRMED or UNKNOWN, or
        SKIPPED when the job is a customer's paper and the printer could not begin within its patience."""
        ...

    def open_drawer(self, report: Callable[[PrintJobState], None]) -> bool:
        """Open the cash drawer at this printer, before the papers that wait; False when it cannot print now, or the
        driver stopped. Never blocks. `report` as with `submit`: SENDING, then CONFIRMED or UNKNOWN; or SKIPPED, when
        its turn did not come within seconds."""
        ...


class Catalogue(Protocol):
    """The texts of one language (gettext), for what is printed."""

    def gettext(self, message: str) -> str: ...
