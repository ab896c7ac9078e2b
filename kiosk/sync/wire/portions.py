"""Portions of dishes that a terminal asks central for, to sell them (docs/decisions/0014)."""

from __future__ import annotations

import msgspec

from kiosk.domain.ids import DishId

MAX_DISHES_ASKED = 200
MAX_ANNOUNCED_ALLOTMENTS = 5000


class PortionsWanted(msgspec.Struct, frozen=True):
    """`missing`: how many portions more than the `handed` that the terminal knows of; above zero."""

    dish_id: DishId
    handed: int
    missing: int


class PortionsRequest(msgspec.Struct, frozen=True):
    """For the signing incarnation: all of them or none. A request that comes again, or late, hands out no more than
    is still missing then."""

    dishes: tuple[PortionsWanted, ...]
    epoch: str = ""


class PortionsHanded(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many portions the signing incarnation was handed in all its time; it only grows. `free`: what could be handed
    out beside them, `elsewhere`: what other terminals hold. `is_counted` False: of that dish nobody counts portions."""

    dish_id: DishId
    handed: int
    free: int = 0
    elsewhere: int = 0
    is_counted: bool = True


class PortionsReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of each dish that was asked for, in that order. `is_awaiting`: central was restored, and hands out nothing before
    all terminals have announced what they hold."""

    dishes: tuple[PortionsHanded, ...]
    is_awaiting: bool = False


class AllotmentRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """On the feed, for its terminal alone, of that incarnation of it. `handed` as in a reply; `beyond`: of what the
    terminal sold without having it, how much is booked; `recalled`: what is in hand is to be given back."""

    dish_id: DishId
    incarnation: int
    handed: int
    beyond: int = 0
    recalled: bool = False


class AnnouncedPortions(msgspec.Struct, frozen=True):
    """What an incarnation of the signing terminal was handed in all its time. Also with an empty hand: central
    may not have heard yet that it was sold."""

    dish_id: DishId
    incarnation: int
    handed: int
