"""Paying from what was set aside here: without central, and with its help for the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.ids import MemberId
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentState
from kiosk.domain.wallet import Grant
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from kiosk.sync.wire import OrderRecorded
from tests.domain.canteen import BIG_NOODLES, PLAIN_RICE, PLAIN_SET
from tests.services.fakes import Line
from tests.services.terminal import BALANCE, BLOCKED_CARD, CARD, Terminal

CART = EMPTY_CART.add(BIG_NOODLES, 2).add(PLAIN_SET)  # 34.00 + 13.00
TOTAL = Money(4700)


def terminal_with(*amounts_minor: int) -> Terminal:
    terminal = Terminal()
    for minor in amounts_minor:
        set_aside(terminal, minor)
    return terminal


def set_aside(terminal: Terminal, minor: int) -> Grant:
    """As it stands here once the feed has brought it."""
    grant = terminal.central.pre_grant(CARD, Money(minor))
    with terminal.store.transaction() as tx:
        tx.grants.add(grant)
    return grant


def paid(terminal: Terminal, cart: object = CART) -> Paid:
    outcome = terminal.pays(cart)  # type: ignore[arg-type]
    assert isinstance(outcome, Paid)
    return outcome


@pytest.mark.parametrize("line", [Line.ANSWERS, Line.DEAD, Line.REVOKED])
def test_enough_is_here_so_central_is_not_asked(line: Line) -> None:
    terminal = terminal_with(5000)
    terminal.central.line = line
    outcome = paid(terminal)
    assert terminal.central.asked == []
    assert (outcome.order.member_id, outcome.balance_after) == (f"of-{CARD}", BALANCE - TOTAL)
    (payment,) = terminal.store.tables.payments.values()
    assert (payment.state, payment.member_id) == (PaymentState.PAID, f"of-{CARD}")
    assert terminal.store.commits == 2  # the grant, then the sale: there is no step outside between


def test_a_second_meal_from_the_same_grant() -> None:
    terminal = terminal_with(5000)
    terminal.central.line = Line.DEAD
    rice = EMPTY_CART.add(PLAIN_RICE)  # 2.00
    balances = [paid(terminal, rice).balance_after for _ in range(3)]
    assert balances == [BALANCE - Money(200), BALANCE - Money(400), BALANCE - Money(600)]
    spends = [event.spends[0] for event in terminal.outbox if isinstance(event, OrderRecorded)]
    assert [(record.spend.number, record.close_after) for record in spends] == [(1, None), (2, None), (3, None)]


def test_from_several_grants_the_used_up_ones_closed() -> None:
    terminal = terminal_with(2500, 1000, 1500)
    terminal.central.line = Line.DEAD
    paid(terminal)
    (event,) = terminal.outbox
    assert isinstance(event, OrderRecorded)
    assert [(record.spend.amount.minor, record.close_after) for record in event.spends] == [
        (1000, 1),
        (1500, 1),
        (2200, None),
    ]
    terminal.uploads()
    assert terminal.central.spent == TOTAL


def test_central_is_asked_for_the_rest_only() -> None:
    terminal = terminal_with(1000, 1500)
    outcome = paid(terminal)
    assert [asked.amount for asked in terminal.central.asked] == [Money(2200)]
    (event,) = terminal.outbox
    assert isinstance(event, OrderRecorded)
    assert sorted(record.spend.amount.minor for record in event.spends) == [1000, 1500, 2200]
    assert outcome.points == 47
    terminal.uploads()
    assert (terminal.central.spent, terminal.central.free) == (TOTAL, {CARD: BALANCE - TOTAL})


@pytest.mark.parametrize("line", [Line.DEAD, Line.LOSES_REPLY, Line.MISFITS])
def test_without_the_rest_nothing_is_taken(line: Line) -> None:
    terminal = terminal_with(1000)
    terminal.central.line = line
    outcome = terminal.pays(CART)
    assert isinstance(outcome, NotCharged)
    assert terminal.store.tables.spends == []
    terminal.central.line = Line.ANSWERS
    terminal.uploads()
    assert terminal.central.free == {CARD: BALANCE - Money(1000)}
    paid(terminal)


def test_a_card_that_changed_hands_does_not_mix_two_members() -> None:
    terminal = Terminal()
    member, card = terminal.store.members[CARD]
    terminal.store.members[CARD] = (replace(member, id=MemberId("before")), replace(card, member_id=MemberId("before")))
    with terminal.store.transaction() as tx:
        grant = replace(terminal.central.pre_grant(CARD, Money(1000)), member_id=MemberId("before"))
        tx.grants.add(grant)
    outcome = terminal.pays(CART)
    assert isinstance(outcome, NotCharged)
    assert outcome.reason is NotChargedReason.CENTRAL_REFUSED
    assert terminal.store.tables.spends == []


def test_a_blocked_card_pays_nothing_of_what_is_here() -> None:
    terminal = Terminal()
    terminal.central.free[BLOCKED_CARD] = BALANCE
    grant = replace(terminal.central.pre_grant(BLOCKED_CARD, Money(5000)), member_id=MemberId("m2"))
    with terminal.store.transaction() as tx:
        tx.grants.add(grant)
    terminal.central.line = Line.DEAD
    assert isinstance(terminal.pays(CART, BLOCKED_CARD), NotCharged)


def test_a_sale_that_is_not_committed_leaves_the_grant_whole() -> None:
    terminal = terminal_with(5000)
    terminal.store.fails_at(1)
    outcome = terminal.pays(CART)
    assert isinstance(outcome, NotCharged)
    assert outcome.reason is NotChargedReason.STORAGE_FAILED
    assert terminal.outbox == [], "central was asked for nothing, so nothing is to be released"
    terminal.restart()
    terminal.central.line = Line.DEAD
    assert paid(terminal).balance_after == BALANCE - TOTAL


def test_a_sale_that_stands_although_the_disk_said_no_is_being_checked() -> None:
    terminal = terminal_with(5000)
    terminal.store.misreports(1)
    assert isinstance(terminal.pays(CART), BeingChecked)
    assert terminal.restart() == 0
    (payment,) = terminal.store.tables.payments.values()
    assert payment.state is PaymentState.PAID
    terminal.uploads()
    assert terminal.central.spent == TOTAL
