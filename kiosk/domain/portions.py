"""Portions that central has handed to one terminal to sell (docs/decisions/0014)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.domain.ids import DishId

# Central hands out a lot at most so large: what lies at one terminal is not offered at the others.
MAX_LOT = 50
MAX_PORTIONS = 1_000_000
MAX_COUNTER = 2**40  # of all the time that a terminal is in use


@dataclass(frozen=True, slots=True)
class PortionsTaken:
    """What a sale took of a dish: `reserved` portions from what the terminal had in hand in that incarnation, `beyond`
    without having them."""

    dish_id: DishId
    incarnation: int
    reserved: int
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class PortionsBrought:
    """`portions` that staff have brought to the terminal in that incarnation: they are in its hand at once, and central
    hears of them and that they are held there in one event."""

    dish_id: DishId
    incarnation: int
    portions: int


@dataclass(frozen=True, slots=True)
class PortionsReturned:
    """`portions` that the terminal had in hand in that incarnation, and gives back unsold."""

    dish_id: DishId
    incarnation: int
    portions: int


@dataclass(frozen=True, slots=True)
class AllotmentTold:
    """Central's word on a dish at a terminal: `handed` in all the incarnation's time, how many of those sold `beyond`
    that are booked, and whether what is in hand is to be given back."""

    handed: int
    beyond: int
    is_recalled: bool


@dataclass(frozen=True, slots=True)
class PortionsHere:
    """A dish at this terminal. `in_hand`: handed or brought to it and not sold. `beyond`: sold without having them and
    not booked at central yet. `free`: how many central could hand out when it last told."""

    in_hand: int
    beyond: int
    free: int

    def missing(self, wanted: int) -> int:
        """How many of them are not in hand."""
        return max(0, wanted - self.in_hand)

    def most(self, oversell: int) -> int:
        """How many may be sold where at most `oversell` are sold without having them."""
        return self.in_hand + max(0, min(oversell, self.free) - self.beyond)

    def may_sell(self, wanted: int, oversell: int) -> bool:
        """Whether they may be sold where at most `oversell` portions are sold without having them."""
        missing = self.missing(wanted)
        return not missing or self.beyond + missing <= min(oversell, self.free)


def short_here(here: Mapping[DishId, PortionsHere], wanted: Mapping[DishId, int], oversell: int) -> tuple[DishId, ...]:
    """The dishes of which not as many may be sold, in the order wanted. What is not in `here` nobody hands out."""
    return tuple(d for d, n in wanted.items() if d in here and not here[d].may_sell(n, oversell))


def lot(missing: int, free: int, terminals: int) -> int:
    """How many portions central hands out when so many are missing; 0 when that many are not free."""
    if missing > free:
        return 0
    return max(missing, min(free // (2 * max(1, terminals)), MAX_LOT))
