"""Booking what was stored of backlogs (central.push.backlog), while the server runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from central.push import repository
from central.push.repository import Sender
from central.push.service import Batch, book_all
from central.terminals.identity import Terminal
from central.terminals.repository import get_identity
from central.transactions import Transaction, TransactionThreads
from kiosk.sync import wire

log = structlog.get_logger()

# Events a transaction, as in central.push.intake.
EVENTS_AT_ONCE = 100
# What another process has stored, and could not book, is found by looking.
LOOK_EVERY_S = 5.0
# A terminal sends its backlog in several batches: while they come, what they need is quick answers.
QUIET_S = 0.3
LONGEST_WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class _Booked:
    """A part of a batch."""

    terminal: Terminal
    quarantined: tuple[wire.Quarantined, ...]


class BacklogBooker:
    """Lives in the event loop."""

    def __init__(self) -> None:
        self._stored = asyncio.Event()
        self._opened: tuple[bytes, wire.PushBatch] | None = None

    def note(self) -> None:
        """Something was stored."""
        self._stored.set()

    async def run(self, threads: TransactionThreads) -> None:
        """Until cancelled. What fails is tried again later, and holds up its own terminal alone."""
        while True:
            if self._stored.is_set():
                await self._until_quiet()
            try:
                booked = await self._book_of_each(threads)
            except (DBAPIError, PoolTimeout) as error:
                log.warning("backlog_not_read", error=type(error).__name__)
                booked = False
            if not booked:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._stored.wait()

    async def _until_quiet(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT_S):
                while True:
                    self._stored.clear()
                    async with asyncio.timeout(QUIET_S):
                        await self._stored.wait()

    async def _book_of_each(self, threads: TransactionThreads) -> bool:
        """A part of each terminal's; False when there is none that could be booked."""
        senders = await threads.read(repository.senders_waiting)
        return any([await self._book_of(threads, sender) for sender in senders])

    async def _book_of(self, threads: TransactionThreads, sender: Sender) -> bool:
        """Book the next events of that terminal; False when that did not work."""
        try:
            booked = await threads.write(partial(self._book, sender=sender))
        except Exception as error:
            log.exception("backlog_not_booked", terminal=sender[0], error=type(error).__name__)
            return False
        if booked is not None and booked.quarantined:
            seqs, terminal = [q.seq for q in booked.quarantined], booked.terminal
            log.warning("events_quarantined", terminal=terminal.letter, incarnation=terminal.incarnation, seqs=seqs)
        return True

    def _book(self, tx: Transaction, sender: Sender) -> _Booked | None:
        """The next events of what waits longest of that terminal; None when nothing does any more."""
        repository.lock_positions(tx.connection, [sender])
        waiting = repository.oldest_waiting(tx.connection, sender[0])
        if waiting is None:
            return None
        batch = self._open(waiting)
        terminal = replace(get_identity(tx.connection, waiting.terminal_id), incarnation=waiting.incarnation)
        events = batch.events[waiting.booked : waiting.booked + EVENTS_AT_ONCE]
        reply = book_all(tx, [Batch(terminal, batch.first_seq + waiting.booked, events, is_backlog=True)])[0]
        booked = waiting.booked + len(events)
        if booked < len(batch.events):
            repository.set_booked(tx.connection, waiting.id, booked)
        else:
            repository.remove_waiting(tx.connection, waiting.id)
        return _Booked(terminal, reply.quarantined)

    def _open(self, waiting: Row[Any]) -> wire.PushBatch:
        """Its parts come one after the other: it is opened once. (SQLite gives the id of a removed row again.)"""
        if self._opened is None or self._opened[0] != waiting.body:
            self._opened = waiting.body, wire.unpack_batch(waiting.body)
        return self._opened[1]
