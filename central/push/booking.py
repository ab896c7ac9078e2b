"""Which part of central books an event, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from central.faces.service import record_consent, record_destroyed, record_forgotten
from central.faces.sharing import take_answer
from central.kitchen.service import record_mark
from central.members.cards import record_card_block
from central.orders.collections import record_collection
from central.orders.counter_payments import record_counter_payment
from central.orders.refunds import record_refund
from central.orders.service import record_order
from central.orders.undone_collections import record_undone
from central.shifts.service import record_cash_moved, record_shift_closed, record_shift_corrected
from central.stock.acts import record_stock_act
from central.stock.portions import take_back
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet.cash_top_ups import record_cash_top_up
from central.wallet.service import release
from central.wallet.settling import close_grant
from kiosk.sync import wire
from kiosk.sync.wire import GrantReleased, OrderRecorded, TerminalEvent

# Booked once however often they come: the body tells the same event from another with its id.
_BOOKED_WITH_BODY: dict[type, Callable[[Transaction, Terminal, Any, bytes], None]] = {
    OrderRecorded: record_order,
    wire.RefundRecorded: record_refund,
    wire.CounterPaymentRecorded: record_counter_payment,
    wire.OrderCollected: record_collection,
    wire.CollectionUndone: record_undone,
    wire.CashTopUpRecorded: record_cash_top_up,
    wire.StockActRecorded: record_stock_act,
    wire.CashMoved: record_cash_moved,
    wire.ShiftClosed: record_shift_closed,
    wire.ShiftCorrected: record_shift_corrected,
    wire.FaceConsentGiven: record_consent,
}


def book_one(tx: Transaction, terminal: Terminal, event: TerminalEvent, body: bytes) -> None:
    """Raises CentralError or DomainError for an event that cannot be booked."""
    if isinstance(event, wire.FaceForgotten):
        record_forgotten(tx, terminal, event)
    elif isinstance(event, wire.FaceDestroyed):
        record_destroyed(tx, terminal, event)
    elif isinstance(event, wire.FaceCopyAnswered):
        take_answer(tx, terminal, event)
    elif isinstance(event, wire.CardBlocked):
        record_card_block(tx, terminal, event)
    elif isinstance(event, GrantReleased):
        release(tx, terminal, event.request_id)
    elif isinstance(event, wire.PortionsGivenBack):
        take_back(tx, terminal, event)
    elif isinstance(event, wire.GrantClosed):
        close_grant(tx, terminal, event.grant_id, event.spends)
    elif isinstance(event, wire.TicketMarked):
        record_mark(tx, terminal, event)
    else:
        _BOOKED_WITH_BODY[type(event)](tx, terminal, event, body)
