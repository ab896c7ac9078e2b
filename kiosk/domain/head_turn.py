"""A turn of the head, to a side, up or down: what a frame shows of it, and which turns count.

A photograph that is turned, tilted or bent changes as a plane does; a head does not. So a turn counts only when the
nose moves between the eyes, or between eyes and mouth, through all that lies between, *and* the points of the face no
longer fit one plane's picture of where they began (docs/liveness.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.blinking import BlinkRule
from kiosk.domain.errors import DomainError

MAX_TURNS = 7
"""Somebody is asked for at most so many: with them, some 17 seconds have gone."""


class Direction(StrEnum):
    """As the person before the camera sees it."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"

    @property
    def is_sideways(self) -> bool:
        return self in (Direction.LEFT, Direction.RIGHT)

    @property
    def sign(self) -> int:
        """Of a ratio that grows that way."""
        return 1 if self in (Direction.LEFT, Direction.DOWN) else -1


@dataclass(frozen=True, slots=True)
class Pose:
    """What one frame shows. `nose_ratio`: where the nose stands between the outer corners of the eyes, 0 in the middle,
    above 0 towards the person's own left, in distances between the corners. `nod_ratio`: how far down it stands from
    the eyes to the mouth, 0 to 1; it falls when the head looks up. `planar_residual`: how far the points are from any
    plane's picture of the frame that began, in distances between the corners; 0 for that frame itself.
    `detected_ratio`: as `nose_ratio`, by another model's points and in distances between the eyes; no number where that
    model did not see the face, or was not asked. `taken_s`: when, on the camera's own clock."""

    nose_ratio: float
    nod_ratio: float
    planar_residual: float
    detected_ratio: float
    taken_s: float

    @property
    def is_seen(self) -> bool:
        return math.isfinite(self.nose_ratio) and math.isfinite(self.nod_ratio)

    def along(self, direction: Direction) -> float:
        """How far the nose stands that way: grows with a turn in that direction."""
        return direction.sign * (self.nose_ratio if direction.is_sideways else self.nod_ratio)

    def apart(self, other: Pose) -> float:
        """How far the nose moved from there, aside or up and down, whichever is farther."""
        return max(abs(self.nose_ratio - other.nose_ratio), abs(self.nod_ratio - other.nod_ratio))


