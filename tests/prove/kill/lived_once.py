"""Imported by the process that all are forked from (tests.prove.kill.site): one life of central and of a terminal, on a
site of their own. What the first to read settings, to ask a database and to pay works out once in a process (types,
statements) is then worked out for all; it was a third of a short life.

No thread runs afterwards and no file is open. Those forked do not share SQLite's random state: who opens a file in
another process than the last draws a new one (os_unix.c, unixOpen).
"""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from central.app import create_app
from central.opening import opened
from central.server import GARBAGE_AFTER_OBJECTS, Server
from central.settings import Settings as CentralSettings
from tests.prove.in_memory import folder_in_memory
from tests.prove.kill import programs
from tests.prove.kill.site import CARDS, READY_WITHIN_S, Site

WORDS, PATIENCE_S = 5, 0.2


def live() -> None:
    with folder_in_memory() as folder:
        site = Site(folder, 0, None, fresh=False)
        codes = site.make()
        with _serving(site.central_settings):
            site.enrol(codes)
            _sell(site.terminal_configs[0])
    assert threading.active_count() == 1, "what is forked would lack a thread"
    gc.collect()
    gc.freeze()  # what stays is not looked through by those forked, nor copied for it
    gc.set_threshold(GARBAGE_AFTER_OBJECTS, 10, 10)  # as central has it once it serves


@contextmanager
def _serving(settings: CentralSettings) -> Iterator[None]:
    listens = threading.Event()
    with opened(settings) as parts:
        server = Server(create_app(parts), settings.listen, parts.waiters, lambda _url: listens.set())
        thread = threading.Thread(target=server.listen_and_serve)
        thread.start()
        try:
            assert listens.wait(READY_WITHIN_S), "central did not start"
            yield
        finally:
            server.should_exit = True
            thread.join(READY_WITHIN_S)


def _sell(config: Path) -> None:
    """Until nobody orders any more; then everything is sent."""
    ours, its = multiprocessing.Pipe()
    customers = threading.Thread(target=_order, args=(ours,))
    customers.start()
    with suppress(EOFError, BrokenPipeError):  # nobody is there any more
        programs.sell(config, its, tuple(CARDS), seed=0, mutant=None)
    its.close()
    customers.join(READY_WITHIN_S)
    hears, told = multiprocessing.Pipe(duplex=False)
    with hears, told:
        programs.settle(config, told)
        assert hears.recv() == programs.SETTLED


def _order(line: Connection) -> None:
    """The first words may come before there is a menu."""
    with line:
        line.recv()
        for _ in range(WORDS):
            line.send(None)
            if line.poll(PATIENCE_S):
                line.recv()


live()
