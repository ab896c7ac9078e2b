"""Push: the outbox to central, in order, a batch at a time."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import msgspec

from kiosk.services.ports import CentralUnreachable
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralBusy
from kiosk.sync.ports import SyncStore
from kiosk.sync.wire import (
    MAX_BODY_BYTES,
    CutTexts,
    GrantClosed,
    PortionsGivenBack,
    PushBatch,
    PushedEvent,
    PushReply,
    WireError,
    cut_batch,
    decode,
    encode,
)

BATCH_EVENTS = 1000
BATCH_BYTES = 4 * 1024 * 1024
# More than this was not sold since the last batch: the terminal was away, and central need not book it at once.
BACKLOG_ABOVE_EVENTS = 200
_SHOWN_BYTES = 64 * 1024
_BESIDE = partial(ThreadPoolExecutor, 2, "push-backlog")

log = logging.getLogger(__name__)


class OutOfStep(Exception):
    """Central and this terminal disagree about what was sent, and neither can give in by itself: this database is an
    old copy, or central is and asks for events that are no longer kept. A person must enrol the terminal anew."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """So many waiting events from number `first_seq`: a message, or when they are a backlog what is to be packed."""

    first_seq: int
    count: int
    epoch: str
    body: PushBatch | CutTexts

    @property
    def last_seq(self) -> int:
        return self.first_seq + self.count - 1

    def follows(self, other: _Batch) -> bool:
        return self.first_seq == other.last_seq + 1 and self.epoch == other.epoch


class OutboxSender:
    """Sends what waits in the outbox, grants and portions to be given back first put into it. Central skips what it has
    and keeps what it cannot book, so nothing here ever drops an event or stops at one. `beside` makes what packs and
    sends a backlog while the batch behind it is made; it can do two things at a time."""

    def __init__(
        self,
        client: CentralClient,
        store: SyncStore,
        beside: Callable[[], Executor] = _BESIDE,
    ) -> None:
        self._client = client
        self._store = store
        self._beside = beside
        self._limit = BATCH_EVENTS
        self._stalled = False

    def send_batch(self) -> bool:
        """Send the oldest waiting events, a backlog whole; False when none waited.

        Raises CentralUnreachable, CentralRefused, OutOfStep, StorageFailed; all of it can be tried again.
        """
        batch = self._next_batch()
        if batch is None:
            return False
        if isinstance(batch.body, PushBatch):
            self._settle(batch, partial(self._client.push, batch.body))
        else:
            self._send_backlog(batch, batch.body)
        return True

    def _next_batch(self, skip: int = 0) -> _Batch | None:
        """The oldest waiting events behind the first `skip`."""
        with self._store.transaction() as tx:
            for use in tx.grants.give_back():
                tx.outbox.add(encode(GrantClosed(use.grant.id, use.spends)))
            returned = tx.portions.give_back()
            if returned:
                tx.outbox.add(encode(PortionsGivenBack(returned)))
            epoch, _ = tx.feed.cursor()
            first_seq, waiting = tx.outbox.next_batch(self._limit, BATCH_BYTES, skip)
        if not waiting:
            return None
        body: PushBatch | CutTexts
        if len(waiting) > BACKLOG_ABOVE_EVENTS:
            body = cut_batch(first_seq, epoch, waiting)
        else:
            events = tuple(PushedEvent(UUID(hex=id_), msgspec.Raw(_sendable(event))) for id_, event in waiting)
            body = PushBatch(first_seq, events, epoch, sent_ms=time.time_ns() // 1_000_000)
        return _Batch(first_seq, len(waiting), epoch, body)

    def _send_backlog(self, batch: _Batch, cut: CutTexts) -> None:
        """That batch, and those behind it while they are as large. Three of them at a time: one is under way, one is
        packed, one is read and cut; but each is sent only when central has all of the one before."""
        with self._beside() as beside:
            reply = beside.submit(self._push_packed, batch, cut)
            while True:
                ahead, reply_ahead = self._next_batch(skip=batch.count), None
                if ahead and isinstance(ahead.body, CutTexts) and ahead.follows(batch):
                    reply_ahead = beside.submit(self._push_packed, ahead, ahead.body, reply)
                taken = self._settle(batch, reply.result)
                if ahead is None or reply_ahead is None or not taken:
                    return
                batch, reply = ahead, reply_ahead

    def _push_packed(self, batch: _Batch, cut: CutTexts, before: Future[PushReply] | None = None) -> PushReply:
        """Central's reply; the one `before` where that leaves central elsewhere, as then nothing is sent."""
        packed = cut.packed()
        if before is not None and before.result().last_seq != batch.first_seq - 1:
            return before.result()
        return self._client.push_backlog(packed)

    def _settle(self, batch: _Batch, ask: Callable[[], PushReply]) -> bool:
        """Note what central has taken, as `ask` tells; whether it is all of the batch."""
        try:
            reply = ask()
        except CentralBusy:
            raise  # it is not the size; many small batches would fill central's room for backlogs sooner
        except CentralUnreachable:
            self._limit = max(1, batch.count // 4)  # it may be the size that does not get through
            raise
        self._limit = min(BATCH_EVENTS, self._limit * 2)
        self._take(reply, batch.first_seq, batch.epoch)
        return reply.last_seq == batch.last_seq

    def _take(self, reply: PushReply, first_seq: int, epoch: str) -> None:
        with self._store.transaction() as tx:
            if tx.feed.cursor()[0] != epoch:
                return  # central was restored meanwhile: it may have forgotten again what it says here
            in_step = tx.outbox.acknowledge(reply.last_seq)
        if not in_step:
            raise OutOfStep(f"central has everything up to {reply.last_seq}, this terminal sent from {first_seq}")
        if reply.quarantined:
            log.error(
                "events_quarantined", extra={"count": len(reply.quarantined), "first_seq": reply.quarantined[0].seq}
            )
        if reply.last_seq < first_seq - 1:
            log.warning("central_asks_again", extra={"from_seq": reply.last_seq + 1})
        stalled = reply.last_seq < first_seq
        if stalled and self._stalled:
            raise CentralUnreachable("central takes nothing of what it is sent")
        self._stalled = stalled


def _sendable(body: bytes) -> bytes:
    """The body as it is. One that no JSON can carry would hold up everything behind it: it goes wrapped, always the
    same way and cut if need be, so that central can put it into quarantine. (What is packed may be any bytes.)"""
    try:
        decode(body, msgspec.Raw)  # as central reads it in a batch
        if len(body) <= MAX_BODY_BYTES // 2:
            return body
    except WireError:
        pass
    shown = base64.b64encode(body[:_SHOWN_BYTES]).decode("ascii")
    return encode({"type": "unreadable", "bytes": len(body), "begins": shown})
