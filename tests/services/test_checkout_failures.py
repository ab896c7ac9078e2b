"""The disk, the line and our own program fail in the middle of a sale: what is said is true and nothing is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentState
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Paid
from kiosk.sync.wire import GrantReleased, OrderRecorded
from tests.domain.canteen import PLAIN_NOODLES
from tests.services.fakes import Line
from tests.services.memory_store import Tables
from tests.services.terminal import BALANCE, CARD, Terminal

CART = EMPTY_CART.add(PLAIN_NOODLES)
TOTAL = Money(1200)
FOR_EVER = tuple(range(1, 20))
SETTLED = {PaymentState.PAID, PaymentState.NOT_CHARGED, PaymentState.DUE}


def settle_with_central(terminal: Terminal) -> None:
    """Everything is uploaded; afterwards central holds nothing and has booked exactly what was sold."""
    terminal.uploads()
    sold = Money.sum(order.total for order in terminal.store.tables.orders.values())
    assert terminal.central.held == {}
    assert (terminal.central.spent, terminal.central.free[CARD]) == (sold, BALANCE - sold)


def test_disk_fails_before_central_is_asked() -> None:
    terminal = Terminal()
    terminal.store.fails_at(1)
    assert terminal.pays(CART) == NotCharged(NotChargedReason.STORAGE_FAILED, TOTAL)
    assert (terminal.store.tables, terminal.central.asked) == (Tables(), [])


def test_disk_does_not_take_the_sale() -> None:
    """It takes the next write: then the grant is given back at once and nothing was charged."""
    terminal = Terminal()
    terminal.store.fails_at(2)
    assert terminal.pays(CART) == NotCharged(NotChargedReason.STORAGE_FAILED, TOTAL)
    tables = terminal.store.tables
    assert (tables.orders, tables.spends, tables.grants, tables.movements, tables.print_jobs) == ({}, [], {}, [], {})
    assert terminal.front.jobs == terminal.kitchen.jobs == []
    (payment,) = tables.payments.values()
    assert payment.state is PaymentState.NOT_CHARGED
    assert terminal.outbox == [GrantReleased(payment.id)]
    settle_with_central(terminal)


def test_disk_is_gone_when_the_sale_is_to_be_written() -> None:
    terminal = Terminal()
    terminal.store.fails_at(*FOR_EVER[1:])
    outcome = terminal.pays(CART)
    (payment,) = terminal.store.tables.payments.values()
    assert outcome == BeingChecked(payment.id, TOTAL)
    assert terminal.store.tables == Tables(
        payments={payment.id: payment}, payers={payment.id: ByCard(CARD)}
    )  # the intention only
    assert terminal.pays(CART) == NotCharged(NotChargedReason.STORAGE_FAILED, TOTAL)  # no more sales
    assert len(terminal.central.asked) == 1
    assert terminal.restart() == 1
    settle_with_central(terminal)


def test_a_sale_that_stands_although_the_disk_said_no_is_not_given_back() -> None:
    terminal = Terminal()
    terminal.store.misreports(2)
    assert isinstance(terminal.pays(CART), BeingChecked)
    assert terminal.restart() == 0
    (order,) = terminal.store.tables.orders.values()
    assert orders_told_to_central(terminal) == [order]
    assert [job.order_id for job in terminal.kitchen.jobs] == [order.id]
    settle_with_central(terminal)


@pytest.mark.parametrize("line", [Line.DEAD, Line.LOSES_REPLY, Line.REVOKED])
def test_disk_fails_when_giving_up(line: Line) -> None:
    terminal = Terminal()
    terminal.central.line = line
    terminal.store.fails_at(2)
    outcome = terminal.pays(CART)
    (payment,) = terminal.store.tables.payments.values()
    assert outcome == BeingChecked(payment.id, TOTAL)
    assert terminal.restart() == 1
    settle_with_central(terminal)


def test_disk_fails_when_central_has_refused() -> None:
    terminal = Terminal()
    terminal.central.free[CARD] = Money(0)
    terminal.store.fails_at(2)
    assert isinstance(terminal.pays(CART), BeingChecked)
    assert terminal.restart() == 1


def test_what_was_left_open_is_released_before_the_next_sale() -> None:
    """Not only at the next start: a terminal may run for weeks, and the balance is the customer's."""
    terminal = Terminal()
    terminal.central.line = Line.LOSES_REPLY
    terminal.store.fails_at(2)
    assert isinstance(terminal.pays(CART), BeingChecked)
    terminal.central.line = Line.ANSWERS
    assert isinstance(terminal.pays(CART), Paid)
    assert terminal.restart() == 0
    settle_with_central(terminal)


