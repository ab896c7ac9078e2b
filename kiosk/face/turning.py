"""The turn of the head before the camera: frames in, the state of the challenge out."""

from __future__ import annotations

import secrets
from typing import Protocol

import numpy as np

from kiosk.domain.liveness import Failure, Pose, Side, Stage, TurnChallenge, challenge
from kiosk.face.comparing import Comparing
from kiosk.face.detection import Face, Pixels
from kiosk.face.following import Following
from kiosk.face.landmarks import Points, nose_ratio, planar_residual
from kiosk.face.quality import fault_of
from kiosk.face.rules import FaceRules

_LONGEST_GAP_S = 0.7  # while it turns a face is not found in every frame


def random_sides(count: int) -> tuple[Side, ...]:
    """So that nobody can know them before."""
    return tuple(secrets.choice(tuple(Side)) for _ in range(count))


class Finds(Protocol):
    """kiosk.face.detection.FaceFinder."""

    def find(self, pixels: Pixels) -> tuple[Face, ...]: ...


class Marks(Protocol):
    """kiosk.face.landmarks.FaceMesh."""

    def points(self, pixels: Pixels, face: Face) -> Points | None: ...


class Turning:
    """For one thread, which gives it every frame, as the camera saw it: a preview may be mirrored, this must not be.
    `asked_s`: when the person was asked, on the camera's clock."""

    def __init__(
        self,
        finder: Finds,
        marks: Marks,
        comparing: Comparing,
        rules: FaceRules,
        sides: tuple[Side, ...],
        asked_s: float,
    ) -> None:
        self._finder, self._marks, self._comparing, self._rules = finder, marks, comparing, rules
        self._challenge = challenge(sides, asked_s)
        self._following = Following(_LONGEST_GAP_S)
        self._began: Points | None = None
        self._turn_compared: tuple[Side, ...] = ()
        """The sides that were left in the turn that was compared last."""
        self._is_compared_after = False
        self._seen_s = float("-inf")

    def see(self, pixels: Pixels, taken_s: float) -> TurnChallenge:
        """`taken_s`: when the frame was taken, on the camera's clock; a frame that was seen already changes nothing."""
        if taken_s <= self._seen_s:
            return self._challenge
        self._seen_s = taken_s
        self._challenge = self._challenge.at(taken_s, self._rules.turn)
        if not self._challenge.is_over:
            self._look_at(pixels, self._finder.find(pixels), taken_s)
        if self._challenge.is_over:
            self._comparing.give_up()
        return self._challenge

    def give_up(self) -> None:
        """Nobody waits for its end any more."""
        self._comparing.give_up()

    def _look_at(self, pixels: Pixels, faces: tuple[Face, ...], taken_s: float) -> None:
        is_good = fault_of(pixels, faces, self._rules.quality) is None
        points = self._marks.points(pixels, faces[0]) if faces else None
        if self._began is None:
            if is_good and points is not None:
                self._begin(pixels, faces[0], points, taken_s)
        elif points is not None:
            self._observe(pixels, faces[0], self._pose(pixels, faces[0], points, self._began, taken_s))
        elif self._following.is_gone(taken_s):
            self._challenge = self._challenge.lost(Failure.OTHER_PERSON)
        self._compare(pixels, faces, is_good=is_good)

    def _begin(self, pixels: Pixels, face: Face, points: Points, taken_s: float) -> None:
        pose = self._pose(pixels, face, points, points, taken_s)
        self._challenge = self._challenge.begun(pose, self._rules.turn)
        if self._challenge.stage is Stage.TURN:
            self._began = points
            self._following.follow(face, taken_s)
            self._comparing.look(pixels, face, turned=False)

    def _pose(self, pixels: Pixels, face: Face, points: Points, began: Points, taken_s: float) -> Pose:
        return Pose(nose_ratio(points), planar_residual(began, points), self._detected_ratio(pixels, face), taken_s)

    def _detected_ratio(self, pixels: Pixels, face: Face) -> float:
        """Of the picture and its mirror image the one nearer to the middle: YuNet takes a steep sheet for a head that
        is turned, but to one side only."""
        mirrored = self._finder.find(np.ascontiguousarray(pixels[:, ::-1]))
        ratio, mirrored_ratio = face.nose_ratio, -mirrored[0].nose_ratio if mirrored else 0.0
        if ratio * mirrored_ratio <= 0:
            return 0.0
        return min(ratio, mirrored_ratio, key=abs)

    def _observe(self, pixels: Pixels, face: Face, pose: Pose) -> None:
        if not self._following.follow(face, pose.taken_s):
            self._challenge = self._challenge.lost(Failure.OTHER_PERSON)
            return
        before = self._challenge
        self._challenge = before.observed(pose, self._rules.turn)
        if before.is_aside(pose, self._rules.turn) and before.sides != self._turn_compared:
            self._turn_compared = before.sides
            self._comparing.look(pixels, face, turned=True)

    def _compare(self, pixels: Pixels, faces: tuple[Face, ...], *, is_good: bool) -> None:
        """With the first good frame after the turns; all answers must be in then."""
        if self._challenge.stage is Stage.COMPARE and is_good and not self._is_compared_after:
            self._is_compared_after = True
            self._comparing.look(pixels, faces[0], turned=False)
        failure = self._comparing.failure()
        if failure is not None:
            self._challenge = self._challenge.lost(failure)
        elif self._is_compared_after and not self._comparing.is_waiting:
            self._challenge = self._challenge.compared()
