"""What is wrong with a crash image: the files are put down and opened as the terminal opens them.

Those of a first start, and those in which one more sale is made, are opened by the whole of `open_store`. The others go
through the same steps up to where SQLAlchemy takes over: it does nothing to the files, and takes longer than the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from kiosk.services.ports import StorageFailed
from kiosk.store.database import connect, make_durable, quick_check, sqlcipher
from kiosk.store.errors import CannotOpenStore, Conflict, NotEnrolled
from kiosk.store.key_file import load_or_make_key
from kiosk.store.sqlite_store import CHECK_BUDGET_S, open_store
from tests.prove.power_cut.books import connection_of, read_books
from tests.prove.power_cut.trace import Books, Stage, Trace
from tests.store.sales import sell

_FAILURES = (CannotOpenStore, StorageFailed, Conflict, NotEnrolled, SQLAlchemyError, sqlcipher.Error)


class Fault(StrEnum):
    LOST = "lost"  # the program was told that the sale is this far, and it is not
    HALF = "half"  # some of a sale's rows, or rows that nobody wrote
    DAMAGED = "damaged"  # the store does not open, cannot be read or does not sell on


@dataclass(frozen=True, slots=True)
class Found:
    """What an image held, whatever the program had been told. A sale that is not in `stages` is absent."""

    stages: Mapping[str, Stage] = field(default_factory=dict)
    fault: tuple[Fault, str] | None = None


def open_image(image: Mapping[str, bytes], trace: Trace, folder: Path, *, sell_on: bool = False) -> Found:
    """`folder` holds nothing but such images, one after the other. `sell_on`: one more sale is made in it."""
    for path in folder.iterdir():
        if path.name not in image:
            path.unlink()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    database, key = folder / "kiosk.db", folder / "kiosk.key"
    try:
        if sell_on or database.name not in trace.start:
            books = _books_opened(database, key, sell_on=sell_on)
        else:
            books = _books_found(database, key)
    except _FAILURES as error:
        return Found(fault=(Fault.DAMAGED, f"{type(error).__name__}: {error}"))
    return stages_of(books, trace)


def _books_opened(database: Path, key: Path, *, sell_on: bool) -> Books:
    """As they are before the sale."""
    store = open_store(database, key)
    try:
        books = read_books(connection_of(store))
        if sell_on:
            sell(store)
        return books
    finally:
        store.close()


def _books_found(database: Path, key: Path) -> Books:
    connection = connect(database, load_or_make_key(key, database))
    try:
        quick_check(connection, database, CHECK_BUDGET_S)
        make_durable(connection, database)
        return read_books(connection)
    finally:
        connection.close()


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
