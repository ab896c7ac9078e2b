"""What the program may ask of time. No safety rule reads it: clocks are for display, reports and offers."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for people, monotonic time for waiting."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds from an arbitrary start that never goes back."""
        ...
