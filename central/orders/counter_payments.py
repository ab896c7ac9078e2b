"""Booking how orders that were due at the counter ended: paid in cash there, or cancelled."""

from __future__ import annotations

from central.errors import CentralError
from central.ingredients.using import book_given_back
from central.members import repository as members
from central.orders import collection_repository, refund_repository, repository
from central.orders.checks import check_moment
from central.orders.collections import record_late_cash
from central.orders.giving_back import give_back, take_points
from central.orders.sold import SoldOrder, lock_sold
from central.stock import repository as stock
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.parts import points_earned, rest_reference
from kiosk.domain.cash import CounterPayment, CounterResult
from kiosk.domain.order import OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.refund import movements_back, parts_before_counter
from kiosk.sync import wire
from kiosk.sync.wire import CounterPaymentRecorded


class CounterPaymentRefused(CentralError):
    """It does not fit its order."""


def record_counter_payment(tx: Transaction, terminal: Terminal, event: CounterPaymentRecorded, body: bytes) -> None:
    """Book the cash, or cancel the order. The same event again changes nothing. Raises CounterPaymentRefused; what was
    written until then is the caller's to undo."""
    made = event.payment
    check_moment(made.made_at)
    sold = lock_sold(tx, made.order_id)
    known = refund_repository.find_counter_payment(tx.connection, made.id)
    if known is not None and known.event == body:
        return
    _require(known is None, "another payment of that id stands already")
    if sold is None:
        raise CounterPaymentRefused("the order is not known here")
    if sold.is_collected:
        _record_late(tx, terminal, sold, made, body)
        return
    due = _check(terminal, sold, event)
    if made.result is CounterResult.PAID and made.amount:
        entry = ledger.transfer("counter_sale", ledger.cash_account(terminal.id), ledger.SALES, made.amount)
        ledger.book(tx.connection, [(f"counter_payment:{made.id}", entry)], tx.now)
    _settle(tx, terminal, sold, event, due)
    refund_repository.add_counter_payment(tx.connection, made, tx.now, body)


def settle_late(tx: Transaction, terminal: Terminal, sold: SoldOrder) -> None:
    """What the order's own terminal did to it while it was collected counts after all: that was undone. Cash of it that
    was given back meanwhile does not, nor what does not fit."""
    row = refund_repository.counter_payment_for(tx.connection, sold.payments[0].id)
    if row is None:
        return
    event = wire.decode(row.event, CounterPaymentRecorded)
    try:
        due = _check(terminal, sold, event)
    except CounterPaymentRefused:
        return
    if event.payment.result is CounterResult.PAID:
        late = collection_repository.lock_paid_twice(tx.connection, event.payment.id)
        if late is None or late.given_back_at is not None:
            return
        collection_repository.drop_paid_twice(tx.connection, event.payment.id)
    _settle(tx, terminal, sold, event, due)


def _settle(tx: Transaction, terminal: Terminal, sold: SoldOrder, event: CounterPaymentRecorded, due: Payment) -> None:
    """The cash itself is booked."""
    made = event.payment
    if made.result is CounterResult.PAID:
        repository.set_order_state(tx.connection, sold.order.id, sold.order.to(OrderState.PAID).state)
        repository.set_payment_state(tx.connection, due.id, due.to(PaymentState.PAID).state)
        _add_points(tx, sold, made, event.points)
    else:
        repository.set_order_state(tx.connection, sold.order.id, sold.order.to(OrderState.CANCELLED).state)
        repository.set_payment_state(tx.connection, due.id, due.to(PaymentState.NOT_CHARGED).state)
        _undo(tx, terminal, sold, made, due)
        tx.changes.dishes |= stock.add_movements(tx.connection, event.movements, sold.order.id, tx.now)
        book_given_back(tx, sold.recipe_book, event.movements)


def _record_late(tx: Transaction, terminal: Terminal, sold: SoldOrder, made: CounterPayment, body: bytes) -> None:
    """A counter has collected the order, its own terminal did not know. Cash that it took is paid twice; that it
    cancelled the order is void, and nothing goes back: neither portions nor money."""
    _require(sold.terminal_id == terminal.id, "the order was taken by another terminal")
    _require(repository.payment_states(tx.connection, sold.order.id).keys() == {made.payment_id}, "of another payment")
    _require(made.amount.currency == tx.currency, f"amounts here are in {tx.currency}")
    if made.result is CounterResult.PAID:
        record_late_cash(tx, terminal, made, sold.order.number)
    refund_repository.add_counter_payment(tx.connection, made, tx.now, body)


def _check(terminal: Terminal, sold: SoldOrder, event: CounterPaymentRecorded) -> Payment:
    """The payment that was due."""
    made = event.payment
    _require(sold.terminal_id == terminal.id, "the order was taken by another terminal")
    _require(sold.order.state is OrderState.AWAITING_PAYMENT, f"the order is {sold.order.state}, not due")
    due = next((p for p in sold.payments if p.id == made.payment_id), None)
    if due is None or due.method is not PaymentMethod.COUNTER:
        raise CounterPaymentRefused("the order has no such payment that is due at the counter")
    _require(made.amount == due.due, "the amount is not what was due")
    paid = made.result is CounterResult.PAID
    whole = {number: line.quantity for number, line in enumerate(sold.order.lines)}
    back = () if paid else movements_back(sold.order, whole, "cancelled")
    _require(event.movements == back, "what goes back into stock is not what was ordered")
    most = made.amount.minor if paid and sold.order.member_id is not None else 0
    _require(0 <= event.points <= most, "the points are out of bounds")
    return due


def _undo(tx: Transaction, terminal: Terminal, sold: SoldOrder, made: CounterPayment, due: Payment) -> None:
    """What card, points and a coupon have paid of a cancelled order goes back; the points it has earned go."""
    member_id = sold.order.member_id
    if member_id is None:
        return
    members.lock_member(tx.connection, member_id)
    reference = f"cancelled:{made.id}"
    give_back(tx, sold, parts_before_counter(due), ledger.cash_account(terminal.id), reference, ())
    take_points(tx, member_id, points_earned(tx, due, sold.undone), reference)
    tx.changes.members.add(member_id)
    tx.moved.add(member_id)


def _add_points(tx: Transaction, sold: SoldOrder, made: CounterPayment, points: int) -> None:
    member_id = sold.order.member_id
    if points and member_id is not None:
        members.lock_member(tx.connection, member_id)
        reference = rest_reference(made.payment_id, sold.undone)
        ledger.add_points(tx.connection, reference, member_id, points, "sale", tx.now)
        tx.changes.members.add(member_id)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise CounterPaymentRefused(reason)
