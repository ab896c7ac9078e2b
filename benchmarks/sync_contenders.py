"""The two that are compared: the terminal with central, and PouchDB with express-pouchdb. Each measurement starts its
own terminal in a new folder, and goes through a relay that counts the bytes."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from benchmarks.programs import Commanded, Program, ProgramFailed, python
from benchmarks.results import CannotRun
from benchmarks.sync_preparation import Prepared, Selling
from benchmarks.sync_site import CentralSite
from benchmarks.sync_terminal import IDENTITY_FILE
from central.push.repository import newest_quarantined, senders_waiting

_PROGRAMS = Path(__file__).parent / "pouchdb"
_numbers = itertools.count(1)
_BOOKED_WITHIN_S = 240.0
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Exchange:
    """What moving orders or members took; processor time of both sides without the relay."""

    seconds: float
    megabytes: float
    cpu_s: float


class Contender(Protocol):
    name: str

    def push(self, one_way_ms: float = 0.0) -> Exchange: ...
    def pull(self, one_way_ms: float = 0.0) -> Exchange: ...
    def write(self, count: int) -> dict[str, list[float]]:
        """Milliseconds of each durable write, by the kind of write."""
        ...


def require_pouchdb() -> None:
    """Raises CannotRun."""
    if not (_PROGRAMS / "node_modules" / "installed").is_file():
        raise CannotRun("PouchDB is not installed (scripts/setup.sh bench says why)")


def node(program: str, folder: Path) -> list[str]:
    folder.mkdir(parents=True)
    return ["node", str(_PROGRAMS / program), str(folder)]


@contextmanager
def relayed(port: int, folder: Path, one_way_ms: float = 0.0) -> Iterator[tuple[Commanded, str]]:
    """A relay to that port, and the address to use instead."""
    with Commanded(python("benchmarks.relay", str(port)), folder / "relay.log") as relay:
        relay.ask("delay", ms=one_way_ms)
        yield relay, f"http://127.0.0.1:{relay.ready['port']}"


def _exchange(terminal: Commanded, central: Program, relay: Commanded, do: str, **how: int) -> Exchange:
    def used() -> tuple[float, float]:
        counted = relay.ask("count")
        return counted["to_central"] + counted["to_terminal"], terminal.cpu_s() + central.cpu_s()

    bytes_before, cpu_before_s = used()
    seconds = terminal.ask(do, **how)["seconds"]
    bytes_after, cpu_after_s = used()
    return Exchange(seconds, (bytes_after - bytes_before) / 1e6, cpu_after_s - cpu_before_s)


class Pouch:
    """PouchDB with one batch size. `central` runs for all measurements and has the database `members`."""

    def __init__(self, folder: Path, central: Commanded, selling: Selling, order_count: int, batch: int) -> None:
        self.name = f"PouchDB, batches of {batch}"
        self._folder = folder
        self._central = central
        self._orders = selling.orders
        self._separate = selling.separate
        self._order_count = order_count
        self._batch = batch

    def push(self, one_way_ms: float = 0.0) -> Exchange:
        database = f"orders-{next(_numbers)}"
        with self._terminal() as terminal, self._relayed(one_way_ms) as (relay, url):
            terminal.ask("fill", path=str(self._orders))
            terminal.ask("connect", url=f"{url}/{database}")
            exchange = _exchange(terminal, self._central, relay, "push", batch=self._batch)
        arrived = self._central.ask("count", name=database)["documents"]
        if arrived != self._order_count:
            raise ProgramFailed(f"PouchDB pushed {arrived} orders of {self._order_count}")
        return exchange

    def pull(self, one_way_ms: float = 0.0) -> Exchange:
        with self._terminal() as terminal, self._relayed(one_way_ms) as (relay, url):
            terminal.ask("connect", url=f"{url}/members")
            return _exchange(terminal, self._central, relay, "pull", batch=self._batch)

    def write(self, count: int) -> dict[str, list[float]]:
        with self._terminal() as terminal:
            written = {"document": terminal.ask("write", path=str(self._orders), count=count)["ms"]}
        for kind, together in (("documents together", True), ("documents one by one", False)):
            with self._terminal() as terminal:
                sold = terminal.ask("sales", path=str(self._separate), count=count, together=together)
            written[kind] = sold["ms"]
        return written

    @contextmanager
    def _terminal(self) -> Iterator[Commanded]:
        folder = self._folder / f"terminal-{next(_numbers)}"
        with Commanded(node("terminal.mjs", folder), self._folder / "terminal.log") as terminal:
            yield terminal
        shutil.rmtree(folder)

    def _relayed(self, one_way_ms: float) -> AbstractContextManager[tuple[Commanded, str]]:
        return relayed(self._central.ready["port"], self._folder, one_way_ms)


class Ours:
    """The terminal's store and sync with central. Pushes start from `selling`, pulls from `filled`."""

    name = "terminal"

    def __init__(self, folder: Path, selling: Selling, filled: Prepared) -> None:
        self._folder = folder
        self._selling = selling
        self._filled = filled
        self.booked_s: list[float] = []
        """Of each push: until all of it was booked too."""

    def push(self, one_way_ms: float = 0.0) -> Exchange:
        folder, site = self._copy(self._selling.site)
        with (
            site.serving() as (central, port),
            relayed(port, self._folder, one_way_ms) as (relay, url),
            terminal_of(self._selling.site, folder) as terminal,
        ):
            terminal.ask("connect", url=url)
            terminal.ask("fill", path=str(self._selling.events))
            exchange = _exchange(terminal, central, relay, "push")
            self.booked_s.append(exchange.seconds + _until_booked(site))
        with site.parts() as parts:
            refused = parts.transactions.read(lambda connection: newest_quarantined(connection, 1))
        if refused:
            raise ProgramFailed(f"central booked not all orders: {refused[0].reason}")
        shutil.rmtree(folder)
        return exchange

    def pull(self, one_way_ms: float = 0.0) -> Exchange:
        folder, site = self._copy(self._filled)
        with (
            site.serving() as (central, port),
            relayed(port, self._folder, one_way_ms) as (relay, url),
            terminal_of(self._filled, folder) as terminal,
        ):
            terminal.ask("connect", url=url)
            exchange = _exchange(terminal, central, relay, "pull", until=self._filled.feed_end)
        shutil.rmtree(folder)
        return exchange

    def write(self, count: int) -> dict[str, list[float]]:
        folder = self._folder / f"round-{next(_numbers)}"
        with terminal_of(self._selling.site, folder) as terminal:
            written = terminal.ask("write", count=count)
        shutil.rmtree(folder)
        return {
            "by card": written["regular"],
            "by card, central asked": written["asking"],
            "for the counter": written["counter"],
        }

    def _copy(self, prepared: Prepared) -> tuple[Path, CentralSite]:
        folder = self._folder / f"round-{next(_numbers)}"
        shutil.copytree(prepared.folder / "state", folder / "state")
        return folder, CentralSite(folder, prepared.members)


def _until_booked(site: CentralSite) -> float:
    """Seconds until central has booked all that it was sent."""
    began_s = time.monotonic()
    with site.parts() as parts:
        while parts.transactions.read(senders_waiting):
            if time.monotonic() > began_s + _BOOKED_WITHIN_S:
                raise ProgramFailed(f"not booked within {_BOOKED_WITHIN_S:.0f} s")
            time.sleep(_LOOK_EVERY_S)
    return time.monotonic() - began_s


@contextmanager
def terminal_of(prepared: Prepared, folder: Path) -> Iterator[Commanded]:
    """That terminal with an empty store in `folder`."""
    own = folder / "terminal"
    own.mkdir(parents=True)
    (own / IDENTITY_FILE).write_bytes(msgspec.msgpack.encode(prepared.identity))
    with Commanded(python("benchmarks.sync_terminal", str(own)), prepared.folder / "terminal.log") as terminal:
        yield terminal
