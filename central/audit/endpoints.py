"""POST /v1/audit: a terminal's audit log, and central's countersignature under it."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.audit.service import receive
from central.messages import read_message
from central.openapi import TERMINAL_SCHEME, takes
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire

log = structlog.get_logger()


@post("/v1/audit", status_code=200, operation_class=takes(wire.AuditBatch), security=[{TERMINAL_SCHEME: []}])
async def audit(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.AuditReply:
    """Take in a terminal's audit entries and countersign them."""
    batch = await read_message(request, wire.AuditBatch)
    take_in = partial(receive, terminal=terminal, batch=batch, countersigner=serving.countersigner)
    reply = await serving.threads.write(take_in)
    if reply.disputes:
        log.error("audit_log_disputed", terminal=terminal.letter, disputes=list(reply.disputes))
    return reply
