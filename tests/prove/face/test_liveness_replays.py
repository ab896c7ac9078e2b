"""Replayed clips of the right person before the liveness check. docs/liveness.md has the figures."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random

import pytest

from kiosk.domain.head_turn import Direction
from kiosk.face.turning import possible_rows
from tests.face.generating import people as shared
from tests.face.generating.bounds import at_most, could_be
from tests.face.generating.genuine import turning_head
from tests.face.generating.moving import opposite
from tests.face.generating.replays import REPLAYS, Clips, RewatchingModels
from tests.face.generating.trials import Tried
from tests.prove.face.liveness_trials import (
    MANY_TURNS,
    MOST_ATTACKS,
    TURNS,
    WHO,
    Trials,
    bench,
    counted,
    crowd,
    drawn_for,
)

pytestmark = [
    pytest.mark.prove,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(not shared.are_there(), reason=shared.NOT_THERE),
]

LOOPS = ("one_turn_over_and_over", "to_and_fro_over_and_over")


@dataclass(frozen=True, slots=True)
class Tries:
    """With each person's clips so many `times`: another row of `turns` is asked for each time."""

    kind: str
    turns: int
    times: int


TRIES = (  # of all people more than 300 of those that are to pass once in a hundred at most
    *(Tries(kind, TURNS, 4) for kind in LOOPS),
    Tries("round_over_and_over", TURNS, 4),
    Tries("cut_to_length", 1, 1),
    Tries("cut_to_length", 3, 1),
    Tries("cut_to_length", TURNS, 4),
    Tries("cut_to_length", MANY_TURNS, 1),
)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    return drawn_for(request.node.name)


@cache
def replayed() -> Mapping[Tries, list[tuple[str, Tried]]]:
    """Whose clip, and what came of it. Of each person the clips are drawn once."""
    chance = drawn_for("replayed")
    done: dict[Tries, list[tuple[str, Tried]]] = {tries: [] for tries in TRIES}
    for person in crowd(WHO):
        on, clips = replace(bench(), models=RewatchingModels()), Clips.recorded(person, chance)
        for tries in TRIES:
            rows = possible_rows(tries.turns)
            for _ in range(tries.times):
                film = REPLAYS[tries.kind](clips, tries.turns, chance)
                done[tries].append((person.name, on.tried(person, chance.choice(rows), film)))
    return done


@pytest.mark.parametrize("tries", TRIES[:2], ids=LOOPS)
def test_clips_of_a_turn(tries: Tries) -> None:
    through, of = counted(tries.kind, iter(replayed()[tries]))["all"]
    sys.stdout.write(f"{tries.kind}: at most {at_most(through, of):.1%}\n")
    assert through <= MOST_ATTACKS * of


def test_rows_that_a_loop_shows_would_let_it_pass(chance: Random) -> None:
    """The planted bug of asking for any row."""
    shown = {
        "one_turn_over_and_over": [(one,) * TURNS for one in Direction],
        "to_and_fro_over_and_over": [(one, opposite(one)) * (TURNS // 2) for one in Direction],
    }

    def attempts() -> Trials:
        for person in crowd("some"):
            on, clips = replace(bench(), models=RewatchingModels()), Clips.recorded(person, chance)
            for kind in LOOPS * 4:
                yield person.name, on.tried(person, chance.choice(shown[kind]), REPLAYS[kind](clips, TURNS, chance))

    assert any(tried.has_passed for _, tried in attempts())


@pytest.mark.parametrize("tries", TRIES[2:], ids=lambda tries: f"{tries.kind}-{tries.turns}")
def test_a_clip_that_nobody_chose_is_right_by_chance(tries: Tries) -> None:
    """Against whoever has a row of turns: as often as that row is asked for, and that is all that turns do."""
    through, of = counted(f"{tries.kind}, {tries.turns} turns", iter(replayed()[tries]))["all"]
    by_chance = 1 / len(possible_rows(tries.turns))
    sys.stdout.write(f"  by chance {by_chance:.2%}; {through} of {of}: at most {at_most(through, of):.1%}\n")
    assert could_be(through, of, by_chance)


def test_a_clip_that_was_chosen_is_not_stopped(chance: Random) -> None:
    """No aim: it keeps docs/liveness.md true, which says so."""

    def chosen() -> Trials:
        for person in crowd("some"):
            direction = chance.choice(tuple(Direction))
            yield person.name, bench().tried(person, (direction,), turning_head(person, direction, chance))

    assert counted("the right clip", chosen())["all"][0] > 0
