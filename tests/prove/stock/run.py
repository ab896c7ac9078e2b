"""One world from its seed to the last portion."""

from __future__ import annotations

import sys
from typing import TextIO

import msgspec

from tests.prove.in_memory import folder_in_memory, pages_without_hmac
from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.quiet import settle
from tests.prove.simulation.run import quiet_logs, rare_collections
from tests.prove.simulation.world import Size
from tests.prove.stock.checks import check_end, check_hands
from tests.prove.stock.events import happen_elsewhere, step
from tests.prove.stock.world import StockTerminal, opened


class Result(msgspec.Struct, frozen=True):
    """`most_oversold`: the most of any dish at any moment; `beyond`: portions sold without having them;
    `brought_here`: put at a terminal by staff."""

    seed: int
    movements: int
    steps: int
    trace: str
    most_oversold: int
    beyond: int
    brought_here: int
    crashes: int
    seen: dict[str, int]
    happened: dict[str, int]


def simulate(
    seed: int,
    movements: int,
    size: Size,
    oversell: int,
    make_central: type[SimulatedCentral] = SimulatedCentral,
    make_terminal: type[StockTerminal] = StockTerminal,
    told_about_faults: TextIO = sys.stderr,
) -> Result:
    """Until so many movements of stock were made. Raises AssertionError when an invariant does not hold, after telling
    the seed and what happened last."""
    parts = make_central, make_terminal, oversell
    with (
        quiet_logs(),
        folder_in_memory() as folder,
        pages_without_hmac(),
        opened(folder, seed, size, happen_elsewhere, *parts) as world,
        rare_collections(),
    ):
        try:
            while world.ledger.movements < movements:
                step(world)
                if world.steps % size.check_every == 0:
                    check_hands(world)
            settle(world)
            check_end(world)
        except Exception:
            told = [f"seed {seed}, step {world.steps}, the last of it:", *world.trace.last, ""]
            told_about_faults.write("\n".join(told))
            raise
        return Result(
            seed,
            world.ledger.movements,
            world.steps,
            world.trace.hexdigest(),
            world.ledger.most_oversold,
            world.ledger.beyond.total(),
            world.ledger.brought_here,
            world.central.crashes + sum(terminal.crashes for terminal in world.terminals),
            dict(sorted(world.books.seen.items())),
            dict(sorted(world.happened.items())),
        )
