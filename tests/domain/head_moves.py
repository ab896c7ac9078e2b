"""A head that turns and nods as the rules of liveness see it: pose after pose."""

from __future__ import annotations

import math
from dataclasses import replace

from kiosk.domain.head_turn import Direction, Pose, TurnRule
from kiosk.domain.liveness import TurnChallenge, challenge

RULE = TurnRule()
BOTH = (Direction.LEFT, Direction.RIGHT)
ASKED_S, BEGAN_S = 9.0, 10.0
MIDDLE = 0.02
NOD = 0.6
FRAME_S = 1 / 15


def pose(way: float, at_s: float, residual: float | None = None) -> Pose:
    """A head turns as far as its nose goes: the residual grows with it."""
    return Pose(MIDDLE + way, NOD, abs(way) * 0.3 if residual is None else residual, MIDDLE + way, at_s)


def begun(directions: tuple[Direction, ...] = BOTH) -> TurnChallenge:
    return challenge(directions, ASKED_S).begun(pose(0, BEGAN_S), RULE)


def again() -> TurnChallenge:
    """A head that has jumped as often as it may."""
    return replace(begun(), jumps=RULE.most_jumps)


def seen(state: TurnChallenge, *poses: Pose) -> TurnChallenge:
    for one in poses:
        state = state.observed(one, RULE)
    return state


def moved(state: TurnChallenge, way: float, *, flat: bool = False) -> TurnChallenge:
    """From where the nose was seen last, at an easy pace; half a second after."""
    last = state.last
    assert last is not None
    from_way, at_s = last.nose_ratio - MIDDLE, last.taken_s + 0.5
    steps = math.ceil(abs(way - from_way) / 0.05)
    ways = [from_way + (way - from_way) * step / steps for step in range(1, steps + 1)]
    return seen(state, *(pose(one, at_s + n * FRAME_S, 0.01 if flat else None) for n, one in enumerate(ways)))


def nodded(state: TurnChallenge, way: float, *, aside: float = 0.0, residual: float | None = None) -> TurnChallenge:
    """As `moved`, up where `way` is below 0, and `aside` at the end."""
    last = state.last
    assert last is not None
    from_way, from_aside, at_s = last.nod_ratio - NOD, last.nose_ratio - MIDDLE, last.taken_s + 0.5
    steps = math.ceil(max(abs(way - from_way), abs(aside - from_aside)) / 0.05)
    for step in range(1, steps + 1):
        now, beside = (start + (end - start) * step / steps for start, end in ((from_way, way), (from_aside, aside)))
        solid = 0.3 * max(abs(now), abs(beside)) if residual is None else residual
        state = seen(state, Pose(MIDDLE + beside, NOD + now, solid, MIDDLE + beside, at_s + step * FRAME_S))
    return state
