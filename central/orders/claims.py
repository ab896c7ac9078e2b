"""What a counter terminal asks before it takes money: which orders wait, and that nobody else settles one meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row

from central.errors import CentralError
from central.members import repository as members
from central.orders import collection_repository, repository
from central.orders.checks import MAX_ID_CHARS
from central.orders.collection_repository import CollectionState
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.collection import ClaimAnswer
from kiosk.domain.due_order import DueOrder, due_order_of
from kiosk.domain.ids import TerminalId
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentState
from kiosk.sync import wire

CLAIM_FOR = timedelta(minutes=2)
"""Longer than anybody takes to pay. A counter that has died keeps the order to itself no longer."""

_ANSWERS = {OrderState.PAID: ClaimAnswer.SETTLED, OrderState.CANCELLED: ClaimAnswer.CANCELLED}


class BadDueOrdersRequest(CentralError):
    """It asks for nothing, or for several things."""


def find_due(connection: Connection, request: wire.DueOrdersRequest) -> wire.DueOrdersReply:
    """Newest first. Raises BadDueOrdersRequest."""
    asked = [bool(request.number), bool(request.card_uid), request.order_id is not None]
    text = request.number or request.card_uid
    if sum(asked) != 1 or len(text) > MAX_ID_CHARS or not text.isprintable():
        raise BadDueOrdersRequest("ask by a number, by a card, or by an id")
    if request.order_id is not None:
        found = repository.awaiting_by_id(connection, request.order_id)
    elif request.number:
        found = repository.awaiting_by_number(connection, request.number, wire.MAX_DUE_ORDERS)
    else:
        cards = members.find_cards(connection, [request.card_uid])
        member_id = cards[0].member_id if cards else ""
        found = repository.awaiting_of_member(connection, member_id, wire.MAX_DUE_ORDERS)
    return wire.DueOrdersReply(tuple(due for row in found if (due := _due_order(row)) is not None))


def claim(tx: Transaction, terminal: Terminal, request: wire.ClaimRequest) -> ClaimAnswer:
    """For CLAIM_FOR; the same collection may ask again. What was said before money was taken binds nobody: whoever was
    first is found out when it is booked."""
    collection_repository.hold_order(tx.connection, request.order_id)
    collection_repository.drop_lapsed_claims(tx.connection, tx.now - CLAIM_FOR)
    if request.given_up:
        collection_repository.drop_claim(tx.connection, request.order_id, request.collection_id)
        return ClaimAnswer.UNKNOWN
    if collection_repository.find_collection(tx.connection, request.collection_id) is not None:
        return ClaimAnswer.OURS
    answer = _as_it_stands(tx.connection, request)
    standing = collection_repository.find_claim(tx.connection, request.order_id)
    if answer not in (ClaimAnswer.OURS, ClaimAnswer.UNKNOWN):
        return answer
    if standing is not None and standing.collection_id != request.collection_id:
        return ClaimAnswer.CLAIMED_ELSEWHERE
    row = {
        "order_id": request.order_id,
        "collection_id": request.collection_id,
        "terminal_id": terminal.id,
        "claimed_at": tx.now,
    }
    collection_repository.put_claim(tx.connection, row)
    return answer


def _as_it_stands(connection: Connection, request: wire.ClaimRequest) -> ClaimAnswer:
    row = repository.lock_order(connection, request.order_id)
    if row is not None:
        return _ANSWERS.get(OrderState(row.state), ClaimAnswer.OURS)
    collected = collection_repository.collections_of(connection, request.order_id)
    is_waiting = any(each.state == CollectionState.WAITING.value for each in collected)
    return ClaimAnswer.SETTLED if is_waiting else ClaimAnswer.UNKNOWN


def _due_order(row: Row[Any]) -> DueOrder | None:
    """None for one that cannot be paid at a counter."""
    recorded: wire.OrderRecorded = wire.decode(row.event, wire.OrderRecorded)
    if recorded.payment.state is not PaymentState.DUE:
        return None
    return due_order_of(recorded.order, recorded.payment, TerminalId(row.terminal_id), row.incarnation)
