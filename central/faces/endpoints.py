"""POST /v1/faces: letters with copies of faces, from terminal to terminal."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.faces.sharing import exchange, leave
from central.messages import read_message
from central.openapi import TERMINAL_SCHEME, takes
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire


@post("/v1/faces", status_code=200, operation_class=takes(wire.FaceExchange), security=[{TERMINAL_SCHEME: []}])
async def faces(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.FaceExchangeReply:
    """Take a terminal's box and the letters that it has written, and ask it for others. Where sharing is off, nothing
    is kept of it."""
    message = await read_message(request, wire.FaceExchange)
    if not serving.shares_faces:
        await serving.threads.write(partial(leave, terminal_id=terminal.id))
        return wire.FaceExchangeReply()
    reply: wire.FaceExchangeReply = await serving.threads.write(partial(exchange, terminal=terminal, message=message))
    return reply
