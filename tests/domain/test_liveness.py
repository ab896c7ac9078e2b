"""A turn of the head to the side that was asked for, and nothing else."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.blinking import Blinking, BlinkRule
from kiosk.domain.errors import DomainError
from kiosk.domain.head_turn import Direction, Pose, TurnRule
from kiosk.domain.liveness import Failure, Stage, TurnChallenge, challenge
from tests.domain.head_moves import ASKED_S, BEGAN_S, BOTH, FRAME_S, MIDDLE, NOD, RULE, again, begun, moved, pose, seen


def test_left_back_right_back_and_compared() -> None:
    state = challenge(BOTH, ASKED_S)
    assert (state.stage, state.direction) == (Stage.AHEAD, None)
    state = state.begun(pose(0, BEGAN_S), RULE)
    assert (state.stage, state.direction) == (Stage.TURN, Direction.LEFT)
    state = moved(state, 0.25)
    assert (state.stage, state.direction) == (Stage.BACK, None)
    state = moved(state, 0.05)
    assert (state.stage, state.direction) == (Stage.TURN, Direction.RIGHT)
    state = moved(moved(state, -0.25), -0.03)
    assert state.stage is Stage.COMPARE
    assert state.compared(RULE).stage is Stage.PASSED


@pytest.mark.parametrize(
    ("lost", "failure"),
    [
        pytest.param(moved(begun(), -0.25), Failure.WRONG_DIRECTION, id="the other side"),
        pytest.param(moved(begun(), 0.3, flat=True).at(15.1, RULE), Failure.FLAT, id="as a plane turns"),
        pytest.param(
            seen(begun(), *(pose(n * 0.06, BEGAN_S + n * 0.03) for n in range(1, 5))),
            Failure.TOO_SOON,
            id="before anyone can have read it",
        ),
        pytest.param(seen(again(), pose(0.25, 11), pose(0.25, 11.1)), Failure.JUMPED, id="another picture"),
        pytest.param(
            seen(again(), pose(0.07, 10.5), *(pose(0.3, 10.6 + n / 10) for n in range(2))),
            Failure.JUMPED,
            id="another picture later",
        ),
        pytest.param(
            seen(again(), pose(math.nan, 10.5), pose(0.3, 10.6), pose(math.nan, 10.7), pose(0.3, 10.8)),
            Failure.JUMPED,
            id="another picture behind bad ones",
        ),
        pytest.param(
            seen(again(), *(pose(way, BEGAN_S + 0.5 + n * FRAME_S) for n, way in enumerate((0, 0, 0.12, 0.12, 0.24)))),
            Failure.JUMPED,
            id="pictures of the way, one after the other",
        ),
        pytest.param(
            seen(again(), *(pose(way, BEGAN_S + 0.5 + n * FRAME_S) for n, way in enumerate((0, 0.013, 0.12, 0.11)))),
            Failure.JUMPED,
            id="pictures of the way, after a little noise",
        ),
        pytest.param(
            seen(moved(again(), 0.1), *(pose(way, 11 + n * FRAME_S) for n, way in enumerate((0.1, 0.24, 0.23)))),
            Failure.JUMPED,
            id="another picture that comes a little nearer",
        ),
        pytest.param(seen(begun(), pose(0.1, 15.1)), Failure.TIME_OUT, id="too late"),
        pytest.param(begun().at(15.1, RULE), Failure.TIME_OUT, id="nothing seen"),
        pytest.param(challenge(BOTH, ASKED_S).at(14.1, RULE), Failure.TIME_OUT, id="nobody looked ahead"),
        pytest.param(seen(moved(begun(), 0.25), pose(0.2, 17)), Failure.TIME_OUT, id="never back"),
        pytest.param(moved(moved(moved(begun(), 0.25), 0), 0.25), Failure.WRONG_DIRECTION, id="the same side again"),
        pytest.param(
            moved(moved(begun((Direction.LEFT,)), 0.25), 0).at(99, RULE), Failure.TIME_OUT, id="never compared"
        ),
        pytest.param(moved(begun(), 0.25).lost(Failure.OTHER_PERSON), Failure.OTHER_PERSON, id="another person"),
    ],
)
def test_what_loses_it(lost: TurnChallenge, failure: Failure) -> None:
    assert (lost.stage, lost.failure) == (Stage.FAILED, failure)
    assert lost.at(99, RULE) is lost
    assert lost.observed(pose(0, 99), RULE) is lost
    assert lost.begun(pose(0, 99), RULE) is lost
    assert lost.compared(RULE) is lost
    assert lost.lost(Failure.FLAT) is lost


def test_the_second_turn_needs_the_head_in_the_middle_first() -> None:
    turned = moved(begun(), 0.25)
    assert seen(turned, pose(-0.3, turned.asked_s + 1)).stage is Stage.BACK


def test_nothing_is_seen_or_compared_before_it_begins() -> None:
    waiting = challenge(BOTH, ASKED_S)
    assert waiting.observed(pose(0.3, 10), RULE) is waiting
    assert waiting.compared(RULE) is waiting
    for way in (math.nan, 0.12, -0.12):
        assert waiting.begun(pose(way, 10), RULE) is waiting
    assert begun().compared(RULE).stage is Stage.TURN


def test_far_from_where_it_began_is_not_yet_turned() -> None:
    state = challenge((Direction.LEFT,), ASKED_S).begun(Pose(-0.05, NOD, 0, 0, BEGAN_S), RULE)
    half = seen(
        state, *(Pose(-0.05 + n * 0.05, NOD, n * 0.02, n * 0.04, BEGAN_S + 0.3 + n * FRAME_S) for n in range(1, 5))
    )
    assert (half.stage, half.last) == (
        Stage.TURN,
        Pose(pytest.approx(0.15), NOD, 0.08, 0.16, pytest.approx(10.567, abs=0.01)),
    )
    assert half.observed(Pose(0.21, NOD, 0.1, 0.2, BEGAN_S + 0.7), RULE).stage is Stage.BACK


def test_both_models_must_say_that_it_is_turned() -> None:
    ways = [n * 0.05 for n in range(1, 6)]
    poses = [Pose(MIDDLE + way, NOD, way * 0.3, 0.08, BEGAN_S + 0.3 + n * FRAME_S) for n, way in enumerate(ways)]
    assert seen(begun(), *poses).stage is Stage.TURN


def test_where_a_blink_is_asked_for_its_absence_refuses() -> None:
    rule = replace(RULE, blink=BlinkRule())
    turned = moved(moved(begun((Direction.LEFT,)), 0.25), 0)
    waiting = turned.compared(rule)
    assert waiting.stage is Stage.BLINK
    assert waiting.at(99, rule).failure is Failure.NO_BLINK
    assert waiting.with_eyes(Blinking(is_closed=True)).stage is Stage.BLINK
    assert waiting.with_eyes(Blinking(has_blinked=True)).stage is Stage.PASSED
    assert turned.with_eyes(Blinking(has_blinked=True)).compared(rule).stage is Stage.PASSED


def test_one_frame_that_was_misread_is_left_out() -> None:
    started = seen(begun(), *(pose(0.04 * n, BEGAN_S + 0.3 + n * FRAME_S) for n in range(1, 4)))
    misread = seen(started, pose(-0.3, BEGAN_S + 0.3 + 4 * FRAME_S))
    assert (misread.stage, misread.last) == (Stage.TURN, started.last)
    turned = seen(misread, pose(0.24, BEGAN_S + 0.3 + 5 * FRAME_S))
    assert (turned.stage, turned.doubted) == (Stage.BACK, None)


def test_two_jumps_ask_for_that_turn_again() -> None:
    state, attempts = begun(), [begun().attempt]
    for at_s in (11, 13):
        jumped = seen(state, pose(0.25, at_s), pose(0.25, at_s + 0.1))
        assert (jumped.stage, jumped.directions, jumped.failure) == (Stage.BACK, BOTH, None)
        state = moved(jumped, 0)
        assert (state.stage, state.direction) == (Stage.TURN, Direction.LEFT)
        assert moved(state, 0.25).directions == (Direction.RIGHT,)
        attempts.append(state.attempt)
    assert len(set(attempts)) == 3
    assert seen(state, pose(0.25, 15), pose(0.25, 15.1)).failure is Failure.JUMPED


def test_one_frame_does_not_say_that_it_looks_ahead_again() -> None:
    turned = moved(begun(), 0.25)
    at_s = turned.asked_s + 0.5
    misread = seen(turned, pose(0.25, at_s), pose(0.05, at_s + 0.07), pose(0.24, at_s + 0.14))
    assert misread.stage is Stage.BACK
    assert seen(misread, pose(0.08, at_s + 0.5), pose(0.03, at_s + 0.57)).stage is Stage.TURN


def test_a_turned_head_that_the_mesh_takes_for_nearly_back_is_not() -> None:
    turned = moved(begun(), 0.25)
    at_s = turned.asked_s + 0.1
    misread = seen(turned, *(pose(0.09, at_s + number * FRAME_S, 0.05) for number in range(5)))
    assert misread.stage is Stage.BACK
    near = seen(misread, pose(0.04, at_s + 0.5, 0.05), pose(0.04, at_s + 0.57, 0.05))
    assert near.stage is Stage.TURN  # whoever talks has a residual, too


def test_a_head_that_is_flat_yet_turns_on() -> None:
    flat = moved(begun(), 0.19, flat=True)
    assert (flat.stage, flat.is_flat) == (Stage.TURN, True)
    turned = moved(flat, 0.22)
    assert (turned.stage, turned.is_flat) == (Stage.BACK, False)


@pytest.mark.parametrize(
    ("ways", "stage"),
    [
        pytest.param((0.0, 0.1, 0.16, 0.22), Stage.BACK, id="it gathers speed between two frames"),
        pytest.param((0.02, 0.04, 0.04, 0.13, 0.2), Stage.BACK, id="the mesh was slow to see it"),
        pytest.param((0.0, 0.1, 0.11, 0.22), Stage.FAILED, id="it stands still before and after"),
        pytest.param((0.0, 0.2, 0.24, 0.24), Stage.FAILED, id="no head goes so far at once"),
    ],
)
def test_sudden_steps(ways: tuple[float, ...], stage: Stage) -> None:
    poses = [pose(way, BEGAN_S + 0.5 + n * FRAME_S) for n, way in enumerate((0.0, 0.0, 0.0, *ways))]
    assert seen(again(), *poses).stage is stage


def test_pictures_that_flicker_are_no_turn() -> None:
    ways = [0.0, 0.25, 0.0, 0.25, 0.25]
    flickered = [seen(again(), *(pose(way, 10.5 + n * FRAME_S) for n, way in enumerate(ways[:to]))) for to in (2, 3, 4)]
    assert {state.stage for state in flickered} == {Stage.TURN}
    assert seen(flickered[-1], pose(0.25, 10.5 + 4 * FRAME_S)).failure is Failure.JUMPED


def test_a_head_that_turns_fast_gathers_speed() -> None:
    ways = [0.25 * (1 - math.cos(math.pi * part / 4)) / 2 for part in range(5)]
    turned = seen(begun(), *(pose(way, BEGAN_S + 0.5 + n * FRAME_S) for n, way in enumerate(ways)))
    assert max(later - earlier for earlier, later in pairwise(ways)) == pytest.approx(0.088, abs=0.001)
    assert turned.stage is Stage.BACK


def test_a_blink_grants_nothing() -> None:
    rule, blinked = replace(RULE, blink=BlinkRule()), Blinking(has_blinked=True)
    for state in (challenge(BOTH, ASKED_S), begun(), moved(begun(), 0.25)):
        assert state.with_eyes(blinked).compared(rule) == state.with_eyes(blinked)
    flat = moved(begun().with_eyes(blinked), 0.3, flat=True).at(99, RULE)
    assert flat.failure is Failure.FLAT
    assert flat.with_eyes(Blinking()) is flat


def test_the_other_model_too_wants_it_far_from_the_middle() -> None:
    """A sheet that is bent begins on the one side."""
    state = challenge((Direction.LEFT,), ASKED_S).begun(Pose(0, NOD, 0, -0.06, BEGAN_S), RULE)
    way = [Pose(n * 0.05, NOD, n * 0.02, n * 0.034 - 0.06, BEGAN_S + 0.3 + n * FRAME_S) for n in range(1, 6)]
    assert way[-1].detected_ratio == pytest.approx(0.11)
    assert seen(state, *way).stage is Stage.TURN


NO_NUMBER = st.just(math.nan)
STEPS = st.floats(-0.15, 0.15) | st.floats(-0.5, 0.5) | NO_NUMBER


@given(st.lists(st.tuples(STEPS, st.floats(0, 0.0549) | NO_NUMBER, st.floats(0, 1)), max_size=40))
def test_nothing_flat_is_ever_turned(moves: list[tuple[float, float, float]]) -> None:
    way, at_s, state = 0.0, BEGAN_S, begun((Direction.LEFT,))
    for step, residual, later_s in moves:
        at_s += later_s
        way = way + step if math.isfinite(way + step) else 0.0
        state = state.observed(pose(way if math.isfinite(step) else step, at_s, residual), RULE)
    assert state.directions == (Direction.LEFT,)


@given(st.lists(st.tuples(st.floats(-0.05, 0.5), st.floats(0, 0.2)), max_size=40))
def test_what_turned_was_seen_on_all_the_way(moves: list[tuple[float, float]]) -> None:
    at_s, state, ways = BEGAN_S, begun((Direction.LEFT,)), [0.0]
    for way, later_s in sorted(moves):
        at_s += later_s
        if state.stage is Stage.TURN:
            state, ways = state.observed(pose(way, at_s), RULE), [*ways, way]
    if not state.directions:
        assert max(later - earlier for earlier, later in pairwise(ways)) <= RULE.longest_step(1.0) + 1e-9
        assert len(ways) > 2


@pytest.mark.parametrize(
    "nonsense",
    [
        {"centred_ratio": 0.3},
        {"ahead_ratio": 0},
        {"turned_residual": 0},
        {"nodded_residual": 0},
        {"nodded_ratio": 0.1},
        {"across_part": 1},
        {"turned_detected": 0},
        {"time_s": 0.1},
        {"frame_s": 0.2},
        {"noise_ratio": -1},
    ],
)
def test_rules_that_make_no_sense(nonsense: dict[str, float]) -> None:
    with pytest.raises(DomainError):
        TurnRule(**nonsense)


def test_no_turn_is_no_challenge() -> None:
    with pytest.raises(DomainError):
        challenge((), ASKED_S)
