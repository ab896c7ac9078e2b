"""Looks after pre-grants while the server runs: members whose money moved, and everybody once a day."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from threading import Lock

import structlog
from sqlalchemy.exc import DBAPIError

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

    def note(self, transaction: Transaction) -> None:
        """Whose money moved is looked at soon. What does not fit waits for the daily sweep."""
        with self._lock:
            for member_id in transaction.moved:
                if len(self._due) < MAX_WAITING:
                    self._due[member_id] = None

    async def run(self, threads: TransactionThreads) -> None:
        """Until cancelled."""
        if not self._rule.limit_minor:
            return
        sweep_at_s, swept_to = time.monotonic(), ""
        while True:
            await asyncio.sleep(EVERY_S)
            due = self._take()
            if not due and time.monotonic() >= sweep_at_s:
                due = await threads.read(partial(member_ids_after, after=swept_to, limit=MEMBERS_AT_ONCE))
                swept_to = due[-1] if due else ""
                sweep_at_s += 0 if due else SWEEP_EVERY_S
            if due:
                await self._issue(threads, due)

    async def _issue(self, threads: TransactionThreads, due: list[str]) -> None:
        try:
            await threads.write(partial(issue, rule=self._rule, member_ids=due))
        except DBAPIError as error:
            log.warning("pre_grants_not_made", members=len(due), error=type(error.orig).__name__)

    def _take(self) -> list[str]:
        with self._lock:
            due = list(self._due)[:MEMBERS_AT_ONCE]
            for member_id in due:
                del self._due[member_id]
        return due
