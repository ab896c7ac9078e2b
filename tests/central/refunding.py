"""Refunds, counter payments and cash top-ups as a terminal records them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from kiosk.domain.cash import CashTopUp, CounterPayment, CounterResult
from kiosk.domain.ids import CounterPaymentId, MemberId, RefundId, TopUpId
from kiosk.domain.order import Order
from kiosk.domain.refund import Refund, movements_back, movements_for_refund, plan_refund
from kiosk.domain.stock import StockMovement
from kiosk.sync import wire
from tests.central.sales import new_id, yuan

change = msgspec.structs.replace


def portions(sold: wire.OrderRecorded, quantity: int) -> wire.OrderRecorded:
    """The same sale, of so many portions at the same total."""
    (line,) = sold.order.lines
    each = line.total.minor // quantity
    assert each * quantity == line.total.minor
    lines = (replace(line, quantity=quantity, unit_price=replace(line.total, minor=each)),)
    return change(sold, order=replace(sold.order, lines=lines), movements=_sold(sold, quantity))


def _sold(sold: wire.OrderRecorded, quantity: int) -> tuple[StockMovement, ...]:
    return tuple(replace(movement, portions=-quantity) for movement in sold.movements)


def refund_of(
    sold: wire.OrderRecorded,
    wanted: dict[int, int] | None = None,
    earlier: tuple[Refund, ...] = (),
    *,
    restock: bool = False,
    is_void: bool = False,
    refund_id: UUID | None = None,
) -> wire.RefundRecorded:
    """What the terminal tells when it gives back those portions by line, or all that is left."""
    lines, parts = plan_refund(sold.order, [sold.payment], earlier, wanted)
    refund = Refund(
        RefundId(refund_id or new_id()), sold.order.id, lines, parts, "7", "cold", datetime.now(UTC), is_void
    )
    back = movements_for_refund(sold.order, refund) if restock or is_void else ()
    return wire.RefundRecorded(refund, back)


def counter_payment_of(
    due: wire.OrderRecorded, result: CounterResult = CounterResult.PAID, points: int = 0
) -> wire.CounterPaymentRecorded:
    cancelled = result is CounterResult.CANCELLED
    made = CounterPayment(
        CounterPaymentId(new_id()),
        due.order.id,
        due.payment.id,
        result,
        due.payment.amount,
        "7",
        datetime.now(UTC),
        "gone away" if cancelled else "",
    )
    return wire.CounterPaymentRecorded(made, _all_back(due.order) if cancelled else (), points)


def _all_back(order: Order) -> tuple[StockMovement, ...]:
    whole = {number: line.quantity for number, line in enumerate(order.lines)}
    return movements_back(order, whole, "cancelled")


def cash_top_up_of(member_id: str, amount: str) -> wire.CashTopUpRecorded:
    made = CashTopUp(TopUpId(new_id()), MemberId(member_id), yuan(amount), "7", datetime.now(UTC))
    return wire.CashTopUpRecorded(made)
