"""One look into the camera: from the first good frame to whose face it is."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from kiosk.domain.face import Agreed, Judgement, VoteRule, judge, vote
from kiosk.face.detection import Face
from kiosk.face.encoding import Features
from kiosk.face.enrolled import Enrolled
from kiosk.face.following import Following
from kiosk.face.quality import Fault, fault_of
from kiosk.face.rules import FaceRules
from kiosk.services.face_ports import Pixels

_LONGEST_GAP_S = 0.5
_DETECT_EVERY_S = 0.03  # a faster camera's frames show nothing more
_MOST_FACE_PX = 224  # SFace looks at 112, dlib at 150


class FindsFaces(Protocol):
    """kiosk.face.detection.FaceFinder."""

    def find(self, pixels: Pixels) -> tuple[Face, ...]: ...


class Encodes(Protocol):
    """kiosk.face.worker.EncoderWorker."""

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one frame brought. `face`: the one that is looked at. `fault`: why the frame does not count. `answer`: the
    judgement, once: this look is over then, and the next frame begins another. `is_away`: nobody has stood there for so
    long that no frame of whoever did is judged any more."""

    face: Face | None
    fault: Fault | None
    answer: Judgement | None = None
    is_away: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """A frame that counts."""

    taken_s: float
    features: Future[Features]


class Look:
    """For one thread, which gives it every frame. A face that goes, or another that comes, begins it anew: frames of
    two people never vote together; nor do frames that are too old."""

    def __init__(self, finder: FindsFaces, encoder: Encodes, enrolled: Enrolled, rules: FaceRules) -> None:
        self._finder, self._encoder, self._enrolled, self._rules = finder, encoder, enrolled, rules
        self._counted: list[_Counted] = []
        self._following = Following(_LONGEST_GAP_S)
        self._detected_s = float("-inf")
        self._face_s: float | None = None  # when there was one last; before the first, when this began
        self._last = Seen(None, Fault.NO_FACE)

    @property
    def features(self) -> tuple[Features, ...]:
        """Of the frames that counted; of an answer, until the next frame is seen."""
        return tuple(counted.features.result() for counted in self._counted if _is_known(counted.features))

    def see(self, pixels: Pixels, taken_s: float) -> Seen:
        """`taken_s`: when the frame was taken, on the camera's clock."""
        if self._last.answer is not None:
            self.give_up()
        if not 0 <= taken_s - self._detected_s < _DETECT_EVERY_S:
            self._detected_s = taken_s
            self._last = self._detect(pixels, taken_s)
        self._last = replace(self._last, answer=self._answer(taken_s))
        return self._last

    def give_up(self) -> None:
        """Nobody waits for the answer any more."""
        for counted in self._counted:
            counted.features.cancel()
        self._counted = []
        self._last = replace(self._last, answer=None)

    def _detect(self, pixels: Pixels, taken_s: float) -> Seen:
        faces = self._finder.find(pixels)
        fault = fault_of(pixels, faces, self._rules.quality)
        face = faces[0] if faces else None
        if face is not None or self._face_s is None:
            self._face_s = taken_s
        is_away = taken_s - self._face_s > _LONGEST_GAP_S
        is_another = face is not None and not self._following.follow(face, taken_s)
        if is_away or is_another or fault is Fault.SEVERAL_FACES:
            self.give_up()
        if fault is None and face is not None:
            self._count(pixels, face, taken_s)
        return Seen(face, fault, is_away=is_away)

    def _count(self, pixels: Pixels, face: Face, taken_s: float) -> None:
        last_s = self._counted[-1].taken_s if self._counted else float("-inf")
        if len(self._counted) < self._rules.vote.frames and taken_s - last_s >= self._rules.frame_gap_s:
            self._counted.append(_Counted(taken_s, self._encoder.encode(*around(pixels, face))))

    def _answer(self, taken_s: float) -> Judgement | None:
        """A frame that could not be encoded, or is too old, makes room for another."""
        stale = [counted for counted in self._counted if taken_s - counted.taken_s > self._rules.longest_look_s]
        for counted in stale:
            counted.features.cancel()
        self._counted = [
            counted
            for counted in self._counted
            if counted not in stale and (_is_known(counted.features) or not counted.features.done())
        ]
        limits = self._rules.limits.at(self._enrolled.members)
        judgements = [judge(self._enrolled.nearest(features), limits) for features in self.features]
        return decided(judgements, self._rules.vote)


def _is_known(features: Future[Features]) -> bool:
    return features.done() and not features.cancelled() and features.exception() is None


def decided(judgements: list[Judgement], rule: VoteRule) -> Judgement | None:
    """As soon as enough frames agree, or when all are in; None before."""
    answer = vote(judgements, rule)
    return answer if isinstance(answer, Agreed) or len(judgements) >= rule.frames else None


def around(pixels: Pixels, face: Face) -> tuple[Pixels, Face]:
    """The face with half its size around it, no larger than the encoders look at: little to hand over, whatever the
    camera's resolution."""
    height, width = pixels.shape[:2]
    left, top = max(0, round(face.x - face.width / 2)), max(0, round(face.y - face.height / 2))
    right, bottom = min(width, round(face.x + 1.5 * face.width)), min(height, round(face.y + 1.5 * face.height))
    scale = min(1.0, _MOST_FACE_PX / max(face.width, face.height))
    cut = cv2.resize(pixels[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    row = face.row.copy()
    row[:14] -= (left, top, 0, 0, *(left, top) * 5)
    row[:14] *= scale
    x, y, face_width, face_height = (float(value) for value in row[:4])
    return np.asarray(cut, dtype=np.uint8), Face(x, y, face_width, face_height, face.certainty, row)
