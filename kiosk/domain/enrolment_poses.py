"""The poses in which a face is enrolled: ahead, then a little to each side, up and down, so that it is known again by
somebody who does not look quite straight. What is asked for, and what a head does instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.errors import DomainError


class EnrolmentPose(StrEnum):
    """As the person before the camera turns, in the order in which they are asked to."""

    AHEAD = "ahead"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


class PoseHint(StrEnum):
    """What is wrong with the pose of a face that can be seen well. `turn_more`: towards the pose that is asked for;
    `turn_less`: it has gone too far; `look_ahead`: it looks aside and should not."""

    LOOK_AHEAD = "look_ahead"
    TURN_MORE = "turn_more"
    TURN_LESS = "turn_less"
    HOLD_STILL = "hold_still"


@dataclass(frozen=True, slots=True)
class HeadPose:
    """`turn`: where the nose stands along the line between the eyes, 0 in the middle, above 0 towards the person's own
    left, in distances between the eyes. `nod`: how far down it stands between eyes and mouth, 0 at the eyes, 1 at the
    mouth: it falls when the head looks up."""

    turn: float
    nod: float


@dataclass(frozen=True, slots=True)
class PoseRule:
    """`ahead_turn`: who looks ahead has the nose at most so far from the middle. `turned`, `nodded`: that far from how
    they looked ahead, a head is turned, or nods (of 30 generated heads one that turned by 15 degrees showed 0.10,
    one that nodded by 12 degrees 0.11, in the middle). `most_nodded`: farther than that tells nothing of the face.
    `straight`: while it nods it may turn so far, and the other way round. How far a head may turn, the engine's rule of
    quality says."""

    ahead_turn: float = 0.12
    turned: float = 0.08
    nodded: float = 0.07
    most_nodded: float = 0.25
    straight: float = 0.15

    def __post_init__(self) -> None:
        if not 0 < self.nodded < self.most_nodded or min(self.turned, self.ahead_turn, self.straight) <= 0:
            raise DomainError("a pose is some way from another")

    def hint(self, asked: EnrolmentPose, now: HeadPose, ahead: HeadPose | None) -> PoseHint | None:
        """What the head has to do to be in that pose; None: it is. `ahead`: how it looked ahead, which is asked for
        first."""
        if asked is EnrolmentPose.AHEAD or ahead is None:
            return None if abs(now.turn) <= self.ahead_turn else PoseHint.LOOK_AHEAD
        turn, nod = now.turn - ahead.turn, now.nod - ahead.nod
        along, across, least = {
            EnrolmentPose.LEFT: (turn, nod, self.turned),
            EnrolmentPose.RIGHT: (-turn, nod, self.turned),
            EnrolmentPose.UP: (-nod, turn, self.nodded),
            EnrolmentPose.DOWN: (nod, turn, self.nodded),
        }[asked]
        if not along >= least:  # nor when it is no number
            return PoseHint.TURN_MORE
        if abs(nod) > self.most_nodded:
            return PoseHint.TURN_LESS
        return None if abs(across) <= self.straight else PoseHint.LOOK_AHEAD
