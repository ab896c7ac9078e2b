"""When pushed batches are booked: those that wait are booked together, several terminals' in one transaction, so that
a busy hour costs few commits and few statements."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from central.database import is_unavailable
from central.push.service import Batch, receive_all
from central.transactions import TransactionThreads
from kiosk.sync.wire import PushReply

log = structlog.get_logger()

# Enough to share the cost of a transaction, few enough that a card payment, which waits for its turn to write, does so
# for some 50 ms at most.
EVENTS_AT_ONCE = 100
# Where several write at a time, a payment waits only for its own member's row.
EVENTS_AT_ONCE_BESIDE_OTHERS = 400

_Waiting = tuple[Batch, asyncio.Future[PushReply]]


class Intake:
    """Lives in the event loop. What waits is bounded by the server's limit of open requests."""

    def __init__(self, threads: TransactionThreads, at_once: int) -> None:
        """`at_once`: how many transactions may be under way."""
        self.events_at_once = EVENTS_AT_ONCE if at_once == 1 else EVENTS_AT_ONCE_BESIDE_OTHERS
        self._threads = threads
        self._at_once = at_once
        self._waiting: deque[_Waiting] = deque()
        self._at_work = 0
        self._tasks: set[asyncio.Task[None]] = set()  # the event loop itself keeps none alive

    async def receive(self, batch: Batch) -> PushReply:
        """Take the batch in, together with what else waits; with the reply it is durable, and booked or in
        quarantine."""
        reply: asyncio.Future[PushReply] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, reply))
        if self._at_work < self._at_once:
            self._at_work += 1
            task = asyncio.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await reply

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._book(self._next_group())
        finally:
            # Not when the task is seen to be done: whoever was answered may bring the next batch before that.
            self._at_work -= 1

    def _next_group(self) -> list[_Waiting]:
        """The oldest that wait; of each terminal one batch, which knows what came before it."""
        group = [self._waiting.popleft()]
        terminal_ids = {group[0][0].terminal.id}
        events = len(group[0][0].events)
        while self._waiting:
            batch = self._waiting[0][0]
            events += len(batch.events)
            if events > self.events_at_once or batch.terminal.id in terminal_ids:
                break
            terminal_ids.add(batch.terminal.id)
            group.append(self._waiting.popleft())
        return group

    async def _book(self, group: Sequence[_Waiting]) -> None:
        batches = [batch for batch, _ in group]
        try:
            replies = await self._threads.write(partial(receive_all, batches=batches))
        except Exception as error:  # noqa: BLE001 - whoever waits for the reply is given it
            if len(group) > 1 and not _is_away(error):
                log.warning("batches_taken_apart", error=type(error).__name__)
                for one in group:  # whatever is wrong with one of them is not the others' fault
                    await self._book([one])
                return
            for _, reply in group:
                if not reply.done():
                    reply.set_exception(error)
            return
        for (_, reply), answer in zip(group, replies, strict=True):
            if not reply.done():  # the terminal may have gone
                reply.set_result(answer)


def _is_away(error: Exception) -> bool:
    return isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and is_unavailable(error))
