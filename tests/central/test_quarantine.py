"""Sales that do not add up: kept with the reason, and not booked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import msgspec
import pytest

from kiosk.domain.cart import Selection
from kiosk.domain.ids import DishId, GrantId, MemberId, OrderId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentState
from kiosk.domain.stock import StockMovement
from kiosk.domain.weight import Weight
from kiosk.sync import wire
from tests.central.sales import new_id, yuan
from tests.central.support import Central, Terminal

change = msgspec.structs.replace

Spoiler = Callable[[wire.OrderRecorded], wire.OrderRecorded]


def spoil_order(**values: object) -> Spoiler:
    return lambda e: change(e, order=replace(e.order, **values))


def spoil_payment(**values: object) -> Spoiler:
    return lambda e: change(e, payment=replace(e.payment, **values))


def spoil_spend(**values: object) -> Spoiler:
    return lambda e: change(e, spends=(change(e.spends[0], spend=replace(e.spends[0].spend, **values)),))


def spend_again(**values: object) -> Spoiler:
    """A second spend beside the first."""
    return lambda e: change(e, spends=(*e.spends, change(e.spends[0], spend=replace(e.spends[0].spend, **values))))


def spoil_line(**values: object) -> Spoiler:
    return lambda e: change(e, order=replace(e.order, lines=(replace(e.order.lines[0], **values),)))


SPOILED: dict[str, Spoiler] = {
    "total is not the sum": spoil_order(total=yuan("9.00")),
    "no lines": spoil_order(lines=()),
    "draft": spoil_order(state=OrderState.DRAFT),
    "no number": spoil_order(number=""),
    "no zone": spoil_order(created_at=datetime(2026, 1, 1)),  # noqa: DTZ001 — that is the point
    "year one": spoil_order(created_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
    "amounts out of bounds": spoil_line(unit_price=Money(10**12), quantity=20),
    "huge menu version": spoil_order(menu_version=2**70),
    "another member's": spoil_order(member_id=MemberId("somebody")),
    "NUL in a text": spoil_order(number="A\0"),
    "line price": spoil_line(unit_price=yuan("1.00")),
    "another sum than was typed": spoil_line(selection=Selection.of_sum(yuan("9.99")), dishes=()),
    "a typed sum with dishes": spoil_line(selection=Selection.of_sum(yuan("10.00"))),
    "a weight that nobody sold": spoil_line(weight=Weight(1000, yuan("10.00"), 1000)),
    "weighed, but not told": spoil_line(selection=Selection((), grams=1000)),
    "another price than by weight": spoil_line(
        selection=Selection((), grams=990), weight=Weight(990, yuan("10.00"), 1000)
    ),
    "negative quantity": spoil_line(quantity=-1),
    "foreign currency": spoil_line(total=Money(1000, "EUR"), unit_price=Money(1000, "EUR")),
    "payment of another order": spoil_payment(order_id=OrderId(new_id())),
    "payment not paid": spoil_payment(state=PaymentState.DUE),
    "payment amount": spoil_payment(amount=yuan("1.00")),
    "no spend": lambda e: change(e, spends=()),
    "spend of another payment": spoil_spend(payment_id=PaymentId(new_id())),
    "spend amount": spoil_spend(amount=yuan("1.00")),
    "spend number": spoil_spend(number=2),
    "spend number zero": spoil_spend(number=0),
    "unknown grant": spoil_spend(grant_id=GrantId(new_id())),
    "close before the spend": lambda e: change(e, spends=(change(e.spends[0], close_after=0),)),
    "the same spend twice": spend_again(),
    "a spend too many": spend_again(number=2, amount=yuan("1.00")),
    "a spend of nothing": spend_again(number=2, amount=Money(0)),
    "a spend below zero": spend_again(number=2, amount=yuan("-1.00")),
    "spends of both protocols": lambda e: change(e, spend=e.spends[0].spend),
    "very many spends": lambda e: change(e, spends=e.spends * 1000),
    "points below zero": lambda e: change(e, points=-1),
    "points from nowhere": lambda e: change(e, points=100_000),
    "huge movement": lambda e: change(e, movements=(StockMovement(DishId("rice"), 10**9, "sale"),)),
    "nameless movement": lambda e: change(e, movements=(StockMovement(DishId(""), -1, "sale"),)),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_what_does_not_add_up_is_kept_and_not_booked(central: Central, terminal: Terminal, spoil: Spoiler) -> None:
    member = central.add_member("50.00")
    event = spoil(terminal.bought(member, "10.00"))
    reply = terminal.push(event)
    assert (reply.last_seq, [q.seq for q in reply.quarantined]) == (1, [1])
    assert central.quarantine(terminal)[0]["reason"] == reply.quarantined[0].reason
    assert central.account(member).booked == yuan("50.00")
    assert central.free(member) == yuan("40.00")  # the grant still holds it until somebody has looked
    assert str(event.order.id) not in [order["id"] for order in central.staff_get("/v1/orders?limit=500")]
