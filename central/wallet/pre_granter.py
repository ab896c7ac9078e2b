"""Looks after pre-grants while the server runs: members whose money moved, and everybody once a day."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from threading import Lock

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from central.members.repository import member_ids_after
from central.transactions import Transaction, TransactionThreads
from central.wallet.pre_grants import PreGrantRule, issue

log = structlog.get_logger()

# Few enough members a transaction that a card payment hardly waits for it, and often enough for a busy lunch.
EVERY_S = 0.5
MEMBERS_AT_ONCE = 25
SWEEP_EVERY_S = 24 * 3600.0
MAX_WAITING = 100_000


class PreGranter:
    """`note` is called on any thread, with each transaction that was committed; `run` lives in the event loop."""

    def __init__(self, rule: PreGrantRule) -> None:
        self._rule = rule
        self._lock = Lock()
        self._due: dict[str, None] = {}
        self._sweep_at_s = 0.0
        self._swept_to = ""

    def note(self, transaction: Transaction) -> None:
        """Whose money moved is looked at soon. What does not fit waits for the daily sweep."""
        with self._lock:
            for member_id in sorted(transaction.moved):
                if len(self._due) < MAX_WAITING:
                    self._due[member_id] = None

    async def run(self, threads: TransactionThreads) -> None:
        """Until cancelled. What fails is tried again with the member's next sale, or the next day."""
        if not self._rule.limit_minor:
            return
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                due = self._take() or await self._next_of_sweep(threads)
                if due:
                    await threads.write(partial(issue, rule=self._rule, member_ids=due))
            except (DBAPIError, PoolTimeout) as error:
                log.warning("pre_grants_not_made", error=type(error).__name__)

    async def _next_of_sweep(self, threads: TransactionThreads) -> list[str]:
        """Members in the order of their ids while a sweep is under way; nobody between two."""
        if time.monotonic() < self._sweep_at_s:
            return []
        found = await threads.read(partial(member_ids_after, after=self._swept_to, limit=MEMBERS_AT_ONCE))
        self._swept_to = found[-1] if found else ""
        if not found:
            self._sweep_at_s = time.monotonic() + SWEEP_EVERY_S
        return found

    def _take(self) -> list[str]:
        with self._lock:
            due = list(self._due)[:MEMBERS_AT_ONCE]
            for member_id in due:
                del self._due[member_id]
        return due
