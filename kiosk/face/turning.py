"""The turn of the head before the camera: frames in, the state of the challenge out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace

from kiosk.domain.face import Limits
from kiosk.domain.liveness import Failure, Pose, Side, Stage, TurnChallenge, challenge
from kiosk.face.detection import Face, FaceFinder, Pixels
from kiosk.face.encoder_process import CannotEncode, EncoderLost
from kiosk.face.encoding import Features, Measure, distance
from kiosk.face.following import Following
from kiosk.face.landmarks import FaceMesh, Points, nose_ratio, planar_residual
from kiosk.face.look import Encodes, around
from kiosk.face.quality import fault_of
from kiosk.face.rules import FaceRules

_LONGEST_GAP_S = 0.7  # while it turns a face is not found in every frame


def random_sides(count: int) -> tuple[Side, ...]:
    """So that nobody can know them before."""
    return tuple(secrets.choice(list(Side)) for _ in range(count))


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """Whose turn it is: what the look before found, and how near a face must be to be the same one."""

    features: Features
    measures: Mapping[str, Measure]
    limits: Mapping[str, Limits]

    def is_same(self, features: Features) -> bool:
        """By every model."""
        return all(
            distance(self.measures[name], features[name], self.features[name]) <= limits.distance
            for name, limits in self.limits.items()
        )


class Turning:
    """For one thread, which gives it every frame. After the turns the face is compared with the one that was
    recognised: nobody steps in between."""

    def __init__(
        self,
        finder: FaceFinder,
        mesh: FaceMesh,
        encoder: Encodes,
        rules: FaceRules,
        recognised: Recognised,
        sides: tuple[Side, ...],
    ) -> None:
        self._finder, self._mesh, self._encoder, self._rules = finder, mesh, encoder, rules
        self._recognised, self._sides = recognised, sides
        self._following = Following(_LONGEST_GAP_S)
        self._began: Points | None = None
        self._challenge: TurnChallenge | None = None
        self._last_look: Future[Features] | None = None

    def see(self, pixels: Pixels, taken_s: float) -> TurnChallenge | None:
        """None until a face looks ahead. PASSED is told when the face after the turns is known to be the same."""
        faces = self._finder.find(pixels)
        if self._challenge is None:
            if fault_of(pixels, faces, self._rules.quality) is None:
                self._begin(pixels, faces[0], taken_s)
            return self._challenge
        if self._challenge.stage is Stage.PASSED:
            return self._compare(pixels, faces, taken_s)
        if faces:
            self._observe(pixels, faces[0], taken_s)
        elif self._following.is_gone(taken_s):
            self._lose(Failure.OTHER_PERSON)
        return self._told()

    def _begin(self, pixels: Pixels, face: Face, taken_s: float) -> None:
        self._following.follow(face, taken_s)
        self._began = self._mesh.points(pixels, face)
        self._challenge = challenge(self._sides, Pose(nose_ratio(self._began), 0.0, taken_s))

    def _observe(self, pixels: Pixels, face: Face, taken_s: float) -> None:
        is_same = self._following.follow(face, taken_s)
        points = self._mesh.points(pixels, face)
        pose = Pose(nose_ratio(points), planar_residual(self._began, points), taken_s, is_same)
        self._challenge = self._challenge.observe(pose, self._rules.turn)

    def _compare(self, pixels: Pixels, faces: tuple[Face, ...], taken_s: float) -> TurnChallenge | None:
        """One good frame more."""
        if self._last_look is None:
            if fault_of(pixels, faces, self._rules.quality) is None:
                self._last_look = self._encoder.encode(*around(pixels, faces[0]))
            elif self._following.is_gone(taken_s):
                self._lose(Failure.OTHER_PERSON)
        elif self._last_look.done():
            self._judge(self._last_look)
        return self._told()

    def _judge(self, looked: Future[Features]) -> None:
        try:
            if not self._recognised.is_same(looked.result()):
                self._lose(Failure.OTHER_PERSON)
        except (CannotEncode, EncoderLost):
            self._last_look = None  # the next frame may do

    def _lose(self, failure: Failure) -> None:
        self._challenge = replace(self._challenge, stage=Stage.FAILED, failure=failure)

    def _told(self) -> TurnChallenge | None:
        is_sure = self._last_look is not None and self._last_look.done()
        if self._challenge is not None and self._challenge.stage is Stage.PASSED and not is_sure:
            return replace(self._challenge, stage=Stage.BACK)
        return self._challenge
