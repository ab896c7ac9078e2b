"""Terminals, central and a network that fails, simulated from one seed: nobody falls below the credit line at any step,
no points and no coupon are used twice, and at the end both sides agree to the cent. The same seed does the same again,
in another process too."""

from __future__ import annotations

import io
import multiprocessing
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import pytest

from tests.prove.simulation.mutants import MUTANTS, Mutant
from tests.prove.simulation.run import Result, simulate
from tests.prove.simulation.world import AWAY, CROWDED, LARGE, Size

ORDERS = int(os.environ.get("ORDERS", "300000"))
# The worlds of a run, of each so many thousandths of its orders; as many at a time as there are processors.
# Several small worlds of those in which everything goes wrong: their orders cost more the older the world is.
WORLDS = (*[(CROWDED, 2)] * 4, *[(AWAY, 1)] * 3, *[(LARGE, 20)] * 49)
SMALL_ORDERS = 100
# A planted bug is searched for in so many worlds; most are found in the first or second.
SEEDS_A_MUTANT = 100
QUICKLY_CAUGHT = ("double_grant", "early_close", "no_dedupe")
# What a run has met at least so often, for every 300,000 orders; a short one has hardly begun.
WHOLE_RUN = 100_000
SURELY_SEEN = {
    "Paid": 200_000,
    "DueAtCounter": 3000,
    "Refunded": 1000,
    "CounterSettled": 1000,
    "CashTaken": 100,
    "paid with points": 1000,
    "paid with coupon": 1000,
    "paid with counter": 1000,
    "backlog": 50,
    "disk replaced": 10,
    "central restored": 10,
}
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
    assert _in_another_process(seed, SMALL_ORDERS, "crowded") == first


@pytest.mark.prove
def test_what_is_large_happens_again_alike_too(seed: int) -> None:
    orders = min(600, ORDERS)
    assert _in_another_process(seed, orders, "large") == simulate(seed, orders, LARGE)


def _in_another_process(seed: int, orders: int, size: str) -> Result:
    command = [sys.executable, "-m", "tests.prove.simulation.run", str(seed), str(orders), size]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return msgspec.json.decode(ended.stdout, type=Result)


@pytest.mark.prove
def test_both_sides_agree_over_very_many_orders(seed: int) -> None:
    """World n has the seed `seed + n`."""
    whole = sum(share for _, share in WORLDS)
    processors = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(processors, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [
            pool.submit(_timed, seed + number, -(-ORDERS * share // whole), size)
            for number, (size, share) in enumerate(WORLDS)
        ]
    faults = [job.exception() for job in jobs]
    timed = [job.result() for job, fault in zip(jobs, faults, strict=True) if fault is None]
    results = [result for result, _ in timed]
    for result, cpu_s in timed:
        sys.stdout.write(f"{cpu_s:.0f} s of a processor: {result}\n")
    orders = sum(result.orders for result in results)
    sys.stdout.write(
        f"{orders} orders, {sum(cpu_s for _, cpu_s in timed) * 1000 / max(orders, 1):.2f} ms of a processor each\n"
    )
    assert not any(faults), f"worlds that failed, of {len(jobs)}: {[n for n, fault in enumerate(faults) if fault]}"
    assert orders >= ORDERS
    for what, times in SURELY_SEEN.items():
        met = sum(result.seen.get(what, 0) for result in results)
        assert met >= times * ORDERS // 300_000 or ORDERS < WHOLE_RUN, f"{what}: met {met} times only"


def _timed(seed: int, orders: int, size: Size) -> tuple[Result, float]:
    """With the seconds of a processor that it took."""
    begun_s = time.process_time()
    return simulate(seed, orders, size), time.process_time() - begun_s


@pytest.mark.parametrize(
    "mutant", [pytest.param(m, id=m.name, marks=[] if m.name in QUICKLY_CAUGHT else pytest.mark.prove) for m in MUTANTS]
)
def test_planted_bugs_are_found(mutant: Mutant, seed: int) -> None:
    for tried in range(seed, seed + SEEDS_A_MUTANT):
        try:
            simulate(tried, mutant.orders, mutant.size, mutant.central, mutant.terminal, io.StringIO())
        except AssertionError as caught:
            sys.stdout.write(f"seed {tried}: {caught}\n")
            return
    raise AssertionError(f"{mutant.name} was not found in {SEEDS_A_MUTANT} runs")
