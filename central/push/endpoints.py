"""POST /v1/push and /v1/backlog, and for staff what could not be booked: GET /v1/quarantine."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
import structlog
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import QueryParameter, SkipValidation

from central.messages import check_media_type, read_body, read_message, spoken_protocol
from central.openapi import TERMINAL_SCHEME, takes, takes_bytes
from central.push import repository
from central.push.backlog import store
from central.push.service import Batch
from central.restoring.epochs import check_announced, check_epoch
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire

log = structlog.get_logger()


class QuarantinedEvent(msgspec.Struct, frozen=True):
    """An event that was received and is kept, but not booked. `body` is its JSON as text."""

    terminal_letter: str
    incarnation: int
    seq: int
    event_id: UUID
    reason: str
    received_at: datetime
    body: str


@post("/v1/push", status_code=200, operation_class=takes(wire.PushBatch), security=[{TERMINAL_SCHEME: []}])
async def push(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.PushReply:
    """Take in what a terminal did. Repeats are skipped; after a gap nothing is taken, and last_seq says so."""
    batch: wire.PushBatch = await read_message(request, wire.PushBatch)
    check_epoch(serving.installation, batch.epoch, spoken_protocol(request))
    check_announced(terminal)
    _check(batch.first_seq, len(batch.events))
    quarantined: tuple[wire.Quarantined, ...] = ()
    reply = wire.PushReply(0)
    for start in range(0, len(batch.events), serving.intake.events_at_once):
        first_seq, events = batch.first_seq + start, batch.events[start : start + serving.intake.events_at_once]
        reply = await serving.intake.receive(Batch(terminal, first_seq, events, batch.sent_ms))
        quarantined += reply.quarantined
        if reply.last_seq < first_seq + len(events) - 1:
            break
    if quarantined:
        seqs = [q.seq for q in quarantined]
        log.warning("events_quarantined", terminal=terminal.letter, incarnation=terminal.incarnation, seqs=seqs)
    return wire.PushReply(reply.last_seq, quarantined)


@post("/v1/backlog", status_code=200, operation_class=takes_bytes(wire.PACKED), security=[{TERMINAL_SCHEME: []}])
async def backlog(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.PushReply:
    """Keep what a terminal did while it was away, packed (kiosk/sync/wire/packing.py). It is durable with the reply,
    and booked soon after. After a gap nothing is kept, and last_seq says so."""
    check_media_type(request, wire.PACKED)
    packed = await read_body(request)
    head = await asyncio.to_thread(wire.packed_head, packed)
    check_epoch(serving.installation, head.epoch, spoken_protocol(request))
    check_announced(terminal)
    _check(head.first_seq, head.count)
    reply = await serving.threads.write(partial(store, terminal=terminal, head=head, packed=packed))
    serving.booker.note()
    return reply


def _check(first_seq: int, count: int) -> None:
    if first_seq < 1 or not 1 <= count <= wire.MAX_PUSH_EVENTS:
        detail = f"a batch has 1 to {wire.MAX_PUSH_EVENTS} events, numbered from 1"
        raise HTTPException(status_code=400, detail=detail)


@get("/v1/quarantine")
async def list_quarantined(
    serving: NamedDependency[SkipValidation[Serving]],
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
) -> list[QuarantinedEvent]:
    """The newest events that were received but could not be booked."""
    rows = await serving.threads.read(lambda connection: repository.newest_quarantined(connection, limit))
    return [
        QuarantinedEvent(
            row.terminal_letter,
            row.incarnation,
            row.seq,
            row.event_id,
            row.reason,
            row.received_at,
            row.body.decode("utf-8", "replace"),
        )
        for row in rows
    ]
