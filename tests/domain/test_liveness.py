"""A turn of the head to the side that was asked for, and nothing else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import DomainError
from kiosk.domain.liveness import Failure, Pose, Side, Stage, TurnChallenge, TurnRule, challenge

RULE = TurnRule()
BOTH = (Side.LEFT, Side.RIGHT)
START = Pose(0.02, 0.0, taken_s=10.0)


def pose(way: float, at_s: float, residual: float | None = None, *, same: bool = True) -> Pose:
    """A head turns as far as its nose goes: the residual grows with it."""
    return Pose(START.nose_ratio + way, abs(way) * 0.3 if residual is None else residual, at_s, same)


def seen(*poses: Pose, sides: tuple[Side, ...] = BOTH) -> TurnChallenge:
    state = challenge(sides, START)
    for one in poses:
        state = state.observe(one, RULE)
    return state


def test_left_back_right_back() -> None:
    state = seen(pose(0.1, 10.5), pose(0.25, 11))
    assert (state.stage, state.side) == (Stage.BACK, None)
    state = state.observe(pose(0.05, 11.5), RULE)
    assert (state.stage, state.side) == (Stage.TURN, Side.RIGHT)
    for one in (pose(-0.15, 12), pose(-0.3, 12.5), pose(-0.08, 13)):
        state = state.observe(one, RULE)
    assert state.stage is Stage.PASSED


@pytest.mark.parametrize(
    ("poses", "failure"),
    [
        pytest.param([pose(-0.25, 11)], Failure.WRONG_SIDE, id="the other side"),
        pytest.param([pose(0.25, 11, residual=0.02)], Failure.FLAT, id="as a plane turns"),
        pytest.param([pose(0.25, 10.1)], Failure.WRONG_SIDE, id="before anyone can have read it"),
        pytest.param([pose(0.1, 15.1)], Failure.TIME_OUT, id="too late"),
        pytest.param([pose(0.1, 11, same=False)], Failure.OTHER_PERSON, id="another person"),
        pytest.param([pose(0.25, 11), pose(0.2, 16.5)], Failure.TIME_OUT, id="never back"),
        pytest.param([pose(0.25, 11), pose(0, 12), pose(0.3, 13)], Failure.WRONG_SIDE, id="the same side again"),
    ],
)
def test_what_loses_it(poses: list[Pose], failure: Failure) -> None:
    state = seen(*poses)
    assert (state.stage, state.failure) == (Stage.FAILED, failure)
    assert state.observe(pose(0, 99), RULE) is state


def test_the_second_turn_needs_the_head_in_the_middle_first() -> None:
    assert seen(pose(0.25, 11), pose(-0.3, 12)).stage is Stage.BACK


NO_NUMBER = st.just(math.nan)
MOVES = st.tuples(st.floats(-0.5, 0.5) | NO_NUMBER, st.floats(0, 0.0449) | NO_NUMBER, st.floats(0, 3))


@given(st.lists(MOVES, max_size=40))
def test_nothing_flat_ever_passes(moves: list[tuple[float, float, float]]) -> None:
    at_s, state = START.taken_s, challenge((Side.LEFT,), START)
    for way, residual, later_s in moves:
        at_s += later_s
        state = state.observe(pose(way, at_s, residual), RULE)
    assert state.stage is not Stage.PASSED


def test_rules_that_make_no_sense() -> None:
    for nonsense in ({"centred_ratio": 0.3}, {"turned_residual": 0}, {"time_s": 0.1}):
        with pytest.raises(DomainError):
            TurnRule(**nonsense)
    with pytest.raises(DomainError):
        challenge((), START)
