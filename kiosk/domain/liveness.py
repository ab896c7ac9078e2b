"""Is a living person before the camera? The challenge: turn your head, to sides that nobody knows before.

A photograph that is turned, tilted or bent changes as a plane does; a head does not. So a turn counts only when the
nose moves between the eyes *and* the points of the face no longer fit one plane's picture of where they began. A blink
proves nothing by itself: a photograph can be animated (docs/face.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.domain.errors import DomainError


class Side(StrEnum):
    """As the person before the camera sees it."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Pose:
    """What one frame shows. `nose_ratio`: where the nose stands between the outer corners of the eyes, 0 in the middle,
    above 0 towards the person's own left, in distances between the corners. `planar_residual`: how far the points are
    from any plane's picture of the frame that began, in the same measure; 0 for that frame itself. `taken_s`: when, on
    the camera's own clock. `is_same_person`: the face was followed since it began and still looks like itself."""

    nose_ratio: float
    planar_residual: float
    taken_s: float
    is_same_person: bool = True


@dataclass(frozen=True, slots=True)
class TurnRule:
    """`turned_ratio` and `turned_residual`: from there on a head is turned. `centred_ratio`: up to there it looks
    ahead, as it must between turns and at the end. `time_s`: for each turn. `too_fast_s`: sooner than that nobody can
    have read which side was asked for."""

    turned_ratio: float = 0.22
    turned_residual: float = 0.045
    centred_ratio: float = 0.10
    time_s: float = 5.0
    too_fast_s: float = 0.25

    def __post_init__(self) -> None:
        if (
            not 0 < self.centred_ratio < self.turned_ratio
            or self.turned_residual <= 0
            or self.time_s <= self.too_fast_s
        ):
            raise DomainError("a head is turned beyond where it looks ahead, within a time")


class Stage(StrEnum):
    TURN = "turn"
    BACK = "back"
    PASSED = "passed"
    FAILED = "failed"


class Failure(StrEnum):
    TIME_OUT = "time_out"
    WRONG_SIDE = "wrong_side"
    FLAT = "flat"
    OTHER_PERSON = "other_person"


@dataclass(frozen=True, slots=True)
class TurnChallenge:
    """The challenge at one moment; `observe` gives the next. `sides` are drawn by the caller, at random; `failure` says
    why it was lost."""

    sides: tuple[Side, ...]
    asked_s: float
    middle_ratio: float = 0.0
    stage: Stage = Stage.TURN
    failure: Failure | None = None

    @property
    def side(self) -> Side | None:
        """The side that is asked for now."""
        return self.sides[0] if self.stage is Stage.TURN else None

    @property
    def is_over(self) -> bool:
        return self.stage in (Stage.PASSED, Stage.FAILED)

    def observe(self, pose: Pose, rule: TurnRule) -> TurnChallenge:
        """What the next frame makes of it. Nothing changes a challenge that is over."""
        if self.is_over:
            return self
        if not pose.is_same_person:
            return self._lost(Failure.OTHER_PERSON)
        if pose.taken_s - self.asked_s > rule.time_s:
            return self._lost(Failure.TIME_OUT)
        way = pose.nose_ratio - self.middle_ratio
        if self.stage is Stage.BACK:
            return self._next_turn(pose) if abs(way) <= rule.centred_ratio else self
        return self._turning(pose, way, rule)

    def _turning(self, pose: Pose, way: float, rule: TurnRule) -> TurnChallenge:
        if not abs(way) >= rule.turned_ratio:  # nor when it is no number
            return self
        if (Side.LEFT if way > 0 else Side.RIGHT) is not self.side:
            return self._lost(Failure.WRONG_SIDE)
        if not pose.planar_residual >= rule.turned_residual:
            return self._lost(Failure.FLAT)
        if pose.taken_s - self.asked_s < rule.too_fast_s:
            return self._lost(Failure.WRONG_SIDE)
        return replace(self, sides=self.sides[1:], stage=Stage.BACK, asked_s=pose.taken_s)

    def _next_turn(self, pose: Pose) -> TurnChallenge:
        stage = Stage.TURN if self.sides else Stage.PASSED
        return replace(self, stage=stage, asked_s=pose.taken_s)

    def _lost(self, failure: Failure) -> TurnChallenge:
        return replace(self, stage=Stage.FAILED, failure=failure)


def challenge(sides: Sequence[Side], start: Pose) -> TurnChallenge:
    """Begins with a face that looks ahead. Where its nose stands then is its middle: no face is symmetric."""
    if not sides:
        raise DomainError("a challenge asks for at least one turn")
    return TurnChallenge(tuple(sides), start.taken_s, start.nose_ratio)
