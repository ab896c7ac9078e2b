"""What the services of the counter need of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.ids import CounterPaymentId, MemberId, OrderId, RefundId, TopUpId
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment
from kiosk.domain.refund import Refund


class Refunds(Protocol):
    def add(self, refund: Refund, order: Order, payments: Sequence[Payment]) -> None:
        """Raises RefundError when it stands already, or when with it more was given back of the order, one of its
        lines or payments than was paid."""
        ...

    def get(self, refund_id: RefundId) -> Refund | None: ...

    def of_order(self, order_id: OrderId) -> tuple[Refund, ...]:
        """Oldest first."""
        ...


class Cash(Protocol):
    def add_counter_payment(self, made: CounterPayment) -> None:
        """Raises CashError when it, or another for the same payment, stands already."""
        ...

    def counter_payment(self, counter_payment_id: CounterPaymentId) -> CounterPayment | None: ...

    def add_top_up(self, made: CashTopUp) -> None:
        """Raises CashError when it stands already."""
        ...

    def top_up(self, top_up_id: TopUpId) -> CashTopUp | None: ...

    def top_ups_on_the_way(self, member_id: MemberId, currency: str) -> Money:
        """Taken here for that member, and not acknowledged by central."""
        ...
