"""Restocks and sales at many terminals at random, with partitions, crashes and restores: stock at central is the sum of
what moved; while central answers nothing is sold that is not there, and without it never more than the bound."""

from __future__ import annotations

import io
import os
import random
import sys
import time

import pytest

from tests.prove.simulation.world import Size
from tests.prove.stock.mutants import MUTANTS, Mutant
from tests.prove.stock.run import Result, simulate
from tests.prove.stock.world import CALM, ROUGH, TERMINALS

MOVEMENTS = int(os.environ.get("MOVEMENTS", "100000"))
SMALL = 250
# (size, oversell, thousandths of the movements). Where nothing may be oversold nothing is, whoever is cut off.
WORLDS: tuple[tuple[Size, int, int], ...] = (
    *((CALM, oversell, 240) for oversell in (0, 3, 3, 1)),
    *((ROUGH, oversell, 4) for oversell in (0, 1, 2, 3, 0, 1, 2, 3, 0, 1)),
)
SEEDS_A_MUTANT = 60
QUICKLY_CAUGHT = ("lot_handed_out_twice", "unbounded_offline")


@pytest.fixture
def seed() -> int:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    return seed


@pytest.mark.parametrize("oversell", [0, 2])
def test_the_last_portion_is_sold_once(seed: int, oversell: int) -> None:
    result = simulate(seed, SMALL, ROUGH, oversell)
    sys.stdout.write(f"{result}\n")
    assert result.movements >= SMALL
    assert result.most_oversold <= ROUGH.terminals * oversell


@pytest.mark.prove
def test_stock_is_the_sum_of_what_moved(seed: int) -> None:
    """World n has the seed `seed + n`."""
    results: list[tuple[Size, int, Result]] = []
    for number, (size, oversell, share) in enumerate(WORLDS):
        begun_s = time.process_time()
        result = simulate(seed + number, MOVEMENTS * share // 1000, size, oversell)
        results.append((size, oversell, result))
        sys.stdout.write(f"{time.process_time() - begun_s:.0f} s of a processor, oversell {oversell}: {result}\n")
    assert sum(result.movements for _, _, result in results) >= MOVEMENTS
    assert all(result.most_oversold <= size.terminals * oversell for size, oversell, result in results)
    assert CALM.terminals == TERMINALS == 8
    if MOVEMENTS >= 100_000:
        assert any(result.most_oversold for _, _, result in results), "nothing was ever oversold: the bound is not met"
        assert all(sum(r.seen.get(what, 0) for _, _, r in results) for what in ("not charged: sold_out", "Paid"))


@pytest.mark.prove
def test_the_same_happens_again(seed: int) -> None:
    assert simulate(seed, SMALL, ROUGH, 1) == simulate(seed, SMALL, ROUGH, 1)


@pytest.mark.parametrize(
    "mutant", [pytest.param(m, id=m.name, marks=[] if m.name in QUICKLY_CAUGHT else pytest.mark.prove) for m in MUTANTS]
)
def test_planted_bugs_are_found(mutant: Mutant, seed: int) -> None:
    for tried in range(seed, seed + SEEDS_A_MUTANT):
        try:
            simulate(tried, SMALL, mutant.size, mutant.oversell, mutant.central, mutant.terminal, io.StringIO())
        except AssertionError as caught:
            sys.stdout.write(f"found in world {tried - seed + 1}, seed {tried}: {caught}\n")
            return
    raise AssertionError(f"{mutant.name} was not found in {SEEDS_A_MUTANT} worlds")
