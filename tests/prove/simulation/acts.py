"""What a terminal does that moves something: as the services told the encoder of it, in the transaction that makes it
durable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from central.wallet.ledger import COUPON_DISCOUNTS, POINTS_COST, REFUNDS, SALES
from kiosk.domain.cash import CashTopUp, CounterPayment, CounterResult
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.domain.portions import PortionsBrought, PortionsTaken
from kiosk.domain.refund import Refund, RefundPart, parts_before_counter
from kiosk.domain.stock import StockMovement, movements_for_sale
from kiosk.domain.stock_act import StockAct, movements_of
from kiosk.domain.unit import POINTS, coupon_in
from kiosk.domain.wallet import GrantUse, Spend
from kiosk.sync import wire
from kiosk.sync.encoder import WireEncoder

POINTS_RULE = PointsRule(100)
CASH = "cash"
BORNE_BY = {PaymentMethod.POINTS: POINTS_COST, PaymentMethod.COUPON: COUPON_DISCOUNTS}


class What(StrEnum):
    ORDER = "order"
    COUNTER_PAYMENT = "counter payment"
    REFUND = "refund"
    TOP_UP = "cash top-up"
    STOCK_ACT = "stock act"


@dataclass(frozen=True, slots=True)
class Act:
    """`minor` is the amount that it names. `money`, `points` and `coupons` (of the one `coupon`) are added to the
    member's, `canteen` to the canteen's accounts. `given_back` is minor units by method, `payment` an order's.
    `movements` of stock, `taken` from what was in hand, `brought` into it."""

    id: UUID
    what: What
    place: int
    order_id: UUID
    member_id: str | None
    minor: int
    money: int = 0
    points: int = 0
    coupon: str | None = None
    coupons: int = 0
    canteen: tuple[tuple[str, int], ...] = ()
    given_back: tuple[tuple[str, int], ...] = ()
    payment: Payment | None = None
    movements: tuple[StockMovement, ...] = ()
    taken: tuple[PortionsTaken, ...] = ()
    brought: tuple[PortionsBrought, ...] = ()

    @property
    def its_payment(self) -> Payment:
        assert self.payment is not None, "not an order"
        return self.payment


def earned_at_once(payment: Payment) -> int:
    """Points: what is due at the counter earns none before it is paid."""
    return POINTS_RULE.points_for(payment.from_balance)


class Witness(WireEncoder):
    """The encoder of a terminal's events, which keeps what it was told until the transaction has ended.
    `order_of(id)` is the act of an order that was made before."""

    def __init__(self, place: int, order_of: Callable[[UUID], Act]) -> None:
        super().__init__(POINTS_RULE)
        self._place, self._order_of = place, order_of
        self.noted: list[Act] = []

    def sale(
        self,
        order: Order,
        payment: Payment,
        uses: Sequence[tuple[GrantUse, Spend]],
        taken: tuple[PortionsTaken, ...] = (),
    ) -> bytes:
        self.noted.append(_order(self._place, order, payment, taken))
        return super().sale(order, payment, uses, taken)

    def refund(self, refund: Refund, movements: tuple[StockMovement, ...]) -> bytes:
        of_order = self._place, self._order_of(refund.order_id)
        made = _giving_back(refund.id, What.REFUND, *of_order, refund.amount.minor, refund.parts)
        self.noted.append(replace(made, movements=movements))
        return super().refund(refund, movements)

    def counter_payment(self, made: CounterPayment, movements: tuple[StockMovement, ...], points: int) -> bytes:
        act = _counter_payment(self._place, self._order_of(made.order_id), made)
        self.noted.append(replace(act, movements=movements))
        return super().counter_payment(made, movements, points)

    def stock_act(self, act: StockAct, brought: tuple[PortionsBrought, ...] = ()) -> bytes:
        moved = {"movements": movements_of(act), "brought": brought}
        self.noted.append(Act(act.id, What.STOCK_ACT, self._place, act.id, None, 0, **moved))
        return super().stock_act(act, brought)

    def cash_top_up(self, made: CashTopUp) -> bytes:
        minor = made.amount.minor
        who = made.id, str(made.member_id)
        self.noted.append(Act(made.id, What.TOP_UP, self._place, *who, minor, money=minor, canteen=((CASH, -minor),)))
        return super().cash_top_up(made)


def _order(place: int, order: Order, payment: Payment, taken: tuple[PortionsTaken, ...]) -> Act:
    parts = payment.all_parts
    units = {part.used.currency: -part.used.minor for part in parts if part.used is not None}
    borne = tuple((BORNE_BY[part.method], -part.value.minor) for part in parts if part.method in BORNE_BY)
    return Act(
        order.id,
        What.ORDER,
        place,
        order.id,
        order.member_id,
        order.total.minor,
        money=-payment.from_balance.minor,
        points=earned_at_once(payment) + units.get(POINTS, 0),
        **_coupon(units),
        canteen=((SALES, payment.amount.minor - payment.due.minor), *borne),
        payment=payment,
        movements=movements_for_sale(order),
        taken=taken,
    )


def _counter_payment(place: int, order: Act, made: CounterPayment) -> Act:
    who = made.id, What.COUNTER_PAYMENT, place, order, made.amount.minor
    if made.result is CounterResult.CANCELLED:
        return _giving_back(*who, parts_before_counter(order.its_payment))
    minor = made.amount.minor
    points = 0 if order.member_id is None else POINTS_RULE.points_for(made.amount)
    return Act(
        made.id,
        What.COUNTER_PAYMENT,
        place,
        order.id,
        order.member_id,
        minor,
        points=points,
        canteen=((SALES, minor), (CASH, -minor)),
    )


def _giving_back(act_id: UUID, what: What, place: int, order: Act, minor: int, parts: Sequence[RefundPart]) -> Act:
    canteen = [(REFUNDS, -part.amount.minor) for part in parts]
    canteen += [(CASH, part.amount.minor) for part in parts if part.method is PaymentMethod.COUNTER]
    canteen += [(BORNE_BY[part.method], part.amount.minor) for part in parts if part.method in BORNE_BY]
    units = {part.used.currency: part.used.minor for part in parts if part.used is not None}
    return Act(
        act_id,
        what,
        place,
        order.id,
        order.member_id,
        minor,
        money=sum(part.amount.minor for part in parts if part.method is PaymentMethod.BALANCE),
        points=units.get(POINTS, 0),
        **_coupon(units),
        canteen=tuple(canteen),
        given_back=tuple((part.method, part.amount.minor) for part in parts),
    )


def _coupon(units: Mapping[str, int]) -> dict[str, Any]:
    return next(({"coupon": unit, "coupons": count} for unit, count in units.items() if coupon_in(unit)), {})


def act_of(event: wire.TerminalEvent) -> UUID | None:
    """The act that an event tells of, if it is one."""
    if isinstance(event, wire.OrderRecorded):
        return event.order.id
    if isinstance(event, wire.RefundRecorded):
        return event.refund.id
    if isinstance(event, wire.CounterPaymentRecorded):
        return event.payment.id
    return event.top_up.id if isinstance(event, wire.CashTopUpRecorded) else None
