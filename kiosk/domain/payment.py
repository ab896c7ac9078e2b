"""A payment: one attempt to settle an order. Unknown is a state, resolved later, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import MemberId, OrderId, PaymentId
from kiosk.domain.money import Money


class PaymentMethod(StrEnum):
    BALANCE = "balance"
    COUNTER = "counter"


class PaymentState(StrEnum):
    """intended → paid | not_charged | due; `being_checked` when a crash or silence left it open.

    intended: written down before central is asked for a grant. due: to be paid at the counter.
    """

    INTENDED = "intended"
    BEING_CHECKED = "being_checked"
    PAID = "paid"
    NOT_CHARGED = "not_charged"
    DUE = "due"


_NEXT_STATES = {
    PaymentState.INTENDED: {
        PaymentState.PAID,
        PaymentState.NOT_CHARGED,
        PaymentState.DUE,
        PaymentState.BEING_CHECKED,
    },
    PaymentState.BEING_CHECKED: {PaymentState.PAID, PaymentState.NOT_CHARGED},
    PaymentState.DUE: {PaymentState.PAID, PaymentState.NOT_CHARGED},
    PaymentState.PAID: set(),
    PaymentState.NOT_CHARGED: set(),
}


class PaymentError(DomainError):
    """A payment asked to do what its state does not allow."""


@dataclass(frozen=True, slots=True)
class Payment:
    id: PaymentId
    order_id: OrderId
    method: PaymentMethod
    amount: Money
    state: PaymentState = PaymentState.INTENDED
    member_id: MemberId | None = None

    def __post_init__(self) -> None:
        if self.amount.is_negative:
            raise PaymentError("a payment is not below zero")

    def to(self, state: PaymentState) -> Payment:
        """The same payment in that state. Raises PaymentError when the step is not allowed."""
        if state not in _NEXT_STATES[self.state]:
            raise PaymentError(f"a payment that is {self.state} cannot become {state}")
        return replace(self, state=state)
