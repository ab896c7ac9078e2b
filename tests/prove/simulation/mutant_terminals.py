"""Terminals with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.unit_of_work import UnitOfWork
from kiosk.sync import wire
from tests.prove.simulation.mortal import Crashed, MortalStore
from tests.prove.simulation.terminal import SimulatedTerminal


class SpendsWhatIsClosed(SimulatedTerminal):
    """Goes on under grants that it has given back."""

    def after_sync(self) -> None:
        self.execute("UPDATE grants SET closed = 0, recalled = 0 WHERE closed AND spent_minor < amount_minor")


class LosesOutboxRow(SimulatedTerminal):
    """What was last put into the outbox had not reached the disk with the sale."""

    def after_crash(self) -> None:
        self.execute(
            "DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox)"
            " AND id > (SELECT acknowledged_id FROM outbox_state)"
        )


class _ToldTooEarly(MortalStore):
    """Keeps the files as they were before the last transaction."""

    def __init__(self, terminal: SimulatedTerminal, disk: SqliteStore, keep: Callable[[], None]) -> None:
        super().__init__(disk, terminal.death, terminal.witness, terminal.durable)
        self._keep = keep

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        self._keep()
        with super().transaction() as unit:
            yield unit


class TellsBeforeCommit(SimulatedTerminal):
    """Says "paid" before the sale is durable: the last transaction is gone when the machine dies."""

    kept: dict[str, bytes] | None = None

    def become(self, enrolled: wire.Enrolled, private_key: bytes) -> None:
        self.kept = None
        super().become(enrolled, private_key)

    def mortal(self, disk: SqliteStore) -> MortalStore:
        return _ToldTooEarly(self, disk, self._keep)

    def _keep(self) -> None:
        files = [self.path, self.path.with_name(self.path.name + "-wal")]
        self.kept = {file.name: file.read_bytes() for file in files if file.exists()}

    def after_crash(self) -> None:
        if self.kept is None:
            return
        self.disk.close()
        for leftover in self.path.parent.glob(self.path.name + "*"):
            leftover.unlink()
        for name, content in self.kept.items():
            self.path.with_name(name).write_bytes(content)


class _CursorFirst(MortalStore):
    dies_between: Callable[[], bool]

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        with super().transaction() as unit:
            unit.feed = _CursorFirstFeed(unit.feed, self.dies_between)  # type: ignore[assignment]
            yield unit


class _CursorFirstFeed:
    def __init__(self, feed: Any, dies_between: Callable[[], bool]) -> None:
        self._feed, self._connection, self._dies_between = feed, feed._connection, dies_between

    def __getattr__(self, name: str) -> Any:
        return getattr(self._feed, name)

    def apply_page(self, **page: Any) -> None:
        if page["epoch"] == self.cursor()[0]:
            self._connection.exec_driver_sql(f"UPDATE feed_state SET after = {page['next_after']}")  # noqa: S608
            self._connection.exec_driver_sql("COMMIT")
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            if self._dies_between():
                raise Crashed
        self._feed.apply_page(**page)


class MovesCursorFirst(SimulatedTerminal):
    """Writes down how far it has read before what it has read; its machine dies where that matters more often than
    elsewhere, else it would be found late."""

    def mortal(self, disk: SqliteStore) -> MortalStore:
        store = _CursorFirst(disk, self.death, self.witness, self.durable)
        store.dies_between = lambda: self.chance.random() < 3 * self.crash_rate
        return store


class ForgetsRefunds(SimulatedTerminal):
    """What was given back is not on its disk any more after a start, or when central has heard of it."""

    def after_crash(self) -> None:
        self.after_sync()

    def after_sync(self) -> None:
        for table in ("refunds", "refunded_lines", "refunded_parts"):
            self.execute(f"DELETE FROM {table}")  # noqa: S608
