"""POST /v1/grants."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.messages import read_message, spoken_protocol
from central.openapi import TERMINAL_SCHEME, takes
from central.restoring.epochs import check_announced, check_epoch
from central.serving import Serving
from central.terminals.identity import Terminal
from central.wallet import service
from kiosk.sync import wire

# Terminals wait longer for an answer, customers not much.
RECALL_WITHIN_S = 1.5
# Every commit may bring the money back; at a busy hour not each is worth asking.
GATHER_S = 0.03


@post("/v1/grants", status_code=200, operation_class=takes(wire.GrantRequest), security=[{TERMINAL_SCHEME: []}])
async def request_grant(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.GrantReply:
    """A just-in-time grant of exactly the amount, or why there is none. What other terminals hold for the member is
    asked back, and waited for a little."""
    message = await read_message(request, wire.GrantRequest)
    check_epoch(serving.installation, message.epoch, spoken_protocol(request))
    check_announced(terminal)
    deadline_s = time.monotonic() + RECALL_WITHIN_S
    while True:
        generation, left_s = serving.waiters.generation, deadline_s - time.monotonic()
        ask = partial(service.request_grant, terminal=terminal, request=message, may_wait=left_s > 0)
        reply = await serving.threads.write(ask)
        if reply is not None:
            return reply
        await serving.waiters.wait(f"grant {message.request_id}", generation, left_s)
        await asyncio.sleep(GATHER_S)
