"""GET /v1/upkeep: a terminal asks about itself when somebody looks after it."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from central.openapi import TERMINAL_SCHEME
from central.serving import Serving
from central.terminals.identity import Terminal
from central.upkeep.service import told
from kiosk.sync import wire

_BIGGEST_SEQ = 2**63 - 1


@get("/v1/upkeep", security=[{TERMINAL_SCHEME: []}])
async def upkeep(
    terminal: NamedDependency[Terminal],
    serving: NamedDependency[SkipValidation[Serving]],
    epoch: Annotated[str, QueryParameter(max_length=64)] = "",
    after: Annotated[int, QueryParameter(ge=0, le=_BIGGEST_SEQ)] = 0,
) -> wire.UpkeepReply:
    """Versions, which one terminals ought to run, and of this terminal: whether it is behind, and what could not be
    booked. `epoch` and `after`: its cursor in the feed."""
    own_epoch = serving.installation.epoch
    return await serving.threads.read(lambda c: told(c, terminal, own_epoch, serving.terminal_release, epoch, after))
