"""Orders as the staff's side of the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row

from kiosk.domain.ids import MemberId
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, OrderLine, OrderState
from kiosk.domain.payment import Payment, PaymentState
from kiosk.domain.refund import Refund
from kiosk.domain.stock import StockMovement
from kiosk.sync import wire


class OrderSummary(msgspec.Struct, frozen=True):
    """`refunded`: how much of the total was given back since."""

    id: UUID
    number: str
    terminal_letter: str
    state: OrderState
    dining_mode: DiningMode
    total: Money
    refunded: Money
    member_id: MemberId | None
    created_at: datetime
    received_at: datetime


class OrderDetail(OrderSummary, frozen=True):
    """With everything that the terminal recorded. `payment` as it stands now, `refunds` oldest first."""

    language: str
    menu_version: int
    lines: tuple[OrderLine, ...]
    payment: Payment
    points: int
    movements: tuple[StockMovement, ...]
    refunds: tuple[Refund, ...]


def order_summary(row: Row[Any], currency: str) -> OrderSummary:
    return OrderSummary(**_summary_fields(row, currency))


def order_detail(
    row: Row[Any], payment_states: Mapping[UUID, str], refunds: Sequence[Row[Any]], currency: str
) -> OrderDetail:
    recorded: wire.OrderRecorded = wire.decode(row.event, wire.OrderRecorded)
    return OrderDetail(
        **_summary_fields(row, currency),
        language=recorded.order.language,
        menu_version=recorded.order.menu_version,
        lines=recorded.order.lines,
        payment=replace(recorded.payment, state=PaymentState(payment_states[recorded.payment.id])),
        points=recorded.points,
        movements=recorded.movements,
        refunds=tuple(wire.decode(refund.event, wire.RefundRecorded).refund for refund in refunds),
    )


def _summary_fields(row: Row[Any], currency: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "terminal_letter": row.terminal_letter,
        "state": OrderState(row.state),
        "dining_mode": DiningMode(row.dining_mode),
        "total": Money(row.total_minor, currency),
        "refunded": Money(row.refunded_minor, currency),
        "member_id": row.member_id,
        "created_at": row.created_at,
        "received_at": row.received_at,
    }
