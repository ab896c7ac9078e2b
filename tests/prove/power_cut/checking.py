"""What is wrong with a crash image: the files are put down and opened as the terminal opens them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.services.ports import StorageFailed
from kiosk.store.database import sqlcipher
from kiosk.store.errors import CannotOpenStore, Conflict, NotEnrolled
from kiosk.store.sqlite_store import open_store
from tests.prove.power_cut.books import connection_of, read_books, read_tables
from tests.prove.power_cut.trace import Books, Stage, Tables, Trace
from tests.store.sales import sell

_FAILURES = (CannotOpenStore, StorageFailed, Conflict, NotEnrolled, sqlcipher.Error)


class Fault(StrEnum):
    LOST = "lost"  # the program was told that the sale is this far, and it is not
    HALF = "half"  # some of a sale's rows, or rows that nobody wrote
    DAMAGED = "damaged"  # the store does not open, cannot be read or does not sell on


@dataclass(frozen=True, slots=True)
class Found:
    """What an image held, whatever the program had been told. A sale that is not in `stages` is absent."""

    stages: Mapping[str, Stage] = field(default_factory=dict)
    fault: tuple[Fault, str] | None = None


class NextStart:
    """What the terminal finds in images of one trace. `folder` holds nothing but such images, one after the other."""

    def __init__(self, trace: Trace, folder: Path) -> None:
        self._trace, self._folder = trace, folder
        # A thousand images hold some thirty different books.
        self._known: dict[Tables, Found] = {}

    def open(self, image: Mapping[str, bytes], *, sell_on: bool = False) -> Found:
        """`sell_on`: one more sale is made in it."""
        for path in self._folder.iterdir():
            if path.name not in image:
                path.unlink()
        for name, content in image.items():
            _put_down(self._folder / name, content)
        try:
            store = open_store(self._folder / "kiosk.db", self._folder / "kiosk.key")
            try:
                found = self._look_into(connection_of(store))
                if sell_on:
                    sell(store)
            finally:
                store.close()
        except _FAILURES as error:
            return Found(fault=(Fault.DAMAGED, f"{type(error).__name__}: {error}"))
        return found

    def _look_into(self, connection: Any) -> Found:
        tables = read_tables(connection)
        if tables not in self._known:
            self._known[tables] = stages_of(read_books(connection), self._trace)
        return self._known[tables]


def _put_down(path: Path, content: bytes) -> None:
    """In place: to empty a file first, and be given its memory again, takes three times as long."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.write(content)
        file.truncate()


def stages_of(books: Books, trace: Trace) -> Found:
    stages: dict[str, Stage] = {}
    for order_id, rows in books.items():
        if order_id is not None and rows == trace.whole.get(order_id):
            stages[order_id] = Stage.WHOLE
        elif order_id is not None and rows == trace.begun.get(order_id):
            stages[order_id] = Stage.BEGUN
        else:
            return Found(fault=(Fault.HALF, f"{order_id} has {sorted(str(row[0]) for row in rows)}"))
    return Found(stages)


def fault_of(found: Found, told: Mapping[str, Stage]) -> tuple[Fault, str] | None:
    """What is wrong and with which sale. `told`: how far the program knew each sale to be when the power went."""
    if found.fault is not None:
        return found.fault
    for order_id, stage in told.items():
        there = found.stages.get(order_id, Stage.ABSENT)
        if there < stage:
            return Fault.LOST, f"{order_id} was told to be {stage.name} and is {there.name}"
    return None
