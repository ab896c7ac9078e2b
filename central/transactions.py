"""Transactions that tell the terminals: whatever one changes is put on the feed in the same transaction, last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from central.audit.own import PlannedAct, append, operator
from central.database import Database, is_transient
from central.feed.changes import Changes
from central.feed.service import publish
from central.restoring.safe import Safe

T = TypeVar("T")

MAX_ATTEMPTS = 5


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction that writes. `changes` collects what the terminals must hear of, `moved` the members whose money
    moved: what is set aside for them is looked at afterwards, `acts` what goes into the audit log. `now` is its
    moment, `safe` is beside the database."""

    connection: Connection
    currency: str
    now: datetime
    safe: Safe
    changes: Changes = field(default_factory=Changes)
    moved: set[str] = field(default_factory=set)
    acts: list[PlannedAct] = field(default_factory=list)

    def record(self, action: str, subject: str = "", *, actor: str | None = None, **details: object) -> None:
        """Into the audit log, with the rest or not at all: what was done to `subject`, by whoever runs this process
        unless `actor` says otherwise. Ids only, never a name; bounds: kiosk.domain.audit."""
        self.acts.append(PlannedAct(actor or operator(), action, subject, details))


class Transactions:
    """Runs work in transactions; `after_commit` is called with each on the same thread when it has been committed."""

    def __init__(
        self,
        database: Database,
        currency: str,
        *,
        clock: Callable[[], datetime] = utc_now,
        after_commit: Callable[[Transaction], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._currency = currency
        self._clock = clock
        self._after_commit = after_commit

    def now(self) -> datetime:
        """By the clock that transactions go by."""
        return self._clock()

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` and publish what it changed. It is run again from the start when another transaction stood in
        its way, so it must do nothing outside the transaction."""
        for _ in range(MAX_ATTEMPTS - 1):
            try:
                return self._write_once(work)
            except DBAPIError as error:
                if not is_transient(error):
                    raise
        return self._write_once(work)

    def read(self, work: Callable[[Connection], T]) -> T:
        with self._database.read() as connection:
            return work(connection)

    def _write_once(self, work: Callable[[Transaction], T]) -> T:
        with self._database.write() as connection:
            transaction = Transaction(connection, self._currency, self._clock(), self._database.safe)
            result = work(transaction)
            append(connection, transaction.acts, transaction.now)
            publish(connection, transaction.changes, self._currency, transaction.now, transaction.safe)
        self._after_commit(transaction)
        return result


class TransactionThreads:
    """The same for the event loop, which itself never waits for the database: writers in line, readers beside them.

    Their queues are bounded by the server's limit of open requests.
    """

    def __init__(self, transactions: Transactions, writers: int, readers: int = 4) -> None:
        self._transactions = transactions
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="reader")

    def now(self) -> datetime:
        """As Transactions.now."""
        return self._transactions.now()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._transactions.write, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._transactions.read, work)

    def close(self) -> None:
        """Wait for what has begun; nothing new is taken."""
        for executor in (self._writers, self._readers):
            executor.shutdown(wait=True, cancel_futures=True)
