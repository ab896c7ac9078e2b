"""An order as it stands after the sale: what was recorded, brought up to date by what happened to it since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from central.orders import repository
from central.transactions import Transaction
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import Payment, PaymentState
from kiosk.sync import wire


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """`terminal_id` in `incarnation` sold it: the one that may refund it or take the cash for it."""

    terminal_id: str
    incarnation: int
    order: Order
    payments: tuple[Payment, ...]


def lock_sold(tx: Transaction, order_id: UUID) -> SoldOrder | None:
    """The order, held until the transaction ends; None when it is not known here."""
    row = repository.lock_order(tx.connection, order_id)
    if row is None:
        return None
    recorded: wire.OrderRecorded = wire.decode(row.event, wire.OrderRecorded)
    states = repository.payment_states(tx.connection, order_id)
    payments = tuple(replace(p, state=PaymentState(states[p.id])) for p in (recorded.payment,))
    return SoldOrder(row.terminal_id, row.incarnation, replace(recorded.order, state=OrderState(row.state)), payments)
