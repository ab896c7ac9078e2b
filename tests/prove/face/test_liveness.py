"""Photographs, clips and other people before the liveness check, and living heads: of the shared data's people, by the
generators of tests/face/generating. docs/liveness.md has the figures, and what they do not show.

Five people are two minutes or three of processor time; PEOPLE=all takes all 81, PEOPLE=held_out those by whom no limit
was chosen, PEOPLE=tuning the others. What was run is printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from random import Random

import pytest

from kiosk.domain.blinking import BlinkRule
from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Failure
from kiosk.face.landmarks import nose_ratio, planar_residual
from kiosk.face.turning import possible_rows
from tests.face.generating import people as shared
from tests.face.generating.asked import LIGHTS, PACES
from tests.face.generating.attacks import ATTACKS, ATTACKS_OF_TWO, in_a_row
from tests.face.generating.bounds import at_least, at_most
from tests.face.generating.genuine import HeadAt, TalkingHead, blinking, still, talking
from tests.face.generating.moving import Film, Screen
from tests.face.generating.mutants import MUTANTS, with_rule
from tests.face.generating.people import Person
from tests.face.generating.replays import RewatchingModels
from tests.face.generating.trials import Bench, Tried
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
    one_asked,
    tell_times,
)

pytestmark = [
    pytest.mark.timeout(7200),
    pytest.mark.skipif(not shared.are_there(), reason=shared.NOT_THERE),
]

KINDS = [*ATTACKS, *ATTACKS_OF_TWO]
LEAST_GENUINE = 0.95
CHALLENGES = 2  # of each living head
EASY_TURN = 0.22  # of the nose ratio: some 20 degrees
CLIP_TURNS = 3  # in each direction
CLIP_ROWS = 40  # of all that may be asked for
ROUNDS = 4  # that often a planted bug's attacks are tried with everybody, before it counts as not found


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    return drawn_for(request.node.name)


def attacked(
    on: Bench, kind: str, crowd: list[Person], chance: Random, rows: Sequence[tuple[Direction, ...]]
) -> Trials:
    """Each person once, with one of the rows; who turns in another's place stands next in the list."""
    for person, stranger in zip(crowd, [*crowd[1:], crowd[0]], strict=True):
        directions, screen = chance.choice(rows), Screen()
        yield (
            person.name,
            on.tried(person, directions, in_a_row(held(kind, person, stranger), directions, screen, chance), screen),
        )


def held(kind: str, person: Person, stranger: Person) -> Callable[[Direction, Random], Film]:
    def turning_to(direction: Direction, chance: Random) -> Film:
        one = ATTACKS.get(kind)
        return one(person, direction, chance) if one else ATTACKS_OF_TWO[kind](person, stranger, direction, chance)

    return turning_to


@pytest.mark.prove
@pytest.mark.parametrize("kind", KINDS)
def test_attacks(kind: str, chance: Random) -> None:
    """As many turns as a terminal asks for."""
    done = list(attacked(bench(), kind, crowd(WHO), chance, possible_rows(TURNS)))
    through, of = counted(kind, iter(done))["all"]
    one_turn = sum(len(tried.state.directions) < TURNS for _, tried in done)
    sys.stdout.write(f"{kind}: at most {at_most(through, of):.1%}; through the first turn: {one_turn}\n")
    assert through <= MOST_ATTACKS * of


