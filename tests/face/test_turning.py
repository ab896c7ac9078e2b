"""The challenge frame by frame, with a head of simple geometry: who is compared when, what ends it, and which side is
which. Real pictures: test_liveness.py."""

from __future__ import annotations

from concurrent.futures import Future

import cv2
import numpy as np
import pytest

from kiosk.domain.face import Limits
from kiosk.domain.liveness import Failure, Side, Stage, TurnChallenge
from kiosk.face.comparing import Comparing, Recognised
from kiosk.face.detection import Face, Pixels
from kiosk.face.encoder_process import EncoderLost
from kiosk.face.encoding import Features, Measure
from kiosk.face.landmarks import Points, nose_ratio, planar_residual
from kiosk.face.rules import FaceRules
from kiosk.face.turning import Turning, random_sides

PIXELS = np.random.default_rng(1).integers(60, 190, (240, 320, 3), dtype=np.uint8)
FRAME_S = 0.07
MIDDLE = np.array([160.0, 120.0])


def a_head() -> np.ndarray:
    """468 × 3 on the front of an ellipsoid, in pixels; the nose stands out of it; z is away from the camera."""
    rough = np.random.default_rng(2).uniform(-1, 1, (468, 2)) * 0.7
    rough[33], rough[263], rough[1] = (-0.6, -0.3), (0.6, -0.3), (0, 0)
    head = np.column_stack([rough * (50, 65), -70 * np.sqrt(1 - (rough**2).sum(axis=1).clip(0, 0.99))])
    head[1, 2] -= 5
    return head


HEAD = a_head()


def points_at(yaw_deg: float) -> Points:
    """A turn to the person's own left moves the nose to the right of the picture."""
    yaw = np.radians(yaw_deg)
    x = HEAD[:, 0] * np.cos(yaw) - HEAD[:, 2] * np.sin(yaw)
    return (np.column_stack([x, HEAD[:, 1]]) + MIDDLE).astype(np.float32)


def face_at(x: float = 110.0, yaw_deg: float = 0.0) -> Face:
    nose_x = x + 50 + 50 * np.sin(np.radians(yaw_deg))
    eyes_nose_mouth = [x + 25, 100, x + 75, 100, nose_x, 120, x + 30, 145, x + 70, 145]
    row = np.array([x, 55, 100, 130, *eyes_nose_mouth, 0.9], dtype=np.float32)
    return Face(x, 55, 100, 130, 0.9, row)


def mirrored(face: Face) -> Face:
    row = face.row.copy()
    row[[4, 6, 8]] = PIXELS.shape[1] - row[[6, 4, 8]]
    return Face(PIXELS.shape[1] - face.x - face.width, face.y, face.width, face.height, face.certainty, row)


def vector(person: int) -> Features:
    return {"sface": np.eye(128, dtype=np.float32)[person]}


class Booth:
    """Finder, mesh and encoder at once: what stands before the camera is set frame by frame."""

    def __init__(self, *sides: Side) -> None:
        self.faces: tuple[Face, ...] = (face_at(),)
        self.points_seen: Points | None = points_at(0)
        self.looks: list[Future[Features]] = []
        self.people: dict[int, int | None] = {}
        """Whom each look in its turn shows; 0 is who was recognised, None: no answer yet."""
        recognised = Recognised((vector(0),), {"sface": Measure.COSINE}, {"sface": Limits(0.55, 0.1)})
        self.turning = Turning(self, self, Comparing(self, recognised), FaceRules(), sides or (Side.LEFT,), 0.0)
        self.at_s = 0.0

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        is_mirrored = pixels is not PIXELS
        return tuple(mirrored(face) for face in self.faces) if is_mirrored else self.faces

    def points(self, pixels: Pixels, face: Face) -> Points | None:
        return self.points_seen

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        answer: Future[Features] = Future()
        person = self.people.get(len(self.looks), 0)
        if person is not None:
            answer.set_result(vector(person))
        self.looks.append(answer)
        return answer

    def frame(self) -> TurnChallenge:
        self.at_s += FRAME_S
        return self.turning.see(PIXELS, self.at_s)

    def turn(self, *yaws_deg: float, step_deg: float = 5.0) -> TurnChallenge:
        """From each angle to the next, after a moment's thought."""
        state = self.frame()
        for start, end in zip((0.0, *yaws_deg), yaws_deg, strict=False):
            self.at_s += 0.3
            for yaw in np.arange(start, end + np.sign(end - start), np.sign(end - start) * step_deg):
                self.points_seen, self.faces = points_at(float(yaw)), (face_at(yaw_deg=float(yaw)),)
                state = self.frame()
        return state


def test_the_sign_of_a_turn() -> None:
    """The person's own left is right in a picture that is not mirrored."""
    left, right = points_at(30), points_at(-30)
    assert left[1, 0] > MIDDLE[0] > right[1, 0]
    assert nose_ratio(left) > 0.22
    assert nose_ratio(right) < -0.22
    assert abs(nose_ratio(points_at(0))) < 0.01


