"""Coupons: so much off one order, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import CouponId
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.unit import coupon_unit

MAX_COUPONS = 10  # of one member that a terminal is told of: the ones that end first


class CouponError(DomainError):
    """Terms that make no coupon."""


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """`percent_off` of an order of at least `minimum`, but never more than `at_most`; a fixed amount off is 100 percent
    with that cap. Valid from the first moment up to the second."""

    name: LocalText
    percent_off: int
    at_most: Money
    minimum: Money
    valid_from: datetime
    valid_until: datetime

    def __post_init__(self) -> None:
        if not 1 <= self.percent_off <= 100:
            raise CouponError("a coupon takes 1 to 100 percent off")
        if self.at_most.minor <= 0 or self.minimum.is_negative or self.at_most.currency != self.minimum.currency:
            raise CouponError("a coupon is worth something, from an order of zero or more on, in one currency")
        if self.valid_from.tzinfo is None or self.valid_until.tzinfo is None or self.valid_from >= self.valid_until:
            raise CouponError("a coupon ends after it begins, and both have a time zone")

    def value_for(self, total: Money) -> Money:
        """What it takes off an order of that total; nothing below the minimum."""
        if total < self.minimum:
            return Money.zero(total.currency)
        return min(Money(total.minor * self.percent_off // 100, total.currency), self.at_most)

    def is_valid_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment < self.valid_until


@dataclass(frozen=True, slots=True)
class Coupon:
    """One member's, to be used once."""

    id: CouponId
    terms: CouponTerms

    def part_of(self, total: Money) -> PaymentPart | None:
        """What it pays of an order of that total; None: nothing."""
        value = self.terms.value_for(total)
        return PaymentPart(PaymentMethod.COUPON, value, Money(1, coupon_unit(self.id))) if value else None
