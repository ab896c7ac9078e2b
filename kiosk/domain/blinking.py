"""Did the eyes close for a moment? An addition to the turn of the head, never instead of it: the eyes of a photograph
can be animated. So a blink grants nothing; where policy asks for one, its absence refuses."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class BlinkRule:
    """By how much the eyes are like themselves a moment ago, −1 to 1: below `closed_likeness` they are closed, from
    `open_likeness` on open again. `longest_s`: what lasts longer is no blink, but eyes that look elsewhere."""

    closed_likeness: float = 0.72
    open_likeness: float = 0.78
    longest_s: float = 0.6

    def __post_init__(self) -> None:
        if not -1 < self.closed_likeness < self.open_likeness < 1 or not self.longest_s > 0:
            raise DomainError("eyes are less like themselves when they close, and not for long")


@dataclass(frozen=True, slots=True)
class Blinking:
    """What the eyes have done so far. `open_s`: when they were seen open last; None: not since the head was turned.
    `is_closed`: they have closed since."""

    open_s: float | None = None
    is_closed: bool = False
    has_blinked: bool = False

    def seen(self, likeness: float, taken_s: float, rule: BlinkRule) -> Blinking:
        """In the next frame. Eyes that were not seen (no number) are neither open nor closed."""
        if likeness < rule.closed_likeness:
            return replace(self, is_closed=self.open_s is not None)
        if not likeness >= rule.open_likeness:
            return self
        was_short = self.open_s is not None and taken_s - self.open_s <= rule.longest_s
        return Blinking(taken_s, has_blinked=self.has_blinked or (self.is_closed and was_short))

    def turned_away(self) -> Blinking:
        """The head is turned: what the eyes look like now says nothing about lids."""
        return Blinking(has_blinked=self.has_blinked)
