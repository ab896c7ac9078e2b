"""POST /v1/ingredients: what is left of ingredients, and what staff do with them, at a terminal."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from central.ingredients.acts import see_and_act
from central.messages import read_message
from central.openapi import TERMINAL_SCHEME, takes
from central.serving import Serving
from central.terminals.identity import Terminal
from kiosk.sync import wire


@post(
    "/v1/ingredients",
    status_code=200,
    operation_class=takes(wire.IngredientsRequest),
    security=[{TERMINAL_SCHEME: []}],
)
async def ingredients(
    request: Request[Any, Any, Any],
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
) -> wire.IngredientsReply:
    """See what is left of ingredients; book a delivery, a count or waste."""
    message: wire.IngredientsRequest = await read_message(request, wire.IngredientsRequest)
    return await serving.threads.write(partial(see_and_act, terminal=terminal, request=message))
