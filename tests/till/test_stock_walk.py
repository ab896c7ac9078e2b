"""Any interleaving of acts and sales at several tills, sent in any order and again: central's stock is the sum of its
movements, it is what it should be, and in the end every till shows the same."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from central.menu.service import import_menu
from central.stock.repository import replace_counts
from tests.central.support import Central, running_central
from tests.till.conftest import MENU
from tests.till.stock_mutants import MUTANTS
from tests.till.stock_walk import DISHES, FIRST, Walk, levels_at_central
from tests.till.stocking import StockTill

TILLS = 3


def seed() -> int:
    found = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {found}\n")
    return found


@contextmanager
def tills_of(folder: Path) -> Iterator[tuple[Central, list[StockTill]]]:
    folder.mkdir()
    with running_central(folder) as running:
        running.parts.transactions.write(lambda tx: import_menu(tx, MENU))
        tills = []
        for number in range(TILLS):
            (folder / f"till-{number}").mkdir()
            tills.append(StockTill(running, folder / f"till-{number}"))
        yield running, tills
        for till in tills:
            till.store.close()


def walk(running: Central, tills: list[StockTill], chance: random.Random, steps: int) -> Walk:
    """Raises AssertionError where something does not come out as it has to."""

    def count_anew(tx: Any) -> None:
        tx.changes.dishes |= replace_counts(tx.connection, dict.fromkeys(DISHES, FIRST), tx.now)

    running.parts.transactions.write(count_anew)
    for till in tills:
        till.reads_feed()
    made = Walk(tills, chance)
    for _ in range(steps):
        made.step()
    made.settle()
    wanted = {dish_id: made.expected(dish_id) for dish_id in DISHES}
    assert levels_at_central(running) == wanted
    for till in tills:
        levels = till.stock.levels()
        assert levels.portions == wanted
        assert levels.sold_out == made.expected_sold_out()
        assert till.quarantined() == []
    return made


def many_walks(running: Central, tills: list[StockTill], chance: random.Random, walks: int) -> int:
    """How many counts there were in them."""
    made = [walk(running, tills, chance, steps=40) for _ in range(walks)]
    return sum(one.counted is not None for each in made for one in each.done)


@pytest.mark.parametrize("walks", [pytest.param(6, id="6"), pytest.param(150, id="150", marks=pytest.mark.prove)])
def test_any_interleaving_comes_out_right(tmp_path: Path, walks: int) -> None:
    chance = random.Random(seed())
    with tills_of(tmp_path / "site") as (running, tills):
        counted = many_walks(running, tills, chance, walks)
    assert counted > walks, "hardly anything was counted: nothing is proved"


@pytest.mark.prove
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_planted_bugs_are_found(tmp_path: Path, mutant: Callable[[], Any]) -> None:
    chance = random.Random(seed())
    with tills_of(tmp_path / "site") as (running, tills), mutant(), pytest.raises(AssertionError):
        many_walks(running, tills, chance, walks=60)
