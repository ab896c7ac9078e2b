"""POST /v1/enrol, and who signed any other request of a terminal."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.messages import MAX_ENROL_BYTES, read_body, read_message, spoken_protocol
from central.openapi import takes
from central.serving import Serving
from central.terminals.identity import KITCHEN_ROLES, SELLING_ROLES, STOCK_ROLES, Terminal
from central.terminals.service import EnrolmentRefused
from central.terminals.signatures import NotAdmitted, SignedRequest, authenticate
from kiosk.sync import wire

log = structlog.get_logger()


@post(
    "/v1/enrol",
    status_code=200,
    operation_class=takes(wire.EnrolRequest),
    request_max_body_size=MAX_ENROL_BYTES,
)
async def enrol(
    request: Request[Any, Any, Any],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.Enrolled:
    """Enrol a terminal with a one-time code."""
    spoken_protocol(request)
    message = await read_message(request, wire.EnrolRequest)
    answer = await serving.threads.write(lambda tx: serving.desk.enrol(tx, message))
    if isinstance(answer, EnrolmentRefused):
        raise answer
    log.info("terminal_enrolled", terminal=answer.letter, incarnation=answer.incarnation)
    return answer


async def signing_terminal(
    request: Request[Any, Any, Any],
    serving: NamedDependency[SkipValidation[Serving]],
) -> Terminal:
    """The enrolled terminal that signed this request. Raises NotAuthenticated or NotAdmitted."""
    spoken_protocol(request)
    signed = SignedRequest(
        request.headers.get("authorization", ""), request.method, _target(request), await read_body(request)
    )
    return await serving.threads.read(lambda connection: authenticate(connection, signed))


async def selling_terminal(
    request: Request[Any, Any, Any],
    serving: NamedDependency[SkipValidation[Serving]],
) -> Terminal:
    """The same, one that sells. Raises NotAdmitted for any other, too."""
    return _of_role(await signing_terminal(request, serving), SELLING_ROLES)


async def kitchen_terminal(
    request: Request[Any, Any, Any],
    serving: NamedDependency[SkipValidation[Serving]],
) -> Terminal:
    """The same, a kitchen screen or a pickup board."""
    return _of_role(await signing_terminal(request, serving), KITCHEN_ROLES)


async def stock_terminal(
    request: Request[Any, Any, Any],
    serving: NamedDependency[SkipValidation[Serving]],
) -> Terminal:
    """The same, one where staff look after stock and ingredients."""
    return _of_role(await signing_terminal(request, serving), STOCK_ROLES)


def _of_role(terminal: Terminal, roles: frozenset[str]) -> Terminal:
    if terminal.role not in roles:
        raise NotAdmitted(f"this is not for a terminal that was enrolled as {terminal.role!r}: enrol it anew")
    return terminal


def _target(request: Request[Any, Any, Any]) -> str:
    """Path and query as they stood in the request line."""
    path = request.scope["raw_path"].decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path
