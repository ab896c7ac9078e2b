"""Is a living person before the camera? The challenge: turn your head, in directions that nobody knows before.

What counts as a turn: kiosk/domain/head_turn.py. A blink may be asked for beside it; it proves nothing by itself
(docs/liveness.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.domain.blinking import Blinking
from kiosk.domain.errors import DomainError
from kiosk.domain.head_turn import Direction, Pose, TurnRule


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
    WRONG_DIRECTION = "wrong_direction"
    TOO_SOON = "too_soon"
    FLAT = "flat"
    JUMPED = "jumped"
    OTHER_PERSON = "other_person"
    NOT_COMPARED = "not_compared"
    NO_BLINK = "no_blink"


@dataclass(frozen=True, slots=True)
class TurnChallenge:
    """The challenge at one moment; its methods give the next. `directions`: still to turn to, of `turns`, drawn by the
    caller at random. `asked_s`: when this stage began. `middle`: the pose that began it, and where the nose's middle
    is: no face is symmetric, and no two have the nose at one height. `last`: the pose before. `failure` says why it was
    lost. `blinking`: what the eyes did. `trail`: the poses shortly before the last one. `doubted`: the pose of the
    frame before, if that could be no head's and was left out: the mesh misreads one now and then. `is_flat`: in this
    turn the nose went far enough, as a plane's does, too. `jumps`: so often a turn was asked for again.
    Nothing changes a challenge that is over."""

    directions: tuple[Direction, ...]
    asked_s: float
    middle: Pose | None = None
    last: Pose | None = None
    stage: Stage = Stage.AHEAD
    failure: Failure | None = None
    blinking: Blinking = field(default_factory=Blinking)
    trail: tuple[Pose, ...] = ()
    doubted: Pose | None = None
    is_flat: bool = False
    jumps: int = 0
    turns: int = 1

    @property
    def turn(self) -> int:
        """Which of `turns` is asked for now, or next; from 1."""
        return min(self.turns - len(self.directions) + 1, self.turns)

    @property
    def direction(self) -> Direction | None:
        """What is asked for now."""
        return self.directions[0] if self.stage is Stage.TURN else None

    @property
    def attempt(self) -> tuple[int, int]:
        """Another one for each turn that is asked for, also again."""
        return len(self.directions), self.jumps

    @property
    def is_over(self) -> bool:
        return self.stage in (Stage.PASSED, Stage.FAILED)

    def is_aside(self, pose: Pose, rule: TurnRule) -> bool:
        """That face is on its way to where it is asked to turn, or the other way, or has got there."""
        if self.direction is None or self.middle is None:
            return False
        return abs(pose.along(self.direction) - self.middle.along(self.direction)) > rule.centred_ratio

    def is_beside(self, pose: Pose, rule: TurnRule) -> bool:
        """That face looks to a side, whatever it is asked."""
        return self.middle is not None and abs(pose.nose_ratio - self.middle.nose_ratio) > rule.centred_ratio

    def is_centred(self, pose: Pose, rule: TurnRule) -> bool:
        """That face looks ahead, as when it began, neither aside nor up or down."""
        return self.middle is not None and pose.apart(self.middle) <= rule.centred_ratio

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
        if late.is_over or self.middle is None or self.last is None or not pose.is_seen:
            return late
        if self.direction is not None:
            return self._turning(pose, self.direction, self.middle, self.last, rule)
        if self.stage is not Stage.BACK:
            return self
        followed = self._followed(pose, self.last, rule)
        if not all(self._is_back(seen, self.middle, rule) for seen in (pose, self.last)):
            return followed
        return replace(followed, stage=Stage.TURN if self.directions else Stage.COMPARE, asked_s=pose.taken_s)

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

    def _turning(self, pose: Pose, asked: Direction, middle: Pose, last: Pose, rule: TurnRule) -> TurnChallenge:
        if self._has_jumped(pose, asked, last, rule):
            return self._doubted(pose, rule)
        followed, direction = self._followed(pose, last, rule), rule.turned_to(pose, middle)
        if direction is None:
            return followed
        if direction is not asked:
            return self.lost(Failure.WRONG_DIRECTION) if rule.turned_to(last, middle) is direction else followed
        if not rule.is_solid(pose, asked):
            return replace(followed, is_flat=True)
        if pose.taken_s - self.asked_s < rule.too_soon_s:
            return self.lost(Failure.TOO_SOON)
        return replace(followed, directions=self.directions[1:], stage=Stage.BACK, asked_s=pose.taken_s, is_flat=False)

    def _is_back(self, pose: Pose, middle: Pose, rule: TurnRule) -> bool:
        """It looks ahead again, as far as one frame tells."""
        is_near = pose.apart(middle) <= rule.ahead_ratio
        return is_near or (self.is_centred(pose, rule) and pose.planar_residual <= rule.centred_residual)

    def _doubted(self, pose: Pose, rule: TurnRule) -> TurnChallenge:
        """The first such frame is left out; the second in a row is what it seems, and asks for that turn again, as
        happens a few times at most."""
        if self.doubted is None:
            return replace(self, doubted=pose)
        if self.jumps == rule.most_jumps:
            return self.lost(Failure.JUMPED)
        again = replace(self, last=pose, trail=(), doubted=None, jumps=self.jumps + 1)
        return replace(again, stage=Stage.BACK, asked_s=pose.taken_s)

    def _has_jumped(self, pose: Pose, asked: Direction, last: Pose, rule: TurnRule) -> bool:
        """On the way that is asked for."""
        step = pose.along(asked) - last.along(asked)
        if self.doubted is not None:
            if rule.goes_on(asked, last, self.doubted, pose):
                return False
            if abs(pose.along(asked) - self.doubted.along(asked)) < abs(step):
                return True  # it was no mistake
        before = last.along(asked) - self.trail[0].along(asked) if self.trail else 0.0
        is_sudden = not self.is_aside(last, rule) and rule.is_sudden(step, before)
        return is_sudden or rule.is_jump(step, pose.taken_s - last.taken_s)

    def _followed(self, pose: Pose, last: Pose, rule: TurnRule) -> TurnChallenge:
        trail = tuple(before for before in (*self.trail, last) if pose.taken_s - before.taken_s <= rule.run_up_s)
        return replace(self, last=pose, trail=trail, doubted=None)


def challenge(directions: Sequence[Direction], asked_s: float) -> TurnChallenge:
    """Asks first that a face looks ahead."""
    if not directions:
        raise DomainError("a challenge asks for at least one turn")
    return TurnChallenge(tuple(directions), asked_s, turns=len(directions))
