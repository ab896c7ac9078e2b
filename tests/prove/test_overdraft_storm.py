"""Eight terminals, one card, the line between them and central down half of the time: nobody falls below the credit
line, nothing is refused afterwards, and at the end both sides agree to the cent."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from central.opening import initialise, opened
from central.settings import load_settings
from tests.prove.in_memory import folder_in_memory, pages_without_hmac
from tests.prove.simulation.run import rare_collections
from tests.prove.storm import Canteen, Mutant, days

STEPS = 12
PARTS = 8


@contextmanager
def canteen(folder: Path, seed: int, mutant: Mutant = Mutant.NONE) -> Iterator[Canteen]:
    config = folder / "central.toml"
    config.write_text(f'[canteen]\nname = "x"\n[server]\nstate_dir = "{folder / "state"}"\n', encoding="utf-8")
    settings = load_settings(config)
    initialise(settings, lambda _: None)
    with opened(settings) as parts:
        yield Canteen(parts.transactions, random.Random(seed), mutant)


def run_days(seed: int, trials: int) -> tuple[int, int]:
    """On how many of them something was paid, and how much in all, in minor units."""
    charged_minor = paid_days = 0
    with folder_in_memory() as folder, pages_without_hmac(), canteen(folder, seed) as here, rare_collections():
        for day in days(here, trials, STEPS):
            day.run()
            charged_minor += day.charged.minor
            paid_days += bool(day.charged)
    return paid_days, charged_minor


@pytest.fixture
def seed() -> int:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    return seed


def test_never_below_the_credit_line(seed: int) -> None:
    paid_days, _ = run_days(seed, 25)
    assert paid_days > 12, "hardly anything was sold: little is proved"


@pytest.mark.prove
def test_never_below_the_credit_line_in_10_000_trials(seed: int) -> None:
    processors = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(processors, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(run_days, seed + part, 10_000 // PARTS) for part in range(PARTS)]
        done = [job.result() for job in jobs]
    paid_days, charged_minor = (sum(column) for column in zip(*done, strict=True))
    sys.stdout.write(f"10000 days, on {paid_days} something was paid, {charged_minor / 100:.2f} in all\n")
    assert paid_days > 5000, "hardly anything was sold: little is proved"


@pytest.mark.parametrize("mutant", [mutant for mutant in Mutant if mutant is not Mutant.NONE], ids=lambda m: m.name)
def test_planted_bugs_are_found(tmp_path: Path, mutant: Mutant) -> None:
    with canteen(tmp_path, 1, mutant) as here, pytest.raises(AssertionError):
        _run(here, 200)


def _run(here: Canteen, trials: int) -> None:
    for day in days(here, trials, STEPS):
        day.run()
