"""GET /v1/orders and /v1/orders/{id}, for staff and tools."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, SkipValidation
from sqlalchemy import Connection

from central.errors import NotFound
from central.orders import repository
from central.orders.refund_repository import refunds_of
from central.orders.schemas import OrderDetail, OrderSummary, order_detail, order_summary
from central.serving import Serving


@get("/v1/orders")
async def list_orders(
    serving: NamedDependency[SkipValidation[Serving]],
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
) -> list[OrderSummary]:
    """The newest orders, newest first."""
    rows = await serving.threads.read(lambda connection: repository.newest_orders(connection, limit))
    return [order_summary(row, serving.installation.currency) for row in rows]


@get("/v1/orders/{order_id:uuid}")
async def show_order(
    order_id: FromPath[UUID],
    serving: NamedDependency[SkipValidation[Serving]],
) -> OrderDetail:
    """One order with its lines, payment, stock movements and refunds."""
    return await serving.threads.read(partial(_detail, order_id=order_id, currency=serving.installation.currency))


def _detail(connection: Connection, order_id: UUID, currency: str) -> OrderDetail:
    row = repository.find_order(connection, order_id)
    if row is None:
        raise NotFound("there is no such order")
    states = repository.payment_states(connection, order_id)
    return order_detail(row, states, refunds_of(connection, order_id), currency)
