"""However orders are collected, cancelled and paid at both ends, with and without a network: each is one order, paid
once, cooked once, and what was paid twice is given back. Planted bugs are found."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from central.menu.service import import_menu
from tests.central.support import running_central
from tests.prove.slips import mutants
from tests.prove.slips.mutants import RealProgram
from tests.prove.slips.walk import World
from tests.till.conftest import MENU

STEPS = 120
FOUND_WITHIN_WALKS = 8
MUTANTS = (
    mutants.SettlingTwiceChargesTwice,
    mutants.CancellingAfterwardsGivesStockBack,
    mutants.ALostReplyDoubles,
    mutants.UndoingGivesBackTwice,
    mutants.UndoingLeavesItPaid,
    mutants.ChecksNoSignature,
    mutants.ForgetsWhatItCollected,
)


@pytest.mark.parametrize("walks", [pytest.param(1, id="1"), pytest.param(15, id="15", marks=pytest.mark.prove)])
def test_each_order_is_paid_once_whatever_happens(tmp_path: Path, walks: int) -> None:
    seed = _seed()
    done = {}
    for n in range(walks):
        done = walk(tmp_path / str(n), seed + n, RealProgram())
    sys.stdout.write(f"the last walk: {done}\n")


@pytest.mark.parametrize(
    "mutant", [MUTANTS[0], *(pytest.param(mutant, marks=pytest.mark.prove) for mutant in MUTANTS[1:])]
)
def test_planted_bugs_are_found(tmp_path: Path, mutant: type[RealProgram]) -> None:
    seed = _seed()
    for n in range(FOUND_WITHIN_WALKS):
        try:
            walk(tmp_path / str(n), seed + n, mutant())
        except AssertionError as error:
            sys.stdout.write(f"found in walk {n + 1}: {error}\n")
            return
    pytest.fail(f"{mutant.__name__} was not found in {FOUND_WITHIN_WALKS} walks")


def walk(folder: Path, seed: int, program: RealProgram) -> dict[str, int]:
    folder.mkdir()
    with running_central(folder, served_with=program.served_with) as central:
        central.parts.transactions.write(lambda tx: import_menu(tx, MENU))
        world = World(central, folder, random.Random(seed), program.plant)
        try:
            world.steps(STEPS)
            world.check()
        finally:
            world.close()
    return dict(sorted(world.done.items()))


def _seed() -> int:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    return seed
