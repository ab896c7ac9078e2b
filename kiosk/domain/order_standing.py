"""How an order stands, in the words in which staff speak of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kiosk.domain.order import Order, OrderState
from kiosk.domain.refund import Refund, portions_left


class Standing(StrEnum):
    """collected: a counter terminal has settled it, from then on it is central's (docs/decisions/0010). cancelled: it
    was never paid. voided: it was paid, and taken back as a whole before it was handed out."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    CANCELLED = "cancelled"
    COLLECTED = "collected"


def standing_of(order: Order, refunds: Sequence[Refund], *, is_collected: bool) -> Standing:
    """`refunds` are all of the order's."""
    if order.state is OrderState.CANCELLED:
        return Standing.VOIDED if refunds else Standing.CANCELLED
    if is_collected:
        return Standing.COLLECTED
    if order.state is not OrderState.PAID:
        return Standing.AWAITING_PAYMENT
    if not refunds:
        return Standing.PAID
    return Standing.PARTLY_REFUNDED if portions_left(order, refunds) else Standing.REFUNDED
