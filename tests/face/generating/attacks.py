"""What is held before a camera instead of a living head: photographs, moved in all ways that paper and hands allow,
and screens that play. Each is given what is asked for, as whoever attacks can read it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

import cv2
import numpy as np

from kiosk.domain.head_turn import Direction
from kiosk.services.face_ports import Pixels
from tests.face.generating.eyelids import Eyelids
from tests.face.generating.genuine import lit, turning_head, widest_deg
from tests.face.generating.moving import Film, Screen, Sway, Turn, filmed, towards
from tests.face.generating.people import Person
from tests.face.generating.surfaces import Placing, Surface, head, sheet

Attack = Callable[[Person, Direction, Random], Film]
AttackOfTwo = Callable[[Person, Person, Direction, Random], Film]

_AHEAD_S, _SEARCH_S, _STILL_S = 0.4, 5.0, 0.5
_BACK_S = 1.05  # before a turn's film ends its head is on its way back
_AHEAD = Placing()
_PAPER_SWAY = 1.5  # of a hand, against a calm head


def _wall(like: Pixels) -> Pixels:
    """What is behind a sheet: soft and without a face."""
    rough = np.random.default_rng(0).integers(70, 170, (6, 6, 3), dtype=np.uint8)
    return cv2.resize(rough, like.shape[1::-1], interpolation=cv2.INTER_CUBIC)


def _held(
    surface: Surface, picture: Pixels, moves: Callable[[float], Placing], length_s: float, chance: Random
) -> Film:
    wall, sway = _wall(picture), Sway.random(chance, _PAPER_SWAY)

    def drawn(at_s: float) -> Pixels:
        placing = sway.added_to(moves(at_s), at_s)
        return lit(surface.drawn(picture, placing, wall), placing)

    return filmed(drawn, length_s, chance)


def held(person: Person, direction: Direction, chance: Random) -> Film:
    return _held(sheet(person.points), person.picture, lambda _: Placing(), 2.5, chance)


def moved(person: Person, direction: Direction, chance: Random) -> Film:
    """The way that was asked for and back, nearer and farther."""
    turn = Turn.at_an_easy_pace(chance)
    nearer, way = chance.uniform(-0.25, 0.25), towards(direction, 1)

    def moves(at_s: float) -> Placing:
        part = turn.at(at_s)
        return Placing(shift_x=0.6 * way.yaw_deg * part, shift_y=-0.6 * way.pitch_deg * part, scale=1 + nearer * part)

    return _held(sheet(person.points), person.picture, moves, turn.length_s, chance)


def shaken(person: Person, direction: Direction, chance: Random) -> Film:
    rate = chance.uniform(8, 16)

    def moves(at_s: float) -> Placing:
        swing = math.sin(rate * at_s) * min(1.0, at_s)
        return Placing(25 * swing, 10 * swing, 8 * swing, shift_x=0.2 * swing)

    return _held(sheet(person.points), person.picture, moves, 3.0, chance)


def _turned_sheet(
    person: Person, surface: Surface, turn: Turn, chance: Random, widest: Placing, begins: Placing = _AHEAD
) -> Film:
    def moves(at_s: float) -> Placing:
        part = turn.at(at_s)
        yaw_deg = begins.yaw_deg + (widest.yaw_deg - begins.yaw_deg) * part
        return Placing(yaw_deg, begins.pitch_deg + (widest.pitch_deg - begins.pitch_deg) * part, widest.roll_deg * part)

    return _held(surface, person.picture, moves, turn.length_s, chance)


def turned(person: Person, direction: Direction, chance: Random) -> Film:
    """A flat sheet, turned like a head."""
    turn, widest = Turn.at_an_easy_pace(chance), towards(direction, chance.uniform(30, 65))
    return _turned_sheet(person, sheet(person.points), turn, chance, widest)


def turned_away(person: Person, direction: Direction, chance: Random) -> Film:
    """The other way round: the perspective of a near sheet moves the nose against its turn."""
    turn, widest = Turn.at_an_easy_pace(chance), towards(direction, -chance.uniform(30, 65))
    return _turned_sheet(person, sheet(person.points), turn, chance, widest)


def tilted(person: Person, direction: Direction, chance: Random) -> Film:
    widest = towards(direction, chance.uniform(20, 60), chance.choice([-1, 1]) * chance.uniform(20, 60))
    widest = replace(widest, roll_deg=chance.uniform(-25, 25))
    return _turned_sheet(person, sheet(person.points), Turn.at_an_easy_pace(chance), chance, widest)


def _axis_deg(direction: Direction) -> float:
    """Of a cylinder about whose axis a head would turn that way."""
    return 90.0 if direction.is_sideways else 0.0


def bent(person: Person, direction: Direction, chance: Random) -> Film:
    """Round a cylinder as wide as a head or a little wider, that stands, or lies for a nod, and turned about it."""
    radius, leans_deg = chance.uniform(0.8, 1.6), chance.uniform(-10, 10)
    surface = sheet(person.points, radius=radius, axis_deg=_axis_deg(direction) + leans_deg)
    widest = towards(direction, chance.uniform(25, 55))
    return _turned_sheet(person, surface, Turn.at_an_easy_pace(chance), chance, widest)


def bent_otherwise(person: Person, direction: Direction, chance: Random) -> Film:
    """Round a cylinder that lies, or stands for a nod, or leans, and turned."""
    radius, leans_deg = chance.uniform(0.8, 1.6), chance.uniform(30, 150)
    surface = sheet(person.points, radius=radius, axis_deg=_axis_deg(direction) + leans_deg)
    widest = towards(direction, chance.uniform(25, 55), chance.uniform(-25, 25))
    return _turned_sheet(person, surface, Turn.at_an_easy_pace(chance), chance, widest)


def bent_and_swung(person: Person, direction: Direction, chance: Random) -> Film:
    """From the one side, where it is to be taken for a face that looks ahead, all the way to the other."""
    surface = sheet(person.points, radius=chance.uniform(0.8, 1.2), axis_deg=_axis_deg(direction))
    turn, begins = Turn.at_an_easy_pace(chance), towards(direction, -chance.uniform(10, 45))
    return _turned_sheet(person, surface, turn, chance, towards(direction, chance.uniform(30, 50)), begins)


def animated_eyes(person: Person, direction: Direction, chance: Random) -> Film:
    """A sheet that is turned, and blinks."""
    surface, turn = sheet(person.points), Turn.at_an_easy_pace(chance)
    wall, sway = _wall(person.picture), Sway.random(chance, _PAPER_SWAY)
    eyes, most_deg = Eyelids(person, chance.uniform(0.8, 1.4)), chance.uniform(0, 50)

    def drawn(at_s: float) -> Pixels:
        placing = sway.added_to(towards(direction, most_deg * turn.at(at_s)), at_s)
        return lit(surface.drawn(eyes.at(at_s), placing, wall), placing)

    return filmed(drawn, turn.length_s, chance)


def _exchanged(person: Person, direction: Direction, chance: Random, parts: tuple[float, ...]) -> Film:
    """Pictures of a turn, each held for a moment: `parts` of the widest angle, and back again; three times, for a
    turn that was not believed is asked for again, and again."""
    surface, most_deg = head(person.points), widest_deg(direction, chance)
    placings = [towards(direction, most_deg * part) for part in (0.0, *parts)]
    steps = [surface.drawn(person.picture, placing, person.picture) for placing in placings]
    there, each_s = len(steps), chance.uniform(0.3, 0.6)
    once = [*range(there), *range(there - 2, 0, -1)]

    def drawn(at_s: float) -> Pixels:
        number = math.floor((at_s - 0.8) / each_s) + 1
        return steps[once[number % len(once)] if 0 <= number < 3 * len(once) else 0]

    return filmed(drawn, 0.8 + 3 * len(once) * each_s + 0.7, chance)


def exchanged(person: Person, direction: Direction, chance: Random) -> Film:
    """A photograph that looks ahead, one of the turned head, and the first again."""
    return _exchanged(person, direction, chance, (1.0,))


def exchanged_twice(person: Person, direction: Direction, chance: Random) -> Film:
    """With one of the half-turned head between."""
    return _exchanged(person, direction, chance, (0.5, 1.0))


def replayed_otherwise(person: Person, direction: Direction, chance: Random) -> Film:
    """A clip of a turn that was taken when another was asked for."""
    return turning_head(person, chance.choice([one for one in Direction if one is not direction]), chance)


def replayed_late(person: Person, direction: Direction, chance: Random) -> Film:
    """The right clip, but it had to be looked for: its first picture stands still meanwhile."""
    film = turning_head(person, direction, chance)
    first = next(film)
    for number in range(math.ceil(_SEARCH_S / _STILL_S)):
        yield replace(first, taken_s=number * _STILL_S)
    for frame in film:
        yield replace(frame, taken_s=_SEARCH_S + frame.taken_s)


def _photograph(person: Person) -> Pixels:
    return sheet(person.points).drawn(person.picture, Placing(), _wall(person.picture))


def photograph_then_another_person(person: Person, turning: Person, direction: Direction, chance: Random) -> Film:
    """The photograph of who was recognised at the start and the end; the turn is another's, who is alive."""
    photograph, film = _photograph(person), list(turning_head(turning, direction, chance))
    for frame in film:
        is_turning = _AHEAD_S < frame.taken_s < film[-1].taken_s - _BACK_S
        yield frame if is_turning else replace(frame, pixels=photograph)


