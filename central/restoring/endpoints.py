"""POST /v1/announce."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import SkipValidation

from central.errors import Conflict
from central.messages import read_message, spoken_protocol
from central.openapi import TERMINAL_SCHEME, takes
from central.restoring.announcing import take_announcement
from central.restoring.epochs import check_epoch
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire

log = structlog.get_logger()


@post("/v1/announce", status_code=200, operation_class=takes(wire.Announcement), security=[{TERMINAL_SCHEME: []}])
async def announce(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.AnnouncementReply:
    """What a terminal holds: after a restore central must know it before it grants anything or takes a push."""
    message: wire.Announcement = await read_message(request, wire.Announcement)
    if len(message.grants) > wire.MAX_ANNOUNCED_GRANTS:
        raise HTTPException(status_code=400, detail=f"at most {wire.MAX_ANNOUNCED_GRANTS} grants in a message")
    check_epoch(serving.installation, message.epoch, spoken_protocol(request))
    try:
        reply, left_out = await serving.threads.write(partial(take_announcement, terminal=terminal, message=message))
    except Conflict as error:
        log.warning("announcement_refused", terminal=terminal.letter, reason=str(error))
        raise
    if left_out:
        log.warning("announced_grants_not_ours", terminal=terminal.letter, count=left_out)
    if not terminal.is_announced and not message.more:
        log.info("terminal_announced", terminal=terminal.letter, last_seq=reply.last_seq)
    return reply
