"""Portions for a customer's cart, before anybody pays: none is sold twice while central answers (docs/decisions/0014).

A usual sale takes what is in hand and asks nobody. An empty hand asks central once. Without central so many are sold
beyond it as the settings allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kiosk.domain.cart import Cart
from kiosk.domain.ids import DishId
from kiosk.domain.money import Money
from kiosk.domain.portions import PortionsHere, short_here
from kiosk.domain.stock import portions_in_cart
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.ports import (
    CentralPortions,
    CentralRefused,
    CentralUnreachable,
    PortionsAnswer,
    StorageFailed,
    Store,
)
from kiosk.services.taking import NotInHand

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reservation:
    """`oversell`: how many portions of a dish may be sold without having them; None: all that are left. `left`: how
    many there are of the dishes of which there is not enough; none when the cart can be sold."""

    oversell: int | None
    left: Mapping[DishId, int]


class Reserving:
    """Its calls block (disk, network) and are made one at a time, on the thread of the payments. `oversell`: portions
    of a dish that may be sold without having them while central is away."""

    def __init__(self, store: Store, central: CentralPortions, oversell: int) -> None:
        self._store = store
        self._central = central
        self._oversell = oversell

    def reserve(self, cart: Cart) -> Reservation:
        """Have in hand what the cart needs, and keep it until it is sold or let go. Raises StorageFailed."""
        wanted = portions_in_cart(cart)
        with self._store.transaction() as tx:
            here = tx.portions.here(wanted)
            missing = {dish_id: short for dish_id in here if (short := here[dish_id].missing(wanted[dish_id]))}
            tx.portions.keep(wanted)
        if not missing:
            return Reservation(0, {})
        try:
            answer = self._central.request_portions(missing)
        except (CentralUnreachable, CentralRefused):
            return self._away(here, wanted)
        return self._answered(answer, missing, wanted)

    def freeze(self, cart: Cart, total: Money) -> NotCharged | None:
        """Reserve for a cart of that total; or say what there is too little of. Raises StorageFailed."""
        reservation = self.reserve(cart)
        return _sold_out(reservation.left, total) if reservation.left else None

    def let_go(self) -> None:
        """The customer does not pay that cart. Raises StorageFailed."""
        with self._store.transaction() as tx:
            tx.portions.keep({})

    def selling(self, cart: Cart, total: Money, attempt: Callable[[int | None], T]) -> T | NotCharged:
        """`attempt` sells the cart for that total, with so many portions beyond what is in hand; it raises NotInHand
        before anything is written."""
        try:
            return attempt(0)
        except NotInHand:
            pass
        try:
            reservation = self.reserve(cart)
        except StorageFailed:
            return NotCharged(NotChargedReason.STORAGE_FAILED, total)
        if not reservation.left:
            try:
                return attempt(reservation.oversell)
            except NotInHand:  # it was given back or told otherwise meanwhile
                pass
        return _sold_out(reservation.left or dict.fromkeys(portions_in_cart(cart), 0), total)

    def _away(self, here: Mapping[DishId, PortionsHere], wanted: Mapping[DishId, int]) -> Reservation:
        short = short_here(here, wanted, self._oversell)
        return Reservation(self._oversell, {d: here[d].most(self._oversell) for d in short})

    def _answered(
        self, answer: PortionsAnswer, missing: Mapping[DishId, int], wanted: Mapping[DishId, int]
    ) -> Reservation:
        with self._store.transaction() as tx:
            tx.portions.hear(answer.handed, answer.epoch)
            here = tx.portions.here(wanted)
        if any(dish_id not in answer.free for dish_id in missing):
            return Reservation(None, {})  # it is not counted any more, which the feed is about to say
        # What there would be enough of was not handed out either, where something else is short.
        there_is = {d: here[d].in_hand + answer.free.get(d, 0) for d in short_here(here, wanted, oversell=0)}
        return Reservation(0, {d: n for d, n in there_is.items() if n < wanted[d]})


def _sold_out(left: Mapping[DishId, int], total: Money) -> NotCharged:
    return NotCharged(NotChargedReason.SOLD_OUT, total, sold_out=tuple(left), left=tuple(left.items()))
