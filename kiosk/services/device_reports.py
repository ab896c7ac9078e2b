"""What the admin screen says of each device: its counts since the program started, and its last problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.domain.clock import Clock
from kiosk.domain.staff import Permission, Staff
from kiosk.services.events import DeviceProblem
from kiosk.services.ports.devices import Counted, RunningDevice


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """`last_problem`: the newest, also when it is over. `problem_at`, `worked_at`: the canteen's wall time of that, and
    of the last card, code, paper or picture; None: not since the start."""

    counts: Mapping[Counted, int]
    last_problem: DeviceProblem = DeviceProblem.NONE
    problem_at: datetime | None = None
    worked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DevicesSeen:
    """By the devices' names. `since`: when counting began, as the canteen's wall time."""

    reports: Mapping[str, DeviceReport]
    since: datetime


class DeviceReports:
    """Made when the program starts. `devices`: those that run, which may come later; `local` puts a moment into the
    canteen's time."""

    def __init__(self, devices: Sequence[RunningDevice], clock: Clock, local: Callable[[datetime], datetime]) -> None:
        self._devices = devices
        self._clock = clock
        self._local = local
        self._began_s = clock.monotonic_s()

    def look(self, by: Staff) -> DevicesSeen:
        """Raises NotPermitted."""
        by.require(Permission.SEE_HEALTH)
        records = [device.record() for device in self._devices]
        reports = {
            record.health.name: DeviceReport(
                record.counts, record.last_problem, self._at(record.problem_s), self._at(record.worked_s)
            )
            for record in records
        }
        return DevicesSeen(reports, self._moment(self._began_s))

    def _at(self, moment_s: float | None) -> datetime | None:
        return None if moment_s is None else self._moment(moment_s)

    def _moment(self, moment_s: float) -> datetime:
        """By the clock as it is set now, whatever it was set to then."""
        ago = timedelta(seconds=self._clock.monotonic_s() - moment_s)
        return self._local(self._clock.now() - ago)
