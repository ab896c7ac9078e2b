"""Events that central has received and could not book: what may be said of one where it was made, without saying what
stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class QuarantineReason(StrEnum):
    """Why, as far as it decides what is to be done."""

    UNREADABLE = "unreadable"  # central's version does not know it
    TOO_LARGE = "too_large"
    NOT_OF_ROLE = "not_of_role"  # the terminal was enrolled with another role
    SENT_OTHERWISE = "sent_otherwise"  # the same number or id was used before for something else
    STANDS_ALREADY = "stands_already"
    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_DISH = "unknown_dish"
    GRANT = "grant"  # it spends what it was not handed
    DATABASE = "database"
    REFUSED = "refused"  # it does not fit the books; central's own words say how


class EventKind(StrEnum):
    """What the event is about, in as many kinds as staff would tell apart."""

    ORDER = "order"
    REFUND = "refund"
    COUNTER_PAYMENT = "counter_payment"
    TOP_UP = "top_up"
    SHIFT = "shift"
    STOCK = "stock"
    GRANT = "grant"
    FACE = "face"
    CARD = "card"
    KITCHEN = "kitchen"
    OTHER = "other"


_KINDS = {
    "order_recorded": EventKind.ORDER,
    "order_refunded": EventKind.REFUND,
    "counter_payment_recorded": EventKind.COUNTER_PAYMENT,
    "order_collected": EventKind.COUNTER_PAYMENT,
    "collection_undone": EventKind.COUNTER_PAYMENT,
    "cash_top_up_recorded": EventKind.TOP_UP,
    "cash_moved": EventKind.SHIFT,
    "shift_closed": EventKind.SHIFT,
    "shift_corrected": EventKind.SHIFT,
    "stock_act": EventKind.STOCK,
    "portions_given_back": EventKind.STOCK,
    "grant_released": EventKind.GRANT,
    "grant_closed": EventKind.GRANT,
    "face_consent_given": EventKind.FACE,
    "face_forgotten": EventKind.FACE,
    "face_destroyed": EventKind.FACE,
    "face_copy_answered": EventKind.FACE,
    "card_blocked": EventKind.CARD,
    "ticket_marked": EventKind.KITCHEN,
}


def kind_of(type_name: str) -> EventKind:
    """By the name under which it stands on the wire; a newer version's is OTHER."""
    return _KINDS.get(type_name, EventKind.OTHER)


def reason_of(code: str) -> QuarantineReason:
    """A newer central's reason is REFUSED here."""
    try:
        return QuarantineReason(code)
    except ValueError:
        return QuarantineReason.REFUSED


@dataclass(frozen=True, slots=True)
class QuarantinedEvent:
    """`received_at`: by central's clock. `order_number`: "" where it is about none, or none that central knows."""

    seq: int
    kind: EventKind
    reason: QuarantineReason
    received_at: datetime
    order_number: str = ""
