"""Planted bugs, by name: centrals that book refunds and top-ups with one thing wrong, everything else being the real
program."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from central.members.repository import member
from central.orders.refund_repository import refund
from central.orders.repository import customer_order
from central.push import repository
from central.push.service import receive
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger
from kiosk.domain.refund import Refund
from kiosk.sync import wire
from tests.central.sales import new_id
from tests.prove.refunds.books import under_new_ids

Events = Sequence[wire.PushedEvent]


def takes_the_same_refund_for_another(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    """Also: the same top-up."""
    return receive(tx, terminal, first_seq, [under_new_ids(event) for event in events])


def forgets_what_was_given_back(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    tx.connection.execute(delete(refund))
    return receive(tx, terminal, first_seq, events)


def lets_any_terminal_refund(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    for pushed in events:
        event = wire.decode_event(pushed.body)
        if isinstance(event, wire.RefundRecorded):
            of_it = customer_order.c.id == event.refund.order_id
            tx.connection.execute(update(customer_order).where(of_it).values(terminal_id=terminal.id))
    return receive(tx, terminal, first_seq, events)


def takes_the_same_top_up_for_another(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    again = [under_new_ids(event) if b'"cash_top_up_recorded"' in bytes(event.body) else event for event in events]
    return receive(tx, terminal, first_seq, again)


def gives_it_to_another_member(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    reply = receive(tx, terminal, first_seq, events)
    for made in _refunds(events):
        booked = tx.connection.execute(select(refund).where(refund.c.id == made.id)).first()
        order = tx.connection.execute(select(customer_order).where(customer_order.c.id == made.order_id)).first()
        if booked is not None and order is not None:
            others = select(member.c.id).where(member.c.id != order.member_id)
            other = tx.connection.execute(others.limit(1)).scalar_one()
            accounts = ledger.member_account(order.member_id), ledger.member_account(other)
            entry = ledger.transfer("refund", *accounts, made.amount)
            ledger.book(tx.connection, [(f"mutant:{new_id()}", entry)], tx.now)
    return reply


def forgets_it_after_a_crash(tx: Transaction, terminal: Terminal, first_seq: int, events: Events) -> object:
    """Acknowledges a refund that it was about to write when it was killed."""
    if not _refunds(events):
        return receive(tx, terminal, first_seq, events)
    last_seq = first_seq + len(events) - 1
    sender = terminal.id, terminal.incarnation
    repository.lock_positions(tx.connection, [sender])
    repository.set_positions(tx.connection, {sender: last_seq})
    return wire.PushReply(last_seq)


def _refunds(events: Events) -> list[Refund]:
    decoded = (wire.decode_event(pushed.body) for pushed in events)
    return [event.refund for event in decoded if isinstance(event, wire.RefundRecorded)]


MUTANTS = (
    takes_the_same_refund_for_another,
    forgets_what_was_given_back,
    lets_any_terminal_refund,
    takes_the_same_top_up_for_another,
    gives_it_to_another_member,
    forgets_it_after_a_crash,
)