def test_what_is_flat_leaves_no_residual_and_a_head_does() -> None:
    began = points_at(0)
    tilt = np.array([[0.7, 0.1, 20], [-0.05, 0.9, 10], [0.0007, 0.0003, 1]])
    assert planar_residual(began, cv2.perspectiveTransform(began[None], tilt)[0]) < 0.001
    assert planar_residual(began, points_at(30)) > 0.045
    assert planar_residual(began, np.zeros_like(began)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("side", "yaw_deg"), [(Side.LEFT, 35), (Side.RIGHT, -35)])
def test_the_side_that_was_asked_for(side: Side, yaw_deg: float) -> None:
    assert Booth(side).turn(yaw_deg, 0).stage is Stage.PASSED


@pytest.mark.parametrize(("side", "yaw_deg"), [(Side.LEFT, -35), (Side.RIGHT, 35)])
def test_a_mirrored_camera_shows_the_other_side(side: Side, yaw_deg: float) -> None:
    assert Booth(side).turn(yaw_deg, 0).failure is Failure.WRONG_SIDE


def test_each_turn_of_several_and_each_is_compared() -> None:
    booth = Booth(Side.LEFT, Side.LEFT, Side.RIGHT)
    assert booth.turn(35, 0, 35, 0, -35, 0).stage is Stage.PASSED
    assert len(booth.looks) == 5


@pytest.mark.parametrize("look", [0, 1, 2])
def test_another_person_before_turned_or_after(look: int) -> None:
    booth = Booth()
    booth.people[look] = 7
    assert booth.turn(35, 0).failure is Failure.OTHER_PERSON


@pytest.mark.parametrize("look", [0, 1, 2])
def test_it_waits_for_every_answer(look: int) -> None:
    booth = Booth()
    booth.people[look] = None
    assert booth.turn(35, 0).stage is Stage.COMPARE
    booth.looks[look].set_result(vector(0))
    assert booth.frame().stage is Stage.PASSED


def test_an_answer_that_never_comes_is_given_up() -> None:
    booth = Booth()
    booth.people[1] = None
    booth.turn(35, 0)
    booth.at_s += 6
    assert booth.frame().failure is Failure.TIME_OUT
    assert booth.looks[1].cancelled()


def test_a_lost_encoder_proves_nothing() -> None:
    booth = Booth()
    booth.people[2] = None
    booth.turn(35, 0)
    booth.looks[2].set_exception(EncoderLost("gone"))
    assert booth.frame().failure is Failure.NOT_COMPARED


def test_a_face_that_was_away_may_be_another() -> None:
    booth = Booth()
    booth.turn(15)
    booth.faces = ()
    assert booth.frame().stage is Stage.TURN
    booth.at_s += 0.8
    assert booth.frame().failure is Failure.OTHER_PERSON


def test_a_face_elsewhere_is_another() -> None:
    booth = Booth()
    booth.turn(15)
    booth.faces = (face_at(x=190.0),)
    assert booth.frame().failure is Failure.OTHER_PERSON


def test_a_picture_that_is_exchanged_jumps() -> None:
    assert Booth().turn(35, step_deg=35).failure is Failure.JUMPED


def test_a_detector_that_says_another_thing_of_the_mirror_image_is_not_believed() -> None:
    booth = Booth()
    booth.frame()
    booth.at_s += 0.3
    for yaw in range(0, 40, 5):
        booth.points_seen = points_at(yaw)
        state = booth.frame()
    assert (state.stage, state.side) == (Stage.TURN, Side.LEFT)


def test_nobody_in_time() -> None:
    booth = Booth()
    booth.faces = ()
    assert booth.frame().stage is Stage.AHEAD
    booth.at_s = 5.1
    assert booth.frame().failure is Failure.TIME_OUT


def test_what_the_mesh_takes_for_no_face_begins_nothing() -> None:
    booth = Booth()
    booth.points_seen = None
    assert booth.frame().stage is Stage.AHEAD
    assert booth.looks == []


def test_a_face_that_looks_aside_begins_nothing() -> None:
    booth = Booth()
    booth.points_seen = points_at(15)
    assert booth.frame().stage is Stage.AHEAD
    booth.points_seen = points_at(0)
    assert booth.frame().stage is Stage.TURN


def test_a_frame_counts_once() -> None:
    booth = Booth()
    state = booth.turn(35, 0)
    again = Booth()
    for _ in range(3):
        assert again.turning.see(PIXELS, 0.5).stage is Stage.TURN
    again.points_seen = points_at(35)
    assert again.turning.see(PIXELS, 0.5).stage is Stage.TURN
    assert state.stage is Stage.PASSED


def test_the_sides_are_drawn() -> None:
    drawn = {random_sides(3) for _ in range(400)}
    assert len(drawn) == 8
