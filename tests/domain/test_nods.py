"""A nod that was asked for, and what is none."""

from __future__ import annotations

import math

import pytest

from kiosk.domain.head_turn import Direction, Pose
from kiosk.domain.liveness import Failure, Stage
from tests.domain.head_moves import BEGAN_S, FRAME_S, MIDDLE, NOD, begun, moved, nodded, pose, seen


@pytest.mark.parametrize(("direction", "way"), [(Direction.UP, -0.2), (Direction.DOWN, 0.2)])
def test_a_nod_and_back(direction: Direction, way: float) -> None:
    state = nodded(begun((direction, Direction.LEFT)), way)
    assert (state.stage, state.directions) == (Stage.BACK, (Direction.LEFT,))
    assert nodded(state, 0.25 * way).direction is Direction.LEFT
    assert nodded(begun((direction,)), -1.5 * way).failure is Failure.WRONG_DIRECTION
    assert nodded(begun((direction,)), way, residual=0.044).is_flat
    assert nodded(begun((direction,)), 0.75 * way).stage is Stage.TURN


def test_a_head_that_comes_back_on_one_axis_only_is_not_back() -> None:
    turned = moved(begun(), 0.25)
    lowered = nodded(turned, 0.15)
    assert (lowered.last and lowered.last.nose_ratio) == pytest.approx(MIDDLE)
    assert lowered.stage is Stage.BACK
    assert nodded(lowered, 0.05).stage is Stage.TURN
    raised = nodded(begun((Direction.UP, Direction.LEFT)), -0.2)
    assert nodded(raised, 0, aside=0.15).stage is Stage.BACK


def test_what_goes_as_far_across_as_along_is_neither() -> None:
    for asked in Direction:
        state = nodded(begun((asked,)), -0.25, aside=0.25)
        assert (state.stage, state.directions) == (Stage.TURN, (asked,))
    assert nodded(begun((Direction.UP,)), -0.25, aside=0.12).stage is Stage.BACK
    assert nodded(begun((Direction.LEFT,)), -0.12, aside=0.25).stage is Stage.BACK


def test_a_clear_turn_across_is_the_wrong_one_in_two_frames() -> None:
    at_s = BEGAN_S + 0.5
    state = seen(begun((Direction.LEFT,)), Pose(MIDDLE, NOD - 0.2, 0.07, MIDDLE, at_s))
    assert state.stage is Stage.TURN
    assert seen(state, pose(0, at_s + 0.1), Pose(MIDDLE, NOD - 0.2, 0.07, MIDDLE, at_s + 0.2)).stage is Stage.TURN
    assert seen(state, Pose(MIDDLE, NOD - 0.2, 0.07, MIDDLE, at_s + 0.1)).failure is Failure.WRONG_DIRECTION


def test_a_nod_without_a_way_is_another_picture() -> None:
    up = [Pose(MIDDLE, NOD - way, 0.3 * way, MIDDLE, 10.5 + n * FRAME_S) for n, way in enumerate((0, 0.2, 0.2))]
    jumped = seen(begun((Direction.UP,)), *up)
    assert (jumped.stage, jumped.jumps) == (Stage.BACK, 1)


def test_a_nod_that_the_other_model_does_not_see_does_not_count() -> None:
    steps = [Pose(MIDDLE, NOD - n * 0.05, n * 0.02, math.nan, BEGAN_S + 0.5 + n * FRAME_S) for n in range(1, 6)]
    assert seen(begun((Direction.UP,)), *steps).stage is Stage.TURN
