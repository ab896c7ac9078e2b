"""An order that was due at the counter, paid at a counter terminal: of whichever terminal took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.due_order import DueOrder
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import CollectionId, MemberId, OrderId, PaymentId, TerminalId, UndoneCollectionId
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.refund import MAX_REASON_CHARS, MAX_STAFF_CHARS
from kiosk.domain.text import check_text


class CollectionError(DomainError):
    """It cannot be collected so, or was collected here already."""


class ClaimAnswer(StrEnum):
    """What central says before the money is taken. ours: nobody else settles it meanwhile who asks central too.
    unknown: it has not heard of the order yet."""

    OURS = "ours"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    CLAIMED_ELSEWHERE = "claimed_elsewhere"


@dataclass(frozen=True, slots=True)
class Collection:
    """`amount` was paid for what `due_payment_id` of the order had left: in cash (counter), or from the balance of
    `member_id` by a payment of its own, `payment_id`. `taken_by`: the terminal that took the order. `received`: the
    cash that was handed over, where staff typed it."""

    id: CollectionId
    order_id: OrderId
    due_payment_id: PaymentId
    taken_by: TerminalId
    number: str
    method: PaymentMethod
    amount: Money
    staff: str
    made_at: datetime
    payment_id: PaymentId | None = None
    member_id: MemberId | None = None
    received: Money | None = None

    def __post_init__(self) -> None:
        check_text(self.staff, MAX_STAFF_CHARS, "who collects")
        if self.method not in (PaymentMethod.COUNTER, PaymentMethod.BALANCE):
            raise CollectionError("collected in cash or from a balance")
        is_from_balance = self.method is PaymentMethod.BALANCE
        if (self.payment_id is not None, self.member_id is not None) != (is_from_balance, is_from_balance):
            raise CollectionError("a balance is somebody's, and paid from by a payment; cash is neither")
        if self.amount.is_negative or (is_from_balance and not self.amount):
            raise CollectionError("what is collected from a balance is above zero, and never below")
        if self.received is not None and (is_from_balance or self.received < self.amount):
            raise CollectionError("cash that was handed over is no less than what it pays")

    @property
    def change(self) -> Money:
        """Given back of the cash that was handed over."""
        return Money.zero(self.amount.currency) if self.received is None else self.received - self.amount


@dataclass(frozen=True, slots=True)
class UndoneCollection:
    """A collection that was taken back where it was made: the money went back to where it came from, and what was due
    for `due_payment_id` is due again."""

    id: UndoneCollectionId
    collection_id: CollectionId
    order_id: OrderId
    due_payment_id: PaymentId
    staff: str
    reason: str
    made_at: datetime

    def __post_init__(self) -> None:
        check_text(self.staff, MAX_STAFF_CHARS, "who undoes it")
        check_text(self.reason, MAX_REASON_CHARS, "the reason")


def cash_collection(collection_id: CollectionId, due: DueOrder, staff: str, made_at: datetime) -> Collection:
    return Collection(
        collection_id,
        due.order_id,
        due.payment_id,
        due.terminal_id,
        due.number,
        PaymentMethod.COUNTER,
        due.due,
        staff,
        made_at,
    )
