"""A camera's frames of a head of simple geometry, and the liveness check before it: what stands there is set frame by
frame."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np

from kiosk.domain.blinking import BlinkRule
from kiosk.domain.face import Limits
from kiosk.domain.head_turn import Direction, TurnRule
from kiosk.domain.liveness import TurnChallenge
from kiosk.face.comparing import Comparing, Recognised
from kiosk.face.detection import Face
from kiosk.face.encoding import Features, Measure
from kiosk.face.landmarks import Points
from kiosk.face.rules import FaceRules
from kiosk.face.turning import Turning
from kiosk.services.face_ports import Pixels

PIXELS = np.random.default_rng(1).integers(60, 190, (240, 320, 3), dtype=np.uint8)
FRAME_S = 0.07
MIDDLE = np.array([160.0, 120.0])


def a_head() -> np.ndarray:
    """468 × 3 on the front of an ellipsoid, in pixels; the nose stands out of it; z is away from the camera."""
    rough = np.random.default_rng(2).uniform(-1, 1, (468, 2)) * 0.7
    rough[33], rough[263], rough[1] = (-0.6, -0.3), (0.6, -0.3), (0, 0.1)
    rough[61], rough[291] = (-0.35, 0.4), (0.35, 0.4)
    head = np.column_stack([rough * (50, 65), -70 * np.sqrt(1 - (rough**2).sum(axis=1).clip(0, 0.99))])
    head[1, 2] -= 6
    return head


HEAD = a_head()


def points_at(yaw_deg: float, pitch_deg: float = 0.0) -> Points:
    """A turn to the person's own left moves the nose to the right of the picture, a nod down moves it down. `pitch_deg`
    above 0: looks up."""
    yaw, pitch = np.radians([yaw_deg, pitch_deg])
    y, depth = HEAD[:, 1], HEAD[:, 2]
    y, depth = y * np.cos(pitch) + depth * np.sin(pitch), depth * np.cos(pitch) - y * np.sin(pitch)
    x = HEAD[:, 0] * np.cos(yaw) - depth * np.sin(yaw)
    return (np.column_stack([x, y]) + MIDDLE).astype(np.float32)


def face_at(x: float = 110.0, yaw_deg: float = 0.0) -> Face:
    nose_x = x + 50 + 50 * np.sin(np.radians(yaw_deg))
    eyes_nose_mouth = [x + 25, 100, x + 75, 100, nose_x, 120, x + 30, 145, x + 70, 145]
    row = np.array([x, 55, 100, 130, *eyes_nose_mouth, 0.9], dtype=np.float32)
    return Face(x, 55, 100, 130, 0.9, row)


def face_behind() -> Face:
    """Of somebody who waits for their turn."""
    row = face_at().row.copy()
    row[:14] = row[:14] * 0.3 + np.tile([200, 0], 7).astype(np.float32) * np.array([1, 0, 0, 0, *[1] * 10])
    x, y, width, height = (float(value) for value in row[:4])
    return Face(x, y, width, height, 0.9, row)


def mirrored(face: Face) -> Face:
    row = face.row.copy()
    row[[4, 6, 8]] = PIXELS.shape[1] - row[[6, 4, 8]]
    return Face(PIXELS.shape[1] - face.x - face.width, face.y, face.width, face.height, face.certainty, row)


def vector(person: int) -> Features:
    return {"sface": np.eye(128, dtype=np.float32)[person]}


def vector_apart(distance: float) -> Features:
    """So far from person 0."""
    near = 1 - distance
    return {"sface": np.asarray(near * vector(0)["sface"] + np.sqrt(1 - near**2) * vector(1)["sface"], np.float32)}


class Booth:
    """Finder, mesh and encoder at once: what stands before the camera is set frame by frame."""

    def __init__(self, *directions: Direction, blink: BlinkRule | None = None) -> None:
        self.faces: tuple[Face, ...] = (face_at(),)
        self.points_seen: Points | None = points_at(0)
        self.mesh_sees_alone = False
        """Also where the detector finds nothing."""
        self.looks: list[Future[Features]] = []
        self.people: dict[int, int | None] = {}
        """Whom each look in its turn shows; 0 is who was recognised, None: no answer yet."""
        self.distances: dict[int, float] = {}
        """How far a look is from who was recognised, though it shows them: a bad one."""
        self.recognised = Recognised((vector(0),), {"sface": Measure.COSINE}, {"sface": Limits(0.55, 0.1)})
        rules = FaceRules(turn=TurnRule(blink=blink))
        self.turning = Turning(
            self, self, Comparing(self, self.recognised), rules, directions or (Direction.LEFT,), 0.0
        )
        self.at_s = 0.0
        self.pixels = PIXELS
        self.mirrored_looks = 0

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        is_mirrored = pixels is not self.pixels
        self.mirrored_looks += is_mirrored
        return tuple(mirrored(face) for face in self.faces) if is_mirrored else self.faces

    def points(self, pixels: Pixels, face: Face) -> Points | None:
        return self.points_seen if face.certainty > 0 or self.mesh_sees_alone else None

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        answer: Future[Features] = Future()
        person = self.people.get(len(self.looks), 0)
        if len(self.looks) in self.distances:
            answer.set_result(vector_apart(self.distances[len(self.looks)]))
        elif person is not None:
            answer.set_result(vector(person))
        self.looks.append(answer)
        return answer

    def frame(self) -> TurnChallenge:
        self.at_s += FRAME_S
        return self.turning.see(self.pixels, self.at_s)

    def nod(self, *pitches_deg: float, yaw_deg: float = 0.0, step_deg: float = 3.0) -> TurnChallenge:
        """From each angle to the next, after a moment's thought; `yaw_deg`: at the last one, as much aside as up or
        down."""
        state, farthest_deg = self.frame(), max(abs(pitch) for pitch in pitches_deg)
        for start, end in zip((0.0, *pitches_deg), pitches_deg, strict=False):
            self.at_s += 0.3
            for pitch in np.arange(start, end + np.sign(end - start), np.sign(end - start) * step_deg):
                aside_deg = yaw_deg * abs(float(pitch)) / farthest_deg
                self.points_seen, self.faces = points_at(aside_deg, float(pitch)), (face_at(yaw_deg=aside_deg),)
                state = self.frame()
        return state

    def turn(
        self,
        *yaws_deg: float,
        step_deg: float = 3.0,
        lost_beyond_deg: float = 90.0,
        behind: tuple[Face, ...] = (),
    ) -> TurnChallenge:
        """From each angle to the next, after a moment's thought. `lost_beyond_deg`: the detector finds it no more.
        `behind`: smaller faces in the picture."""
        state = self.frame()
        for start, end in zip((0.0, *yaws_deg), yaws_deg, strict=False):
            self.at_s += 0.3
            for yaw in np.arange(start, end + np.sign(end - start), np.sign(end - start) * step_deg):
                is_found = abs(yaw) <= lost_beyond_deg
                self.points_seen = points_at(float(yaw))
                self.faces = (face_at(yaw_deg=float(yaw)), *behind) if is_found else behind
                state = self.frame()
        return state
