"""Is a living person before the camera? The challenge: turn your head, to sides that nobody knows before.

A photograph that is turned, tilted or bent changes as a plane does; a head does not. So a turn counts only when the
nose moves between the eyes, through all that lies between, *and* the points of the face no longer fit one plane's
picture of where they began. A blink may be asked for beside it; it proves nothing by itself (docs/liveness.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.domain.blinking import Blinking, BlinkRule
from kiosk.domain.errors import DomainError

MAX_TURNS = 7
"""Somebody is asked for at most so many: with them, some 20 seconds have gone."""


class Side(StrEnum):
    """As the person before the camera sees it."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Pose:
    """What one frame shows. `nose_ratio`: where the nose stands between the outer corners of the eyes, 0 in the middle,
    above 0 towards the person's own left, in distances between the corners. `planar_residual`: how far the points are
    from any plane's picture of the frame that began, in the same measure; 0 for that frame itself. `detected_ratio`:
    as `nose_ratio`, by another model's points and in distances between the eyes; no number where that model was not
    asked, since the face is not on its way to a side. `taken_s`: when, on the camera's own clock."""

    nose_ratio: float
    planar_residual: float
    detected_ratio: float
    taken_s: float


@dataclass(frozen=True, slots=True)
class TurnRule:
    """`ahead_ratio`: a head that begins has its nose at most so far from the middle; what begins on the one side has
    twice the way to the other. `turned_ratio` and `turned_detected`, `turned_together` of both, `turned_residual`: from
    there on it is turned. `centred_ratio`: up to there from where it began it looks ahead again, in two frames, as it
    must between turns and at the end; but farther than `ahead_ratio` only with a residual up to `centred_residual`, for
    the mesh takes many a turned head for one that is nearly back. `time_s`: for each stage. `too_soon_s`: sooner than
    that nobody can have read which side was asked for. `fastest_per_s`: a head's nose ratio changes at most so fast,
    and `noise_ratio` more from one frame to the next; frames farther apart than `frame_s` count as that far apart: what
    was not seen was not a turn. `sudden_ratio`, `run_up` and `run_up_s`: a step as large as that, from where it looked
    ahead, is a head's if this part of it was gone in so long a time before, or in the next frame; for a head gathers
    speed, and a picture that is exchanged stands still before and after. `blink`: the eyes must close once, too, at any
    time while the head looks ahead; None: that is not asked for."""

    ahead_ratio: float = 0.05
    turned_ratio: float = 0.16
    turned_detected: float = 0.12
    turned_together: float = 0.32
    turned_residual: float = 0.055
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
    blink: BlinkRule | None = None

    def __post_init__(self) -> None:
        if (
            not 0 < self.centred_ratio < self.turned_ratio
            or self.ahead_ratio <= 0
            or min(self.turned_residual, self.turned_detected, self.turned_together) <= 0
            or self.time_s <= self.too_soon_s
        ):
            raise DomainError("a head is turned beyond where it looks ahead, within a time")
        if not 0 < self.longest_step(self.frame_s) < self.turned_ratio:
            raise DomainError("a turn takes more than one step")

    def turned_to(self, pose: Pose, middle: Pose) -> Side | None:
        """Far enough both from where it began and from the middle (a bent photograph that is swung from the one side to
        the other gets as far as a head from where it began), and by the other model too: a steep sheet misleads one."""
        far = (pose.nose_ratio - middle.nose_ratio, pose.nose_ratio)
        detected = (pose.detected_ratio - middle.detected_ratio, pose.detected_ratio)
        if self._is_far(min(far), min(detected)):
            return Side.LEFT
        if self._is_far(-max(far), -max(detected)):
            return Side.RIGHT
        return None

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

    def goes_on(self, last: Pose, sudden: Pose, now: Pose) -> bool:
        """After a sudden step: as a head that gathered speed between two frames."""
        step, after = sudden.nose_ratio - last.nose_ratio, now.nose_ratio - sudden.nose_ratio
        return (
            after * math.copysign(1, step) >= self.run_up * abs(step)
            and not self.is_jump(step, sudden.taken_s - last.taken_s)
            and not self.is_jump(after, now.taken_s - sudden.taken_s)
        )

    def longest_step(self, apart_s: float) -> float:
        """How far the nose ratio of a head can be from that of the frame `apart_s` before."""
        return self.noise_ratio + self.fastest_per_s * min(max(apart_s, 0.0), self.frame_s)


