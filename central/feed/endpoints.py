"""GET /v1/feed: what central knows, as it changes."""

from __future__ import annotations

import asyncio
import gzip
import time
from functools import partial
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromQuery, QueryParameter, SkipValidation

from central.feed.service import read_page
from central.messages import spoken_protocol
from central.openapi import TERMINAL_SCHEME, gives
from central.serving import Serving
from central.terminals.identity import FEED_KINDS, Terminal
from central.terminals.service import note_protocol
from central.wallet.pre_grants import FIRST_PROTOCOL
from kiosk.sync import wire

_BIGGEST_SEQ = 2**63 - 1
GZIP_LEVEL = 2  # a tenth of the bytes; level 4 takes twice the time and saves a twelfth of them


@get("/v1/feed", operation_class=gives(wire.FeedPage), security=[{TERMINAL_SCHEME: []}], media_type=MediaType.JSON)
async def feed(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
    epoch: Annotated[str, QueryParameter(max_length=64)] = "",
    after: Annotated[int, QueryParameter(ge=0, le=_BIGGEST_SEQ)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=wire.MAX_FEED_ROWS)] = 1000,
    wait_s: FromQuery[float] = 0.0,
) -> Response[bytes]:
    """The rows after the cursor; without any, it waits up to `wait_s` seconds for one. A new poll
    of the same terminal ends the one that waits."""
    return await _answer(request, terminal, serving, epoch, after, limit, wait_s)


@get(
    "/v1/kitchen-feed",
    operation_class=gives(wire.FeedPage),
    security=[{TERMINAL_SCHEME: []}],
    media_type=MediaType.JSON,
)
async def kitchen_feed(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
    epoch: Annotated[str, QueryParameter(max_length=64)] = "",
    after: Annotated[int, QueryParameter(ge=0, le=_BIGGEST_SEQ)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=wire.MAX_FEED_ROWS)] = 1000,
    wait_s: FromQuery[float] = 0.0,
) -> Response[bytes]:
    """The same for a kitchen's screen or a pickup board: of the feed what its admin screen needs, and no more."""
    return await _answer(request, terminal, serving, epoch, after, limit, wait_s, FEED_KINDS[terminal.role])


async def _answer(
    request: Request[Any, Any, Any],
    terminal: Terminal,
    serving: Serving,
    epoch: str,
    after: int,
    limit: int,
    wait_s: float,
    kinds: tuple[str, ...] | None = None,
) -> Response[bytes]:
    if not 0 <= wait_s <= wire.MAX_WAIT_S:
        raise HTTPException(status_code=400, detail=f"wait_s must be 0 to {wire.MAX_WAIT_S}")
    protocol = spoken_protocol(request)
    if protocol != terminal.protocol:
        await serving.threads.write(partial(note_protocol, terminal=terminal, protocol=protocol))
    reader = (terminal.id if protocol >= FIRST_PROTOCOL else None), terminal.incarnation
    own_epoch, deadline_s = serving.installation.epoch, time.monotonic() + wait_s
    while True:
        generation = serving.waiters.generation
        page = await serving.threads.read(lambda c: read_page(c, own_epoch, epoch, after, limit, *reader, kinds))
        if page.rows or epoch != own_epoch:
            break
        if not await serving.waiters.wait(terminal.id, generation, deadline_s - time.monotonic()):
            break
    if page.rows and "gzip" in request.headers.get("accept-encoding", ""):
        body = await asyncio.to_thread(lambda: gzip.compress(wire.encode(page), GZIP_LEVEL, mtime=0))
        return Response(body, media_type=MediaType.JSON, headers={"Content-Encoding": "gzip"})
    return Response(wire.encode(page), media_type=MediaType.JSON)
