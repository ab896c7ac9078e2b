"""What a terminal records: orders paid under a grant, and orders for the counter."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid4

import msgspec

from kiosk.domain.cart import DishChoice, Selection
from kiosk.domain.ids import DishId, GrantId, MemberId, OrderId, PaymentId, uuid7
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderedDish, OrderLine, OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.stock import StockMovement
from kiosk.domain.wallet import Spend
from kiosk.sync import wire


def new_id() -> UUID:
    return uuid7(int(time.time() * 1000))


def yuan(text: str) -> Money:
    return Money.parse(text)


class Numbers(Protocol):
    """A terminal, as far as it numbers its orders."""

    def number(self) -> str: ...


def pushed_event(event: object) -> wire.PushedEvent:
    return wire.PushedEvent(new_id(), msgspec.Raw(wire.encode(event)))


def an_order(terminal: Numbers, price: str, dish: str, state: OrderState, member_id: str | None) -> Order:
    name = LocalText("米饭", "Rice")
    selection = Selection((DishChoice(DishId(dish)),))
    line = OrderLine(selection, name, (OrderedDish(DishId(dish), name),), 1, yuan(price), yuan(price))
    return Order(
        OrderId(new_id()),
        (line,),
        yuan(price),
        DiningMode.DINE_IN,
        "zh",
        datetime.now(UTC),
        1,
        state,
        terminal.number(),
        MemberId(member_id) if member_id else None,
    )


def sale(
    terminal: Numbers, payment_id: UUID, grant: wire.GrantReply, price: str, dish: str = "rice", points: int = 0
) -> wire.OrderRecorded:
    """An order that was paid under that grant, which is closed with it."""
    assert grant.grant_id is not None
    spend = Spend(GrantId(grant.grant_id), 1, PaymentId(payment_id), yuan(price))
    return paid_order(terminal, payment_id, grant.member_id, price, (wire.SpendRecord(spend, 1),), dish, points)


def paid_order(
    terminal: Numbers,
    payment_id: UUID,
    member_id: str | None,
    price: str,
    spends: tuple[wire.SpendRecord, ...],
    dish: str = "rice",
    points: int = 0,
) -> wire.OrderRecorded:
    """An order that was paid by those spends."""
    order = an_order(terminal, price, dish, OrderState.PAID, member_id)
    payment = Payment(
        PaymentId(payment_id), order.id, PaymentMethod.BALANCE, order.total, PaymentState.PAID, order.member_id
    )
    movements = (StockMovement(DishId(dish), -1, "sale"),)
    return wire.OrderRecorded(order, payment, movements, points=points, spends=spends)


def counter_order(terminal: Numbers, price: str, dish: str = "rice") -> wire.OrderRecorded:
    order = an_order(terminal, price, dish, OrderState.AWAITING_PAYMENT, None)
    payment = Payment(PaymentId(uuid4()), order.id, PaymentMethod.COUNTER, order.total, PaymentState.DUE)
    return wire.OrderRecorded(order, payment, (StockMovement(DishId(dish), -1, "sale"),))
