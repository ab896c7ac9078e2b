"""Did the eyes close for a moment? An addition to the turn of the head, never instead of it: the eyes of a photograph
can be animated. So a blink grants nothing; where policy asks for one, its absence refuses."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from kiosk.domain.errors import DomainError

_LEARNT = 0.2  # of each frame


@dataclass(frozen=True, slots=True)
class BlinkRule:
    """Eyes that are so much less like themselves a moment ago are closed: by `least_change`, and `times_usual` what
    changes anyway, since a face that talks is never quite alike. `open_part`: changed by this part of that at most,
    they are open. `longest_s`: what lasts longer is no blink, but eyes that look elsewhere."""

    least_change: float = 0.07
    times_usual: float = 2.0
    open_part: float = 0.6
    longest_s: float = 0.6

    def __post_init__(self) -> None:
        if min(self.least_change, self.times_usual, self.longest_s) <= 0 or not 0 < self.open_part < 1:
            raise DomainError("eyes change when they close, more than otherwise, and not for long")

    def closing(self, usual_change: float) -> float:
        return self.least_change + self.times_usual * usual_change


@dataclass(frozen=True, slots=True)
class Blinking:
    """What the eyes have done so far. `open_s`: when they were seen open last; None: not since the head was turned.
    `is_closed`: they have closed since. `usual_change`: from frame to frame, while they are not closed."""

    open_s: float | None = None
    is_closed: bool = False
    has_blinked: bool = False
    usual_change: float = 0.05

    def seen(self, likeness: float, taken_s: float, rule: BlinkRule) -> Blinking:
        """In the next frame; `likeness` to what is usual, up to 1. Eyes that were not seen (no number) are neither open
        nor closed."""
        change, closing = 1 - likeness, rule.closing(self.usual_change)
        if not math.isfinite(change):
            return self
        if change >= closing and self.open_s is not None:
            return replace(self, is_closed=True)
        usual_change = self.usual_change + _LEARNT * (change - self.usual_change)
        if change > rule.open_part * closing:
            return replace(self, usual_change=usual_change)
        was_short = self.open_s is not None and taken_s - self.open_s <= rule.longest_s
        return Blinking(
            taken_s,
            has_blinked=self.has_blinked or (self.is_closed and was_short),
            usual_change=usual_change,
        )

    def turned_away(self) -> Blinking:
        """The head is turned: what the eyes look like now says nothing about lids."""
        return Blinking(has_blinked=self.has_blinked, usual_change=self.usual_change)
