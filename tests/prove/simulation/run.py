"""One simulation from its seed to the last cent. Also a program, so that it can run in a process of its own:

    python -m tests.prove.simulation.run SEED ORDERS crowded|away|large

prints the result as JSON.
"""

from __future__ import annotations

import gc
import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TextIO

import msgspec
import structlog
from sqlcipher3 import dbapi2 as sqlcipher

from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.events import happen_elsewhere, step
from tests.prove.simulation.quiet import settle
from tests.prove.simulation.terminal import SimulatedTerminal
from tests.prove.simulation.world import SIZES, Size, World, opened

MEMORY = Path("/dev/shm")  # noqa: S108 - files that live in memory, where there are any
ROOM_BYTES = 4 << 30


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
        _quiet_logs(),
        _folder() as folder,
        _pages_without_hmac(),
        opened(folder, seed, size, happen_elsewhere, *parts) as world,
    ):
        gc.collect()
        gc.freeze()  # what stays is not looked through again and again
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
def _folder() -> Iterator[Path]:
    """Nothing here outlives the process: a crash in the simulation ends a program, not the machine."""
    in_memory = MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES else None
    with tempfile.TemporaryDirectory(dir=in_memory) as folder:
        yield Path(folder)


@contextmanager
def _pages_without_hmac() -> Iterator[None]:
    """Nobody tampers with these files, and signing each page is a fifth of a run's processor time. For databases that
    are opened meanwhile in this process."""
    with closing(sqlcipher.connect(":memory:")) as any_database:
        any_database.execute("PRAGMA cipher_default_use_hmac = OFF")
        try:
            yield
        finally:
            any_database.execute("PRAGMA cipher_default_use_hmac = ON")


@contextmanager
def _quiet_logs() -> Iterator[None]:
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
