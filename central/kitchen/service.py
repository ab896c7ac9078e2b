"""Tickets follow what is booked of orders, and the marks of kitchen screens (docs/decisions/0018)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from central.errors import CentralError
from central.kitchen import repository
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.ids import OrderId
from kiosk.domain.kitchen import (
    KEEP_TICKETS_S,
    Ticket,
    TicketKey,
    TicketState,
    is_for_kitchen,
    next_state,
    stalls_of,
    ticket_lines,
)
from kiosk.domain.order import DiningMode, Order, OrderState
from kiosk.sync import wire

# What was paid so long before it came here was cooked from paper.
LATE_AFTER = timedelta(hours=1)
KEEP = timedelta(seconds=KEEP_TICKETS_S)


class MarkRefused(CentralError):
    """Only kitchen terminals mark tickets."""


def begin_tickets(tx: Transaction, paid: Mapping[UUID, tuple[Order, timedelta]]) -> None:
    """Orders that have just been booked for the first time, by id, with how long ago each was paid."""
    rows = [
        (order_id, stall, tx.now - ago)
        for order_id, (order, ago) in paid.items()
        if is_for_kitchen(order) and ago <= LATE_AFTER
        for stall in stalls_of(order)
    ]
    if rows:
        repository.add_tickets(tx.connection, rows)
        tx.changes.tickets = True


def follow_orders(tx: Transaction, changed: Mapping[UUID, timedelta]) -> None:
    """Orders of which something was booked, by id, with how long ago it happened: what is paid now is to be made, what
    is not any more is withdrawn."""
    if not changed:
        return
    tickets: dict[UUID, list[Row[Any]]] = {}
    for row in repository.lock_tickets(tx.connection, sorted(changed)):
        tickets.setdefault(row.order_id, []).append(row)
    begun: dict[UUID, tuple[Order, timedelta]] = {}
    for row in repository.find_orders(tx.connection, sorted(changed)):
        known, ago = tickets.get(row.id, []), changed[row.id]
        if row.state != OrderState.PAID:
            _change_all(tx, known, withdrawn=True, placed_at=None)
        elif known:
            _change_all(tx, known, withdrawn=False, placed_at=tx.now - ago)
        else:
            order = wire.decode(row.event, wire.OrderRecorded).order
            paid = order if order.state is OrderState.PAID else order.to(OrderState.PAID)
            begun[row.id] = paid, ago
    begin_tickets(tx, begun)


def _change_all(tx: Transaction, tickets: Sequence[Row[Any]], *, withdrawn: bool, placed_at: datetime | None) -> None:
    """Withdraw those that are not, or put back those that are, placed anew."""
    state = TicketState.WITHDRAWN if withdrawn else TicketState.PREPARING
    for ticket in tickets:
        if (ticket.state == TicketState.WITHDRAWN) is not withdrawn:
            repository.change_ticket(tx.connection, ticket, state, placed_at or ticket.placed_at, None)
            tx.changes.tickets = True


def record_mark(tx: Transaction, terminal: Terminal, event: wire.TicketMarked) -> None:
    """A mark that comes late, or twice, changes nothing. Raises MarkRefused."""
    if terminal.role != "kitchen":
        raise MarkRefused(f"a terminal enrolled with the role {terminal.role!r} marks no tickets")
    ticket = repository.lock_ticket(tx.connection, event.order_id, event.stall)
    if ticket is None or ticket.changes != event.changes:
        return
    state = next_state(TicketState(ticket.state), event.mark)
    if state is None:
        return
    was_ready = ticket.ready_at if state is TicketState.HANDED_OUT else None
    # Handed out by mistake: it is called out again.
    ready_at = tx.now if state is TicketState.READY else was_ready
    repository.change_ticket(tx.connection, ticket, state, ticket.placed_at, ready_at)
    tx.changes.tickets = True


def read_page(
    connection: Connection, epoch: str, asked_epoch: str, after: int, now: datetime, *, with_lines: bool
) -> wire.KitchenPage:
    """The tickets that have changed after the cursor; from the beginning, and then only those that are still to be
    handed out, when the cursor belongs to another epoch."""
    if asked_epoch != epoch:
        after = 0
    rows, more = repository.tickets_after(connection, after, now - KEEP, wire.MAX_TICKETS)
    records = tuple(_record(row, now, with_lines=with_lines) for row in rows)
    return wire.KitchenPage(epoch, records, rows[-1].changed_seq if rows else after, more)


def _record(row: Row[Any], now: datetime, *, with_lines: bool) -> wire.TicketRecord:
    is_told = with_lines and row.state != TicketState.WITHDRAWN
    order = wire.decode(row.event, wire.OrderRecorded).order if is_told else None
    ticket = Ticket(
        TicketKey(OrderId(row.order_id), row.stall),
        row.number,
        TicketState(row.state),
        row.changes,
        DiningMode(row.dining_mode),
        ticket_lines(order, row.stall) if order else (),
    )
    ready_age_s = _seconds(now, row.ready_at) if row.ready_at else None
    return wire.TicketRecord(ticket, _seconds(now, row.placed_at), ready_age_s)


def _seconds(now: datetime, since: datetime) -> float:
    return max(0.0, (now - since).total_seconds())


def prune(tx: Transaction) -> int:
    """Tickets that no terminal is told of any more; returns how many went."""
    return repository.remove_tickets(tx.connection, tx.now - 2 * KEEP)
