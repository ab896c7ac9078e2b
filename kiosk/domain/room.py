"""Room on the terminal's disk: how fast it goes, and when it will be gone at that pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Less says nothing about a pace; what is older says nothing about now.
SHORTEST_SPAN = timedelta(days=1)
LONGEST_SPAN = timedelta(days=30)
# Further ahead nobody plans, and the pace is a guess.
_FARTHEST_DAYS = 1000


@dataclass(frozen=True, slots=True)
class RoomSample:
    """`at`: UTC, by the terminal's clock of then. `free_bytes`: of its disk."""

    at: datetime
    free_bytes: int


def full_in_days(samples: Sequence[RoomSample], now: RoomSample) -> int | None:
    """Whole days until nothing is free at the pace since the oldest sample of the last 30 days; None: not known, or not
    within 1000. Room that grew has no such day. For display only: clocks may have been set."""
    spans = [(now.at - sample.at, sample) for sample in samples]
    fitting = [(span, sample) for span, sample in spans if SHORTEST_SPAN <= span <= LONGEST_SPAN]
    if not fitting:
        return None
    span, oldest = max(fitting, key=lambda pair: pair[0])
    used = oldest.free_bytes - now.free_bytes
    if used <= 0:
        return None
    days = int(now.free_bytes * (span / timedelta(days=1)) / used)
    return days if days <= _FARTHEST_DAYS else None
