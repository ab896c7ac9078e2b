"""`python -m benchmarks.sync_terminal FOLDER`: a terminal's real store and sync without its screens and devices. FOLDER
holds its identity. A commanded program (benchmarks.programs), as benchmarks/pouchdb/terminal.mjs is:

| do | |
|---|---|
| connect, url | this is central's address |
| fill, path | put the file's events, one a line, into the outbox |
| push | send the outbox: seconds until central has acknowledged all |
| pull, until | read central's feed up to that number: seconds until all is stored |
| write, count | sales through the checkout, one after the other: milliseconds of each, by the way they are paid |
| live, until | start the sync worker, wait until it has read the feed, and offer the menu that came with it |
| sell | one sale for the counter: when it was committed |
| seen, card_uid, balance_minor, since_s | wait for that balance: when it was in the store, not before since_s |
"""

from __future__ import annotations

import gc
import queue
import sys
import time
from pathlib import Path
from threading import Event as Flag
from typing import Any

import msgspec

from benchmarks.offline_till import OfflineTill
from benchmarks.programs import do_as_told
from kiosk.services.events import Event, MembersChanged
from kiosk.services.ports import TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.push import OutboxSender
from kiosk.sync.worker import SyncWorker

IDENTITY_FILE = "identity.msgpack"
_FILL_AT_ONCE = 1000
_LOOK_EVERY_S = 0.5
_WITHIN_S = 240.0
_SEEN_WITHIN_S = 20.0
_POLL_WAIT_S = 25.0


class _News:
    """kiosk.services.events.EventSink: that something was stored, and when members changed."""

    def __init__(self) -> None:
        self.stored = Flag()
        self.moments_s: queue.SimpleQueue[float] = queue.SimpleQueue()

    def publish(self, event: Event) -> None:
        self.stored.set()
        if isinstance(event, MembersChanged):
            self.moments_s.put(time.monotonic())


class SyncTerminal:
    """The answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._identity = msgspec.msgpack.decode((folder / IDENTITY_FILE).read_bytes(), type=TerminalIdentity)
        self._news = _News()
        self._store: SqliteStore | None = None

    def answers(self) -> dict[str, Any]:
        names = ("connect", "fill", "push", "pull", "write", "live", "sell", "seen")
        return {name: getattr(self, name) for name in names}

    def connect(self, url: str) -> None:
        self._address = CentralAddress(url, timeout_s=60.0)
        self._store = open_store(self._folder / "terminal.db", self._folder / "terminal.key")
        self._store.save_identity(self._identity)
        gc.freeze()  # as kiosk.bootstrap does when the terminal has started

    def fill(self, path: str) -> None:
        events = Path(path).read_bytes().splitlines()
        for start in range(0, len(events), _FILL_AT_ONCE):
            with self._opened.transaction() as unit:
                for event in events[start : start + _FILL_AT_ONCE]:
                    unit.outbox.add(event)

    def push(self) -> dict[str, float]:
        client = CentralClient(self._address, self._identity)
        sender = OutboxSender(client, self._opened)
        began_s = time.monotonic()
        while sender.send_batch():
            pass
        seconds = time.monotonic() - began_s
        client.line.close()
        return {"seconds": seconds}

    def pull(self, until: int) -> dict[str, float]:
        worker = self._worker(self._opened)
        began_s = time.monotonic()
        worker.start()
        try:
            self._wait_read(self._opened, until)
            return {"seconds": time.monotonic() - began_s}
        finally:
            worker.stop()

    def write(self, count: int) -> dict[str, list[float]]:
        till = OfflineTill(self._folder / "till", self._identity)
        try:
            ways = {"regular": till.pay_by_regular_card, "asking": till.pay_by_card, "counter": till.take_order}
            return {way: [_milliseconds(sale, till.next_request()) for _ in range(count)] for way, sale in ways.items()}
        finally:
            till.store.close()

    def live(self, until: int) -> None:
        self._till = OfflineTill(self._folder / "live", self._identity)
        self._live = self._worker(self._till.store)
        self._live.start()
        self._wait_read(self._till.store, until)
        self._till.offer_stored_menu()

    def sell(self) -> dict[str, float]:
        self._till.take_order(self._till.next_request())
        committed_s = time.monotonic()
        self._live.wake()
        return {"committed_s": committed_s}

    def seen(self, card_uid: str, balance_minor: int, since_s: float) -> dict[str, float]:
        while True:
            seen_s = self._news.moments_s.get(timeout=_SEEN_WITHIN_S)
            if seen_s < since_s:
                continue  # news of an earlier change
            with self._till.store.transaction() as unit:
                found = unit.members.by_card(card_uid)
            if found is not None and found[0].balance.minor == balance_minor:
                return {"seen_s": seen_s}

    @property
    def _opened(self) -> SqliteStore:
        if self._store is None:
            raise RuntimeError("not connected")
        return self._store

    def _worker(self, store: SqliteStore) -> SyncWorker:
        return SyncWorker(store, self._address, self._identity, self._news, _POLL_WAIT_S)

    def _wait_read(self, store: SqliteStore, until: int) -> None:
        deadline_s = time.monotonic() + _WITHIN_S
        while _read_up_to(store) < until:
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"the feed is not read after {_WITHIN_S:.0f} s")
            self._news.stored.wait(_LOOK_EVERY_S)
            self._news.stored.clear()


def _read_up_to(store: SqliteStore) -> int:
    with store.transaction() as unit:
        _, after = unit.feed.cursor()
    return after


def _milliseconds(work: Any, *given: object) -> float:
    began_s = time.perf_counter()
    work(*given)
    return (time.perf_counter() - began_s) * 1000


def main() -> None:
    do_as_told(SyncTerminal(Path(sys.argv[1])).answers())


if __name__ == "__main__":
    main()
