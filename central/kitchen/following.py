"""Which orders' tickets an upload concerns: what the kitchen hears of on paper, it hears of here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from central.kitchen.service import begin_tickets, follow_orders
from central.transactions import Transaction
from kiosk.domain.order import Order
from kiosk.domain.payment import PaymentMethod
from kiosk.sync import wire


def follow(tx: Transaction, booked: Iterable[tuple[wire.TerminalEvent, timedelta]]) -> None:
    """After these events were booked, each with how long it had waited at its terminal."""
    paid: dict[UUID, tuple[Order, timedelta]] = {}
    changed: dict[UUID, timedelta] = {}
    for event, waited in booked:
        if isinstance(event, wire.OrderRecorded) and event.payment.method is not PaymentMethod.COUNTER:
            paid[event.order.id] = event.order, waited
        elif isinstance(event, wire.OrderRecorded):  # a counter may have collected it before it came
            changed[event.order.id] = waited
        elif isinstance(event, wire.CounterPaymentRecorded):
            changed[event.payment.order_id] = waited
        elif isinstance(event, wire.OrderCollected):
            changed[event.collection.order_id] = waited
        elif isinstance(event, wire.CollectionUndone):
            changed[event.undone.order_id] = waited
        elif isinstance(event, wire.RefundRecorded) and event.refund.is_void:
            changed[event.refund.order_id] = waited
    begin_tickets(tx, {order_id: each for order_id, each in paid.items() if order_id not in changed})
    follow_orders(tx, changed)
