"""Orders that were due at the counter, at central: paid in cash there, or cancelled, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from central.wallet import ledger
from kiosk.domain.cash import CounterResult
from kiosk.domain.ids import OrderId, PaymentId
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentState
from kiosk.sync import wire
from tests.central.refunding import counter_payment_of, refund_of
from tests.central.sales import counter_order, new_id, pushed_event, yuan
from tests.central.support import Central, Diner, Terminal
from tests.central.test_push import count_dish
from tests.central.test_refunds import account_minor, shown

change = msgspec.structs.replace


def test_cash_for_an_order_that_was_due(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    due = _due(terminal, member, "8.00")
    epoch, end = terminal.newest()
    paid = counter_payment_of(due, points=8)
    event = pushed_event(paid)
    assert terminal.push(due, event, paid).quarantined == ()
    assert terminal.push(event, first_seq=2).quarantined == ()
    order = shown(central, due)
    assert (order["state"], order["payment"]["state"]) == ("paid", "paid")
    assert account_minor(central, ledger.cash_account(terminal.id)) == -800
    assert terminal.states(epoch, end)["member", member.id]["points"] == 8
    assert central.free(member) == yuan("50.00")
    assert terminal.push(counter_payment_of(due)).quarantined, "paid once"

    assert terminal.push(refund_of(_paid(due))).quarantined == ()
    assert account_minor(central, ledger.cash_account(terminal.id)) == 0
    assert (central.free(member), central.account(member).points) == (yuan("50.00"), 0)


def test_an_order_that_nobody_paid(central: Central, terminal: Terminal) -> None:
    count_dish(central, "left-soup", 10)
    due = counter_order(terminal, "8.00", dish="left-soup")
    epoch, end = terminal.newest()
    assert terminal.push(due, counter_payment_of(due, CounterResult.CANCELLED)).quarantined == ()
    order = shown(central, due)
    assert (order["state"], order["payment"]["state"]) == ("cancelled", "not_charged")
    assert terminal.states(epoch, end)["stock", "left-soup"]["portions"] == 10
    assert account_minor(central, ledger.cash_account(terminal.id)) == 0
    for late in (counter_payment_of(due), refund_of(_paid(due))):
        assert terminal.push(late).quarantined


@pytest.mark.parametrize(
    "wrong",
    [
        lambda e: change(e, payment=replace(e.payment, amount=yuan("7.00"))),
        lambda e: change(e, payment=replace(e.payment, payment_id=PaymentId(new_id()))),
        lambda e: change(e, payment=replace(e.payment, order_id=OrderId(new_id()))),
        lambda e: change(e, points=1),  # of no member
        lambda e: change(e, payment=replace(e.payment, result=CounterResult.CANCELLED, reason="gone")),
    ],
)
def test_what_was_not_due_is_not_booked(central: Central, terminal: Terminal, wrong: Any) -> None:
    due = counter_order(terminal, "8.00")
    assert [kept.seq for kept in terminal.push(due, wrong(counter_payment_of(due))).quarantined] == [2]
    assert shown(central, due)["state"] == "awaiting_payment"
    assert account_minor(central, ledger.cash_account(terminal.id)) == 0


def test_another_terminal_takes_no_cash_for_it(central: Central, terminal: Terminal) -> None:
    due = counter_order(terminal, "8.00")
    terminal.push(due)
    other = central.enrol()
    assert other.push(counter_payment_of(due)).quarantined
    assert shown(central, due)["state"] == "awaiting_payment"


def _due(terminal: Terminal, member: Diner, price: str) -> wire.OrderRecorded:
    due = counter_order(terminal, price)
    order = replace(due.order, member_id=member.id)
    return change(due, order=order, payment=replace(due.payment, member_id=member.id))


def _paid(due: wire.OrderRecorded) -> wire.OrderRecorded:
    """As the terminal has it after the cash was taken."""
    return change(due, order=due.order.to(OrderState.PAID), payment=due.payment.to(PaymentState.PAID))
