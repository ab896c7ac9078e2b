"""The turn of the head before the camera: frames in, the state of the challenge out."""

from __future__ import annotations

import math
import secrets
from dataclasses import replace
from itertools import product
from typing import Protocol

import numpy as np

from kiosk.domain.head_turn import Direction, Pose
from kiosk.domain.liveness import Failure, Stage, TurnChallenge, challenge
from kiosk.face.comparing import Comparing
from kiosk.face.detection import Face
from kiosk.face.eyes import Eyes
from kiosk.face.following import Following
from kiosk.face.landmarks import Points, aligned_by, face_around, nod_ratio, nose_ratio, planar_residual
from kiosk.face.quality import fault_of
from kiosk.face.rules import FaceRules
from kiosk.services.face_ports import Pixels

_LEAST_SIDEWAYS = 2  # of the turns
_LONGEST_GAP_S = 0.7  # while it turns a face is not seen in every frame
_LONGEST_UNDETECTED_S = 2.0  # that long the mesh alone follows a face which the detector, made for whole ones, has lost
_BEYOND_NEARER = 1.5  # of living heads that YuNet sees half turned in one of the two pictures, half are believed so


def possible_rows(count: int) -> tuple[tuple[Direction, ...], ...]:
    """What may be asked for. Nods stand against clips more than against photographs, so at least two turns are to a
    side, and all where there are fewer than three. Of three or more, nothing that a clip of one turn, or of a turn to
    and fro, shows when it is played over and over."""
    rows = product(Direction, repeat=count)
    return tuple(row for row in rows if _stands_against_sheets(row) and (count < 3 or row[2:] != row[:-2]))


def _stands_against_sheets(row: tuple[Direction, ...]) -> bool:
    return sum(direction.is_sideways for direction in row) >= min(len(row), _LEAST_SIDEWAYS)


