"""What the proofs of the liveness check share: the bench, whose photographs they take, and counting."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from random import Random
from statistics import quantiles

import cv2

from kiosk.domain.head_turn import Direction
from kiosk.settings.face import FaceSettings
from tests.face.generating import people as shared
from tests.face.generating.asked import asked
from tests.face.generating.genuine import HeadAt
from tests.face.generating.moving import Screen
from tests.face.generating.people import Models, Person
from tests.face.generating.trials import Bench, EncodesLate, Tried

SOME = ("caltech-00", "orl-3", "caltech-14", "orl-32", "lfw-Colin_Powell")
WHO = os.environ.get("PEOPLE", "some")  # or "all", "held_out", "tuning"
TURNS = FaceSettings().turns  # as a terminal asks for
MANY_TURNS = 7
MOST_ATTACKS = 0.01

Trials = Iterator[tuple[str, Tried]]
"""Each with whose it was."""


@cache
def bench() -> Bench:
    """One thread: several of a machine that does other work, too, wait for one another."""
    cv2.setNumThreads(1)
    return Bench(Models(), EncodesLate())


@cache
def seed() -> int:
    return int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))


def drawn_for(test: str) -> Random:
    """Of each test its own: one test alone does the same again."""
    sys.stdout.write(f"seed {seed()}, people: {WHO}\n")
    return Random(f"{seed()} {test}")


@cache
def crowd(who: str) -> list[Person]:
    names = tuple(shared.photographs()) if who != "some" else SOME
    if who in ("held_out", "tuning"):
        names = tuple(name for name in names if shared.is_held_out(name) == (who == "held_out"))
    return list(shared.people(bench().models, names))


def counted(what: str, trials: Trials) -> dict[str, tuple[int, int]]:
    """How many passed of how many, of "all" and of those "held out"; written down with what ended the others."""
    done = list(trials)
    ends = Counter(tried.end for _, tried in done)
    groups = {"all": done, "held out": [(name, tried) for name, tried in done if shared.is_held_out(name)]}
    counts = {group: (sum(tried.has_passed for _, tried in some), len(some)) for group, some in groups.items()}
    told = "; ".join(f"{group} {through} of {of}" for group, (through, of) in counts.items())
    sys.stdout.write(f"{what}: {told}; {dict(ends.most_common())}\n")
    return counts


def one_asked(
    head: HeadAt,
    directions: tuple[Direction, ...],
    how: tuple[str, str],
    chance: Random,
    on: Bench | None = None,
) -> Tried:
    """A person who does as the screen says; `how`: the pace and the light."""
    screen = Screen()
    return (on or bench()).tried_after_a_look(directions, asked(head, screen, *how, chance), screen)


def tell_times(done: list[Tried]) -> None:
    times_s = [tried.took_s for tried in done if tried.has_passed]
    deciles_s = [round(time_s, 1) for time_s in quantiles(times_s, n=10, method="inclusive")]
    sys.stdout.write(f"  from asked to passed: deciles {deciles_s} s\n")
