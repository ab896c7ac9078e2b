"""Central and two terminals that are killed, again and again, at random moments, and started at once."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import UUID

from central.opening import initialise, opened
from central.settings import Settings as CentralSettings
from central.settings import load_settings as load_central_settings
from central.wallet.service import top_up
from kiosk.domain.ids import uuid7
from kiosk.domain.money import Money
from kiosk.settings import Settings, load_settings
from kiosk.terminal_store import enrol_terminal, open_terminal_store
from tests.end_to_end.site import ROOT, free_port
from tests.prove.kill import programs
from tests.prove.kill.programs import Mutant

TERMINALS = 2
CARDS = {"62E3086CED": "20230101", "1A0058C3F7": "20230103"}
TOP_UP = Money(10_000_000)
READY_WITHIN_S = 60.0
# A sale and its upload take some 50 ms.
LONGEST_WAIT_S = 0.1
SALE_WITHIN_S = 0.5  # then it is told to sell once more
# What the programs import only when they need it: imported once, before they are forked.
IMPORTED_LATE = [
    "anyio._backends._asyncio",
    "certifi",
    "encodings.idna",
    "httpcore",
    "kiosk.sync.due_orders",
    "kiosk.sync.grants",
    "kiosk.sync.worker",
    "litestar._kwargs",
    "litestar.middleware._internal.exceptions",
    "litestar.middleware.allowed_hosts",
    "litestar.middleware.csrf",
    "litestar.middleware.response_cache",
    "litestar.plugins.pydantic.utils",
    "uvicorn.lifespan.on",
    "uvicorn.loops.asyncio",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.http.h11_impl",
    "tests.prove.kill.lived_once",
]

_CENTRAL = """
[canteen]
name = "x"
[server]
state_dir = "{folder}/central"
[listen]
port = {port}
[first_content]
menu = "{demo}/menu.toml"
members = "{demo}/members.csv"
[log]
level = "error"
"""
_TERMINAL = """
[terminal]
name = "t{number}"
state_dir = "{folder}/terminal-{number}"
meal_period = "lunch"
[central]
url = "http://127.0.0.1:{port}"
timeout_s = 3
[log]
level = "error"
"""


@dataclass
class Program:
    """One process that can be killed; what it told is read whenever there is something."""

    start: Callable[[Connection], BaseProcess]
    process: BaseProcess | None = None
    told: list[UUID] = field(default_factory=list)
    _pipe: Connection | None = None

    def run(self) -> None:
        """Returns once it is at work."""
        mine, its = multiprocessing.Pipe()
        self.process, self._pipe = self.start(its), mine
        its.close()
        assert mine.poll(READY_WITHIN_S), "it did not start"
        self._read_one()

    def kill(self) -> None:
        assert self.process is not None
        assert self._pipe is not None
        self.process.kill()
        self.process.join(READY_WITHIN_S)
        while self._read_one():
            pass
        self._pipe.close()

    def end(self) -> None:
        if self.process is not None and self.process.is_alive():
            self.kill()

    def say(self) -> None:
        """Something to do."""
        assert self._pipe is not None
        self._pipe.send(None)

    def read(self, within_s: float = 0) -> None:
        """What it has told by now, or tells within that time."""
        assert self._pipe is not None
        while self._pipe.poll(within_s) and self._read_one():
            within_s = 0

    def _read_one(self) -> bool:
        assert self._pipe is not None
        try:
            message = self._pipe.recv()
        except (EOFError, OSError):
            return False
        if isinstance(message, UUID):
            self.told.append(message)
        return True


class Site:
    """Use it in a `with` block of `running`."""

    def __init__(self, folder: Path, seed: int, mutant: Mutant | None, *, fresh: bool) -> None:
        self.chance = random.Random(seed)
        port = free_port()
        self._central_config = folder / "central.toml"
        self._central_config.write_text(_CENTRAL.format(folder=folder, port=port, demo=ROOT / "config/demo"))
        self.central_settings: CentralSettings = load_central_settings(self._central_config)
        self.terminal_configs = [folder / f"terminal-{n}.toml" for n in range(1, TERMINALS + 1)]
        for number, config in enumerate(self.terminal_configs, start=1):
            config.write_text(_TERMINAL.format(folder=folder, number=number, port=port))
        self._mutant = mutant
        self._kills = 0
        self._processes = multiprocessing.get_context("spawn" if fresh else "forkserver")
        self._processes.set_forkserver_preload(["tests.prove.kill.programs", *IMPORTED_LATE])
        self.central = Program(lambda pipe: self._start(programs.serve_central, self._central_config, pipe))
        self.terminals = [Program(self._selling(config)) for config in self.terminal_configs]

    def open(self) -> None:
        """All at work."""
        codes = self.make()
        self.central.run()
        self.enrol(codes)
        for terminal in self.terminals:
            terminal.run()

    def make(self) -> list[str]:
        """Central with members who have enough; a code to enrol each terminal with."""
        initialise(self.central_settings, lambda _: None)
        with opened(self.central_settings) as parts:
            for member_id in CARDS.values():
                parts.transactions.write(lambda tx, who=member_id: top_up(tx, uuid7(0), who, TOP_UP))
            return [parts.transactions.write(lambda tx: parts.desk.make_code(tx, None)) for _ in self.terminals]

    def enrol(self, codes: list[str]) -> None:
        """While central is at work."""
        for config, code in zip(self.terminal_configs, codes, strict=True):
            store = open_terminal_store(load_settings(config))
            enrol_terminal(load_settings(config), store, code)
            store.close()

    def close(self) -> None:
        for program in (*self.terminals, self.central):
            program.end()

    def kill_one(self) -> None:
        """Any of them, at a random moment of sales, of their upload, or of the rest after it. Every fourth time all
        have sold before, however slow the machine is; else they may be killed again before they can."""
        if self._kills % 4 == 0:
            self._sell_one_each()
        self._kills += 1
        program = self.chance.choice((self.central, *self.terminals))
        for terminal in self.terminals:
            if terminal is program or self.chance.random() < 0.5:
                terminal.say()
        time.sleep(self.chance.uniform(0, LONGEST_WAIT_S))  # the moment is what is random here
        program.kill()
        program.run()
        for terminal in self.terminals:
            terminal.read()

    def _sell_one_each(self) -> None:
        """Central, killed just now, may be found away at first."""
        deadline_s = time.monotonic() + READY_WITHIN_S
        for terminal in self.terminals:
            before = len(terminal.told)
            while len(terminal.told) == before:
                assert time.monotonic() < deadline_s, "nothing is sold"
                terminal.say()
                terminal.read(SALE_WITHIN_S)

    def settle(self) -> None:
        """Everybody stops selling and central hears of everything."""
        for terminal in self.terminals:
            terminal.kill()
        for config in self.terminal_configs:
            mine, its = multiprocessing.Pipe(duplex=False)
            process = self._start(programs.settle, config, its)
            assert mine.poll(programs.SETTLE_WITHIN_S * 2), "no end"
            assert mine.recv() == programs.SETTLED, "central has not everything"
            process.join(READY_WITHIN_S)

    @property
    def told(self) -> list[UUID]:
        return [order_id for terminal in self.terminals for order_id in terminal.told]

    def terminal_settings(self) -> list[Settings]:
        return [load_settings(config) for config in self.terminal_configs]

    def _selling(self, config: Path) -> Callable[[Connection], BaseProcess]:
        return lambda pipe: self._start(
            programs.sell, config, pipe, tuple(CARDS), self.chance.randrange(10**9), self._mutant
        )

    def _start(self, what: Callable[..., None], config: Path, pipe: Connection, *more: Any) -> BaseProcess:
        process: BaseProcess = self._processes.Process(target=what, args=(config, pipe, *more), daemon=True)
        process.start()
        return process


@contextmanager
def running(folder: Path, seed: int, mutant: Mutant | None = None, *, fresh: bool = False) -> Iterator[Site]:
    """`fresh`: each process imports everything itself, which takes far longer than what it then does."""
    site = Site(folder, seed, mutant, fresh=fresh)
    try:
        site.open()
        yield site
    finally:
        site.close()