@pytest.mark.prove
def test_living_heads(chance: Random) -> None:
    """As many turns as a terminal asks for, of each head twice, never at the same pace and in the same light. What ends
    a challenge, before or after its turns, counts as a turn that was not believed."""
    hows = [(pace, light) for pace in PACES for light in LIGHTS]
    chance.shuffle(hows)
    done: dict[tuple[str, str, str], Tried] = {}
    living = [person for person in crowd(WHO) if person.name not in shared.PAINTED]
    for number, person in enumerate(living * CHALLENGES):
        pace, light = hows[(number % len(living) + number // len(living)) % len(hows)]
        directions = chance.choice(possible_rows(TURNS))
        done[person.name, pace, light] = one_asked(still(person), directions, (pace, light), chance)
    counts = counted(f"living heads, {TURNS} turns", ((key[0], tried) for key, tried in done.items()))
    for part, values in enumerate((PACES, LIGHTS), start=1):
        for value in values:
            counted(f"  {value}", ((key[0], tried) for key, tried in done.items() if key[part] == value))
    sys.stdout.writelines(f"  lost: {key}: {tried.end}\n" for key, tried in done.items() if not tried.has_passed)
    tell_times(list(done.values()))
    asked = sum(tried.state.turn for tried in done.values())
    missed = sum(not tried.has_passed for tried in done.values())
    sys.stdout.write(f"  turns that were believed: {asked - missed} of {asked}\n")
    assert asked - missed >= LEAST_GENUINE * asked
    for through, of in counts.values():
        sys.stdout.write(f"  {through} of {of} challenges: at least {at_least(through, of):.1%}\n")
        assert at_most(through, of) >= LEAST_GENUINE, "of whole challenges it must not be refuted"


@pytest.mark.prove
@pytest.mark.parametrize("turns", [1, MANY_TURNS])
def test_other_numbers_of_turns(turns: int, chance: Random) -> None:
    """What they cost a living head."""
    ways = [(chance.choice(possible_rows(turns)), (chance.choice(PACES), chance.choice(LIGHTS))) for _ in range(3)]
    done = [
        (person.name, one_asked(still(person), directions, how, chance))
        for person, (directions, how) in zip(crowd("some"), ways, strict=False)
    ]
    counted(f"living heads, {turns} turns", iter(done))
    tell_times([tried for _, tried in done])
    assert any(tried.has_passed for _, tried in done)


@pytest.mark.prove
def test_real_heads_are_not_flat() -> None:
    """Of pairs of photographs, without a generator: one looks ahead, and in the other the head is turned."""
    residuals = []
    for paths in shared.photographs().values():
        found = shared.points_of(bench().models, paths)
        ahead = [points for points in found if abs(nose_ratio(points)) <= 0.08]
        pairs = [
            (one, other) for one in ahead for other in found if abs(nose_ratio(one) - nose_ratio(other)) >= EASY_TURN
        ]
        residuals += [planar_residual(*pair) for pair in pairs]
    least = bench().rules.turn.turned_residual
    sys.stdout.write(f"{len(residuals)} pairs of turned heads, residuals from {min(residuals):.3f}\n")
    assert len(residuals) > 50
    assert sum(residual >= least for residual in residuals) >= LEAST_GENUINE * len(residuals)


@pytest.mark.prove
@pytest.mark.skipif(not shared.CLIP.is_file(), reason=f"no shared clip ({shared.CLIP.name})")
def test_the_person_of_the_clip_turns(chance: Random) -> None:
    head = TalkingHead(bench().models)

    def turned() -> Trials:
        for direction in [*Direction] * CLIP_TURNS:
            how = (chance.choice(PACES), chance.choice(LIGHTS))
            yield "clip", one_asked(head.at, (direction,), how, chance)

    through, of = counted("the clip's person", turned())["all"]
    assert at_most(through, of) >= LEAST_GENUINE


@pytest.mark.prove
@pytest.mark.skipif(not shared.CLIP.is_file(), reason=f"no shared clip ({shared.CLIP.name})")
def test_the_clip_as_it_is(chance: Random) -> None:
    """She talks and blinks, throws her head to one side, and does not turn as she is asked."""
    on = replace(bench(), models=RewatchingModels())
    head, film = TalkingHead(on.models), list(talking(on.models))
    for direction in Direction:
        sys.stdout.write(f"{direction} alone: {on.tried(head.person, (direction,), iter(film)).end}\n")
    for row in chance.sample(possible_rows(TURNS), CLIP_ROWS):
        tried = on.tried(head.person, row, iter(film))
        sys.stdout.write(f"{'-'.join(row)}: {tried.end}\n")
        assert not tried.has_passed  # the clip may be over before the time is


@pytest.mark.prove
def test_where_a_blink_is_asked_for(chance: Random) -> None:
    """Whoever blinks passes, whoever does not is refused; and a photograph that blinks is a photograph."""
    on = with_rule(bench(), replace(bench().rules.turn, blink=BlinkRule()))
    some = crowd("some")

    def asked_on(heads: Iterable[HeadAt]) -> Trials:
        for person, head in zip(some, heads, strict=True):
            yield person.name, one_asked(head, (Direction.LEFT,), ("easy", "even"), chance, on)

    blinked = list(asked_on(blinking(person, 2.0) for person in some))
    stared = list(asked_on(still(person) for person in some))
    animated = list(attacked(on, "animated_eyes", some, chance, possible_rows(1)))
    counted("heads that blink", iter(blinked))
    counted("heads that do not", iter(stared))
    counted("photographs that do", iter(animated))
    assert sum(tried.has_passed for _, tried in blinked) > sum(tried.has_passed for _, tried in stared)
    assert not any(tried.has_passed for _, tried in animated)
    assert Failure.NO_BLINK in {tried.state.failure for _, tried in stared}
    assert any(tried.state.blinking.has_blinked for _, tried in animated)


@pytest.mark.prove
@pytest.mark.parametrize("name", MUTANTS)
def test_planted_bugs_are_found(name: str, chance: Random) -> None:
    """By the first attack that passes."""
    mutant, some = MUTANTS[name], crowd("some")
    on, rows = mutant.plant(bench()), [(direction,) for direction in mutant.directions]
    trials = (trial for _ in range(ROUNDS) for kind in mutant.kinds for trial in attacked(on, kind, some, chance, rows))
    tried = 0
    for tried, (who, trial) in enumerate(trials, start=1):
        if trial.has_passed:
            sys.stdout.write(f"{name}: found at attempt {tried}, {who}\n")
            return
    pytest.fail(f"{name}: not found in {tried} attempts")


def test_one_head_and_three_photographs(chance: Random) -> None:
    """The proof in small."""
    (person,) = crowd("some")[:1]
    assert one_asked(still(person), (Direction.LEFT,), ("easy", "even"), chance).has_passed
    for kind in ("turned", "bent", "exchanged"):
        assert not bench().tried(person, (Direction.LEFT,), ATTACKS[kind](person, Direction.LEFT, chance)).has_passed
