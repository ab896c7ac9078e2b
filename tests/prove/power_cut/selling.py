"""Sales through the real store, recorded: what the disk was given, and what the program was told and when."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.domain.payer import ByCard
from kiosk.services.ports import PrintJob
from kiosk.store.connection import Connection
from kiosk.store.database import connect
from kiosk.store.face_keys import FaceKeys, face_keys_beside
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.store.unit_of_work import UnitOfWork
from tests.prove.power_cut.books import connection_of, read_books, rows_of
from tests.prove.power_cut.crash import Disk
from tests.prove.power_cut.recording_vfs import recording
from tests.prove.power_cut.trace import Books, Event, FolderSynced, Row, Stage, Told, Trace
from tests.store.sales import CARD_UID, IDENTITY, draft, intended, settle


class Mutant(StrEnum):
    """The store with a bug planted in it: the proof must find each."""

    SYNCHRONOUS_NORMAL = "synchronous=NORMAL"
    SYNCHRONOUS_OFF = "synchronous=OFF"
    JOURNAL_DELETE = "journal mode DELETE"
    FOLDER_NEVER_SYNCED = "built with SQLITE_DISABLE_DIRSYNC"
    SALE_IN_TWO_TRANSACTIONS = "print jobs in a transaction of their own"
    START_NOT_MADE_DURABLE = "a start that relies on what it finds as it finds it"


_PRAGMAS = {
    Mutant.SYNCHRONOUS_NORMAL: "synchronous = NORMAL",
    Mutant.SYNCHRONOUS_OFF: "synchronous = OFF",
    Mutant.JOURNAL_DELETE: "journal_mode = DELETE",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """`reopen_every`: sales after which the store is closed (checkpoint, the log deleted) and opened again.
    `checkpoint_pages`: pages in the log that bring a checkpoint; None leaves SQLite's own 1,000.
    `reading`: the sales during which a second connection holds a snapshot, as the nightly backup does: checkpoints then
    stop short of it and the log grows on behind. `killed`: the program is killed somewhere and starts anew before the
    power goes. `images`: how many the proof takes from one trace.
    """

    sales: int
    reopen_every: int | None = None
    checkpoint_pages: int | None = None
    reading: range = range(0)
    first_start: bool = False
    killed: bool = False
    images: int = 1000


BUSY = Scenario(sales=16, reopen_every=6, checkpoint_pages=50, reading=range(7, 11))
OWN_LIMIT = Scenario(sales=75)
FIRST_START = Scenario(sales=1, first_start=True)
KILLED = Scenario(sales=3, reopen_every=2, checkpoint_pages=50, killed=True, images=20)
_KEY = {"kiosk.key": bytes(range(32))}


@cache
def _enrolled() -> dict[str, bytes]:
    """The files of an enrolled terminal that has sold nothing yet, made once for all traces of a process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = open_store(folder / "kiosk.db", folder / "kiosk.key")
        store.save_identity(IDENTITY)
        store.close()
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def record(folder: Path, scenario: Scenario, mutant: Mutant | None = None) -> Trace:
    """`folder` must be empty. Except for a first start, only inside pages_without_hmac."""
    for name, content in _KEY.items() if scenario.first_start else _enrolled().items():
        (folder / name).write_bytes(content)
    start = {path.name: path.read_bytes() for path in folder.iterdir()}
    with recording(folder) as events:
        till = Till(folder, scenario, events, mutant)
        try:
            till.sell()
            _check_recording(folder, start, events)
        finally:
            till.close()
    kept = tuple(e for e in events if mutant is not Mutant.FOLDER_NEVER_SYNCED or not isinstance(e, FolderSynced))
    return Trace(start, kept, till.begun, till.whole)


class Till:
    """A terminal's store that is sold through. `events`: the recording, which hears what the program is told."""

    def __init__(self, folder: Path, scenario: Scenario, events: list[Event], mutant: Mutant | None = None) -> None:
        self._folder, self._scenario, self._mutant, self._events = folder, scenario, mutant, events
        self.store = self._open()
        self._reader: Any = None
        self.begun: dict[str | None, frozenset[Row]] = {}
        self.whole: Books = {}
        if scenario.first_start:
            self.store.save_identity(IDENTITY)

    def sell(self) -> None:
        for sale in range(1, self._scenario.sales + 1):
            self._read_on(sale)
            self._sell_one()
            if self._scenario.reopen_every and sale % self._scenario.reopen_every == 0:
                self.store.close()
                self.store = self._open()
        self.whole = read_books(connection_of(self.store))

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self.store.close()

    def _open(self) -> SqliteStore:
        database, key = self._folder / "kiosk.db", self._folder / "kiosk.key"
        if self._mutant is Mutant.START_NOT_MADE_DURABLE:
            store = SqliteStore(
                database,
                key.read_bytes(),
                Connection(connect(database, key.read_bytes())),
                FaceKeys(face_keys_beside(database)),
            )
        else:
            store = open_store(database, key)
        if self._scenario.checkpoint_pages:
            connection_of(store).execute(f"PRAGMA wal_autocheckpoint = {self._scenario.checkpoint_pages}")
        if self._mutant in _PRAGMAS:
            connection_of(store).execute(f"PRAGMA {_PRAGMAS[self._mutant]}").fetchall()
        return store

    def _read_on(self, sale: int) -> None:
        if sale == self._scenario.reading.start and self._mutant is not Mutant.JOURNAL_DELETE:
            self._reader = connect(self._folder / "kiosk.db", (self._folder / "kiosk.key").read_bytes())
            self._reader.execute("BEGIN")
            self._reader.execute("SELECT count(*) FROM orders").fetchall()
        if sale == self._scenario.reading.stop and self._reader is not None:
            self._reader.close()
            self._reader = None

    def _sell_one(self) -> None:
        order = draft()
        payment = intended(order)
        with self.store.transaction() as tx:
            tx.payments.add(payment, ByCard(CARD_UID))
        self._tell(order.id.hex, Stage.BEGUN)
        self.begun[order.id.hex] = rows_of(order.id.hex, connection_of(self.store))
        if self._mutant is Mutant.SALE_IN_TWO_TRANSACTIONS:
            with self.store.transaction() as tx:
                later = _PaperLater(tx)
                settle(later, order, payment)  # type: ignore[arg-type]
            with self.store.transaction() as tx:
                for job in later.jobs:
                    tx.print_jobs.add(job)
        else:
            with self.store.transaction() as tx:
                settle(tx, order, payment)
        self._tell(order.id.hex, Stage.WHOLE)

    def _tell(self, order_id: str, stage: Stage) -> None:
        self._events.append(Told(order_id, stage))


class _PaperLater:
    """A unit of work that keeps its print jobs back."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self.print_jobs = self
        self.jobs: list[PrintJob] = []

    def add(self, job: PrintJob) -> None:
        self.jobs.append(job)

    def __getattr__(self, name: str) -> object:
        return getattr(self._unit, name)


def _check_recording(folder: Path, start: dict[str, bytes], events: list[Event]) -> None:
    """Played back without a power cut, the trace must give the very files that stand in the folder."""
    disk = Disk(start)
    for event in events:
        if not isinstance(event, Told):
            disk.apply(event)
    real = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}
    assert disk.without_power_cut() == real, "something was written past the recording"
