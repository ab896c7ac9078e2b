"""One simulation from its seed to the last cent. Also a program, so that it can run in a process of its own:

    python -m tests.prove.simulation.run SEED ORDERS crowded|away|large

prints the result as JSON.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import msgspec
import structlog

from tests.prove.in_memory import folder_in_memory, pages_without_hmac
from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.events import happen_elsewhere, step
from tests.prove.simulation.quiet import settle
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import SIZES, Size, World, opened

# That are made before those no longer used are looked for: cycles are rare here, and what an order leaves stays.
YOUNG_OBJECTS = 200_000


class Result(msgspec.Struct, frozen=True):
    """`seen` is how customers left and what else was met, `happened` how often each kind of event was next; `trace` the
    hash over everything that happened."""

    seed: int
    orders: int
    steps: int
    trace: str
    crashes_of_terminals: int
    crashes_of_central: int
    seen: dict[str, int]
    happened: dict[str, int]


def simulate(
    seed: int,
    orders: int,
    size: Size,
    make_central: type[SimulatedCentral] = SimulatedCentral,
    make_terminal: type[SimulatedTerminal] = SimulatedTerminal,
    told_about_faults: TextIO = sys.stderr,
) -> Result:
    """Raises AssertionError when an invariant does not hold, after telling the seed and what happened last."""
    parts = make_central, make_terminal
    with (
        quiet_logs(),
        folder_in_memory() as folder,
        pages_without_hmac(),
        opened(folder, seed, size, happen_elsewhere, *parts) as world,
        rare_collections(),
    ):
        try:
            while world.books.orders < orders:
                step(world)
            settle(world)
        except Exception:
            told_about_faults.write(
                "\n".join([f"seed {seed}, step {world.steps}, the last of it:", *world.trace.last, ""])
            )
            raise
        return _result(world)


def _result(world: World) -> Result:
    return Result(
        world.seed,
        world.books.orders,
        world.steps,
        world.trace.hexdigest(),
        sum(terminal.crashes for terminal in world.terminals),
        world.central.crashes,
        dict(sorted(world.books.seen.items())) | {"backlog": world.answering.backlogs},
        dict(sorted(world.happened.items())),
    )


@contextmanager
def rare_collections() -> Iterator[None]:
    """What stays is not looked through again and again."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def quiet_logs() -> Iterator[None]:
    """What is lost and refused here by the thousand is logged by nobody."""
    before = structlog.get_config()
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.disable(logging.NOTSET)


if __name__ == "__main__":
    said = simulate(int(sys.argv[1]), int(sys.argv[2]), SIZES[sys.argv[3]])
    sys.stdout.write(msgspec.json.encode(said).decode() + "\n")
