"""What a device has done since the program started, in numbers: nothing of what was read, printed or seen."""

from __future__ import annotations

import threading
import time

from kiosk.services.events import DeviceHealth, DeviceKind, DeviceProblem
from kiosk.services.ports.devices import COUNTED_OF, Counted, DeviceRecord

_WORKED = {Counted.PAPERS_PRINTED, Counted.CARDS_READ, Counted.CODES_READ, Counted.PICTURES_TAKEN}


class Diary:
    """Written on the device's thread, read on any."""

    def __init__(self, kind: DeviceKind) -> None:
        self._lock = threading.Lock()
        self._counts = dict.fromkeys((*COUNTED_OF[kind], Counted.CONNECTIONS_LOST), 0)
        self._last_problem = DeviceProblem.NONE
        self._problem_s: float | None = None
        self._worked_s: float | None = None

    def count(self, what: Counted) -> None:
        """One more. Raises KeyError for what no device of that kind does."""
        with self._lock:
            self._counts[what] += 1
            if what in _WORKED:
                self._worked_s = time.monotonic()

    def note_problem(self, problem: DeviceProblem) -> None:
        """It has begun."""
        with self._lock:
            self._last_problem, self._problem_s = problem, time.monotonic()

    def record(self, health: DeviceHealth) -> DeviceRecord:
        with self._lock:
            return DeviceRecord(health, dict(self._counts), self._last_problem, self._problem_s, self._worked_s)
