"""Giving back what was paid: which portions of which lines, by which method, and never more than was paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import OrderId, PaymentId, RefundId
from kiosk.domain.money import Money
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.stock import StockMovement
from kiosk.domain.text import check_text

MAX_STAFF_CHARS = 60
MAX_REASON_CHARS = 200


class RefundError(DomainError):
    """It was not paid, or has been given back already."""


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """`quantity` of the order's line `line` (0 …). `amount` is what was paid for them."""

    line: int
    quantity: int
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundPart:
    """What of a payment is given back by the method that it was paid with: balance onto the member's balance, counter
    in cash. `used`: the points, or the one coupon, that are given back for an amount that they had paid."""

    payment_id: PaymentId
    method: PaymentMethod
    amount: Money
    used: Money | None = None

    def of(self, amount: Money) -> RefundPart:
        """Only that much of it: of points their share, a coupon only with all of it."""
        if self.used is None:
            return replace(self, amount=amount)
        share = self.used.minor * amount.minor // self.amount.minor
        return replace(self, amount=amount, used=Money(share, self.used.currency))

    def less(self, given: RefundPart) -> RefundPart:
        """What is left of it after that."""
        used = None if self.used is None or given.used is None else self.used - given.used
        return replace(self, amount=self.amount - given.amount, used=used)


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund of an order. `staff` is who gave it, by name or number. A void takes the whole order back before it
    is handed out: the order is cancelled with it."""

    id: RefundId
    order_id: OrderId
    lines: tuple[RefundedLine, ...]
    parts: tuple[RefundPart, ...]
    staff: str
    reason: str
    made_at: datetime
    is_void: bool = False

    def __post_init__(self) -> None:
        check_text(self.staff, MAX_STAFF_CHARS, "who refunds")
        check_text(self.reason, MAX_REASON_CHARS, "the reason")
        if not self.lines:
            raise RefundError("a refund names at least one line")

    @property
    def amount(self) -> Money:
        """What was paid for its lines, in whatever way."""
        return Money.sum((line.amount for line in self.lines), self.lines[0].amount.currency)

    @property
    def money(self) -> Money:
        """What of it is given back in money: onto the balance and in cash."""
        return self.amount_by(PaymentMethod.BALANCE) + self.amount_by(PaymentMethod.COUNTER)

    def amount_by(self, method: PaymentMethod) -> Money:
        amounts = (part.amount for part in self.parts if part.method is method)
        return Money.sum(amounts, self.lines[0].amount.currency)


def portions_left(order: Order, earlier: Iterable[Refund]) -> dict[int, int]:
    """Of each line that still has some: how many portions were not given back yet."""
    left = {number: line.quantity for number, line in enumerate(order.lines)}
    for refund in earlier:
        for line in refund.lines:
            left[line.line] = left.get(line.line, 0) - line.quantity
    return {number: quantity for number, quantity in left.items() if quantity > 0}


def parts_left(payments: Iterable[Payment], earlier: Iterable[Refund]) -> tuple[RefundPart, ...]:
    """What of each payment was not given back yet, in the order in which it was paid."""
    left = {(part.payment_id, part.method): part for part in paid_parts(payments)}
    for refund in earlier:
        for given in refund.parts:
            key = given.payment_id, given.method
            if key in left:
                left[key] = left[key].less(given)
    return tuple(part for part in left.values() if part.amount.minor > 0)


def plan_refund(
    order: Order, payments: Sequence[Payment], earlier: Sequence[Refund], wanted: Mapping[int, int] | None
) -> tuple[tuple[RefundedLine, ...], tuple[RefundPart, ...]]:
    """The lines and parts of a refund of `wanted` portions by line, or of all that is left. What was paid last is given
    back first: money, then points, then the coupon. Raises RefundError."""
    left = portions_left(order, earlier)
    chosen = left if wanted is None else wanted
    if not chosen or any(quantity < 1 or quantity > left.get(line, 0) for line, quantity in chosen.items()):
        raise RefundError("no more of a line can be given back than was paid and is not given back yet")
    lines = tuple(
        RefundedLine(line, quantity, order.lines[line].unit_price * quantity)
        for line, quantity in sorted(chosen.items())
    )
    amount = Money.sum((line.amount for line in lines), order.total.currency)
    parts: list[RefundPart] = []
    for part in reversed(parts_left(payments, earlier)):
        given = min(amount, part.amount)
        if given:
            parts.append(part.of(given))
            amount -= given
    if amount:
        raise RefundError("the order was not paid, or not all of it")
    return lines, tuple(parts)


def check_refund(refund: Refund, order: Order, payments: Sequence[Payment], earlier: Sequence[Refund]) -> None:
    """Never more than was paid: by order, line and method. `order` and `payments` as they stand before it. Raises
    RefundError, saying what does not fit."""
    _require(refund.order_id == order.id, "the refund is of another order")
    _require(order.state is OrderState.PAID, f"an order that is {order.state} cannot be refunded")
    _require(len({line.line for line in refund.lines}) == len(refund.lines), "a line is named twice")
    left = portions_left(order, earlier)
    for line in refund.lines:
        _require(1 <= line.quantity <= left.get(line.line, 0), "more of a line than was paid and not given back yet")
        price = order.lines[line.line].unit_price
        _require(line.amount == price * line.quantity, "a line's amount is not what was paid for it")
    if refund.is_void:
        whole = {line.line: line.quantity for line in refund.lines}
        _require(not earlier and whole == left, "a void takes back the whole order")
    _check_parts(refund, order, parts_left(payments, earlier))


def _check_parts(refund: Refund, order: Order, left: Sequence[RefundPart]) -> None:
    payable = {(part.payment_id, part.method): part for part in left}
    _require(len({(p.payment_id, p.method) for p in refund.parts}) == len(refund.parts), "a payment is named twice")
    for part in refund.parts:
        most = payable.get((part.payment_id, part.method))
        _require(
            most is not None and part.amount.minor > 0 and part.amount <= most.amount,
            "more by a method than was paid with it and not given back yet",
        )
        _require(
            most is not None and part == most.of(part.amount),
            "other points or another coupon than were used for that amount",
        )
    given = Money.sum((part.amount for part in refund.parts), order.total.currency)
    _require(given == refund.amount, "the parts are not the lines' amount")


def movements_for_refund(order: Order, refund: Refund) -> tuple[StockMovement, ...]:
    """The refunded portions back into stock, one movement a dish."""
    reason = "void" if refund.is_void else "refund"
    return movements_back(order, {line.line: line.quantity for line in refund.lines}, reason)


def movements_back(order: Order, portions: Mapping[int, int], reason: str) -> tuple[StockMovement, ...]:
    """Those portions by line back into stock, combos opened up, one movement a dish."""
    back: dict[str, StockMovement] = {}
    for line, quantity in portions.items():
        for dish in order.lines[line].dishes:
            before = back[dish.dish_id].portions if dish.dish_id in back else 0
            back[dish.dish_id] = StockMovement(dish.dish_id, before + quantity, reason)
    return tuple(back.values())


def paid_parts(payments: Iterable[Payment]) -> Iterator[RefundPart]:
    """All that could ever be given back, in the order in which it was paid."""
    for payment in payments:
        if payment.state is PaymentState.PAID:
            for part in payment.all_parts:
                yield RefundPart(payment.id, part.method, part.value, part.used)


def parts_before_counter(payment: Payment) -> tuple[RefundPart, ...]:
    """What has paid a part of an order whose rest is due at the counter: given back when the order is cancelled."""
    parts = (part for part in payment.all_parts if part.method is not PaymentMethod.COUNTER)
    return tuple(RefundPart(payment.id, part.method, part.value, part.used) for part in parts)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise RefundError(reason)
