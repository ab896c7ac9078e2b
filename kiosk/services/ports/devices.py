"""What the admin screen asks a running device: how it is, and what it has done since the program started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.services.events import DeviceHealth, DeviceKind, DeviceProblem


class Counted(StrEnum):
    """papers_failed: sent, and not known whether printed. papers_given_up: nothing was sent. unsound: damaged frames or
    codes. looks: times the camera was used. connections_lost: found again by itself or not."""

    PAPERS_PRINTED = "papers_printed"
    PAPERS_FAILED = "papers_failed"
    PAPERS_GIVEN_UP = "papers_given_up"
    CARDS_READ = "cards_read"
    CODES_READ = "codes_read"
    LOOKS = "looks"
    PICTURES_TAKEN = "pictures_taken"
    UNSOUND = "unsound"
    CONNECTIONS_LOST = "connections_lost"


COUNTED_OF: Mapping[DeviceKind, tuple[Counted, ...]] = {
    DeviceKind.PRINTER: (Counted.PAPERS_PRINTED, Counted.PAPERS_FAILED, Counted.PAPERS_GIVEN_UP),
    DeviceKind.CARD_READER: (Counted.CARDS_READ, Counted.UNSOUND),
    DeviceKind.SCANNER: (Counted.CODES_READ, Counted.UNSOUND),
    DeviceKind.CAMERA: (Counted.LOOKS, Counted.PICTURES_TAKEN),
}
"""Beside its lost connections, which every kind has."""


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """Nothing of anybody: numbers and moments. `counts`: those of its kind, from zero. `last_problem`: the newest it
    had, also when it is over; NONE: none yet. `problem_s`, `worked_s`: monotonic, when that began, and when something
    was last read, printed or taken; None: not yet."""

    health: DeviceHealth
    counts: Mapping[Counted, int]
    last_problem: DeviceProblem = DeviceProblem.NONE
    problem_s: float | None = None
    worked_s: float | None = None


class RunningDevice(Protocol):
    """Thread-safe; returns at once."""

    def record(self) -> DeviceRecord: ...