def random_row(count: int) -> tuple[Direction, ...]:
    """So that nobody can know them before: all that are possible are equally likely."""
    return secrets.choice(possible_rows(count))


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
        directions: tuple[Direction, ...],
        asked_s: float,
    ) -> None:
        self._finder, self._marks, self._comparing, self._rules = finder, marks, comparing, rules
        self._challenge = challenge(directions, asked_s)
        self._following = Following(_LONGEST_GAP_S)
        self._eyes = Eyes()
        self._began: Points | None = None
        self._points: Points | None = None
        """Where they were seen last."""
        self._detected_s = float("-inf")
        self._turn_compared: tuple[int, int] | None = None
        """The attempt at a turn in which the face was compared last."""
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
        if self._began is None:
            points = self._marks.points(pixels, faces[0]) if faces else None
            if is_good and points is not None:
                self._begin(pixels, faces[0], points, taken_s)
        else:
            self._follow(pixels, faces, self._began, taken_s)
        self._compare(pixels, faces, is_good=is_good)

    def _follow(self, pixels: Pixels, faces: tuple[Face, ...], began: Points, taken_s: float) -> None:
        """By the detector, or else around the points of the frame before."""
        detected = self._following.among(faces)
        if detected is not None:
            self._detected_s = taken_s
        face = detected or self._tracked(taken_s)
        points = None if face is None else self._marks.points(pixels, face)
        if face is not None and points is not None:
            self._points = points
            pose = self._pose(pixels, detected, points, began, taken_s)
            self._watch_eyes(pixels, points, pose)
            self._observe(pixels, face, points, pose)
        elif detected is not None:
            self._keep(detected, taken_s)
        elif self._following.is_gone(taken_s):
            self._challenge = self._challenge.lost(Failure.OTHER_PERSON)

    def _keep(self, detected: Face, taken_s: float) -> None:
        """The mesh doubts many a face that is turned or painted: it stands where it stood, and proves nothing. How far
        it may have gone meanwhile the rule for steps says, how long it may take the time of the stage."""
        if not self._following.follow(detected, taken_s):
            self._challenge = self._challenge.lost(Failure.OTHER_PERSON)

    def _tracked(self, taken_s: float) -> Face | None:
        if self._points is None or taken_s - self._detected_s > _LONGEST_UNDETECTED_S:
            return None
        return face_around(self._points)

    def _begin(self, pixels: Pixels, face: Face, points: Points, taken_s: float) -> None:
        pose = Pose(nose_ratio(points), nod_ratio(points), 0.0, self._detected_ratio(pixels, face), taken_s)
        self._challenge = self._challenge.begun(pose, self._rules.turn)
        if self._challenge.stage is Stage.TURN:
            self._began = self._points = points
            self._detected_s = taken_s
            self._following.follow(face, taken_s)
            self._comparing.begin(turned=False)
            self._comparing.look(pixels, face)

    def _pose(self, pixels: Pixels, detected: Face | None, points: Points, began: Points, taken_s: float) -> Pose:
        """The detector's second look takes as long as all else: only where it can matter."""
        seen = Pose(nose_ratio(points), nod_ratio(points), planar_residual(began, points), math.nan, taken_s)
        if detected is None or self._challenge.direction is None:
            return seen
        is_beside = self._challenge.is_beside(seen, self._rules.turn)
        return replace(
            seen, detected_ratio=self._detected_ratio(pixels, detected) if is_beside else detected.nose_ratio
        )

    def _detected_ratio(self, pixels: Pixels, face: Face) -> float:
        """Between that of the picture and that of its mirror image, but not much farther than the nearer one: YuNet
        takes a steep sheet for a head that is turned, but to one side only."""
        mirrored = self._finder.find(np.ascontiguousarray(pixels[:, ::-1]))
        ratio, mirrored_ratio = face.nose_ratio, -_nearest_ratio(mirrored, pixels.shape[1] - face.x - face.width / 2)
        if ratio * mirrored_ratio <= 0:
            return 0.0
        return min((ratio + mirrored_ratio) / 2, ratio * _BEYOND_NEARER, mirrored_ratio * _BEYOND_NEARER, key=abs)

    def _watch_eyes(self, pixels: Pixels, points: Points, pose: Pose) -> None:
        rule, blinking = self._rules.turn, self._challenge.blinking
        if rule.blink is None or blinking.has_blinked:
            return
        if self._challenge.is_centred(pose, rule):
            blinking = blinking.seen(self._eyes.likeness(pixels, points, pose.taken_s), pose.taken_s, rule.blink)
        else:
            self._eyes.forget()
            blinking = blinking.turned_away()
        self._challenge = self._challenge.with_eyes(blinking)

    def _observe(self, pixels: Pixels, face: Face, points: Points, pose: Pose) -> None:
        if not self._following.follow(face, pose.taken_s):
            self._challenge = self._challenge.lost(Failure.OTHER_PERSON)
            return
        before = self._challenge
        self._challenge = before.observed(pose, self._rules.turn)
        is_detected = not math.isnan(pose.detected_ratio)
        if is_detected and before.is_aside(pose, self._rules.turn):
            self._compare_turned(pixels, aligned_by(points, face), before)

    def _compare_turned(self, pixels: Pixels, face: Face, before: TurnChallenge) -> None:
        """On its way, where the models see it best, and as it is believed: the photograph of who was recognised may
        begin a turn that another ends."""
        is_first = before.attempt != self._turn_compared
        if is_first:
            self._turn_compared = before.attempt
            self._comparing.begin(turned=True)
        if is_first or len(self._challenge.directions) < len(before.directions):
            self._comparing.look(pixels, face)

    def _compare(self, pixels: Pixels, faces: tuple[Face, ...], *, is_good: bool) -> None:
        """With a good frame after the turns, or a few, one after the other; all answers must be in then."""
        can_look = is_good and self._following.among(faces) is faces[0]
        if self._challenge.stage is Stage.COMPARE and can_look and not self._is_compared_after:
            self._is_compared_after = True
            self._comparing.begin(turned=False)
            self._comparing.look(pixels, faces[0])
        failure = self._comparing.failure()
        if failure is not None:
            self._challenge = self._challenge.lost(failure)
        elif self._is_compared_after and not self._comparing.is_waiting:
            if self._comparing.is_same:
                self._challenge = self._challenge.compared(self._rules.turn)
            elif can_look:
                self._comparing.look(pixels, faces[0])


def _nearest_ratio(faces: tuple[Face, ...], x: float) -> float:
    """Of the face there; 0 of none."""
    nearest = min(faces, key=lambda face: abs(face.x + face.width / 2 - x), default=None)
    return 0.0 if nearest is None else nearest.nose_ratio
