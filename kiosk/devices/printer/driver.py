"""The receipt printer's thread: keeps the connection, watches paper and cover, prints one job after the other."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kiosk.devices.base import LineDevice
from kiosk.devices.printer.encoder import encode_job, warm_up
from kiosk.devices.printer.layout import LayoutError
from kiosk.devices.printer.link import PrinterLink, PrinterTimes
from kiosk.devices.printer.pulses import DrawerReport, PulseQueue, tell_drawer
from kiosk.devices.transport import Transport
from kiosk.devices.wake import Wake
from kiosk.domain.receipt import PaperKind
from kiosk.services.events import DeviceKind, EventSink, PrintJobState
from kiosk.services.ports import PrintJob
from kiosk.services.ports.devices import Counted
from kiosk.settings.devices import PrinterSettings

WARM_UP_AFTER_S = 5.0
"""The libraries of the first job are loaded then: later than the first screen, before the first customer has paid."""
MAX_WAITING_JOBS = 256

_COUNTED = {
    PrintJobState.CONFIRMED: Counted.PAPERS_PRINTED,
    PrintJobState.UNKNOWN: Counted.PAPERS_FAILED,
    PrintJobState.SKIPPED: Counted.PAPERS_GIVEN_UP,
}

Report = Callable[[UUID, PrintJobState], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A job in the queue. `expires_s` (monotonic) is when a customer's paper is given up; kitchen tickets never are."""

    job: PrintJob
    report: Report
    expires_s: float


