"""Taking the five poses of a face that is enrolled: frames in; what to do next, and in the end a template, out."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from kiosk.domain.enrolment_poses import EnrolmentPose, HeadPose, PoseHint, PoseRule
from kiosk.domain.face import Fault
from kiosk.face.comparing import Recognised
from kiosk.face.detection import Face
from kiosk.face.encoding import Features
from kiosk.face.landmarks import Points, nod_ratio
from kiosk.face.look import Encodes, FindsFaces, around
from kiosk.face.quality import fault_of
from kiosk.face.rules import FaceRules
from kiosk.face.turning import Marks
from kiosk.services.face_ports import Pixels
from kiosk.services.posing import Posing, PosingFailure

POSE_TIME_S = 25.0
_STILL_S = 0.25
_STILL_PART = 0.06  # of the face's width, that its middle may move meanwhile
_DETECT_EVERY_S = 0.03
_POSES = tuple(EnrolmentPose)


@dataclass(frozen=True, slots=True, eq=False)
class PosesSeen:
    """All of one person, in the order in which they were asked for."""

    features: tuple[Features, ...]


PosesStep = Posing | PosingFailure | PosesSeen


@dataclass(frozen=True, slots=True)
class _Held:
    """A pose that is held since."""

    since_s: float
    middle: tuple[float, float]


class Poses:
    """For one thread, which gives it every frame as the camera saw it: a preview may be mirrored, this must not be. No
    picture is kept: of each pose the face is cut out once, for the encoders."""

    def __init__(self, finder: FindsFaces, marks: Marks, encoder: Encodes, same: Recognised, rules: FaceRules) -> None:
        """`same`: what one person's faces are like; what it has seen before does not matter."""
        self._finder, self._marks, self._encoder, self._same, self._rules = finder, marks, encoder, same, rules
        self._pose_rule = PoseRule()
        self._taken: dict[EnrolmentPose, Future[Features]] = {}
        self._ahead: HeadPose | None = None
        self._held: _Held | None = None
        self._asked_s: float | None = None
        self._seen_s = float("-inf")
        self._last: PosesStep = Posing(_POSES[0], 0)

    def see(self, pixels: Pixels, taken_s: float) -> PosesStep:
        """`taken_s`: when the frame was taken, on the camera's clock. Nothing changes an end."""
        if not isinstance(self._last, Posing) or 0 <= taken_s - self._seen_s < _DETECT_EVERY_S:
            return self._last
        self._seen_s = taken_s
        if self._asked_s is None:
            self._asked_s = taken_s
        self._ask_lost_ones_again(taken_s)
        asked = self._asked()
        if taken_s - self._asked_s > POSE_TIME_S:
            self._last = PosingFailure.TIME_OUT
        elif asked is None:
            self._last = self._end()
        else:
            hint = self._look_at(pixels, asked, taken_s)
            self._last = Posing(self._asked(), len(self._taken), hint)
        return self._last

    def give_up(self) -> None:
        for answer in self._taken.values():
            answer.cancel()
        self._taken = {}

    def _asked(self) -> EnrolmentPose | None:
        return next((pose for pose in _POSES if pose not in self._taken), None)

    def _ask_lost_ones_again(self, taken_s: float) -> None:
        """The process of encoders may be lost, and comes back."""
        lost = [pose for pose, answer in self._taken.items() if answer.done() and answer.exception() is not None]
        for pose in lost:
            del self._taken[pose]
            self._asked_s = taken_s

    def _look_at(self, pixels: Pixels, asked: EnrolmentPose, taken_s: float) -> Fault | PoseHint | None:
        faces = self._finder.find(pixels)
        fault = fault_of(pixels, faces, self._rules.quality)
        points = self._marks.points(pixels, faces[0]) if fault is None else None
        if points is None:
            self._held = None
            return fault or Fault.NO_FACE
        face = faces[0]
        pose = pose_of(face, points)
        hint = self._pose_rule.hint(asked, pose, None if asked is EnrolmentPose.AHEAD else self._ahead)
        if hint is not None:
            self._held = None
            return hint
        if not self._is_held(face, taken_s):
            return PoseHint.HOLD_STILL
        if asked is EnrolmentPose.AHEAD:
            self._ahead = pose
        self._taken[asked] = self._encoder.encode(*around(pixels, face))
        self._held, self._asked_s = None, taken_s
        return None

    def _is_held(self, face: Face, taken_s: float) -> bool:
        middle = (face.x + face.width / 2, face.y + face.height / 2)
        held = self._held
        if held is None or np.hypot(middle[0] - held.middle[0], middle[1] - held.middle[1]) > _STILL_PART * face.width:
            self._held = _Held(taken_s, middle)
            return False
        return taken_s - held.since_s >= _STILL_S

    def _end(self) -> PosesStep:
        """Each model must take every pose for the person who looked ahead."""
        if not all(answer.done() for answer in self._taken.values()):
            return Posing(None, len(self._taken))
        seen = {pose: answer.result() for pose, answer in self._taken.items()}
        ahead = Recognised((seen[EnrolmentPose.AHEAD],), self._same.measures, self._same.limits)
        if not all(ahead.is_same(seen[pose], turned=True) for pose in _POSES):
            return PosingFailure.OTHER_PERSON
        return PosesSeen(tuple(seen[pose] for pose in _POSES))


def pose_of(face: Face, points: Points) -> HeadPose:
    """The turn by the detector's own points, as the rule of quality has it; the nod by the mesh: of 30 generated heads
    the detector's five points hardly moved when they nodded by 15 degrees."""
    return HeadPose(face.nose_ratio, nod_ratio(points))
