"""Booking what terminals sold."""

from __future__ import annotations

from typing import Any

from central.ingredients.using import RecipeBooks, book_sold, recipe_books
from central.members import repository as members
from central.orders import repository
from central.orders.checks import OrderRefused, check_recorded
from central.orders.collections import settle_waiting
from central.orders.usual import cart_bytes
from central.stock import repository as stock
from central.stock.portions import book_taken
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.parts import book_parts
from central.wallet.settling import book_spend
from kiosk.domain.order import Order
from kiosk.domain.payment import PaymentMethod
from kiosk.sync.wire import OrderRecorded


def record_order(tx: Transaction, terminal: Terminal, event: OrderRecorded, body: bytes) -> None:
    """Book an order with its payment, spends, points and stock movements. `body` is the event as it came, kept as it
    is. Raises OrderRefused, SpendRefused or PartRefused; what was written until then is the caller's to undo."""
    check_recorded(event, tx.currency)
    order, payment = event.order, event.payment
    if repository.order_exists(tx.connection, order.id):
        raise OrderRefused("an order of that id stands already")
    if repository.payment_exists(tx.connection, payment.id):
        raise OrderRefused("a payment of that id stands already")
    if order.member_id is not None and members.find_member(tx.connection, order.member_id) is None:
        raise OrderRefused("the order names a member who is not known here")
    for record in event.all_spends:
        payer = book_spend(tx, terminal, record.spend, record.close_after)
        if payer != order.member_id:
            raise OrderRefused("the grant is another member's")
    book_parts(tx, payment)
    row = order_row(tx, terminal, order, body, recipe_books(tx.connection))
    repository.add_order(tx.connection, row)
    repository.add_payment(tx.connection, payment)
    if event.points and order.member_id is not None:
        reference = f"payment:{payment.id}"
        ledger.add_points(tx.connection, reference, order.member_id, event.points, "sale", tx.now)
    if order.member_id is not None:
        tx.changes.members.add(order.member_id)
    tx.changes.dishes |= stock.add_movements(tx.connection, event.movements, order.id, tx.now)
    book_sold(tx, [(row["recipe_book"], movement) for movement in event.movements])
    book_taken(tx, [(terminal, taken) for taken in event.taken])
    if payment.method is PaymentMethod.COUNTER:
        settle_waiting(tx, [order.id])


def order_row(tx: Transaction, terminal: Terminal, order: Order, body: bytes, books: RecipeBooks) -> dict[str, Any]:
    """The order as it is kept; `body` is its event as it came."""
    # A terminal whose clock is ahead would else have sold the newest orders for years: habits come of those.
    created_at = min(order.created_at, tx.now)
    return {
        "id": order.id,
        "number": order.number,
        "terminal_id": terminal.id,
        "incarnation": terminal.incarnation,
        "member_id": order.member_id,
        "state": order.state.value,
        "dining_mode": order.dining_mode.value,
        "total_minor": order.total.minor,
        "menu_version": order.menu_version,
        "recipe_book": books.at(created_at),
        "created_at": created_at,
        "received_at": tx.now,
        "cart": cart_bytes(order),
        "event": body,
    }
