"""Terminals, central and a network that fails, simulated from one seed: nobody falls below the credit line at any step,
and at the end both sides agree to the cent. The same seed does the same again, in another process too."""

from __future__ import annotations

import io
import itertools
import multiprocessing
import os
import random
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import pytest

from tests.prove.simulation.mutants import MUTANTS, Mutant
from tests.prove.simulation.run import Result, simulate
from tests.prove.simulation.world import CROWDED, LARGE

ORDERS = int(os.environ.get("ORDERS", "20000"))  # 300,000 take an hour of one processor
PARTS = 4  # a central each; as many at a time as there are processors
SMALL_ORDERS = 100
SEEDS_A_MUTANT = 60  # most are found by the first or second; none was ever missed by ten
QUICKLY_CAUGHT = ("double_grant", "early_close", "lost_outbox_row")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def seed() -> int:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    return seed


def test_both_sides_agree_and_it_happens_again_alike(seed: int) -> None:
    first = simulate(seed, SMALL_ORDERS, CROWDED)
    sys.stdout.write(f"{first}\n")
    assert first.seen["Paid"] > SMALL_ORDERS / 2, "hardly anything was sold: little is proved"
    assert first.crashes_of_terminals > CROWDED.terminals
    command = [sys.executable, "-m", "tests.prove.simulation.run", str(seed), str(SMALL_ORDERS), "crowded"]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert msgspec.json.decode(again.stdout, type=Result) == first


@pytest.mark.prove
def test_both_sides_agree_over_very_many_orders(seed: int) -> None:
    processors = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(processors, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(simulate, seed + part, ORDERS // PARTS, LARGE) for part in range(PARTS)]
        results = [job.result() for job in jobs]
    for result in results:
        sys.stdout.write(f"{result}\n")
    assert sum(result.orders for result in results) >= ORDERS
    assert all(result.seen["Paid"] > ORDERS / PARTS / 2 for result in results)


@pytest.mark.parametrize(
    "mutant", [pytest.param(m, id=m.name, marks=[] if m.name in QUICKLY_CAUGHT else pytest.mark.prove) for m in MUTANTS]
)
def test_planted_bugs_are_found(mutant: Mutant, seed: int) -> None:
    """Within a few short runs."""
    for tried in itertools.islice(itertools.count(seed), SEEDS_A_MUTANT):
        try:
            simulate(tried, mutant.orders, mutant.size, mutant.central, mutant.terminal, io.StringIO())
        except AssertionError as caught:
            sys.stdout.write(f"seed {tried}: {caught}\n")
            return
    raise AssertionError(f"{mutant.name} was not found in {SEEDS_A_MUTANT} runs")
