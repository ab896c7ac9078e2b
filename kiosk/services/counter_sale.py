"""A sale at the counter that is paid in cash at once: order and payment stand together, or neither does.

To central it is what it knows already: an order that was due at the counter, and its payment there.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.cash import CounterPayment
from kiosk.domain.money import Money
from kiosk.domain.order import Order


@dataclass(frozen=True, slots=True)
class CashSold:
    """Durable here, on its way to central; `payment` says what was received."""

    order: Order
    payment: CounterPayment

    @property
    def change(self) -> Money:
        """To be given out now."""
        return self.payment.change