def another_person(person: Person, turning: Person, direction: Direction, chance: Random) -> Film:
    """The photograph was shown only to be recognised; another turns."""
    return turning_head(turning, direction, chance)


def bent_then_another_person(person: Person, turning: Person, direction: Direction, chance: Random) -> Film:
    """The photograph, bent, begins the turn as a head would; from half the way on it is another's, who is alive."""
    turn, sway = Turn.at_an_easy_pace(chance), Sway.random(chance)
    most_deg = widest_deg(direction, chance)
    bent_to_deg = most_deg * chance.uniform(0.3, 0.7)
    photograph = sheet(person.points, radius=1.0, axis_deg=_axis_deg(direction))
    living, wall = head(turning.points), _wall(person.picture)

    def drawn(at_s: float) -> Pixels:
        deg = most_deg * turn.at(at_s)
        placing = sway.added_to(towards(direction, deg), at_s)
        if deg < bent_to_deg:
            return lit(photograph.drawn(person.picture, placing, wall), placing)
        return lit(living.drawn(turning.picture, placing, turning.picture), placing)

    return filmed(drawn, turn.length_s, chance)


def in_a_row(
    turning_to: Callable[[Direction, Random], Film], directions: Sequence[Direction], screen: Screen, chance: Random
) -> Film:
    """With the same thing in hand for each turn, as long as the screen goes on to the next."""
    with_it, begins_s = chance.random(), 0.0
    for number, direction in enumerate(directions):
        at_s = 0.0
        for frame in turning_to(direction, Random(with_it)):
            at_s = frame.taken_s
            yield replace(frame, taken_s=begins_s + at_s)
        begins_s += at_s + 0.07
        if screen.state is None or len(screen.state.directions) >= len(directions) - number:
            return


ATTACKS: Mapping[str, Attack] = {
    attack.__name__: attack
    for attack in (
        held, moved, shaken, turned, turned_away, tilted, bent, bent_otherwise, bent_and_swung, animated_eyes,
        exchanged, exchanged_twice, replayed_otherwise, replayed_late,
    )
}  # fmt: skip

ATTACKS_OF_TWO: Mapping[str, AttackOfTwo] = {
    attack.__name__: attack for attack in (photograph_then_another_person, bent_then_another_person, another_person)
}
"""Who was recognised, and who turns."""
