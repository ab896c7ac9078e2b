"""The challenge frame by frame, with a head of simple geometry: who is compared when, what ends it, and which direction
is which. Real pictures: test_liveness.py."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Failure, Stage
from kiosk.face.encoder_process import EncoderLost
from kiosk.face.landmarks import nose_ratio, planar_residual
from tests.face.turning_booth import MIDDLE, PIXELS, Booth, face_at, face_behind, points_at, vector
from tests.face.turning_scenarios import a_detector_misled_mostly_to_one_side

LOOKS = range(4)
"""Of one turn: before, on the way, turned, after."""


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
    assert planar_residual(began, points_at(30)) > 0.055
    assert planar_residual(began, np.zeros_like(began)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("direction", "yaw_deg"), [(Direction.LEFT, 35), (Direction.RIGHT, -35)])
def test_the_side_that_was_asked_for(direction: Direction, yaw_deg: float) -> None:
    assert Booth(direction).turn(yaw_deg, 0).stage is Stage.PASSED


@pytest.mark.parametrize(("direction", "yaw_deg"), [(Direction.LEFT, -35), (Direction.RIGHT, 35)])
def test_a_mirrored_camera_shows_the_other_side(direction: Direction, yaw_deg: float) -> None:
    assert Booth(direction).turn(yaw_deg, 0).failure is Failure.WRONG_DIRECTION


def test_each_turn_of_several_and_each_is_compared() -> None:
    booth = Booth(Direction.LEFT, Direction.LEFT, Direction.RIGHT)
    assert booth.turn(35, 0, 35, 0, -35, 0).stage is Stage.PASSED
    assert len(booth.looks) == 8


def test_it_says_which_of_the_turns_is_asked_for() -> None:
    booth = Booth(Direction.LEFT, Direction.LEFT, Direction.RIGHT)
    seen = [booth.frame(), booth.turn(35, 0), booth.turn(35, 0), booth.turn(-35, 0)]
    assert [(state.turn, state.turns) for state in seen] == [(1, 3), (2, 3), (3, 3), (3, 3)]


@pytest.mark.parametrize("look", LOOKS)
def test_another_person_before_half_way_turned_or_after(look: int) -> None:
    booth = Booth()
    booth.people[look] = 7
    assert booth.turn(35, 0).failure is Failure.OTHER_PERSON


@pytest.mark.parametrize("look", LOOKS)
def test_it_waits_for_every_answer(look: int) -> None:
    booth = Booth()
    booth.people[look] = None
    assert booth.turn(35, 0).stage is Stage.COMPARE
    booth.looks[look].set_result(vector(0))
    assert booth.frame().stage is Stage.PASSED


@pytest.mark.parametrize(("looks", "distance"), [((1,), 0.72), ((2,), 0.72), ((1, 2), 0.62), ((3, 4), 0.72)])
def test_a_bad_look_is_made_up_for_by_another(looks: tuple[int, ...], distance: float) -> None:
    """Half way, turned, or after; as far as a turned head may be, both may be bad."""
    booth = Booth()
    booth.distances = dict.fromkeys(looks, distance)
    booth.turn(35, 0)
    booth.frame()
    assert booth.frame().stage is Stage.PASSED


@pytest.mark.parametrize("looks", [(0,), (1, 2), (3, 4, 5)])
def test_bad_looks_alone_are_another_person(looks: tuple[int, ...]) -> None:
    booth = Booth()
    booth.distances = dict.fromkeys(looks, 0.65)
    booth.turn(35, 0)
    booth.frame()
    assert booth.frame().failure is Failure.OTHER_PERSON


@pytest.mark.parametrize("look", LOOKS)
def test_one_look_that_is_too_far_is_another_person(look: int) -> None:
    """However near the others are: no look at a head is more than 1.35 times as far as one that looks ahead may be."""
    booth = Booth()
    booth.distances = {look: 0.76}
    assert booth.turn(35, 0).failure is Failure.OTHER_PERSON


def test_an_answer_that_never_comes_is_given_up() -> None:
    booth = Booth()
    booth.people[1] = None
    booth.turn(35, 0)
    booth.at_s += 6
    assert booth.frame().failure is Failure.TIME_OUT
    assert booth.looks[1].cancelled()


def test_a_lost_encoder_proves_nothing() -> None:
    booth = Booth()
    booth.people[3] = None
    booth.turn(35, 0)
    booth.looks[3].set_exception(EncoderLost("gone"))
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
    assert booth.frame().stage is Stage.TURN
    booth.at_s += 0.8
    assert booth.frame().failure is Failure.OTHER_PERSON


def test_who_stands_behind_is_nobody() -> None:
    booth = Booth()
    booth.mesh_sees_alone = True
    assert booth.turn(55, 0, lost_beyond_deg=40, behind=(face_behind(),)).stage is Stage.PASSED


def test_the_mesh_follows_a_face_that_the_detector_loses() -> None:
    booth = Booth()
    booth.mesh_sees_alone = True
    assert booth.turn(55, 0, lost_beyond_deg=40).stage is Stage.PASSED
    assert len(booth.looks) == 4


def test_what_only_the_mesh_sees_is_not_turned() -> None:
    booth = Booth()
    booth.mesh_sees_alone = True
    assert booth.turn(55, lost_beyond_deg=15).stage is Stage.TURN


def test_the_mesh_follows_alone_for_two_seconds() -> None:
    booth = Booth()
    booth.mesh_sees_alone = True
    booth.turn(15)
    booth.faces = ()
    ends = [booth.frame().failure for _ in range(50)]
    assert ends[27] is None
    assert ends[-1] is Failure.OTHER_PERSON


def test_the_detector_follows_a_face_that_the_mesh_doubts() -> None:
    booth = Booth()
    booth.turn(15)
    booth.points_seen = None
    assert {booth.frame().stage for _ in range(20)} == {Stage.TURN}
    booth.points_seen = points_at(15)
    booth.frame()
    for yaw in (*range(18, 36, 3), *range(33, -3, -3)):
        booth.points_seen, booth.faces = points_at(yaw), (face_at(yaw_deg=yaw),)
        state = booth.frame()
    assert state.stage is Stage.PASSED


def test_a_face_that_the_mesh_doubts_has_the_time_of_its_stage() -> None:
    booth = Booth()
    booth.turn(15)
    booth.points_seen = None
    ends = [booth.frame().failure for _ in range(80)]
    assert (ends[60], ends[-1]) == (None, Failure.TIME_OUT)


def test_what_the_mesh_did_not_see_is_no_turn() -> None:
    booth = Booth()
    booth.turn(15)
    booth.points_seen, booth.faces = None, (face_at(yaw_deg=35),)
    for _ in range(10):
        booth.frame()
    booth.points_seen = points_at(35)
    assert booth.frame().stage is Stage.TURN
    assert (booth.frame().stage, booth.turning.see(PIXELS, booth.at_s).jumps) == (Stage.BACK, 1)


def test_a_face_elsewhere_that_the_mesh_doubts_is_another() -> None:
    booth = Booth()
    booth.turn(15)
    booth.points_seen, booth.faces = None, (face_at(x=190.0),)
    booth.frame()
    booth.at_s += 0.8
    assert booth.frame().failure is Failure.OTHER_PERSON


def test_a_picture_that_is_exchanged_jumps() -> None:
    booth = Booth()
    assert booth.turn(35, 0, step_deg=35).stage is Stage.BACK
    assert booth.turn(35, 0, step_deg=35).stage is Stage.BACK
    assert booth.turn(35, 0, step_deg=35).failure is Failure.JUMPED


def test_a_detector_that_says_another_thing_of_the_mirror_image_is_not_believed() -> None:
    booth = Booth()
    booth.frame()
    booth.at_s += 0.3
    for yaw in range(0, 40, 5):
        booth.points_seen = points_at(yaw)
        state = booth.frame()
    assert (state.stage, state.direction) == (Stage.TURN, Direction.LEFT)


@pytest.mark.parametrize(("mirrored_deg", "is_believed"), [(3.0, False), (5.2, True), (20.0, True)])
def test_a_head_that_is_seen_turned_less_in_the_mirror_image(mirrored_deg: float, is_believed: bool) -> None:
    """By half of what it is there it may be farther in the picture."""
    state = a_detector_misled_mostly_to_one_side(Booth(), mirrored_deg)
    assert (state.stage is Stage.PASSED) == is_believed


def test_the_mirror_image_is_looked_at_only_where_the_head_is_aside() -> None:
    booth = Booth()
    for _ in range(5):
        booth.frame()
    assert booth.mirrored_looks == 1
    booth.turn(35, 0)
    assert 1 < booth.mirrored_looks < 8


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
