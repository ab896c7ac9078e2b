"""Replayed clips of the right person before the liveness check. docs/liveness.md has the figures."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from kiosk.domain.liveness import Side
from kiosk.face.turning import possible_sides
from tests.face.generating import people as shared
from tests.face.generating.bounds import at_most, could_be
from tests.face.generating.genuine import turning_head
from tests.face.generating.replays import REPLAYS, Clips, RewatchingModels
from tests.prove.liveness_trials import MANY_TURNS, MOST_ATTACKS, TURNS, WHO, Trials, bench, counted, crowd, drawn_for

pytestmark = [
    pytest.mark.prove,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(not shared.are_there(), reason=shared.NOT_THERE),
]

REPLAYED = 4  # times each person's clips are, so that of all people it is more than 300 times
LOOPS = ("one_turn_over_and_over", "to_and_fro_over_and_over")


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    return drawn_for(request.node.name)


def replayed(
    kind: str, turns: int, times: int, chance: Random, rows: tuple[tuple[Side, ...], ...] | None = None
) -> Trials:
    """Each person's clips so many times; another row of turns is asked for each time, of those that are possible."""
    for person in crowd(WHO):
        on = replace(bench(), models=RewatchingModels())
        clips = Clips.recorded(person, chance)
        for _ in range(times):
            sides = chance.choice(rows or possible_sides(turns))
            yield person.name, on.tried(person, sides, REPLAYS[kind](clips, turns, chance))


@pytest.mark.parametrize("kind", LOOPS)
def test_clips_of_a_turn(kind: str, chance: Random) -> None:
    through, of = counted(kind, replayed(kind, TURNS, REPLAYED, chance))["all"]
    sys.stdout.write(f"{kind}: at most {at_most(through, of):.1%}\n")
    assert through <= MOST_ATTACKS * of


def test_rows_that_a_loop_shows_would_let_it_pass(chance: Random) -> None:
    """The planted bug of asking for any row."""
    rows = tuple(set(product(Side, repeat=TURNS)) - set(possible_sides(TURNS)))
    trials = (trial for kind in LOOPS for trial in replayed(kind, TURNS, REPLAYED, chance, rows))
    assert any(tried.has_passed for _, tried in trials)


@pytest.mark.parametrize(("turns", "times"), [(1, 1), (TURNS, 1), (MANY_TURNS, REPLAYED)])
def test_a_clip_cut_to_length_is_right_by_chance(turns: int, times: int, chance: Random) -> None:
    """Against whoever has a row of turns: as often as that row is asked for, and that is all that turns do."""
    through, of = counted(f"cut to {turns} turns", replayed("cut_to_length", turns, times, chance))["all"]
    by_chance = 1 / len(possible_sides(turns))
    sys.stdout.write(f"  by chance {by_chance:.2%}; {through} of {of}: at most {at_most(through, of):.1%}\n")
    assert could_be(through, of, by_chance)


def test_a_clip_that_was_chosen_is_not_stopped(chance: Random) -> None:
    """No aim: it keeps docs/liveness.md true, which says so."""

    def replayed() -> Trials:
        for person in crowd("some"):
            side = chance.choice(tuple(Side))
            yield person.name, bench().tried(person, (side,), turning_head(person, side, chance))

    assert counted("the right clip", replayed())["all"][0] > 0
