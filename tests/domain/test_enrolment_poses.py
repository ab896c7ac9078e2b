"""What a head has to do to be in the pose that is asked for."""

from __future__ import annotations

import math

import pytest

from kiosk.domain.enrolment_poses import EnrolmentPose, HeadPose, PoseHint, PoseRule
from kiosk.domain.errors import DomainError

RULE = PoseRule()
AHEAD = HeadPose(0.02, 0.55)
POSES = {
    EnrolmentPose.AHEAD: AHEAD,
    EnrolmentPose.LEFT: HeadPose(0.17, 0.56),
    EnrolmentPose.RIGHT: HeadPose(-0.13, 0.54),
    EnrolmentPose.UP: HeadPose(0.0, 0.45),
    EnrolmentPose.DOWN: HeadPose(0.04, 0.65),
}


@pytest.mark.parametrize("asked", EnrolmentPose)
def test_each_pose_is_taken_for_itself_and_for_no_other(asked: EnrolmentPose) -> None:
    nods = (EnrolmentPose.UP, EnrolmentPose.DOWN)
    for pose, now in POSES.items():
        if asked is EnrolmentPose.AHEAD and pose in nods:
            continue  # where the nose hangs when somebody looks ahead is not known before
        hint = RULE.hint(asked, now, AHEAD)
        assert (hint is None) == (pose is asked), (asked, pose)


def test_ahead_comes_first_whatever_is_asked() -> None:
    assert RULE.hint(EnrolmentPose.LEFT, POSES[EnrolmentPose.LEFT], None) is PoseHint.LOOK_AHEAD
    assert RULE.hint(EnrolmentPose.LEFT, AHEAD, None) is None


def test_a_face_is_as_it_looks_ahead_not_as_the_mean_of_all_faces() -> None:
    long_nosed = HeadPose(0.08, 0.7)
    assert RULE.hint(EnrolmentPose.DOWN, long_nosed, long_nosed) is PoseHint.TURN_MORE
    assert RULE.hint(EnrolmentPose.UP, HeadPose(0.08, 0.6), long_nosed) is None


def test_too_far_and_aside_are_told_apart() -> None:
    assert RULE.hint(EnrolmentPose.DOWN, HeadPose(0.02, 0.9), AHEAD) is PoseHint.TURN_LESS
    assert RULE.hint(EnrolmentPose.DOWN, HeadPose(0.25, 0.65), AHEAD) is PoseHint.LOOK_AHEAD
    assert RULE.hint(EnrolmentPose.RIGHT, HeadPose(0.17, 0.55), AHEAD) is PoseHint.TURN_MORE


@pytest.mark.parametrize("asked", EnrolmentPose)
def test_what_is_no_number_is_no_pose(asked: EnrolmentPose) -> None:
    assert RULE.hint(asked, HeadPose(math.nan, math.nan), AHEAD) is not None


def test_a_rule_has_room_between_its_poses() -> None:
    with pytest.raises(DomainError):
        PoseRule(nodded=0.3)
