"""Refunds at central: what was paid comes back once, to where it came from; what does not fit is kept, not booked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, select

from central.errors import Conflict, NotFound
from central.orders.refund_repository import find_refund
from central.orders.refunds import refund_at_central
from central.terminals.service import revoke
from central.wallet import ledger
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.domain.ids import OrderId, PaymentId
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.refund import RefundError
from kiosk.sync import wire
from tests.central.refunding import portions, refund_of
from tests.central.sales import new_id, paid_order, pushed_event, sale, yuan
from tests.central.support import Central, Terminal
from tests.central.test_push import count_dish

change = msgspec.structs.replace


def account_minor(central: Central, account: str) -> int:
    total = select(func.coalesce(func.sum(ledger.ledger_posting.c.amount_minor), 0))
    return central.parts.transactions.read(
        lambda c: int(c.execute(total.where(ledger.ledger_posting.c.account == account)).scalar_one())
    )


def shown(central: Central, sold: wire.OrderRecorded) -> Any:
    return central.staff_get(f"/v1/orders/{sold.order.id}")


def at_central(central: Central, order_id: UUID, wanted: dict[int, int] | None = None, **named: Any) -> Any:
    named = {"refund_id": new_id(), "staff": "office", "reason": "terminal is broken", "restock": False} | named
    return central.parts.transactions.write(lambda tx: refund_at_central(tx, order_id, wanted, **named))


def test_a_refund_goes_back_to_the_balance(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    sold = terminal.bought(member, "12.00", points=12)
    refunds_before = account_minor(central, ledger.REFUNDS)
    epoch, end = terminal.newest()
    assert terminal.push(sold, refund_of(sold)).quarantined == ()
    assert central.free(member) == yuan("50.00")
    assert account_minor(central, ledger.REFUNDS) - refunds_before == -1200
    row = terminal.states(epoch, end)["member", member.id]
    assert (row["balance"]["minor"], row["points"]) == (5000, 0)
    order = shown(central, sold)
    assert (order["state"], order["refunded"]["minor"]) == ("paid", 1200)
    assert [r["reason"] for r in order["refunds"]] == ["cold"]


def test_partial_refunds_add_up_and_no_further(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    sold = portions(terminal.bought(member, "30.00", points=31), 3)
    first = refund_of(sold, {0: 1})
    second = refund_of(sold, {0: 2}, (first.refund,))
    assert terminal.push(sold, first).quarantined == ()
    assert (central.free(member), central.account(member).points) == (yuan("30.00"), 20)
    assert terminal.push(second).quarantined == ()
    assert (central.free(member), central.account(member).points) == (yuan("50.00"), 0)
    late = refund_of(sold, {0: 1})
    (kept,) = terminal.push(late).quarantined
    assert "more of a line" in kept.reason
    assert central.free(member) == yuan("50.00")


def test_two_partial_refunds_above_what_was_paid(central: Central, terminal: Terminal) -> None:
    """Each by itself would be allowed."""
    member = central.add_member("50.00")
    sold = portions(terminal.bought(member, "30.00"), 3)
    reply = terminal.push(sold, refund_of(sold, {0: 2}), refund_of(sold, {0: 2}))
    assert [kept.seq for kept in reply.quarantined] == [3]
    assert central.free(member) == yuan("40.00")


def test_the_same_refund_again_is_the_same(central: Central, terminal: Terminal) -> None:
    """Sent again, and under another event's id."""
    member = central.add_member("50.00")
    sold = portions(terminal.bought(member, "30.00"), 3)
    given = refund_of(sold, {0: 1})
    event = pushed_event(given)
    terminal.push(sold, event)
    assert terminal.push(event, first_seq=2).quarantined == ()
    assert terminal.push(given).quarantined == ()
    assert central.free(member) == yuan("30.00")
    other = change(given, refund=replace(given.refund, reason="another"))
    (kept,) = terminal.push(other).quarantined
    assert "another refund of that id" in kept.reason
    assert central.free(member) == yuan("30.00")


def test_only_the_terminal_that_sold_it_refunds_it(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    sold = terminal.bought(member, "12.00")
    terminal.push(sold)
    other = central.enrol()
    (kept,) = other.push(refund_of(sold)).quarantined
    assert "sold by another terminal" in kept.reason
    assert central.free(member) == yuan("38.00")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda e: change(e, refund=replace(e.refund, order_id=OrderId(new_id()))),
        lambda e: change(e, refund=replace(e.refund, is_void=True)),  # and nothing goes back into stock
        lambda e: change(e, movements=tuple(replace(m, portions=9) for m in e.movements)),
        lambda e: change(e, refund=replace(e.refund, made_at=e.refund.made_at.replace(tzinfo=None))),
        lambda e: change(e, refund=replace(e.refund, parts=())),
        lambda e: change(
            e, refund=replace(e.refund, parts=(replace(e.refund.parts[0], method=PaymentMethod.COUNTER),))
        ),
        lambda e: change(
            e, refund=replace(e.refund, parts=(replace(e.refund.parts[0], payment_id=PaymentId(new_id())),))
        ),
    ],
)
def test_what_does_not_fit_its_order_is_not_booked(central: Central, terminal: Terminal, wrong: Any) -> None:
    member = central.add_member("50.00")
    sold = terminal.bought(member, "12.00")
    event = refund_of(sold, restock=True)
    if wrong(event).refund.is_void:
        event = change(event, movements=())
    assert [kept.seq for kept in terminal.push(sold, wrong(event)).quarantined] == [2]
    assert central.free(member) == yuan("38.00")
    assert shown(central, sold)["refunded"]["minor"] == 0


