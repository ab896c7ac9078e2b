"""Openings of the cash drawer that wait for their turn at the printer."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from kiosk.services.events import PrintJobState

DRAWER_PATIENCE_S = 5.0
"""A drawer that springs open later than that surprises somebody."""
MAX_WAITING_PULSES = 8

DrawerReport = Callable[[PrintJobState], None]

log = logging.getLogger(__name__)


class PulseQueue:
    """Thread-safe. Whatever waits is opened soon, or never."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[float, DrawerReport]] = deque()

    def put(self, report: DrawerReport) -> bool:
        """False: too many wait."""
        with self._lock:
            if len(self._waiting) >= MAX_WAITING_PULSES:
                return False
            self._waiting.append((time.monotonic() + DRAWER_PATIENCE_S, report))
        return True

    def take(self) -> DrawerReport | None:
        """The first one that is not too late; those are told that nothing was sent."""
        while True:
            with self._lock:
                if not self._waiting:
                    return None
                expires_s, report = self._waiting.popleft()
            if time.monotonic() < expires_s:
                return report
            tell_drawer(report, PrintJobState.SKIPPED)

    def refuse_all(self) -> None:
        """The printer cannot do it now, so it does not do it later."""
        while (report := self.take()) is not None:
            tell_drawer(report, PrintJobState.SKIPPED)


def tell_drawer(report: DrawerReport, state: PrintJobState) -> bool:
    """Whether the report was taken; its owner may fail (a full disk), the printer goes on."""
    try:
        report(state)
    except Exception as error:  # noqa: BLE001 - it is the owner's, whatever it is, and must not end the thread
        log.warning("drawer_report_failed", extra={"state": state.value, "error": repr(error)})
        return False
    return True
