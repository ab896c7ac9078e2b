"""Polls that wait for news. A waiting poll holds no thread and no database connection."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import structlog

from central.database import Database
from central.feed.elsewhere import FAILURES, last_seqs

log = structlog.get_logger()

RETRY_AFTER_S = 1.0


class FeedWaiters:
    """Lives in the event loop; only `wake_from_thread` may be called from elsewhere.

    A terminal has one waiting poll: its next one ends the one before, so that connections which died silently do not
    pile up.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, asyncio.Event] = {}
        self._closed = False
        self.generation = 0
        self._told_seq = 0

    def attach(self) -> None:
        """Belong to the running event loop from now on."""
        self._loop = asyncio.get_running_loop()

    async def wait(self, who: str, generation: int, timeout_s: float) -> bool:
        """Until there may be news since `generation`, or `timeout_s` have passed. False when there is no use in
        waiting on: the time is over, the server stops, or a newer poll has taken this one's place."""
        if generation != self.generation:
            return True
        if self._closed or timeout_s <= 0:
            return False
        event = asyncio.Event()
        superseded = self._waiting.get(who)
        if superseded is not None:
            superseded.set()
        self._waiting[who] = event
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            if self._waiting.get(who) is event:
                del self._waiting[who]
        return generation != self.generation

    def wake(self, seq: int = 0) -> None:
        """There are rows up to `seq`, of which the polls that wait may not have heard."""
        self._told_seq = max(self._told_seq, seq)
        self.generation += 1
        for event in self._waiting.values():
            event.set()

    def wake_from_thread(self, seq: int) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.wake, seq)

    def close(self) -> None:
        """End every waiting poll; later ones do not wait."""
        self._closed = True
        self.wake()

    async def watch_other_processes(self, database: Database) -> None:
        """Wake the polls when the feed grew by another process's hand. Runs until cancelled."""
        failing = False
        while True:
            try:
                async with aclosing(last_seqs(database)) as seqs:
                    async for seq in seqs:
                        failing = False
                        if seq > self._told_seq:
                            self.wake(seq)
            except FAILURES as error:
                if not failing:
                    log.warning("feed_not_watched", error=type(error).__name__)
                failing = True
                await asyncio.sleep(RETRY_AFTER_S)
