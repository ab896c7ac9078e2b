"""How a checkout can end. A screen shows exactly one of these, and each says whether money moved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.ids import DishId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payment import PaymentMethod, PaymentPart, value_of


class NotChargedReason(StrEnum):
    INSUFFICIENT = "insufficient"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    MEMBER_BLOCKED = "member_blocked"
    POINTS_INSUFFICIENT = "points_insufficient"
    COUPON_NOT_VALID = "coupon_not_valid"
    FACE_NOT_ALLOWED = "face_not_allowed"
    FACE_LIMIT = "face_limit"
    CENTRAL_UNREACHABLE = "central_unreachable"
    CENTRAL_REFUSED = "central_refused"
    SOLD_OUT = "sold_out"
    MENU_CHANGED = "menu_changed"
    STORAGE_FAILED = "storage_failed"
    CHECKED = "checked"


@dataclass(frozen=True, slots=True)
class Paid:
    """Durable here, on its way to central. `balance_after` is the free balance central told with the grant; None for a
    meal that took no money. `parts`: how it was paid; none when all of it was the balance."""

    order: Order
    balance_after: Money | None
    points: int
    parts: tuple[PaymentPart, ...] = ()

    @property
    def money(self) -> Money:
        """What was charged to the balance."""
        total = self.order.total
        return value_of(self.parts, PaymentMethod.BALANCE, total.currency) if self.parts else total


@dataclass(frozen=True, slots=True)
class DueAtCounter:
    """The order is taken; it is paid at the counter by its number, all of it or what the other `parts` have left.
    `balance_after` and `points` as with Paid, of what the card has paid. `slip`: the code by which any counter of the
    site knows it (kiosk.domain.slip); "" where this terminal cannot sign one."""

    order: Order
    parts: tuple[PaymentPart, ...] = ()
    balance_after: Money | None = None
    points: int = 0
    slip: str = ""

    @property
    def due(self) -> Money:
        total = self.order.total
        return value_of(self.parts, PaymentMethod.COUNTER, total.currency) if self.parts else total


@dataclass(frozen=True, slots=True)
class NotCharged:
    """No money moved and no order was taken. `free` comes with INSUFFICIENT, and `held_elsewhere` when that much of it
    is set aside for other terminals and cannot be had back now. `sold_out` comes with SOLD_OUT, the dishes of which
    there is not enough, and with it where that is known `left`, how many there are of each. CHECKED: that was found out
    after it had been unknown. `parts`: how the payment was to be made; none when all of it from the balance."""

    reason: NotChargedReason
    total: Money
    free: Money | None = None
    sold_out: tuple[DishId, ...] = ()
    held_elsewhere: Money | None = None
    parts: tuple[PaymentPart, ...] = ()
    left: tuple[tuple[DishId, int], ...] = ()

    @property
    def money(self) -> Money:
        """What points and coupon leave of the total."""
        others = (part.value for part in self.parts if part.method in (PaymentMethod.POINTS, PaymentMethod.COUPON))
        return self.total - Money.sum(others, self.total.currency)

    @property
    def card_can_pay(self) -> Money | None:
        """How much of the money the card can pay now; None: nothing, or that is not what it failed for."""
        if self.free is None:
            return None
        reachable = self.free - (self.held_elsewhere or Money.zero(self.free.currency))
        return reachable if Money.zero(self.free.currency) < reachable < self.money else None


@dataclass(frozen=True, slots=True)
class BeingChecked:
    """The disk (or our own program) failed in the middle: whether the sale stands is found out as soon as the disk can
    be read, at the latest at the next start (kiosk.services.journal)."""

    payment_id: PaymentId
    total: Money


Outcome = Paid | DueAtCounter | NotCharged | BeingChecked
