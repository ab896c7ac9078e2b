"""Time that passes with the simulation's steps, and clocks that are wrong about it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
LONGEST_JUMP = timedelta(days=3652)
WRONG = 0.25


class Time:
    """How late it really is. Nobody in the simulation knows."""

    def __init__(self) -> None:
        self.present = START

    def pass_by(self, seconds: float) -> None:
        self.present += timedelta(seconds=seconds)


class Clock:
    """A machine's clock (kiosk.domain.clock.Clock, and a callable for central): right until it jumps."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self._error = timedelta()

    def now(self) -> datetime:
        return self._time.present + self._error

    def __call__(self) -> datetime:
        return self.now()

    def monotonic_s(self) -> float:
        return (self._time.present - START).total_seconds()

    def jump(self, chance: random.Random) -> timedelta:
        """Anywhere within ten years of the right time; but a clock that is wrong is set right, and most are right.
        (Were half of them wrong, central would know no habits any more: which orders are the latest, clocks say.)"""
        is_set_right = bool(self._error) or chance.random() >= WRONG
        self._error = timedelta() if is_set_right else LONGEST_JUMP * chance.uniform(-1, 1)
        return self._error
