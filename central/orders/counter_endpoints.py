"""POST /v1/due-orders and /v1/claim, for counter terminals."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.messages import read_message
from central.openapi import TERMINAL_SCHEME, takes
from central.orders.claims import claim, find_due
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire


@post("/v1/due-orders", status_code=200, operation_class=takes(wire.DueOrdersRequest), security=[{TERMINAL_SCHEME: []}])
async def due_orders(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.DueOrdersReply:
    """Orders of the site that wait to be paid at the counter: by number, by card, or that one."""
    message: wire.DueOrdersRequest = await read_message(request, wire.DueOrdersRequest)
    return await serving.threads.read(partial(find_due, request=message))


@post("/v1/claim", status_code=200, operation_class=takes(wire.ClaimRequest), security=[{TERMINAL_SCHEME: []}])
async def claim_order(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.ClaimReply:
    """A counter is about to settle an order: whether it is still due, and nobody else is at it."""
    message: wire.ClaimRequest = await read_message(request, wire.ClaimRequest)
    answer = await serving.threads.write(partial(claim, terminal=terminal, request=message))
    return wire.ClaimReply(answer.value)