class EscposPrinter(LineDevice):
    """Implements services.ports.Printer.

    `unfinished`: when the program last ended, a job may have been under way: what it left is cut off first.
    """

    kind: ClassVar[DeviceKind] = DeviceKind.PRINTER

    def __init__(
        self,
        settings: PrinterSettings,
        events: EventSink,
        *,
        simulated: bool,
        unfinished: bool = False,
        times: PrinterTimes = PrinterTimes(),  # noqa: B008 - frozen
    ) -> None:
        super().__init__(settings.name, settings.port, settings.baud, events, simulated=simulated)
        self._settings = settings
        self._times = times
        self._has_leftovers = unfinished
        self._waiting: deque[_Waiting] = deque()
        self._pulses = PulseQueue()
        self._lock = threading.Lock()
        self._submitted = Wake()
        self._can_print = False
        self._ask_at_s = 0.0
        self._warm_up_at_s = time.monotonic() + WARM_UP_AFTER_S

    def submit(self, job: PrintJob, report: Report) -> bool:
        expires_s = time.monotonic() + self._patience_s(job.kind)
        with self._lock:
            if self._stop.is_set() or len(self._waiting) >= MAX_WAITING_JOBS:
                return False
            self._waiting.append(_Waiting(job, report, expires_s))
        self._submitted.set()
        return True

    def _patience_s(self, kind: PaperKind) -> float:
        if kind is PaperKind.KITCHEN_TICKET:
            return float("inf")
        patience_s = self._settings.patience_s
        return min(patience_s, self._times.test_page_s) if kind is PaperKind.TEST_PAGE else patience_s

    def open_drawer(self, report: DrawerReport) -> bool:
        if self._stop.is_set() or not self._can_print or not self._pulses.put(report):
            return False
        self._submitted.set()
        return True

    def _session(self, transport: Transport) -> None:
        link = PrinterLink(transport, self._times)
        self._ask_at_s = 0.0
        while True:
            self._submitted.clear()
            if time.monotonic() >= self._ask_at_s:
                self._ask_status(link)
            self._skip_expired()
            if self._can_print:
                self._print_all(link)
            else:
                self._pulses.refuse_all()
            self._warm_up()
            link.idle(min(self._ask_at_s, self._next_expiry_s()) - time.monotonic(), self._submitted)

    def _pause(self, pause_s: float) -> None:
        self._can_print = False
        self._pulses.refuse_all()
        ends_s = time.monotonic() + pause_s
        while True:
            self._skip_expired()
            left_s = min(ends_s, self._next_expiry_s()) - time.monotonic()
            if self._stop.wait(left_s) or time.monotonic() >= ends_s:
                return

    def _ask_status(self, link: PrinterLink) -> None:
        self._can_print = False
        status = link.status()
        if status.can_print and self._has_leftovers:
            link.clear_leftovers()
            self._has_leftovers = False
            status = link.status()
        self._can_print = status.can_print
        self._set_health(status.state, status.problem)
        self._ask_at_s = time.monotonic() + (self._times.ask_every_s if status.can_print else self._times.ask_again_s)

    def _warm_up(self) -> None:
        if time.monotonic() >= self._warm_up_at_s:
            self._warm_up_at_s = float("inf")
            warm_up(self._settings.paper_mm, self._settings.chinese)

    def _print_all(self, link: PrinterLink) -> None:
        """The drawer before any paper: somebody stands before it with cash in the hand."""
        while True:
            if (report := self._pulses.take()) is not None:
                self._open_drawer(link, report)
            elif (waiting := self._take_first()) is not None:
                self._print(link, waiting)
            else:
                return

    def _open_drawer(self, link: PrinterLink, report: DrawerReport) -> None:
        if not tell_drawer(report, PrintJobState.SENDING):
            return
        try:
            link.open_drawer()
        except BaseException:
            self._has_leftovers = True
            tell_drawer(report, PrintJobState.UNKNOWN)
            raise
        self._ask_at_s = time.monotonic() + self._times.ask_every_s
        tell_drawer(report, PrintJobState.CONFIRMED)

    def _print(self, link: PrinterLink, waiting: _Waiting) -> None:
        try:
            pieces = encode_job(waiting.job.paper, self._settings.paper_mm, self._settings.chinese)
        except LayoutError as error:
            log.warning(
                "print_job_refused", extra={"device": self.name, "job": str(waiting.job.id), "reason": str(error)}
            )
            self._tell(waiting, PrintJobState.SKIPPED)
            return
        if not self._tell(waiting, PrintJobState.SENDING):
            return
        try:
            link.print(pieces)
        except BaseException:
            self._has_leftovers = True
            self._tell(waiting, PrintJobState.UNKNOWN)
            raise
        self._ask_at_s = time.monotonic() + self._times.ask_every_s
        self._tell(waiting, PrintJobState.CONFIRMED)

    def _tell(self, waiting: _Waiting, state: PrintJobState) -> bool:
        """Whether the report was taken; the job's owner may fail (a full disk), the printer goes on."""
        if state in _COUNTED:
            self._diary.count(_COUNTED[state])
        try:
            waiting.report(waiting.job.id, state)
        except Exception as error:  # noqa: BLE001 - it is the owner's, whatever it is, and must not end the thread
            job_id = str(waiting.job.id)
            log.warning(
                "print_report_failed",
                extra={"device": self.name, "job": job_id, "state": state.value, "error": repr(error)},
            )
            return False
        return True

    def _take_first(self) -> _Waiting | None:
        """A test page only when nobody waits for a paper."""
        with self._lock:
            first = next((w for w in self._waiting if w.job.kind is not PaperKind.TEST_PAGE), None)
            if first is None:
                return self._waiting.popleft() if self._waiting else None
            self._waiting.remove(first)
            return first

    def _skip_expired(self) -> None:
        now_s = time.monotonic()
        with self._lock:
            expired = [waiting for waiting in self._waiting if waiting.expires_s <= now_s]
            self._waiting = deque(waiting for waiting in self._waiting if waiting.expires_s > now_s)
        for waiting in expired:
            self._tell(waiting, PrintJobState.SKIPPED)

    def _next_expiry_s(self) -> float:
        with self._lock:
            return min((waiting.expires_s for waiting in self._waiting), default=float("inf"))


def build_printer(
    settings: PrinterSettings, events: EventSink, simulated: bool, *, unfinished: bool = False
) -> EscposPrinter:
    """The printer named in the settings, not started. `settings.driver` has been checked by load_settings."""
    return EscposPrinter(settings, events, simulated=simulated, unfinished=unfinished)
