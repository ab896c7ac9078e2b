"""POST /v1/portions."""

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
from central.stock.portions import hand_out
from central.terminals.identity import Terminal
from kiosk.sync import wire

# As with grants: terminals wait longer for an answer, customers not much.
RECALL_WITHIN_S = 1.5
GATHER_S = 0.03


@post("/v1/portions", status_code=200, operation_class=takes(wire.PortionsRequest), security=[{TERMINAL_SCHEME: []}])
async def portions(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.PortionsReply:
    """Portions of dishes for that terminal to sell, all of them or none. What other terminals hold is asked back, and
    waited for a little."""
    message = await read_message(request, wire.PortionsRequest)
    check_epoch(serving.installation, message.epoch, spoken_protocol(request))
    check_announced(terminal)
    deadline_s = time.monotonic() + RECALL_WITHIN_S
    while True:
        generation, left_s = serving.waiters.generation, deadline_s - time.monotonic()
        ask = partial(hand_out, terminal=terminal, request=message, may_wait=left_s > 0)
        reply = await serving.threads.write(ask)
        if reply is not None:
            return reply
        await serving.waiters.wait(f"portions {terminal.id}", generation, left_s)
        await asyncio.sleep(GATHER_S)
