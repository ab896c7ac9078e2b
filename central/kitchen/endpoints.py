"""GET /v1/kitchen: the tickets, as they change, for kitchen screens and pickup boards."""

from __future__ import annotations

import time
from functools import partial
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.exceptions import HTTPException
from litestar.params import FromQuery, QueryParameter, SkipValidation

from central.kitchen.service import read_page
from central.openapi import TERMINAL_SCHEME, gives
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire

_BIGGEST_SEQ = 2**63 - 1


@get(
    "/v1/kitchen", operation_class=gives(wire.KitchenPage), security=[{TERMINAL_SCHEME: []}], media_type=MediaType.JSON
)
async def kitchen(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
    epoch: Annotated[str, QueryParameter(max_length=64)] = "",
    after: Annotated[int, QueryParameter(ge=0, le=_BIGGEST_SEQ)] = 0,
    wait_s: FromQuery[float] = 0.0,
) -> Response[bytes]:
    """The tickets that have changed after the cursor; without any, it waits up to `wait_s` seconds for one, as the feed
    does."""
    if not 0 <= wait_s <= wire.MAX_WAIT_S:
        raise HTTPException(status_code=400, detail=f"wait_s must be 0 to {wire.MAX_WAIT_S}")
    own_epoch, deadline_s = serving.installation.epoch, time.monotonic() + wait_s
    read = partial(read_page, epoch=own_epoch, asked_epoch=epoch, after=after, with_lines=terminal.role == "kitchen")
    while True:
        generation = serving.waiters.generation
        page = await serving.threads.read(partial(read, now=serving.threads.now()))
        if page.tickets or epoch != own_epoch:
            break
        if not await serving.waiters.wait(f"{terminal.id} kitchen", generation, deadline_s - time.monotonic()):
            break
    return Response(wire.encode(page), media_type=MediaType.JSON)
