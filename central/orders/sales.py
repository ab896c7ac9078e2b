"""Booking many plain sales at once: what record_order does for one, with as many statements for hundreds as for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from central.errors import CentralError
from central.ingredients.using import book_sold, recipe_books
from central.orders import repository
from central.orders.checks import OrderRefused, check_recorded
from central.orders.collections import settle_waiting
from central.orders.service import order_row
from central.stock import repository as stock
from central.stock.portions import book_taken
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.ledger import PointsEntry
from central.wallet.spending import OpenGrants
from kiosk.domain.errors import DomainError
from kiosk.domain.payment import PaymentMethod
from kiosk.sync.wire import OrderRecorded


@dataclass(frozen=True, slots=True)
class Sale:
    """A recorded order as it came from that terminal: `body` is the event's bytes."""

    terminal: Terminal
    event: OrderRecorded
    body: bytes


def record_sales(tx: Transaction, sales: Sequence[Sale]) -> list[str]:
    """Book these sales, in this order. Returns of each why it was refused, or ""; a refused one leaves no trace. An
    error of the database undoes nothing here: the caller's savepoint must."""
    books = _Books(tx, sales)
    reasons = [books.add(sale) for sale in sales]
    books.write()
    return reasons


class _Books:
    """What stands already of all that the sales name, and what they add to it."""

    def __init__(self, tx: Transaction, sales: Sequence[Sale]) -> None:
        self._tx = tx
        events = [sale.event for sale in sales]
        spends = [record for event in events for record in event.all_spends]
        self._grants = OpenGrants(tx, spends, {e.order.member_id for e in events if e.order.member_id is not None})
        self._order_ids = repository.known_orders(tx.connection, [event.order.id for event in events])
        self._payment_ids = repository.known_payments(tx.connection, [event.payment.id for event in events])
        self._taken: list[Sale] = []

    def add(self, sale: Sale) -> str:
        try:
            check_recorded(sale.event, self._tx.currency)
            self._check_is_new(sale.event)
            self._grants.spend(sale.terminal, sale.event.all_spends, sale.event.order.member_id)
        except (CentralError, DomainError) as error:
            return str(error)
        self._order_ids.add(sale.event.order.id)
        self._payment_ids.add(sale.event.payment.id)
        self._taken.append(sale)
        return ""

    def _check_is_new(self, event: OrderRecorded) -> None:
        order, payment = event.order, event.payment
        if order.id in self._order_ids:
            raise OrderRefused("an order of that id stands already")
        if payment.id in self._payment_ids:
            raise OrderRefused("a payment of that id stands already")
        if order.member_id is not None and order.member_id not in self._grants.known_members:
            raise OrderRefused("the order names a member who is not known here")

    def write(self) -> None:
        if not self._taken:
            return
        tx, events = self._tx, [sale.event for sale in self._taken]
        books = recipe_books(tx.connection)
        rows = [order_row(tx, s.terminal, s.event.order, s.body, books) for s in self._taken]
        repository.add_orders(tx.connection, rows)
        repository.add_payments(tx.connection, [event.payment for event in events])
        self._grants.write()
        ledger.add_points_entries(tx.connection, [entry for e in events if (entry := _points(e)) is not None], tx.now)
        movements = [(e.order.id, movement) for e in events for movement in e.movements]
        tx.changes.dishes |= stock.add_movements_of_many(tx.connection, movements, tx.now)
        used = [(row["recipe_book"], m) for row, event in zip(rows, events, strict=True) for m in event.movements]
        book_sold(tx, used)
        book_taken(tx, [(s.terminal, taken) for s in self._taken for taken in s.event.taken])
        tx.changes.members |= {e.order.member_id for e in events if e.order.member_id is not None}
        due = [event.order.id for event in events if event.payment.method is PaymentMethod.COUNTER]
        if due:
            settle_waiting(tx, due)


def _points(event: OrderRecorded) -> PointsEntry | None:
    if not event.points or event.order.member_id is None:
        return None
    return PointsEntry(f"payment:{event.payment.id}", event.order.member_id, event.points, "sale")
