"""What is wrong with a crash image: the files are put down and opened as the terminal opens them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from kiosk.services.ports import StorageFailed
from kiosk.store.database import sqlcipher
from kiosk.store.errors import CannotOpenStore, Conflict, NotEnrolled
from kiosk.store.sqlite_store import open_store
from tests.prove.power_cut.books import connection_of, read_books
from tests.prove.power_cut.trace import Books, Stage, Trace, Written
from tests.store.sales import sell

DATABASE = "kiosk.db"
PAGE_BYTES = 4096
_FRAME_HEADER_BYTES = 24
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
    strange_pages: tuple[int, ...] = ()


class NextStart:
    """What the terminal finds in images of one trace. `folder` holds nothing but such images, one after the other."""

    def __init__(self, trace: Trace, folder: Path) -> None:
        self._trace, self._folder = trace, folder
        # At a first start pages are also written by the start that is looked at: those have their HMAC.
        self._written = pages_written(trace) if DATABASE in trace.start else None
        # A thousand images come to some thirty different databases. By a byte of each page: a page ends with random
        # bytes, and to hash all of it takes longer than to compare it.
        self._known: dict[bytes, tuple[bytes, Found]] = {}

    def open(self, image: Mapping[str, bytes], *, sell_on: bool = False) -> Found:
        """`sell_on`: one more sale is made in it."""
        for path in self._folder.iterdir():
            if path.name not in image:
                path.unlink()
        for name, content in image.items():
            _put_down(self._folder / name, content)
        try:
            store = open_store(self._folder / DATABASE, self._folder / "kiosk.key")
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
        """Databases of the same bytes hold the same books, which are read once."""
        _, in_log, in_database = connection.execute("PRAGMA wal_checkpoint").fetchone()
        assert in_log == in_database, "something of the log does not reach the database"
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        with (self._folder / DATABASE).open("rb", buffering=0) as file:
            content = file.read(pages * PAGE_BYTES)
        hint = content[PAGE_BYTES - 1 :: PAGE_BYTES]
        known = self._known.get(hint)
        if known is None or known[0] != content:
            found = replace(stages_of(read_books(connection), self._trace), strange_pages=self._strange(content))
            self._known[hint] = known = (content, found)
        return known[1]

    def _strange(self, content: bytes) -> tuple[int, ...]:
        """The numbers of pages that nobody wrote so: without HMAC SQLCipher would take a torn one."""
        if self._written is None:
            return ()
        return tuple(number for number, page in _pages(content) if (number, page) not in self._written)


def pages_written(trace: Trace) -> frozenset[tuple[int, bytes]]:
    """With their numbers, from 1: the pages at the start, and those that were put into the database or its log."""
    database = sorted(trace.start).index(DATABASE)
    pages = set(_pages(trace.start[DATABASE]))
    writes = [event for event in trace.events if isinstance(event, Written)]
    for before, write in pairwise(writes):
        if write.file == database and write.offset % PAGE_BYTES == 0:
            pages |= {(write.offset // PAGE_BYTES + number, page) for number, page in _pages(write.data)}
        elif len(before.data) == _FRAME_HEADER_BYTES and len(write.data) == PAGE_BYTES:
            pages.add((int.from_bytes(before.data[:4], "big"), write.data))  # sqlite.org/fileformat2.html#walformat
    return frozenset(pages)


def _pages(content: bytes) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(content), PAGE_BYTES):
        yield start // PAGE_BYTES + 1, content[start : start + PAGE_BYTES]


def _put_down(path: Path, content: bytes) -> None:
    """In place: to empty a file first, and be given its memory again, takes three times as long."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        assert os.write(descriptor, content) == len(content)
        os.truncate(descriptor, len(content))
    finally:
        os.close(descriptor)


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
    if found.strange_pages:
        return Fault.DAMAGED, f"nobody wrote the pages {found.strange_pages} so"
    return None
