"""Sales booked many at once are booked as one by one, and one that the database refuses keeps no other back."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from central.errors import CentralError
from central.orders import repository as orders
from central.orders.sales import Sale, record_sales
from central.orders.service import record_order
from central.push.service import Batch, receive_all
from central.terminals.repository import get_identity
from central.transactions import Transaction
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import MemberId
from kiosk.sync import wire
from tests.central.cooking_with import cook_with
from tests.central.sales import counter_order, new_id, paid_order, pushed_event, sale, yuan
from tests.central.support import Central, Diner, Terminal
from tests.central.test_quarantine import SPOILED

change = msgspec.structs.replace

BOOKED = (
    "SELECT reference, reason, position, account, amount_minor FROM ledger_entry JOIN ledger_posting ON entry_id = id",
    "SELECT reference, member_id, points FROM points_entry",
    "SELECT id, number, terminal_id, member_id, state, total_minor, created_at, cart, event FROM customer_order",
    "SELECT id, recipe_book FROM customer_order",
    "SELECT id, order_id, method, state, amount_minor FROM payment",
    "SELECT dish_id, count_number, portions, reason, order_id FROM stock_movement",
    "SELECT grant_id, number, payment_id, amount_minor FROM spend",
    "SELECT id, is_open, close_after FROM money_grant",
    "SELECT ingredient_id, reason, SUM(milli) FROM ingredient_movement GROUP BY ingredient_id, reason",
)


def some_sales(central: Central, terminal: Terminal, chance: random.Random) -> list[wire.OrderRecorded]:
    """Good ones, spoiled ones and repeated ones; some use a grant in several spends, which come out of order."""
    members = [central.add_member("500.00") for _ in range(3)]
    found: list[wire.OrderRecorded] = []
    for _ in range(12):
        member = chance.choice(members)
        found += [terminal.bought(member, "3.00", points=3), counter_order(terminal, "2.00")]
        found += shared_grant(terminal, member, chance)
        spoil = chance.choice(list(SPOILED.values()))
        found.append(spoil(terminal.bought(member, "10.00")))
        found.append(chance.choice(found))
    chance.shuffle(found)
    return found


def shared_grant(terminal: Terminal, member: Diner, chance: random.Random) -> list[wire.OrderRecorded]:
    """Three sales under one grant of which the last one may be too much, closed after two or three."""
    grant, last = terminal.grant(member, "10.00"), chance.choice((2, 3))
    made = [sale(terminal, new_id(), grant, chance.choice(("3.00", "4.00"))) for _ in range(3)]
    return [
        change(one, spends=(wire.SpendRecord(replace(one.spends[0].spend, number=n), last if n == last else None),))
        for n, one in enumerate(made, start=1)
    ]


def one_by_one(tx: Transaction, sales: Sequence[Sale]) -> list[bool]:
    """Which of them were booked."""
    booked = []
    for one in sales:
        try:
            with tx.connection.begin_nested():
                record_order(tx, one.terminal, one.event, one.body)
            booked.append(True)
        except (CentralError, DomainError, IntegrityError):
            booked.append(False)
    return booked


def all_at_once(tx: Transaction, sales: Sequence[Sale]) -> list[bool]:
    return [not reason for reason in record_sales(tx, sales)]


def tried(
    central: Central, sales: Sequence[Sale], book: Callable[[Transaction, Sequence[Sale]], list[bool]]
) -> tuple[list[bool], list[list[Any]]]:
    """Which were booked, and what the tables were then; all of it is undone."""

    def work(tx: Transaction) -> tuple[list[bool], list[list[Any]]]:
        savepoint = tx.connection.begin_nested()
        booked = book(tx, sales)
        tables = [sorted(map(tuple, tx.connection.execute(text(query))), key=repr) for query in BOOKED]
        savepoint.rollback()
        return booked, tables

    return central.parts.transactions.write(work)


def test_many_at_once_are_booked_as_one_by_one(central: Central, terminal: Terminal) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    cook_with(central)
    who = central.parts.transactions.read(lambda c: get_identity(c, terminal.id))
    events = some_sales(central, terminal, random.Random(seed))
    sales = [Sale(who, event, wire.encode(event)) for event in events]
    booked, tables = tried(central, sales, all_at_once)
    expected, expected_tables = tried(central, sales, one_by_one)
    assert booked == expected
    assert {True, False} == set(booked)
    assert tables == expected_tables
    assert all(tables), "nothing to compare"


def test_what_the_database_refuses_keeps_no_other_back(
    central: Central, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Central's own look-up misses that an order stands already, as it would if another terminal were quicker."""
    member = central.add_member("500.00")
    known = terminal.bought(member, "1.00")
    terminal.push(known)
    same_order = sale(terminal, new_id(), terminal.grant(member, "1.00"), "1.00")
    same_order = change(
        same_order,
        order=replace(same_order.order, id=known.order.id),
        payment=replace(same_order.payment, order_id=known.order.id),
    )
    monkeypatch.setattr(orders, "known_orders", lambda connection, order_ids: set())
    good = [terminal.bought(member, "1.00") for _ in range(20)]
    reply = terminal.push(*good[:7], same_order, *good[7:])
    assert [q.seq for q in reply.quarantined] == [9]
    assert central.account(member).booked == yuan("479.00")


def test_batches_of_several_terminals_in_one_transaction(central: Central) -> None:
    terminals = [central.enrol() for _ in range(3)]
    member = central.add_member("50.00")
    bought = [pushed_event(terminal.bought(member, "5.00")) for terminal in terminals]
    bad = wire.PushedEvent(new_id(), msgspec.Raw(b"{}"))

    def work(tx: Transaction) -> list[wire.PushReply]:
        who = [get_identity(tx.connection, terminal.id) for terminal in terminals]
        return receive_all(
            tx, [Batch(who[0], 1, [bought[0]]), Batch(who[1], 2, [bought[1]]), Batch(who[2], 1, [bad, bought[2]])]
        )

    first, gap, poisoned = central.parts.transactions.write(work)
    assert (first, gap.last_seq) == (wire.PushReply(1), 0)
    assert (poisoned.last_seq, [q.seq for q in poisoned.quarantined]) == (2, [1])
    assert central.account(member).booked == yuan("40.00")


def test_a_payment_from_two_grants_is_whole_or_not_at_all(central: Central, terminal: Terminal) -> None:
    member, payment_id = central.add_member("50.00"), new_id()
    grants = [terminal.grant(member, "5.00") for _ in range(2)]
    records = [sale(terminal, payment_id, grant, "5.00").spends[0] for grant in grants]
    beyond = change(records[1], spend=replace(records[1].spend, amount=yuan("6.00")))
    refused = paid_order(terminal, payment_id, member.id, "11.00", (records[0], beyond))
    assert terminal.push(refused).quarantined
    assert central.account(member).booked == yuan("50.00")
    good = paid_order(terminal, payment_id, member.id, "10.00", tuple(records))
    assert terminal.push(good).quarantined == ()
    assert (central.account(member).booked, central.free(member)) == (yuan("40.00"), yuan("40.00"))


def test_a_grant_of_another_member_is_not_spent(central: Central, terminal: Terminal) -> None:
    """Only the members who are said to pay are held while sales are booked."""
    owner, other = central.add_member("50.00"), MemberId(central.add_member("50.00").id)
    event = terminal.bought(owner, "5.00")
    order, payment = replace(event.order, member_id=other), replace(event.payment, member_id=other)
    reply = terminal.push(change(event, order=order, payment=payment))
    assert "another member's" in reply.quarantined[0].reason
    assert central.account(owner).booked == yuan("50.00")
