"""One look into the camera: from the first good frame to whose face it is."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.face import Agreed, Judgement, VoteRule, judge, vote
from kiosk.face.detection import Face, FaceFinder, Pixels
from kiosk.face.encoder_process import CannotEncode, EncoderLost
from kiosk.face.encoding import Features
from kiosk.face.enrolled import Enrolled
from kiosk.face.following import Following
from kiosk.face.quality import Fault, fault_of
from kiosk.face.rules import FaceRules

_LONGEST_GAP_S = 0.5


class Encodes(Protocol):
    """kiosk.face.worker.EncoderWorker."""

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one frame brought. `face`: the one that is looked at. `fault`: why the frame does not count. `answer`: the
    judgement, once; the look is over then."""

    face: Face | None
    fault: Fault | None
    answer: Judgement | None = None


class Look:
    """For one thread, which gives it every frame. A face that goes, or another that comes, begins it anew: frames of
    two people never vote together."""

    def __init__(self, finder: FaceFinder, encoder: Encodes, enrolled: Enrolled, rules: FaceRules) -> None:
        self._finder, self._encoder, self._enrolled, self._rules = finder, encoder, enrolled, rules
        self._waiting: list[Future[Features]] = []
        self._known: list[Features] = []
        self._following = Following(_LONGEST_GAP_S)
        self._counted_s = float("-inf")

    @property
    def features(self) -> tuple[Features, ...]:
        """Of the frames that counted."""
        return tuple(self._known)

    def see(self, pixels: Pixels, taken_s: float) -> Seen:
        """`taken_s`: when the frame was taken, on the camera's clock."""
        faces = self._finder.find(pixels)
        fault = fault_of(pixels, faces, self._rules.quality)
        face = faces[0] if faces else None
        is_followed = face is not None and self._following.follow(face, taken_s)
        if fault is Fault.SEVERAL_FACES or not is_followed:
            self._begin_anew()
        if fault is None and face is not None:
            self._count(pixels, face, taken_s)
        self._collect()
        return Seen(face, fault, self._answer())

    def give_up(self) -> None:
        """Nobody waits for the answer any more."""
        self._begin_anew()

    def _begin_anew(self) -> None:
        for future in self._waiting:
            future.cancel()
        self._waiting, self._known = [], []
        self._counted_s = float("-inf")

    def _count(self, pixels: Pixels, face: Face, taken_s: float) -> None:
        is_enough = len(self._waiting) + len(self._known) >= self._rules.vote.frames
        if not is_enough and taken_s - self._counted_s >= self._rules.frame_gap_s:
            self._counted_s = taken_s
            self._waiting.append(self._encoder.encode(*around(pixels, face)))

    def _collect(self) -> None:
        """A frame that could not be encoded makes room for another."""
        done = [future for future in self._waiting if future.done()]
        self._waiting = [future for future in self._waiting if not future.done()]
        for future in done:
            try:
                self._known.append(future.result())
            except (CannotEncode, EncoderLost):
                continue

    def _answer(self) -> Judgement | None:
        limits = self._rules.limits.at(self._enrolled.members)
        judgements = [judge(self._enrolled.nearest(features), limits) for features in self._known]
        return decided(judgements, self._rules.vote)


def decided(judgements: list[Judgement], rule: VoteRule) -> Judgement | None:
    """As soon as enough frames agree, or when all are in; None before."""
    answer = vote(judgements, rule)
    return answer if isinstance(answer, Agreed) or len(judgements) >= rule.frames else None


def around(pixels: Pixels, face: Face) -> tuple[Pixels, Face]:
    """The face with half its size around it: all that the encoders look at, and little to hand over."""
    height, width = pixels.shape[:2]
    left, top = max(0, round(face.x - face.width / 2)), max(0, round(face.y - face.height / 2))
    right, bottom = min(width, round(face.x + 1.5 * face.width)), min(height, round(face.y + 1.5 * face.height))
    row = face.row.copy()
    row[[0, 4, 6, 8, 10, 12]] -= left
    row[[1, 5, 7, 9, 11, 13]] -= top
    return pixels[top:bottom, left:right].copy(), Face(
        face.x - left, face.y - top, face.width, face.height, face.certainty, row
    )
