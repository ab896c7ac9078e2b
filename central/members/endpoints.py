"""POST /v1/member-acts."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.members.acts import do_member_act
from central.messages import read_message
from central.openapi import TERMINAL_SCHEME, takes
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire

# As with grants: what terminals hold is asked back, and waited for a little.
RECALL_WITHIN_S = 1.5
GATHER_S = 0.03


@post(
    "/v1/member-acts", status_code=200, operation_class=takes(wire.MemberActRequest), security=[{TERMINAL_SCHEME: []}]
)
async def member_acts(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.MemberActReply:
    """Staff at a terminal bind or unblock a member's card, correct a balance (two of them), or change what the member
    must not eat. Who may, central knows itself."""
    message: wire.MemberActRequest = await read_message(request, wire.MemberActRequest)
    act = partial(do_member_act, terminal=terminal, request=message, largest_minor=serving.largest_correction_minor)
    deadline_s = time.monotonic() + RECALL_WITHIN_S
    while True:
        generation, left_s = serving.waiters.generation, deadline_s - time.monotonic()
        reply = await serving.threads.write(partial(act, may_wait=left_s > 0))
        if reply is not None:
            return reply
        await serving.waiters.wait(f"member act {message.act_id}", generation, left_s)
        await asyncio.sleep(GATHER_S)
