"""The fixed-price lane: one charge after the other, and nobody twice without being asked."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.money import Money


@dataclass(frozen=True, slots=True)
class SameMemberAgain:
    """Nothing was charged: that member has paid here `seconds_ago`, and staff are to say whether they mean it."""

    total: Money
    seconds_ago: int
