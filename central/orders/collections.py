"""Booking orders that counter terminals collected, of whichever terminal took them (docs/decisions/0010).

The money is booked when it is told of: it was taken. The first settlement to arrive pays the order; what comes for an
order that is paid or cancelled already, or does not fit it, is given back.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from central.errors import CentralError
from central.members import repository as members
from central.orders import collection_repository, repository
from central.orders.checks import MAX_GRANTS, MAX_ID_CHARS, MAX_NUMBER_CHARS, check_moment
from central.orders.collection_repository import CollectionState
from central.orders.giving_back import give_back_collected
from central.orders.sold import SoldOrder, lock_sold
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.parts import rest_reference
from central.wallet.settling import book_spend
from kiosk.domain.cash import CounterPayment
from kiosk.domain.collection import Collection
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod, PaymentState
from kiosk.sync import wire
from kiosk.sync.wire import OrderCollected


class CollectionRefused(CentralError):
    """It contradicts itself, or its spends do not fit."""


def record_collection(tx: Transaction, terminal: Terminal, event: OrderCollected, body: bytes) -> None:
    """Book the money, and settle the order with it as soon as that is here. The same event again changes nothing.
    Raises CollectionRefused or SpendRefused; what was written until then is the caller's to undo."""
    made = event.collection
    _check(event, tx.currency)
    collection_repository.hold_order(tx.connection, made.order_id)
    sold = lock_sold(tx, made.order_id)
    known = collection_repository.find_collection(tx.connection, made.id)
    if known is not None and known.event == body:
        return
    _require(known is None, "another collection of that id stands already")
    if made.method is PaymentMethod.COUNTER:
        _book_cash(tx, f"collection:{made.id}", terminal.id, made.amount)
    else:
        for record in event.spends:
            payer = book_spend(tx, terminal, record.spend, record.close_after)
            _require(payer == made.member_id, "the grant is another member's")
    row = {
        "id": made.id,
        "order_id": made.order_id,
        "terminal_id": terminal.id,
        "state": CollectionState.WAITING.value,
        "booked_at": tx.now,
        "event": body,
    }
    collection_repository.add_collection(tx.connection, row)
    if sold is not None:
        _settle(tx, event, terminal.id, sold)


def settle_waiting(tx: Transaction, order_ids: Sequence[UUID]) -> None:
    """These orders, due at the counter, have just come: one may have been collected before."""
    for order_id in order_ids:
        collection_repository.hold_order(tx.connection, order_id)
    for row in collection_repository.waiting_for(tx.connection, order_ids):
        sold = lock_sold(tx, row.order_id)
        if sold is not None:
            _settle(tx, wire.decode(row.event, OrderCollected), row.terminal_id, sold)


def record_late_cash(tx: Transaction, terminal: Terminal, made: CounterPayment, number: str) -> None:
    """The order's own terminal took cash for it that it did not need any more: a counter had collected it."""
    _book_cash(tx, f"counter_payment:{made.id}", terminal.id, made.amount)
    _add_paid_twice(tx, made.id, made.order_id, number, terminal.id, PaymentMethod.COUNTER, made.amount, "paid_twice")


def _check(event: OrderCollected, currency: str) -> None:
    made = event.collection
    check_moment(made.made_at)
    _require(made.amount.currency == currency, f"the amount is not in {currency}")
    for text, most in ((made.number, MAX_NUMBER_CHARS), (made.taken_by, MAX_ID_CHARS)):
        _require(1 <= len(text) <= most and text.isprintable(), "the order's number or terminal cannot be one")
    _require(0 <= event.points <= made.amount.minor, "the points are out of bounds")
    _require(len(event.spends) <= MAX_GRANTS, f"a collection from more than {MAX_GRANTS} grants")
    for record in event.spends:
        _require(record.spend.payment_id == made.payment_id, "a spend is for another payment")
        _require(record.spend.amount.currency == currency, "a collection is paid in money")
    spent = Money.sum((record.spend.amount for record in event.spends), currency)
    due_in_spends = made.amount if made.method is PaymentMethod.BALANCE else Money.zero(currency)
    _require(spent == due_in_spends and bool(event.spends) == bool(due_in_spends), "the spends are not the amount")


def _settle(tx: Transaction, event: OrderCollected, terminal_id: str, sold: SoldOrder) -> None:
    made = event.collection
    collection_repository.drop_claim(tx.connection, made.order_id, made.id)
    reason = _surplus_reason(sold, made)
    if reason is not None:
        collection_repository.set_state(tx.connection, made.id, CollectionState.SURPLUS)
        _add_paid_twice(tx, made.id, made.order_id, made.number, terminal_id, made.method, made.amount, reason)
        if made.method is PaymentMethod.BALANCE:
            _back_to_balance(tx, made)
        return
    collection_repository.set_state(tx.connection, made.id, CollectionState.SETTLED)
    repository.set_order_state(tx.connection, made.order_id, sold.order.to(OrderState.PAID).state)
    repository.set_payment_state(tx.connection, made.due_payment_id, PaymentState.PAID)
    _add_points(tx, event, sold)
    if sold.terminal_id != terminal_id:
        tx.changes.collected.add(made.due_payment_id)


def _surplus_reason(sold: SoldOrder, made: Collection) -> str | None:
    """Why the order does not need it; None: it does."""
    if sold.order.state is OrderState.CANCELLED:
        return "cancelled"
    if sold.order.state is not OrderState.AWAITING_PAYMENT:
        return "paid_twice"
    due = next((p for p in sold.payments if p.id == made.due_payment_id), None)
    if due is None or due.state is not PaymentState.DUE or due.due != made.amount:
        return "does_not_fit"
    return None


def _back_to_balance(tx: Transaction, made: Collection) -> None:
    """At once, and once: under the collection's own reference."""
    if made.member_id is None or made.payment_id is None:
        raise CollectionRefused("a collection from a balance that is nobody's")
    members.lock_member(tx.connection, made.member_id)
    give_back_collected(tx, made.member_id, made.payment_id, made.amount, "paid_twice", f"paid_twice:{made.id}")
    collection_repository.set_given_back(tx.connection, made.id, tx.now, "central")
    tx.changes.members.add(made.member_id)
    tx.moved.add(made.member_id)


def _add_points(tx: Transaction, event: OrderCollected, sold: SoldOrder) -> None:
    """To who paid it from their balance; what was paid in cash earns for the order's member."""
    made = event.collection
    member_id = made.member_id or sold.order.member_id
    if not event.points or member_id is None:
        return
    members.lock_member(tx.connection, member_id)
    reference = rest_reference(made.payment_id or made.due_payment_id, sold.undone)
    ledger.add_points(tx.connection, reference, member_id, event.points, "sale", tx.now)
    tx.changes.members.add(member_id)


def _book_cash(tx: Transaction, reference: str, terminal_id: str, amount: Money) -> None:
    if amount:
        entry = ledger.transfer("counter_sale", ledger.cash_account(terminal_id), ledger.SALES, amount)
        ledger.book(tx.connection, [(reference, entry)], tx.now)


def _add_paid_twice(
    tx: Transaction,
    payment_id: UUID,
    order_id: UUID,
    number: str,
    terminal_id: str,
    method: PaymentMethod,
    amount: Money,
    reason: str,
) -> None:
    row = {
        "id": payment_id,
        "order_id": order_id,
        "number": number,
        "terminal_id": terminal_id,
        "method": method.value,
        "amount_minor": amount.minor,
        "reason": reason,
        "booked_at": tx.now,
    }
    collection_repository.add_paid_twice(tx.connection, row)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise CollectionRefused(reason)
