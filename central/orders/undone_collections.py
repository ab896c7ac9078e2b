"""Booking that collections were undone where they were made (docs/decisions/0010): the money goes back to where it came
from, once, and the order is settled by whatever else was told of it, or waits for payment again."""

from __future__ import annotations

from uuid import UUID

from central.errors import CentralError
from central.members import repository as members
from central.orders import collection_repository, refund_repository, repository
from central.orders.checks import check_moment
from central.orders.collection_repository import CollectionState
from central.orders.collections import settle_waiting
from central.orders.counter_payments import settle_late
from central.orders.giving_back import give_back_collected, take_points
from central.orders.sold import SoldOrder, lock_sold
from central.terminals.identity import Terminal
from central.terminals.repository import get_identity
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.parts import rest_reference
from kiosk.domain.collection import Collection
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod, PaymentState
from kiosk.sync import wire
from kiosk.sync.wire import CollectionUndone, OrderCollected


class UndoingRefused(CentralError):
    """It does not fit what was collected."""


def record_undone(tx: Transaction, terminal: Terminal, event: CollectionUndone, body: bytes) -> None:
    """The same event again changes nothing. Raises UndoingRefused; what was written until then is the caller's to
    undo."""
    undone = event.undone
    check_moment(undone.made_at)
    collection_repository.hold_order(tx.connection, undone.order_id)
    sold = lock_sold(tx, undone.order_id)
    row = collection_repository.find_collection(tx.connection, undone.collection_id)
    if row is None or row.terminal_id != terminal.id:
        raise UndoingRefused("no such collection was made at this terminal")
    if row.undone_event == body:
        return
    _require(row.undone_event is None, "it was undone already")
    made = wire.decode(row.event, OrderCollected).collection
    ids = made.order_id, made.due_payment_id
    _require(ids == (undone.order_id, undone.due_payment_id), "the collection is of another order")
    _give_back(tx, terminal, made, CollectionState(row.state))
    if sold is not None and row.state == CollectionState.SETTLED:
        _reopen(tx, terminal, sold, made)
    collection_repository.set_undone(tx.connection, made.id, body)
    if sold is not None and row.state == CollectionState.SETTLED:
        _settle_by_another(tx, made.order_id)


def _give_back(tx: Transaction, terminal: Terminal, made: Collection, state: CollectionState) -> None:
    """Cash came out of the terminal's drawer. What was paid twice from a balance is there again already."""
    reference = f"undone:{made.id}"
    if made.method is PaymentMethod.COUNTER:
        if made.amount:
            entry = ledger.transfer("undone", ledger.REFUNDS, ledger.cash_account(terminal.id), made.amount)
            ledger.book(tx.connection, [(reference, entry)], tx.now)
        late = collection_repository.lock_paid_twice(tx.connection, made.id)
        if late is not None and late.given_back_at is None:
            collection_repository.set_given_back(tx.connection, made.id, tx.now, made.staff)
    elif made.member_id is not None and made.payment_id is not None and state is not CollectionState.SURPLUS:
        members.lock_member(tx.connection, made.member_id)
        give_back_collected(tx, made.member_id, made.payment_id, made.amount, "undone", reference)
        tx.changes.members.add(made.member_id)
        tx.moved.add(made.member_id)


def _reopen(tx: Transaction, terminal: Terminal, sold: SoldOrder, made: Collection) -> None:
    """It waits again, and the points go that its payment had earned."""
    is_untouched = not refund_repository.refunds_of(tx.connection, made.order_id)
    _require(is_untouched, "the order was refunded meanwhile")
    member_id = made.member_id or sold.order.member_id
    points_reference = rest_reference(made.payment_id or made.due_payment_id, sold.undone)
    points = ledger.points_of(tx.connection, points_reference)
    if points and member_id is not None:
        members.lock_member(tx.connection, member_id)
        take_points(tx, member_id, points, f"undone:{made.id}")
        tx.changes.members.add(member_id)
    repository.set_order_state(tx.connection, made.order_id, sold.order.to(OrderState.AWAITING_PAYMENT).state)
    repository.set_payment_state(tx.connection, made.due_payment_id, PaymentState.DUE)
    if sold.terminal_id != terminal.id:
        tx.changes.collected.add(made.due_payment_id)


def _settle_by_another(tx: Transaction, order_id: UUID) -> None:
    """What came while it was settled, and was told to be too late: the first of it that can still count."""
    for row in collection_repository.collections_of(tx.connection, order_id):
        late = collection_repository.lock_paid_twice(tx.connection, row.id)
        if late is not None and late.given_back_at is None:
            collection_repository.drop_paid_twice(tx.connection, row.id)
            collection_repository.set_state(tx.connection, row.id, CollectionState.WAITING)
    settle_waiting(tx, [order_id])
    sold = lock_sold(tx, order_id)
    if sold is not None and sold.order.state is OrderState.AWAITING_PAYMENT:
        settle_late(tx, get_identity(tx.connection, sold.terminal_id), sold)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise UndoingRefused(reason)
