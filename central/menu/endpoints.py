"""POST /v1/menu-changes: the menu of the day, for staff at a terminal."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.menu.changes import change_menu
from central.messages import read_message
from central.openapi import TERMINAL_SCHEME, takes
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire


@post(
    "/v1/menu-changes",
    status_code=200,
    operation_class=takes(wire.MenuChangesRequest),
    security=[{TERMINAL_SCHEME: []}],
)
async def menu_changes(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.MenuChangesReply:
    """Change the menu of the day, or see it: dishes on and off, prices from a moment on."""
    message: wire.MenuChangesRequest = await read_message(request, wire.MenuChangesRequest)
    return await serving.threads.write(partial(change_menu, terminal=terminal, request=message))
