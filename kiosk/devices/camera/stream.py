"""What an open camera is to the driver, and the pace at which pictures are taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.services.face_ports import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A picture as the camera gave it. `taken_s`: monotonic, when it had arrived."""

    pixels: Pixels
    taken_s: float


class PictureStream(Protocol):
    """For one thread."""

    def next(self, timeout_s: float) -> Taken | None:
        """The newest picture since the last one; None when there is none for `timeout_s`. Raises DeviceFault,
        Stopped."""
        ...

    def close(self) -> None:
        """Give the camera back; returns soon, also when the camera hangs."""
        ...


class Pace:
    """Lets `frames_per_s` through, however many come: on the average, a late picture does not delay the next."""

    def __init__(self, frames_per_s: float) -> None:
        self._period_s = 1 / frames_per_s
        self._next_s = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """Until the next one is due; 0 when it is."""
        return max(0.0, self._next_s - now_s)

    def is_due(self, now_s: float) -> bool:
        return now_s >= self._next_s

    def took(self, now_s: float) -> None:
        """A picture was: the next one is due a period later."""
        self._next_s = max(self._next_s + self._period_s, now_s)