def test_a_void_cancels_the_order_and_puts_its_portions_back(central: Central, terminal: Terminal) -> None:
    count_dish(central, "void-soup", 10)
    member = central.add_member("50.00")
    sold = terminal.bought(member, "12.00", dish="void-soup")
    epoch, end = terminal.newest()
    terminal.push(sold, refund_of(sold, is_void=True))
    assert shown(central, sold)["state"] == "cancelled"
    states = terminal.states(epoch, end)
    assert states["stock", "void-soup"]["portions"] == 10
    assert states["member", member.id]["balance"]["minor"] == 5000
    assert terminal.push(refund_of(sold)).quarantined
    assert central.free(member) == yuan("50.00")


def test_dishes_that_were_made_stay_sold(central: Central, terminal: Terminal) -> None:
    count_dish(central, "made-soup", 10)
    sold = terminal.bought(central.add_member("50.00"), "12.00", dish="made-soup")
    epoch, end = terminal.newest()
    terminal.push(sold, refund_of(sold))
    assert terminal.states(epoch, end)["stock", "made-soup"]["portions"] == 9


def test_points_that_were_spent_are_a_loss(central: Central, terminal: Terminal) -> None:
    """Nobody goes below zero points."""
    member = central.add_member("50.00")
    sold = terminal.bought(member, "12.00", points=12)
    terminal.push(sold)
    central.parts.transactions.write(
        lambda tx: ledger.add_points(tx.connection, f"test:{new_id()}", member.id, -7, "redeemed", tx.now)
    )
    given = refund_of(sold)
    terminal.push(given)
    assert central.account(member).points == 0
    assert _points_of_refund(central, given.refund.id) == (5, 7)


def _points_of_refund(central: Central, refund_id: UUID) -> tuple[int, int]:
    row = central.parts.transactions.read(lambda c: find_refund(c, refund_id))
    assert row is not None
    return row.points_taken, row.points_lost


def test_what_the_loss_account_paid_goes_back_there(central: Central, terminal: Terminal) -> None:
    """The member has had the money of a written-off grant back: giving it back again would be a present."""
    member = central.add_member("50.00")
    request_id = new_id()
    reply = terminal.grant(member, "12.00", request_id)
    grant_id = reply.grant_id
    assert grant_id is not None
    central.parts.transactions.write(lambda tx: ask_write_off(tx, grant_id, "Wang"))
    central.parts.transactions.write(lambda tx: confirm_write_off(tx, grant_id, "Li"))
    losses = account_minor(central, ledger.LOSSES)
    sold = sale(terminal, request_id, reply, "12.00")
    terminal.push(sold, refund_of(sold))
    assert central.quarantine(terminal) == []
    assert central.free(member) == yuan("50.00")
    assert account_minor(central, ledger.LOSSES) == losses


def test_a_meal_that_cost_nothing_can_be_voided(central: Central, terminal: Terminal) -> None:
    free_meal = paid_order(terminal, new_id(), None, "0.00", ())
    assert terminal.push(free_meal, refund_of(free_meal, is_void=True)).quarantined == ()
    assert shown(central, free_meal)["state"] == "cancelled"


# --- at central ---


def test_central_refunds_only_for_a_terminal_that_is_no_more(central: Central) -> None:
    terminal, member = central.enrol(), central.add_member("50.00")
    sold = portions(terminal.bought(member, "30.00", points=30), 3)
    terminal.push(sold, refund_of(sold, {0: 1}))
    with pytest.raises(Conflict, match="may refund it itself"):
        at_central(central, sold.order.id)
    central.parts.transactions.write(lambda tx: revoke(tx, terminal.enrolled.letter))
    again = {"refund_id": new_id()}
    for _ in range(2):
        assert at_central(central, sold.order.id, {0: 1}, **again).amount == yuan("10.00")
    assert (central.free(member), central.account(member).points) == (yuan("40.00"), 10)
    with pytest.raises(Conflict):
        at_central(central, sold.order.id, reason="another", **again)
    with pytest.raises(RefundError):
        at_central(central, sold.order.id, {0: 2})
    at_central(central, sold.order.id)
    assert (central.free(member), central.account(member).points) == (yuan("50.00"), 0)
    with pytest.raises(RefundError):
        at_central(central, sold.order.id)
    with pytest.raises(NotFound):
        at_central(central, new_id())


def test_two_people_refund_the_same_order_at_the_same_time(central: Central) -> None:
    terminal, member = central.enrol(), central.add_member("50.00")
    sold = portions(terminal.bought(member, "30.00"), 3)
    terminal.push(sold)
    central.parts.transactions.write(lambda tx: revoke(tx, terminal.enrolled.letter))

    def give_back(_: int) -> bool:
        try:
            at_central(central, sold.order.id, {0: 2})
        except RefundError:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(give_back, range(6))) == [False] * 5 + [True]
    assert central.free(member) == yuan("40.00")


def test_what_the_lost_terminal_had_given_back_already_comes_late(central: Central) -> None:
    """It was enrolled anew with an unsent refund; meanwhile central gave the same portion back."""
    terminal, member = central.enrol(), central.add_member("50.00")
    sold = terminal.bought(member, "12.00")
    terminal.push(sold)
    unsent = pushed_event(refund_of(sold))
    anew = central.enrol(replaces=terminal.enrolled.letter)
    at_central(central, sold.order.id)
    (kept,) = anew.push(unsent).quarantined
    assert "more of a line" in kept.reason
    assert central.free(member) == yuan("50.00")
