"""Giving back an order that money, points and a coupon have paid: each as what it was, never money for the others."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from central.wallet import ledger
from kiosk.domain.cash import CounterResult
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.unit import coupon_unit
from kiosk.sync import wire
from tests.central.refunding import counter_payment_of, portions, refund_of
from tests.central.sales import yuan
from tests.central.support import Central, Diner, Terminal
from tests.central.units import ask, balance_part, booked, earn, give_coupon, points, sold, told

PTS, COUPON, COUNTER = PaymentMethod.POINTS, PaymentMethod.COUPON, PaymentMethod.COUNTER
change = msgspec.structs.replace


def bought(terminal: Terminal, member: Diner, coupon: Money, *rest: PaymentPart) -> wire.OrderRecorded:
    """Three portions for 4.00 of the balance, 300 points, a coupon of 5.00, and the rest; 4 points are earned."""
    request_id, reply = ask(terminal, member, "4.00", points(300), coupon)
    by_points, by_coupon = PaymentPart(PTS, yuan("3.00"), points(300)), PaymentPart(COUPON, yuan("5.00"), coupon)
    event = sold(terminal, request_id, reply, balance_part("4.00"), by_points, by_coupon, *rest)
    paid = replace(event.payment, parts=(by_coupon, by_points, *rest, balance_part("4.00")))
    event = portions(change(event, payment=paid, points=4), 3)
    assert terminal.push(event).quarantined == ()
    return event


def borne(central: Central) -> tuple[int, int]:
    return booked(central, ledger.POINTS_COST), booked(central, ledger.COUPON_DISCOUNTS)


def test_a_void_gives_all_of_it_back(central: Central, terminal: Terminal) -> None:
    member, before = central.add_member("50.00"), borne(central)
    earn(central, member, 300)
    one = Money(1, coupon_unit(give_coupon(central, member).id))
    event = bought(terminal, member, one)
    assert terminal.push(refund_of(event, is_void=True)).quarantined == ()
    account = central.account(member)
    assert (account.free, account.free_points) == (yuan("50.00"), 300)
    assert len(told(terminal, member).coupons) == 1
    assert borne(central) == before
    assert ask(terminal, member, "1.00", points(300), one)[1].refusal is None, "all of it can be used again"


def test_portion_by_portion_money_first_and_the_coupon_last(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    earn(central, member, 300)
    one = Money(1, coupon_unit(give_coupon(central, member).id))
    event = bought(terminal, member, one)
    first = refund_of(event, {0: 1})
    assert terminal.push(first).quarantined == ()
    account = central.account(member)
    assert (account.free, account.free_points) == (yuan("50.00"), 0), "the money, and the points that it had earned"
    second = refund_of(event, {0: 1}, (first.refund,))
    assert terminal.push(second).quarantined == ()
    account = central.account(member)
    assert (account.free, account.free_points) == (yuan("50.00"), 300)
    assert told(terminal, member).coupons == (), "a coupon is not given back in part"
    third = refund_of(event, {0: 1}, (first.refund, second.refund))
    assert terminal.push(third).quarantined == ()
    assert len(told(terminal, member).coupons) == 1
    assert central.account(member).free == yuan("50.00")


def test_money_for_points_is_not_booked(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    earn(central, member, 300)
    event = bought(terminal, member, Money(1, coupon_unit(give_coupon(central, member).id)))
    told_so = refund_of(event)
    by_money, *others = told_so.refund.parts
    all_in_money = replace(told_so.refund, parts=(replace(by_money, amount=yuan("12.00")),))
    more_points = tuple(replace(p, used=points(301)) if p.method is PTS else p for p in others)
    for wrong in (all_in_money, replace(told_so.refund, parts=(by_money, *more_points))):
        assert terminal.push(change(told_so, refund=wrong)).quarantined
    assert central.account(member).free == yuan("46.00")


def test_an_order_with_a_rest_at_the_counter(central: Central, terminal: Terminal) -> None:
    """Cancelled, what was paid at once goes back; paid, the rest is cash, and cash again in a refund."""
    for result in CounterResult:
        member = central.add_member("50.00")
        earn(central, member, 300)
        one = Money(1, coupon_unit(give_coupon(central, member).id))
        event = bought(terminal, member, one, PaymentPart(COUNTER, yuan("6.00")))
        ended = counter_payment_of(event, result, points=6 if result is CounterResult.PAID else 0)
        made = replace(ended.payment, amount=yuan("6.00"))
        assert terminal.push(change(ended, payment=made)).quarantined == ()
        drawer = ledger.cash_account(terminal.id)
        if result is CounterResult.PAID:
            assert (booked(central, drawer), central.account(member).free_points) == (-600, 10)
            paid = replace(event.payment, state=PaymentState.PAID)
            order = replace(event.order, state=OrderState.PAID)
            assert terminal.push(refund_of(change(event, order=order, payment=paid))).quarantined == ()
        account = central.account(member)
        assert (booked(central, drawer), account.free, account.free_points) == (0, yuan("50.00"), 300)
        assert len(told(terminal, member).coupons) == 1
