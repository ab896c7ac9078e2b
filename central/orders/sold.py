"""An order as it stands after the sale: what was recorded, brought up to date by what happened to it since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from central.orders import repository
from central.orders.collection_repository import CollectionState, collections_of, settled_among
from central.transactions import Transaction
from kiosk.domain.collection import Collection
from kiosk.domain.money import Money
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.sync import wire


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """`terminal_id` in `incarnation` sold it: the one that may refund it or take the cash for it, unless a counter has
    collected it (`is_collected`). `undone`: how many collections of it were undone before. `recipe_book`: by which its
    ingredients were taken."""

    terminal_id: str
    incarnation: int
    order: Order
    payments: tuple[Payment, ...]
    is_collected: bool = False
    undone: int = 0
    recipe_book: int | None = None


def lock_sold(tx: Transaction, order_id: UUID) -> SoldOrder | None:
    """The order, held until the transaction ends; None when it is not known here."""
    row = repository.lock_order(tx.connection, order_id)
    if row is None:
        return None
    recorded: wire.OrderRecorded = wire.decode(row.event, wire.OrderRecorded)
    states = repository.payment_states(tx.connection, order_id)
    payments = tuple(replace(p, state=PaymentState(states[p.id])) for p in (recorded.payment,))
    is_due = recorded.payment.method is PaymentMethod.COUNTER
    collections = collections_of(tx.connection, order_id) if is_due else ()
    collected = settled_among(collections)
    if collected is not None:
        payments = _with_collected(payments[0], wire.decode(collected.event, wire.OrderCollected).collection)
    order = replace(recorded.order, state=OrderState(row.state))
    undone = sum(row.state == CollectionState.UNDONE for row in collections)
    is_collected = collected is not None
    return SoldOrder(row.terminal_id, row.incarnation, order, payments, is_collected, undone, row.recipe_book)


def _with_collected(payment: Payment, made: Collection) -> tuple[Payment, ...]:
    """What was due was paid from a balance, by a payment of its own; cash is what it was due in."""
    if made.method is PaymentMethod.COUNTER or made.payment_id is None:
        return (payment,)
    own = Payment(made.payment_id, made.order_id, PaymentMethod.BALANCE, made.amount, PaymentState.PAID, made.member_id)
    before = tuple(part for part in payment.all_parts if part.method is not PaymentMethod.COUNTER)
    if not before:
        return (own,)
    amount = Money.sum((part.value for part in before), payment.amount.currency)
    return replace(payment, method=PaymentMethod.BALANCE, amount=amount, parts=before), own
