"""How a checkout can end. A screen shows exactly one of these, and each says whether money moved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.ids import DishId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.order import Order


class NotChargedReason(StrEnum):
    INSUFFICIENT = "insufficient"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    MEMBER_BLOCKED = "member_blocked"
    CENTRAL_UNREACHABLE = "central_unreachable"
    CENTRAL_REFUSED = "central_refused"
    SOLD_OUT = "sold_out"
    MENU_CHANGED = "menu_changed"
    STORAGE_FAILED = "storage_failed"
    CHECKED = "checked"


@dataclass(frozen=True, slots=True)
class Paid:
    """Durable here, on its way to central. `balance_after` is the free balance central told with the grant; None for a
    meal that cost nothing."""

    order: Order
    balance_after: Money | None
    points: int


@dataclass(frozen=True, slots=True)
class DueAtCounter:
    """The order is taken; it is paid at the counter by its number."""

    order: Order


@dataclass(frozen=True, slots=True)
class NotCharged:
    """No money moved and no order was taken. `free` comes with INSUFFICIENT, and `held_elsewhere` when that much of it
    is set aside for other terminals and cannot be had back now. `sold_out` comes with SOLD_OUT. CHECKED: that was found
    out after it had been unknown."""

    reason: NotChargedReason
    total: Money
    free: Money | None = None
    sold_out: tuple[DishId, ...] = ()
    held_elsewhere: Money | None = None


@dataclass(frozen=True, slots=True)
class BeingChecked:
    """The disk (or our own program) failed in the middle: whether the sale stands is found out as soon as the disk can
    be read, at the latest at the next start (kiosk.services.journal)."""

    payment_id: PaymentId
    total: Money


Outcome = Paid | DueAtCounter | NotCharged | BeingChecked