@dataclass(frozen=True, slots=True)
class TurnRule:
    """`ahead_ratio`: a head that begins has its nose at most so far from the middle; what begins on the one side has
    twice the way to the other. `turned_ratio` and `turned_detected`, `turned_together` of both, `turned_residual`: from
    there on it is turned aside. `nodded_ratio`, `nodded_residual`: from there on it looks up or down; the other model's
    points hardly move with a nod, so it only has to see the face. `across_part`: of the way that it went, it may have
    gone so much across. `centred_ratio`: up to there from where it began it looks ahead again, in two frames and on
    both axes, as it must between turns and at the end; but farther than `ahead_ratio` only with a residual up to
    `centred_residual`, for the mesh takes many a turned head for one that is nearly back. `time_s`: for each stage.
    `too_soon_s`: sooner than that nobody can have read what was asked for. `fastest_per_s`: a head's nose ratio, or nod
    ratio, changes at most so fast, and `noise_ratio` more from one frame to the next; frames farther apart than
    `frame_s` count as that far apart: what was not seen was not a turn. `sudden_ratio`, `run_up` and `run_up_s`: a step
    as large as that, from where it looked ahead, is a head's if this part of it was gone in so long a time before, or
    in the next frame; for a head gathers speed, and a picture that is exchanged stands still before and after.
    `most_jumps`: so often in a challenge a turn with such a step is asked for again, since the mesh misreads a quick
    head now and then. `blink`: the eyes must close once, too, at any time while the head looks ahead; None: that is not
    asked for."""

    ahead_ratio: float = 0.05
    turned_ratio: float = 0.16
    turned_detected: float = 0.12
    turned_together: float = 0.32
    turned_residual: float = 0.055
    nodded_ratio: float = 0.16
    nodded_residual: float = 0.045
    across_part: float = 0.75
    centred_ratio: float = 0.10
    centred_residual: float = 0.035
    time_s: float = 5.0
    too_soon_s: float = 0.25
    fastest_per_s: float = 1.8
    noise_ratio: float = 0.03
    frame_s: float = 0.07
    sudden_ratio: float = 0.08
    run_up: float = 0.25
    run_up_s: float = 0.25
    most_jumps: int = 2
    blink: BlinkRule | None = None

    def __post_init__(self) -> None:
        if (
            not 0 < self.centred_ratio < min(self.turned_ratio, self.nodded_ratio)
            or self.ahead_ratio <= 0
            or min(self.turned_residual, self.nodded_residual, self.turned_detected, self.turned_together) <= 0
            or not 0 < self.across_part < 1
            or self.time_s <= self.too_soon_s
        ):
            raise DomainError("a head is turned beyond where it looks ahead, within a time")
        if not 0 < self.longest_step(self.frame_s) < min(self.turned_ratio, self.nodded_ratio):
            raise DomainError("a turn takes more than one step")

    def turned_to(self, pose: Pose, middle: Pose) -> Direction | None:
        """Far enough, and more that way than across."""
        return next((direction for direction in Direction if self._is_turned(direction, pose, middle)), None)

    def is_solid(self, pose: Pose, direction: Direction) -> bool:
        """Of a head that is turned there: no plane looks so. No number is none."""
        return pose.planar_residual >= (self.turned_residual if direction.is_sideways else self.nodded_residual)

    def _is_turned(self, direction: Direction, pose: Pose, middle: Pose) -> bool:
        way = pose.along(direction) - middle.along(direction)
        if not (way > 0 and _across(direction, pose, middle) <= self.across_part * way):
            return False
        if not direction.is_sideways:
            return way >= self.nodded_ratio and math.isfinite(pose.detected_ratio)
        # Also from the middle: a bent photograph that is swung from one side to the other gets as far as a head from
        # where it began. And by the other model: a steep sheet misleads one.
        detected = direction.sign * pose.detected_ratio
        detected_way = detected - direction.sign * middle.detected_ratio
        return self._is_far(min(way, pose.along(direction)), min(detected_way, detected))

    def _is_far(self, ratio: float, detected: float) -> bool:
        """By either model, and by both together; no number is not far."""
        return (
            ratio >= self.turned_ratio and detected >= self.turned_detected and ratio + detected >= self.turned_together
        )

    def is_jump(self, step: float, apart_s: float) -> bool:
        """No head's nose ratio changes so within `apart_s`."""
        return abs(step) > self.longest_step(apart_s)

    def is_sudden(self, step: float, before: float) -> bool:
        """No head that looked ahead, and went as far as `before` in the time before, begins so to turn, unless it goes
        on."""
        return abs(step) > self.sudden_ratio and before * math.copysign(1, step) < self.run_up * abs(step)

    def goes_on(self, asked: Direction, last: Pose, sudden: Pose, now: Pose) -> bool:
        """After a sudden step: as a head that gathered speed between two frames."""
        step = sudden.along(asked) - last.along(asked)
        after = now.along(asked) - sudden.along(asked)
        return (
            after * math.copysign(1, step) >= self.run_up * abs(step)
            and not self.is_jump(step, sudden.taken_s - last.taken_s)
            and not self.is_jump(after, now.taken_s - sudden.taken_s)
        )

    def longest_step(self, apart_s: float) -> float:
        """How far the nose ratio of a head can be from that of the frame `apart_s` before."""
        return self.noise_ratio + self.fastest_per_s * min(max(apart_s, 0.0), self.frame_s)


def _across(direction: Direction, pose: Pose, middle: Pose) -> float:
    """How far it went on the other axis, either way."""
    across = Direction.UP if direction.is_sideways else Direction.LEFT
    return abs(pose.along(across) - middle.along(across))
