"""Points: earned by what is paid in money (additions commute, so they need no grant), redeemed for part of an order."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.errors import DomainError
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.unit import POINTS


@dataclass(frozen=True, slots=True)
class PointsRule:
    """One point for each full `per_minor` minor units paid."""

    per_minor: int = 100

    def __post_init__(self) -> None:
        if self.per_minor <= 0:
            raise DomainError("points need an amount above zero per point")

    def points_for(self, paid: Money) -> int:
        """Whole points earned for that payment; none for nothing."""
        return max(0, paid.minor) // self.per_minor


@dataclass(frozen=True, slots=True)
class RedeemRule:
    """Points are redeemed in whole lots: `lot_points` are worth `lot_minor` minor units. They pay at most
    `most_percent` of an order; 0: none of it."""

    lot_points: int = 100
    lot_minor: int = 100
    most_percent: int = 50

    def __post_init__(self) -> None:
        if self.lot_points <= 0 or self.lot_minor <= 0 or not 0 <= self.most_percent <= 100:
            raise DomainError("a lot of points is worth something, and pays 0 to 100 percent of an order")

    def redeemable(self, points: int, total: Money, left: Money) -> PaymentPart | None:
        """The most that `points` pay of an order of `total`, of which `left` is yet to be paid; None: nothing."""
        most = min(total.minor * self.most_percent // 100, left.minor)
        lots = min(points // self.lot_points, most // self.lot_minor)
        if lots <= 0:
            return None
        used = Money(lots * self.lot_points, POINTS)
        return PaymentPart(PaymentMethod.POINTS, Money(lots * self.lot_minor, total.currency), used)
