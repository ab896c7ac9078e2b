"""POST /v1/grants."""

from __future__ import annotations

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.messages import read_message
from central.openapi import TERMINAL_SCHEME, takes
from central.terminals.identity import Terminal
from central.transactions import TransactionThreads
from central.wallet import service
from kiosk.sync import wire


@post("/v1/grants", status_code=200, operation_class=takes(wire.GrantRequest), security=[{TERMINAL_SCHEME: []}])
async def request_grant(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    threads: NamedDependency[SkipValidation[TransactionThreads]],
) -> wire.GrantReply:
    """A just-in-time grant of exactly the amount, or why there is none."""
    message = await read_message(request, wire.GrantRequest)
    return await threads.write(lambda tx: service.request_grant(tx, terminal, message))
