"""Four terminals, one member's points and coupons, a line that is down or loses a part: no coupon is used twice, points
are never below zero, no lie is believed, and at the end both sides agree."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from central.opening import initialise, opened
from central.settings import load_settings
from central.transactions import Transactions
from tests.prove.unit_storm import Mutant, Storm

STEPS = 60
LONG = pytest.param(50, id="50", marks=[pytest.mark.prove, pytest.mark.timeout(600)])


@contextmanager
def transactions(folder: Path) -> Iterator[Transactions]:
    config = folder / "central.toml"
    config.write_text(f'[canteen]\nname = "x"\n[server]\nstate_dir = "{folder / "state"}"\n', encoding="utf-8")
    settings = load_settings(config)
    initialise(settings, lambda _: None)
    with opened(settings) as parts:
        yield parts.transactions


@pytest.mark.parametrize("members", [pytest.param(8, id="8"), LONG])
def test_nothing_is_used_twice(tmp_path: Path, members: int) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    coupons = points = lies = 0
    with transactions(tmp_path) as here:
        for n in range(members):
            storm = Storm(here, seed * 10_000 + n)
            storm.run(STEPS)
            coupons += sum(storm.books.used[unit] for unit in storm.coupons)
            points += storm.books.used["PTS"]
            lies += storm.books.forged
    sys.stdout.write(f"{members} members used {coupons} coupons and {points} points; {lies} lies were told\n")
    assert coupons > members, "hardly a coupon was used: little is proved"
    assert points > 300 * members, "hardly any points were used: little is proved"


@pytest.mark.parametrize("mutant", [mutant for mutant in Mutant if mutant is not Mutant.NONE], ids=lambda m: m.name)
def test_planted_bugs_are_found(tmp_path: Path, mutant: Mutant) -> None:
    with transactions(tmp_path) as here, pytest.raises(AssertionError):
        _run(here, mutant)


def _run(here: Transactions, mutant: Mutant) -> None:
    for seed in range(50):
        Storm(here, seed, mutant).run(STEPS)
