"""Points: earned per amount paid. Additions commute, so they need no grant."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.errors import DomainError
from kiosk.domain.money import Money


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
