"""Sold out and back, touched at one terminal and seen at another: a central process and the terminals' own sync."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from kiosk.domain.ids import DishId
from kiosk.services.events import CentralLinkChanged, LinkState, StockChanged
from kiosk.services.events import Event as ServiceEvent
from kiosk.services.stock_acts import StockActs
from kiosk.services.stock_watch import StockWatch
from kiosk.settings import load_settings
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.enrol import enrol
from kiosk.sync.line import CentralAddress
from kiosk.sync.worker import SyncWorker
from kiosk.system_clock import SystemClock
from tests.end_to_end.site import Site
from tests.store.sales import new_store
from tests.till.stocking import RESTOCKER, done, new_act
from tests.till.till import POINTS

DISH = DishId("kung-pao-chicken")
TOUCHES = 12
# What is promised is two seconds; on a machine with other work to do a single one may take longer.
DEADLINE_S = 15.0
PROMISED_S = 2.0


class Terminal:
    """The store, the services of stock and the sync of a terminal that runs; `changed`: its screens were told."""

    def __init__(self, folder: Path, address: CentralAddress, code: str) -> None:
        folder.mkdir()
        identity = enrol(address, code, folder.name)
        self.store: SqliteStore = new_store(folder, identity)
        self.changed, self.online = Event(), Event()
        self.worker = SyncWorker(self.store, address, identity, self, poll_wait_s=20)
        clock = SystemClock()
        self.acts = StockActs(self.store, WireEncoder(POINTS), self.worker, self, clock, StockWatch(clock))

    def publish(self, event: ServiceEvent) -> None:
        if isinstance(event, StockChanged):
            self.changed.set()
        if isinstance(event, CentralLinkChanged) and event.state is LinkState.ONLINE:
            self.online.set()

    def is_sold_out(self) -> bool:
        with self.store.transaction() as tx:
            return DISH in tx.stock.levels().sold_out

    def sees(self, *, sold_out: bool) -> bool:
        """Within the deadline."""
        deadline_s = time.monotonic() + DEADLINE_S
        while self.is_sold_out() is not sold_out:
            self.changed.clear()
            if self.is_sold_out() is not sold_out and not self.changed.wait(deadline_s - time.monotonic()):
                return False
        return True


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    try:
        site.central("init")
        site.start_central()
        yield site
    finally:
        site.stop()


@contextmanager
def running(site: Site, *names: str) -> Iterator[list[Terminal]]:
    address = CentralAddress(load_settings(site.terminal_config).central.url, DEADLINE_S)
    terminals = [Terminal(site.folder / name, address, site.central("enrol-code").split()[0]) for name in names]
    for terminal in terminals:
        terminal.worker.start()
    try:
        yield terminals
    finally:
        for terminal in terminals:
            terminal.worker.stop()
            terminal.store.close()


def test_a_touch_at_one_terminal_is_seen_at_the_other(site: Site) -> None:
    took_s: list[float] = []
    with running(site, "one", "other") as (one, other):
        for terminal in (one, other):
            assert terminal.online.wait(DEADLINE_S)
        for touch in range(TOUCHES):
            sold_out = touch % 2 == 0
            act = one.acts.mark_sold_out if sold_out else one.acts.bring_back
            began_s = time.monotonic()
            done(act(RESTOCKER, new_act(), [DISH]))
            assert one.is_sold_out() is sold_out, "here at once"
            assert other.sees(sold_out=sold_out)
            took_s.append(time.monotonic() - began_s)
    sys.stdout.write(f"touched to seen elsewhere: median {statistics.median(took_s) * 1000:.0f} ms, ")
    sys.stdout.write(f"longest of {TOUCHES} {max(took_s) * 1000:.0f} ms\n")
    assert statistics.median(took_s) < PROMISED_S
