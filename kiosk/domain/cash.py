"""What is done in cash at the counter: an order that was due there is paid or cancelled, and money goes onto a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import CounterPaymentId, MemberId, OrderId, PaymentId, TopUpId
from kiosk.domain.money import Money
from kiosk.domain.refund import MAX_REASON_CHARS, MAX_STAFF_CHARS
from kiosk.domain.text import check_text

# A bound for whatever a terminal may claim: central adds this to a balance on the terminal's word alone.
MAX_TOP_UP_MINOR = 1_000_000


class CashError(DomainError):
    """No such thing can be done in cash."""


class CounterResult(StrEnum):
    PAID = "paid"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CounterPayment:
    """How an order that was due at the counter ended there: paid in cash, or cancelled; `amount` was due there.
    `received`: the cash that was handed over, where staff typed it; what is above `amount` was given back."""

    id: CounterPaymentId
    order_id: OrderId
    payment_id: PaymentId
    result: CounterResult
    amount: Money
    staff: str
    made_at: datetime
    reason: str = ""
    received: Money | None = None

    def __post_init__(self) -> None:
        check_text(self.staff, MAX_STAFF_CHARS, "who took the cash")
        if self.result is CounterResult.CANCELLED:
            check_text(self.reason, MAX_REASON_CHARS, "the reason")
        if self.received is not None and (self.result is CounterResult.CANCELLED or self.received < self.amount):
            raise CashError("cash is received for what is paid, and no less than that")

    @property
    def change(self) -> Money:
        """What was given back of the cash received."""
        return Money.zero(self.amount.currency) if self.received is None else self.received - self.amount


@dataclass(frozen=True, slots=True)
class CashTopUp:
    """Cash that was taken at the counter for a member's balance. It is on the balance when central has booked it."""

    id: TopUpId
    member_id: MemberId
    amount: Money
    staff: str
    made_at: datetime

    def __post_init__(self) -> None:
        check_text(self.staff, MAX_STAFF_CHARS, "who took the cash")
        if not 0 < self.amount.minor <= MAX_TOP_UP_MINOR:
            raise CashError(f"a top-up is above zero and at most {MAX_TOP_UP_MINOR} minor units")