def test_a_fault_of_our_own_after_the_grant_is_released() -> None:
    terminal = Terminal()
    terminal.central.line = Line.FAULTY
    with pytest.raises(RuntimeError):
        terminal.pays(CART)
    terminal.central.line = Line.ANSWERS
    assert isinstance(terminal.pays(CART), Paid)
    settle_with_central(terminal)


def test_a_fault_of_our_own_is_released_at_the_next_start() -> None:
    terminal = Terminal()
    terminal.central.line = Line.FAULTY
    with pytest.raises(RuntimeError):
        terminal.pays(CART)
    assert terminal.restart() == 1
    settle_with_central(terminal)


def test_a_grant_that_was_used_before_is_not_used_again() -> None:
    """The store refuses it (not a failure of the disk): nothing is sold, the request is released."""
    terminal = Terminal()
    assert isinstance(terminal.pays(CART), Paid)
    terminal.central.line = Line.REPEATS
    assert terminal.pays(CART) == NotCharged(NotChargedReason.STORAGE_FAILED, TOTAL)
    assert len(terminal.store.tables.orders) == 1
    settle_with_central(terminal)


def test_counter_order_that_the_disk_does_not_take() -> None:
    terminal = Terminal()
    terminal.store.fails_at(1)
    assert terminal.takes_order(CART) == NotCharged(NotChargedReason.STORAGE_FAILED, TOTAL)
    assert (terminal.store.tables, terminal.front.jobs, terminal.signal.wakes) == (Tables(), [], 0)


lines = st.sampled_from(Line)
failures = st.one_of(st.just(()), st.sets(st.integers(1, 4), max_size=2).map(tuple), st.just(FOR_EVER))
steps = st.one_of(
    st.tuples(st.just("pay"), lines, failures),
    st.tuples(st.just("counter"), st.just(Line.ANSWERS), failures),
    st.tuples(st.sampled_from(["upload", "restart"]), st.just(Line.ANSWERS), st.just(())),
)


@settings(deadline=None, max_examples=120)
@given(st.lists(steps, max_size=8))
def test_whatever_fails_money_and_orders_agree(script: list[tuple[str, Line, tuple[int, ...]]]) -> None:
    terminal, told = Terminal(), list[Order]()
    for action, line, fails_at in script:
        terminal.central.line = line
        terminal.store.fails_at(*fails_at)
        if action == "upload":
            terminal.uploads()
        elif action == "restart":
            terminal.restart()
        else:
            told += _sold(terminal, action)
        assert list(terminal.store.tables.orders.values()) == told  # told "paid" or "due": stands; else: does not
    terminal.restart()
    paid = Money.sum(o.total for o in told if o.state == "paid")
    terminal.uploads()
    assert (terminal.central.held, terminal.central.spent) == ({}, paid)
    assert terminal.central.free[CARD] == BALANCE - paid
    assert orders_told_to_central(terminal) == told
    numbers = [int(order.number[1:]) for order in told]
    assert all(later > earlier for earlier, later in pairwise(numbers))
    assert {p.state for p in terminal.store.tables.payments.values()} <= SETTLED


def _sold(terminal: Terminal, action: str) -> list[Order]:
    try:
        outcome = terminal.pays(CART) if action == "pay" else terminal.takes_order(CART)
    except RuntimeError:
        return []
    return [outcome.order] if isinstance(outcome, Paid | DueAtCounter) else []


def orders_told_to_central(terminal: Terminal) -> list[Order]:
    """Each as often as it was told."""
    terminal.store.acknowledged = 0
    return [event.order for event in terminal.outbox if isinstance(event, OrderRecorded)]
