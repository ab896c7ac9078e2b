"""Eight terminals, one card, the line between them and central down half of the time: nobody falls below the credit
line, nothing is refused afterwards, and at the end both sides agree to the cent."""

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
from tests.prove.storm import Canteen, Mutant, days

STEPS = 25


@contextmanager
def canteen(folder: Path, seed: int, mutant: Mutant = Mutant.NONE) -> Iterator[Canteen]:
    config = folder / "central.toml"
    config.write_text(f'[canteen]\nname = "x"\n[server]\nstate_dir = "{folder / "state"}"\n', encoding="utf-8")
    settings = load_settings(config)
    initialise(settings, lambda _: None)
    with opened(settings) as parts:
        yield Canteen(parts.transactions, random.Random(seed), mutant)


@pytest.mark.parametrize(
    "trials", [pytest.param(25, id="25"), pytest.param(10_000, id="10000", marks=pytest.mark.prove)]
)
def test_never_below_the_credit_line(tmp_path: Path, trials: int) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    charged = paid_days = 0
    with canteen(tmp_path, seed) as here:
        for day in days(here, trials, STEPS):
            day.run()
            charged += day.charged.minor
            paid_days += bool(day.charged)
    sys.stdout.write(f"{trials} days, on {paid_days} something was paid, {charged / 100:.2f} in all\n")
    assert paid_days > trials / 2, "hardly anything was sold: little is proved"


@pytest.mark.parametrize("mutant", [mutant for mutant in Mutant if mutant is not Mutant.NONE], ids=lambda m: m.name)
def test_planted_bugs_are_found(tmp_path: Path, mutant: Mutant) -> None:
    with canteen(tmp_path, 1, mutant) as here, pytest.raises(AssertionError):
        _run(here, 200)


def _run(here: Canteen, trials: int) -> None:
    for day in days(here, trials, STEPS):
        day.run()
