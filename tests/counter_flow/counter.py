"""A counter at lunch time and its staff, for the tests of its flow: events in, states and effects out."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from uuid import UUID

from kiosk.domain.cart import Cart
from kiosk.domain.cash import CounterPayment, CounterResult
from kiosk.domain.counter import CounterLimits
from kiosk.domain.dish import Dish
from kiosk.domain.ids import CounterPaymentId, DishId, OrderId, PaymentId, RefundId
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.pricing import price_cart
from kiosk.domain.refund import Refund, RefundedLine
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow import step
from kiosk.screens.counter_flow.state import CounterRules, Outcome, PayMethod, Sale, State
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services.counter_sale import CashSold
from kiosk.services.events import (
    CardPresented,
    CentralLinkChanged,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    LinkState,
)
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import NotCharged, NotChargedReason, Paid
from kiosk.services.refund import Refunded
from tests.flow.canteen import CARD, CHICKEN_DISH, COMBO, LUNCH, MOMENT, NO_COUNTS, RICE, SOUP, TOFU_DISH, dish, menu_of

LIMITS = CounterLimits(largest_sum_minor=20_000, largest_weight_g=3_000)
NUTS = replace(dish(DishId("nuts"), 380), per_g=100)
SALAD = replace(dish(DishId("salad"), 2_599), per_g=1000)


def menu_with(*weighed: Dish, chicken_minor: int = 1250, version: int = 1) -> Menu:
    chicken = replace(CHICKEN_DISH, price=Money(chicken_minor))
    portions = menu_of(chicken, TOFU_DISH, dish(RICE, 100), dish(SOUP, 300), version=version, combos=(COMBO,))
    return replace(portions, weighed=weighed)


MENU = menu_with(NUTS, SALAD)
NO_MONEY = NotCharged(NotChargedReason.INSUFFICIENT, Money(1250), free=Money(320))


class Staff:
    """At the counter; `touch` says before that somebody touched."""

    def __init__(self, menu: Menu | None = MENU, limits: CounterLimits = LIMITS) -> None:
        self.state = State(Sale(1), CounterRules(limits))
        self.effects: list[fx.Effect] = []
        self.now_s = 1000.0
        self.local: time = LUNCH
        self._ids = 100
        if menu is not None:
            self.happens(common.MenuLoaded(menu, NO_COUNTS))
        for name, kind in (("campus-card", DeviceKind.CARD_READER), ("front", DeviceKind.PRINTER)):
            self.happens(DeviceHealthChanged(DeviceHealth(name, kind, DeviceState.READY)))
        self.happens(CentralLinkChanged(LinkState.ONLINE), common.Tick(self.now_s, self.local))
        self.effects.clear()

    def happens(self, *events: ev.CounterEvent) -> None:
        for event in events:
            self.state, effects = step(self.state, event)
            self.effects += effects

    def touch(self, *events: ev.CounterEvent) -> None:
        for event in events:
            self.happens(common.Touched(self.now_s), event)

    def types(self, digits: str) -> None:
        for digit in digits:
            self.touch(ev.DigitsTyped(digit))

    def waits(self, seconds: float) -> None:
        """The clock ticks each second meanwhile."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s = min(self.now_s + 1.0, end_s)
            self.happens(common.Tick(self.now_s, self.local))

    def card(self, uid: str = CARD) -> None:
        self.happens(CardPresented("campus-card", uid, self.now_s))

    def finishes(self, outcome: Outcome | SameMemberAgain) -> None:
        """The service's answer to what was asked of it last."""
        self.happens(ev.SaleFinished(self.charged[-1].sale_id, outcome))

    def is_paid(self) -> Order:
        asked = self.charged[-1]
        order = self.order_of(asked.cart)
        self.finishes(Paid(order, Money(3750), 12))
        return order

    def is_sold_for_cash(self) -> Order:
        asked = self.sold[-1]
        order = self.order_of(asked.cart)
        self.happens(ev.SaleFinished(asked.sale_id, CashSold(order, self.payment_of(order, asked.received))))
        return order

    def is_undone(self, order: Order) -> None:
        self.happens(ev.UndoFinished(order.id, Refunded(void_of(order), order)))

    def order_of(self, cart: Cart, menu: Menu | None = None) -> Order:
        """A new order of it, paid; on the menu of now or another."""
        self._ids += 1
        menu = menu or self.state.menu
        assert menu is not None
        order = draft_order(
            OrderId(UUID(int=self._ids)),
            price_cart(cart, menu),
            menu,
            dining_mode=DiningMode.DINE_IN,
            language="zh",
            created_at=MOMENT,
        )
        return replace(order.to(OrderState.PAID), number=f"C{self._ids}")

    def payment_of(self, order: Order, received: Money) -> CounterPayment:
        ids = CounterPaymentId(UUID(int=self._ids)), order.id, PaymentId(UUID(int=self._ids))
        return CounterPayment(*ids, CounterResult.PAID, order.total, "7", MOMENT, received=received)

    @property
    def charged(self) -> list[fx.Charge]:
        """What was handed to the checkout, in the lane or not."""
        effects = (e.charge if isinstance(e, fx.ChargeInLane) else e for e in self.effects)
        return [e for e in effects if isinstance(e, fx.Charge)]

    @property
    def sold(self) -> list[fx.SellForCash]:
        return [e for e in self.effects if isinstance(e, fx.SellForCash)]

    @property
    def sounds(self) -> list[SoundKind]:
        return [e.kind for e in self.effects if isinstance(e, PlaySound)]


def waiting_for_card(digits: str = "1250") -> Staff:
    """A sum was typed and the customer is asked to pay it."""
    staff = Staff()
    staff.types(digits)
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    return staff


def in_lane(digits: str = "800") -> Staff:
    staff = Staff()
    staff.types(digits)
    staff.touch(ev.LaneStarted())
    return staff


def void_of(order: Order) -> Refund:
    lines = tuple(RefundedLine(i, line.quantity, line.total) for i, line in enumerate(order.lines))
    return Refund(RefundId(UUID(int=1)), order.id, lines, (), "7", "undone", MOMENT, is_void=True)
