"""The five poses frame by frame, with a detector and encoders that do as the test says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Fault, Limits
from kiosk.face.comparing import Recognised
from kiosk.face.detection import Face
from kiosk.face.encoding import Features, Measure
from kiosk.face.landmarks import Points
from kiosk.face.posing import POSE_TIME_S, Poses, PosesSeen, PosesStep
from kiosk.face.rules import FaceRules
from kiosk.services.face_ports import Pixels
from kiosk.services.posing import Posing, PosingFailure
from tests.face import fakes

PICTURE = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)  # sharp, and neither dark nor bright
SAME = Recognised((), {"sface": Measure.COSINE}, {"sface": Limits(0.55, 0.1)})
FRAME_S = 0.1
NOSES = {
    EnrolmentPose.AHEAD: (0, 0),
    EnrolmentPose.LEFT: (12, 0),  # to the right of the picture: the person's own left
    EnrolmentPose.RIGHT: (-12, 0),
    EnrolmentPose.UP: (0, -8),
    EnrolmentPose.DOWN: (0, 8),
}


def face(pose: EnrolmentPose = EnrolmentPose.AHEAD, x: float = 230.0, width: float = 180.0) -> Face:
    dx, dy = NOSES[pose]
    eyes_nose_mouth = [x + 50, 220, x + 130, 220, x + 90 + dx, 264 + dy, x + 60, 300, x + 120, 300]
    row = np.array([x, 140, width, 220, *eyes_nose_mouth, 0.9], dtype=np.float32)
    return Face(x, 140, width, 220, 0.9, row)


class Mesh:
    """FaceMesh's points, of which the five that count are the detector's."""

    def points(self, pixels: Pixels, face: Face) -> Points | None:
        points = np.zeros((468, 2), np.float32)
        points[[33, 263, 1, 61, 291]] = face.points
        return points


def features(person: int, away: float = 0.2) -> Features:
    return {"sface": fakes.direction(person, away)}


class Sitting:
    """Somebody before the camera."""

    def __init__(self, poses: type[Poses] = Poses) -> None:
        self.finder, self.encoding = fakes.Finder(), fakes.Encoding()
        self.poses = poses(self.finder, Mesh(), self.encoding, SAME, FaceRules())
        self.now_s = 100.0

    def sees(self, *faces: Face, after_s: float = FRAME_S) -> PosesStep:
        self.now_s += after_s
        self.finder.faces = faces
        return self.poses.see(PICTURE, self.now_s)

    def holds(self, pose: EnrolmentPose, frames: int = 4) -> PosesStep:
        step: PosesStep | None = None
        for _ in range(frames):
            step = self.sees(face(pose))
        assert step is not None
        return step

    def goes_through_all(self) -> None:
        for pose in EnrolmentPose:
            self.holds(pose)

    @property
    def wanted(self) -> int:
        return len(self.encoding.wanted)


def hint(step: PosesStep) -> object:
    assert isinstance(step, Posing)
    return step.hint


def test_five_poses_of_one_person_are_a_face() -> None:
    sitting = Sitting()
    sitting.goes_through_all()
    assert sitting.sees(face()) == Posing(None, 5), "the encoders are at work"
    for _ in EnrolmentPose:
        sitting.encoding.answer(features(1))
    end = sitting.sees(face())
    assert isinstance(end, PosesSeen)
    assert len(end.features) == 5
    assert sitting.sees() is end, "nothing changes an end"


def test_each_pose_is_taken_once_when_it_is_asked_for() -> None:
    sitting = Sitting()
    for number, pose in enumerate(EnrolmentPose):
        assert sitting.sees(face(EnrolmentPose.AHEAD), after_s=0.05) is not None
        step = sitting.holds(pose)
        assert sitting.wanted == number + 1
        assert isinstance(step, Posing)
        assert step.taken == number + 1


def test_a_pose_that_passes_by_is_not_taken() -> None:
    takes_nobody_who_passes_by(Poses)


def takes_nobody_who_passes_by(poses: type[Poses]) -> None:
    sitting = Sitting(poses)
    assert hint(sitting.sees(face())) is PoseHint.HOLD_STILL
    for number in range(20):
        assert hint(sitting.sees(face(x=200.0 + 30 * (number % 2)))) is PoseHint.HOLD_STILL
    assert sitting.wanted == 0


def test_a_moment_of_something_else_begins_the_holding_anew() -> None:
    sitting = Sitting()
    for _ in range(10):
        sitting.sees(face())
        sitting.sees(face())
        sitting.sees()
    assert sitting.wanted == 0


@pytest.mark.parametrize(
    ("faces", "fault"),
    [((), Fault.NO_FACE), ((face(), face(x=10.0)), Fault.SEVERAL_FACES), ((face(x=-20.0),), Fault.CUT_OFF)],
)
def test_what_is_wrong_with_the_picture_is_told(faces: tuple[Face, ...], fault: Fault) -> None:
    sitting = Sitting()
    for _ in range(5):
        assert hint(sitting.sees(*faces)) is fault
    assert sitting.wanted == 0


def test_a_pose_that_is_not_far_enough_is_told() -> None:
    sitting = Sitting()
    sitting.holds(EnrolmentPose.AHEAD)
    assert hint(sitting.holds(EnrolmentPose.RIGHT)) is PoseHint.TURN_MORE
    assert sitting.wanted == 1


def test_another_person_in_one_of_the_poses_ends_it() -> None:
    refuses_two_people(Poses)


def refuses_two_people(poses: type[Poses]) -> None:
    sitting = Sitting(poses)
    sitting.goes_through_all()
    for person in (1, 1, 2, 1, 1):
        sitting.encoding.answer(features(person))
    assert sitting.sees(face()) is PosingFailure.OTHER_PERSON


def test_a_pose_whose_encoder_was_lost_is_asked_for_again() -> None:
    sitting = Sitting()
    sitting.holds(EnrolmentPose.AHEAD)
    sitting.encoding.lose()
    step = sitting.sees(face())
    assert isinstance(step, Posing)
    assert (step.asked, step.taken) == (EnrolmentPose.AHEAD, 0)
    sitting.holds(EnrolmentPose.AHEAD)
    assert sitting.wanted == 2


def test_a_pose_has_its_time() -> None:
    sitting = Sitting()
    sitting.holds(EnrolmentPose.AHEAD)
    assert isinstance(sitting.sees(face(), after_s=POSE_TIME_S - 1), Posing)
    assert sitting.sees(face(), after_s=1.5) is PosingFailure.TIME_OUT


def test_encoders_that_hang_end_it_too() -> None:
    sitting = Sitting()
    sitting.goes_through_all()
    sitting.sees(face())
    assert sitting.sees(face(), after_s=POSE_TIME_S + 1) is PosingFailure.TIME_OUT


def test_given_up_nothing_is_worked_out_any_more() -> None:
    sitting = Sitting()
    sitting.holds(EnrolmentPose.AHEAD)
    sitting.poses.give_up()
    assert all(future.cancelled() for future in sitting.encoding.wanted)


# --- planted bugs ---


class TakesPasserBys(Poses):
    """Whoever is seen is held still."""

    def _is_held(self, face: Face, taken_s: float) -> bool:
        return True


class AsksNobodyWhoItIs(Poses):
    """Any five faces are one person's."""

    def _end(self) -> PosesStep:
        self._same = dataclasses.replace(self._same, limits={})
        return super()._end()


def test_a_bug_that_takes_passers_by_is_caught() -> None:
    with pytest.raises(AssertionError):
        takes_nobody_who_passes_by(TakesPasserBys)


def test_a_bug_that_lets_two_people_enrol_as_one_is_caught() -> None:
    with pytest.raises(AssertionError):
        refuses_two_people(AsksNobodyWhoItIs)
