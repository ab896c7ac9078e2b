"""Nods beside turns to a side, frame by frame, and the rows of them that are asked for."""

from __future__ import annotations

from itertools import cycle, islice, permutations, product

import pytest

from kiosk.domain.head_turn import MAX_TURNS, Direction
from kiosk.domain.liveness import Failure, Stage
from kiosk.face.turning import possible_rows, random_row
from tests.face.turning_booth import Booth, points_at

LOOKS = 4  # at one turn: before, on the way, turned, after


@pytest.mark.parametrize(("direction", "pitch_deg"), [(Direction.UP, 25), (Direction.DOWN, -25)])
def test_a_nod_that_was_asked_for_and_no_other(direction: Direction, pitch_deg: float) -> None:
    booth = Booth(direction)
    assert booth.nod(pitch_deg, 0).stage is Stage.PASSED
    assert len(booth.looks) == LOOKS
    assert Booth(direction).nod(-pitch_deg, 0).failure is Failure.WRONG_DIRECTION
    assert Booth(direction).turn(35, 0).failure is Failure.WRONG_DIRECTION
    assert Booth(Direction.LEFT).nod(pitch_deg, 0).failure is Failure.WRONG_DIRECTION


def test_turns_and_nods_of_one_challenge() -> None:
    booth = Booth(Direction.UP, Direction.LEFT, Direction.DOWN, Direction.RIGHT)
    booth.nod(25, 0)
    booth.turn(35, 0)
    booth.nod(-25, 0)
    assert booth.turn(-35, 0).stage is Stage.PASSED


@pytest.mark.parametrize("yaw_deg", [-10, 10])
def test_a_nod_may_drift_aside(yaw_deg: float) -> None:
    assert Booth(Direction.UP).nod(25, 0, yaw_deg=yaw_deg).stage is Stage.PASSED


def test_a_nod_needs_the_detector_too() -> None:
    booth = Booth(Direction.UP)
    booth.mesh_sees_alone = True
    booth.frame()
    booth.faces = ()
    for pitch in range(0, 28, 3):
        booth.points_seen = points_at(0, pitch)
        state = booth.frame()
    assert state.stage is Stage.TURN


def test_rows_are_drawn_of_all_that_are_possible() -> None:
    """Fewer than three: to the sides alone."""
    assert {random_row(2) for _ in range(200)} == set(product((Direction.LEFT, Direction.RIGHT), repeat=2))
    assert {random_row(3) for _ in range(2000)} == set(possible_rows(3))
    assert [len(possible_rows(count)) for count in range(1, 5)] == [2, 4, 24, 164]


@pytest.mark.parametrize("count", range(3, MAX_TURNS + 1))
def test_of_more_turns_two_are_to_a_side_and_no_clip_shows_the_row_that_plays_over_and_over(count: int) -> None:
    rows = possible_rows(count)
    of_a_clip = {tuple(islice(cycle(clip), count)) for clip in product(Direction, repeat=2)}
    assert not of_a_clip & set(rows)
    assert all(sum(direction in (Direction.LEFT, Direction.RIGHT) for direction in row) >= 2 for row in rows)
    left_out = set(product(Direction, repeat=count)) - set(rows) - of_a_clip
    assert all(sum(direction in (Direction.LEFT, Direction.RIGHT) for direction in row) < 2 for row in left_out)


def test_what_a_clip_that_goes_round_passes_by_chance() -> None:
    """As any other clip that is cut to four turns."""
    rows = possible_rows(4)
    shown = {tuple(islice(cycle(clip), 4)) for clip in permutations(Direction)}
    assert max(rows.count(row) for row in shown) == 1
    assert 1 / len(rows) <= 0.01
