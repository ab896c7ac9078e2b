"""A payment: one attempt to settle an order, perhaps in several ways at once. Unknown is a state, resolved later, never
guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import MemberId, OrderId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.unit import POINTS, coupon_in


class PaymentMethod(StrEnum):
    """Of a payment: COUNTER when something is left to pay there, else BALANCE. Of a part: any."""

    BALANCE = "balance"
    COUNTER = "counter"
    POINTS = "points"
    COUPON = "coupon"


class PaymentState(StrEnum):
    """intended → paid | not_charged | due; `being_checked` when a crash or silence left it open.

    intended: written down before central is asked for a grant. due: what is left is to be paid at the counter.
    taken_back: it had collected an order at the counter, and that was undone; what was due for the order is due again.
    """

    INTENDED = "intended"
    BEING_CHECKED = "being_checked"
    PAID = "paid"
    NOT_CHARGED = "not_charged"
    DUE = "due"
    TAKEN_BACK = "taken_back"


_NEXT_STATES = {
    PaymentState.INTENDED: {
        PaymentState.PAID,
        PaymentState.NOT_CHARGED,
        PaymentState.DUE,
        PaymentState.BEING_CHECKED,
    },
    PaymentState.BEING_CHECKED: {PaymentState.PAID, PaymentState.NOT_CHARGED},
    PaymentState.DUE: {PaymentState.PAID, PaymentState.NOT_CHARGED},
    PaymentState.PAID: {PaymentState.DUE, PaymentState.TAKEN_BACK},
    PaymentState.NOT_CHARGED: set(),
    PaymentState.TAKEN_BACK: set(),
}


class PaymentError(DomainError):
    """A payment asked to do what its state does not allow, or whose parts do not add up."""


@dataclass(frozen=True, slots=True)
class PaymentPart:
    """`value` of the order settled in one way. `used`: the points, or the one coupon, that were given for it; money is
    its own value."""

    method: PaymentMethod
    value: Money
    used: Money | None = None

    def __post_init__(self) -> None:
        if self.value.minor <= 0:
            raise PaymentError("a part of a payment is above zero")
        if not _fits_method(self.method, self.used):
            raise PaymentError(f"a part paid by {self.method} does not use {self.used}")

    @property
    def spends(self) -> Money | None:
        """What it takes out of the member's wallet, in its unit; None: nothing."""
        if self.method is PaymentMethod.COUNTER:
            return None
        return self.used or self.value


def _fits_method(method: PaymentMethod, used: Money | None) -> bool:
    if method is PaymentMethod.POINTS:
        return used is not None and used.currency == POINTS and used.minor > 0
    if method is PaymentMethod.COUPON:
        return used is not None and coupon_in(used.currency) is not None and used.minor == 1
    return used is None


@dataclass(frozen=True, slots=True)
class Payment:
    """`parts` add up to `amount`, at most one of each method; none are told of a payment that is all of one `method`
    (`all_parts` has it)."""

    id: PaymentId
    order_id: OrderId
    method: PaymentMethod
    amount: Money
    state: PaymentState = PaymentState.INTENDED
    member_id: MemberId | None = None
    parts: tuple[PaymentPart, ...] = ()

    def __post_init__(self) -> None:
        if self.amount.is_negative:
            raise PaymentError("a payment is not below zero")
        if self.method not in (PaymentMethod.BALANCE, PaymentMethod.COUNTER):
            raise PaymentError("points and coupons are parts of a payment")
        if self.parts:
            self._check_parts()

    def _check_parts(self) -> None:
        methods = [part.method for part in self.parts]
        if len(set(methods)) < len(methods):
            raise PaymentError("a payment has at most one part of each method")
        if (PaymentMethod.COUNTER in methods) != (self.method is PaymentMethod.COUNTER):
            raise PaymentError("a payment is of the counter when a part is due there")
        if Money.sum((part.value for part in self.parts), self.amount.currency) != self.amount:
            raise PaymentError("the parts do not add up to the payment")

    @property
    def all_parts(self) -> tuple[PaymentPart, ...]:
        if self.parts or not self.amount:
            return self.parts
        return (PaymentPart(self.method, self.amount),)

    @property
    def due(self) -> Money:
        """What is to be paid at the counter."""
        return self._paid_by(PaymentMethod.COUNTER)

    @property
    def from_balance(self) -> Money:
        """What is paid in stored money."""
        return self._paid_by(PaymentMethod.BALANCE)

    @property
    def amount_in_money(self) -> Money:
        """What is paid in money, stored or at the counter: points are earned by it."""
        return self.from_balance + self.due

    def _paid_by(self, method: PaymentMethod) -> Money:
        if self.parts:
            return value_of(self.parts, method, self.amount.currency)
        return self.amount if self.method is method else Money.zero(self.amount.currency)

    def to(self, state: PaymentState) -> Payment:
        """The same payment in that state. Raises PaymentError when the step is not allowed."""
        check_step(self.state, state)
        return replace(self, state=state)


def check_step(state: PaymentState, new: PaymentState) -> None:
    """Raises PaymentError when a payment in that state cannot become the new one."""
    if new not in _NEXT_STATES[state]:
        raise PaymentError(f"a payment that is {state} cannot become {new}")


def value_of(parts: Sequence[PaymentPart], method: PaymentMethod, currency: str) -> Money:
    """What is settled in that way."""
    return Money.sum((part.value for part in parts if part.method is method), currency)


def with_balance(others: tuple[PaymentPart, ...], total: Money) -> tuple[PaymentPart, ...]:
    """The parts of a payment of `total`: what the others leave is paid from the balance. Raises PaymentError when they
    are more than that."""
    rest = total - Money.sum((part.value for part in others), total.currency)
    if rest.is_negative:
        raise PaymentError("the parts are more than the payment")
    return (*others, PaymentPart(PaymentMethod.BALANCE, rest)) if rest else others