class Stage(StrEnum):
    """What is asked for now. `COMPARE`: hold still, the face is compared with the one that was recognised. `BLINK`:
    nothing else is missing."""

    AHEAD = "ahead"
    TURN = "turn"
    BACK = "back"
    COMPARE = "compare"
    BLINK = "blink"
    PASSED = "passed"
    FAILED = "failed"


class Failure(StrEnum):
    """`FLAT`: all the time, where the nose was far enough it was as a plane's. `JUMPED`: from one angle to another with
    nothing between, as a picture that is exchanged. `NOT_COMPARED`: whether it is the same person could not be found
    out."""

    TIME_OUT = "time_out"
    WRONG_SIDE = "wrong_side"
    TOO_SOON = "too_soon"
    FLAT = "flat"
    JUMPED = "jumped"
    OTHER_PERSON = "other_person"
    NOT_COMPARED = "not_compared"
    NO_BLINK = "no_blink"


@dataclass(frozen=True, slots=True)
class TurnChallenge:
    """The challenge at one moment; its methods give the next. `sides`: still to turn to, of `turns`, drawn by the
    caller at random. `asked_s`: when this stage began. `middle`: the pose that began it, and where the nose's
    middle is: no face is symmetric. `last`: the pose before. `failure` says why it was lost. `blinking`: what the
    eyes did. `trail`: the poses shortly before the last one. `doubted`: the pose of the frame before, if that could
    be no head's and was left out: the mesh misreads one now and then. `is_flat`: in this turn the nose went far
    enough, as a plane's does, too. `has_jumped`: a turn was asked for again, as happens once. Nothing changes a
    challenge that is over."""

    sides: tuple[Side, ...]
    asked_s: float
    middle: Pose | None = None
    last: Pose | None = None
    stage: Stage = Stage.AHEAD
    failure: Failure | None = None
    blinking: Blinking = field(default_factory=Blinking)
    trail: tuple[Pose, ...] = ()
    doubted: Pose | None = None
    is_flat: bool = False
    has_jumped: bool = False
    turns: int = 1

    @property
    def turn(self) -> int:
        """Which of `turns` is asked for now, or next; from 1."""
        return min(self.turns - len(self.sides) + 1, self.turns)

    @property
    def side(self) -> Side | None:
        """The side that is asked for now."""
        return self.sides[0] if self.stage is Stage.TURN else None

    @property
    def attempt(self) -> tuple[int, bool]:
        """Another one for each turn that is asked for, also again."""
        return len(self.sides), self.has_jumped

    @property
    def is_over(self) -> bool:
        return self.stage in (Stage.PASSED, Stage.FAILED)

    def is_aside(self, nose_ratio: float, rule: TurnRule) -> bool:
        """A face whose nose stands there is on its way to a side while one is asked for, or has got there."""
        return self.stage is Stage.TURN and not self.is_centred(nose_ratio, rule)

    def is_centred(self, nose_ratio: float, rule: TurnRule) -> bool:
        """A face whose nose stands there looks ahead, as when it began."""
        return self.middle is not None and abs(nose_ratio - self.middle.nose_ratio) <= rule.centred_ratio

    def begun(self, pose: Pose, rule: TurnRule) -> TurnChallenge:
        """From this pose on the head turns, if it looks ahead in it."""
        if self.stage is not Stage.AHEAD or not abs(pose.nose_ratio) <= rule.ahead_ratio:
            return self
        return replace(self, stage=Stage.TURN, asked_s=pose.taken_s, middle=pose, last=pose)

    def at(self, taken_s: float, rule: TurnRule) -> TurnChallenge:
        """Whatever that moment's frame shows: no stage takes longer than its time."""
        if taken_s - self.asked_s <= rule.time_s:
            return self
        if self.stage is Stage.TURN and self.is_flat:
            return self.lost(Failure.FLAT)
        return self.lost(Failure.NO_BLINK if self.stage is Stage.BLINK else Failure.TIME_OUT)

    def observed(self, pose: Pose, rule: TurnRule) -> TurnChallenge:
        """What the next frame with the face that began makes of it. A pose that is no number was not seen."""
        late = self.at(pose.taken_s, rule)
        if late.is_over or self.middle is None or self.last is None or not math.isfinite(pose.nose_ratio):
            return late
        if self.stage is Stage.TURN:
            return self._turning(pose, self.middle, self.last, rule)
        if self.stage is not Stage.BACK:
            return self
        followed = self._followed(pose, self.last, rule)
        if not all(self._is_back(seen, self.middle, rule) for seen in (pose, self.last)):
            return followed
        return replace(followed, stage=Stage.TURN if self.sides else Stage.COMPARE, asked_s=pose.taken_s)

    def with_eyes(self, blinking: Blinking) -> TurnChallenge:
        """What the eyes did up to now."""
        if self.is_over:
            return self
        is_last = self.stage is Stage.BLINK and blinking.has_blinked
        return replace(self, blinking=blinking, stage=Stage.PASSED if is_last else self.stage)

    def compared(self, rule: TurnRule) -> TurnChallenge:
        """It is the same person, in all that was compared."""
        if self.stage is not Stage.COMPARE:
            return self
        needs_blink = rule.blink is not None and not self.blinking.has_blinked
        return replace(self, stage=Stage.BLINK if needs_blink else Stage.PASSED)

    def lost(self, failure: Failure) -> TurnChallenge:
        return self if self.is_over else replace(self, stage=Stage.FAILED, failure=failure)

    def _turning(self, pose: Pose, middle: Pose, last: Pose, rule: TurnRule) -> TurnChallenge:
        if self._has_jumped(pose, last, rule):
            return self._doubted(pose)
        followed, side = self._followed(pose, last, rule), rule.turned_to(pose, middle)
        if side is None:
            return followed
        if side is not self.side:
            return self.lost(Failure.WRONG_SIDE)
        if not pose.planar_residual >= rule.turned_residual:  # nor when it is no number
            return replace(followed, is_flat=True)
        if pose.taken_s - self.asked_s < rule.too_soon_s:
            return self.lost(Failure.TOO_SOON)
        return replace(followed, sides=self.sides[1:], stage=Stage.BACK, asked_s=pose.taken_s, is_flat=False)

    def _is_back(self, pose: Pose, middle: Pose, rule: TurnRule) -> bool:
        """It looks ahead again, as far as one frame tells."""
        is_near = abs(pose.nose_ratio - middle.nose_ratio) <= rule.ahead_ratio
        return is_near or (self.is_centred(pose.nose_ratio, rule) and pose.planar_residual <= rule.centred_residual)

    def _doubted(self, pose: Pose) -> TurnChallenge:
        """The first such frame is left out; the second in a row is what it seems, and once asks for that turn again."""
        if self.doubted is None:
            return replace(self, doubted=pose)
        if self.has_jumped:
            return self.lost(Failure.JUMPED)
        return replace(self, stage=Stage.BACK, asked_s=pose.taken_s, last=pose, trail=(), doubted=None, has_jumped=True)

    def _has_jumped(self, pose: Pose, last: Pose, rule: TurnRule) -> bool:
        step, apart_s = pose.nose_ratio - last.nose_ratio, pose.taken_s - last.taken_s
        if self.doubted is not None:
            if rule.goes_on(last, self.doubted, pose):
                return False
            if abs(pose.nose_ratio - self.doubted.nose_ratio) < abs(step):
                return True  # it was no mistake
        before = last.nose_ratio - self.trail[0].nose_ratio if self.trail else 0.0
        is_sudden = self.is_centred(last.nose_ratio, rule) and rule.is_sudden(step, before)
        return is_sudden or rule.is_jump(step, apart_s)

    def _followed(self, pose: Pose, last: Pose, rule: TurnRule) -> TurnChallenge:
        trail = tuple(before for before in (*self.trail, last) if pose.taken_s - before.taken_s <= rule.run_up_s)
        return replace(self, last=pose, trail=trail, doubted=None)


def challenge(sides: Sequence[Side], asked_s: float) -> TurnChallenge:
    """Asks first that a face looks ahead."""
    if not sides:
        raise DomainError("a challenge asks for at least one turn")
    return TurnChallenge(tuple(sides), asked_s, turns=len(sides))
