"""The ASGI application: routes, what they are given, and how errors become answers."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.exceptions.responses import create_exception_response
from litestar.params import SkipValidation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from central.api_guard import staff_only
from central.audit import endpoints as audit
from central.audit.service import BadAuditBatch
from central.database import is_unavailable
from central.errors import CentralError, Conflict, NotFound
from central.faces import endpoints as faces
from central.faces.sharing import BadFaceExchange
from central.feed import endpoints as feed
from central.feed.pruning import prune_daily
from central.ingredients import endpoints as ingredients
from central.ingredients.acts import BadIngredientAct
from central.kitchen import endpoints as kitchen
from central.members import endpoints as members
from central.members.acts import BadMemberAct
from central.menu import endpoints as menu
from central.menu.changes import MenuChangesOutOfBounds, offer_as_they_come_due
from central.openapi import STAFF_SCHEME, openapi_config
from central.opening import Parts
from central.orders import counter_endpoints as counter
from central.orders import endpoints as orders
from central.orders.claims import BadDueOrdersRequest
from central.push import endpoints as push
from central.push.backlog import BacklogFull
from central.push.booker import BacklogBooker
from central.push.intake import Intake
from central.restoring import endpoints as restoring
from central.restoring.epochs import KnowsNoEpochs, NotAnnounced, OtherEpoch
from central.serving import Serving
from central.stock import endpoints as stock
from central.stock.portions import BadPortions
from central.terminals import endpoints as terminals
from central.terminals.service import BadEnrolment, EnrolmentRefused
from central.terminals.signatures import NotAdmitted, NotAuthenticated
from central.transactions import TransactionThreads
from central.upkeep import endpoints as upkeep
from central.wallet import endpoints as wallet
from central.wallet.service import BadRequest
from kiosk.sync import wire

log = structlog.get_logger()

INTAKE_AT_ONCE = 2  # while one waits for the database, the other computes
_STATUS = {
    BadRequest: 400,
    BadEnrolment: 400,
    BadAuditBatch: 400,
    BadFaceExchange: 400,
    BadDueOrdersRequest: 400,
    BadPortions: 400,
    MenuChangesOutOfBounds: 400,
    BadMemberAct: 400,
    BadIngredientAct: 400,
    NotAuthenticated: 401,
    NotAdmitted: 403,
    EnrolmentRefused: 403,
    NotFound: 404,
    Conflict: 409,
    OtherEpoch: 409,
    NotAnnounced: 409,
    KnowsNoEpochs: 426,
    BacklogFull: 503,
}


class Health(msgspec.Struct, frozen=True):
    """That the server runs and its database answers. `protocol` is the newest it speaks."""

    status: str
    protocol: int


def create_app(parts: Parts) -> Litestar:
    threads = TransactionThreads(parts.transactions, parts.database.writers)
    booker = BacklogBooker()
    serving = _serving(parts, threads, booker)
    return Litestar(
        [health, terminals.enrol, *_of_terminals(), _of_staff(parts)],
        dependencies={"serving": Provide(lambda: serving, sync_to_thread=False)},
        exception_handlers={HTTPException: create_exception_response, Exception: _answer_error},
        lifespan=[lambda _: _at_work(parts, threads, booker)],
        logging_config=None,
        openapi_config=openapi_config(),
        request_max_body_size=wire.MAX_BODY_BYTES,
    )


def _serving(parts: Parts, threads: TransactionThreads, booker: BacklogBooker) -> Serving:
    """What every endpoint is given."""
    return Serving(
        threads,
        Intake(threads, min(parts.database.writers, INTAKE_AT_ONCE)),
        booker,
        parts.waiters,
        parts.installation,
        parts.desk,
        parts.countersigner,
        parts.shares_faces,
        parts.largest_correction_minor,
        parts.terminal_release,
    )


@asynccontextmanager
async def _at_work(parts: Parts, threads: TransactionThreads, booker: BacklogBooker) -> AsyncIterator[None]:
    """What runs beside the answering, from start to end."""
    parts.waiters.attach()
    beside = [
        asyncio.create_task(work)
        for work in (
            parts.waiters.watch_other_processes(parts.database),
            parts.pre_granter.run(threads),
            booker.run(threads),
            prune_daily(threads),
            offer_as_they_come_due(threads),
        )
    ]
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
        threads.close()


def _of_terminals() -> tuple[Router, ...]:
    """By what a terminal's role lets it do; every request is signed."""
    selling = [
        wallet.request_grant,
        feed.feed,
        faces.faces,
        counter.due_orders,
        counter.claim_order,
        stock.portions,
        menu.menu_changes,
        members.member_acts,
    ]
    every = [push.push, push.backlog, restoring.announce, audit.audit, upkeep.upkeep]
    return (
        Router("/", route_handlers=every, dependencies={"terminal": Provide(terminals.signing_terminal)}),
        Router("/", route_handlers=selling, dependencies={"terminal": Provide(terminals.selling_terminal)}),
        Router(
            "/", route_handlers=[ingredients.ingredients], dependencies={"terminal": Provide(terminals.stock_terminal)}
        ),
        Router(
            "/",
            route_handlers=[kitchen.kitchen, feed.kitchen_feed],
            dependencies={"terminal": Provide(terminals.kitchen_terminal)},
        ),
    )


def _of_staff(parts: Parts) -> Router:
    return Router(
        "/",
        route_handlers=[orders.list_orders, orders.show_order, push.list_quarantined],
        guards=[staff_only(parts.api_token)],
        security=[{STAFF_SCHEME: []}],
    )


@get("/v1/health")
async def health(serving: NamedDependency[SkipValidation[Serving]]) -> Health:
    """Open to all. 503 when the database does not answer."""
    await serving.threads.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one())
    return Health("ok", wire.PROTOCOL)


def _answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Errors of ours say why; any other is logged without its values, which may be personal."""
    if isinstance(error, CentralError):
        status = _STATUS.get(type(error), 400)
        if status in (401, 403):
            log.warning("request_refused", path=request.url.path, reason=str(error))
        headers = {"WWW-Authenticate": "Kiosk"} if status == 401 else {}
        return _answer(status, str(error), headers)
    if isinstance(error, wire.WireError):
        return _answer(400, f"not a message: {error}")
    where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-6:]]
    if isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and is_unavailable(error)):
        log.error("database_unavailable", path=request.url.path, error=_kind(error), where=where)
        return _answer(503, "the database does not answer; try again", {"Retry-After": "2"})
    log.error("request_failed", path=request.url.path, error=_kind(error), where=where)
    return _answer(500, "internal error")


def _answer(status: int, detail: str, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response({"status_code": status, "detail": detail}, status_code=status, headers=headers)


def _kind(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return type(cause).__name__
