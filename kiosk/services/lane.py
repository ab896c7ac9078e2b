"""The fixed-price lane: one charge after the other, and nobody twice without being asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.domain.clock import Clock
from kiosk.domain.ids import OrderId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByFace, Payer
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.outcomes import BeingChecked, Outcome, Paid
from kiosk.services.ports import StorageFailed, Store


@dataclass(frozen=True, slots=True)
class SameMemberAgain:
    """Nothing was charged: that member has paid here `seconds_ago`, and staff are to say whether they mean it."""

    total: Money
    seconds_ago: int


@dataclass(frozen=True, slots=True)
class _Charged:
    at_s: float
    order_id: OrderId | None


class Lane:
    """Its calls block and are made one at a time, with those of the checkout. Who has paid is remembered for
    `ask_again_s`, by member and by card: a member may have several, or pay by face, and a card's member may be known to
    central alone."""

    def __init__(self, checkout: Checkout, store: Store, clock: Clock, ask_again_s: float) -> None:
        self._checkout = checkout
        self._store = store
        self._clock = clock
        self._ask_again_s = ask_again_s
        self._charged: dict[str, _Charged] = {}

    def charge(self, request: CheckoutRequest, payer: Payer, *, is_meant: bool) -> Outcome | SameMemberAgain:
        """Charge the payer, unless they have just paid here and it is not said that they mean it. Whatever may
        have been charged counts as charged."""
        who = self._who(payer)
        last_s = self._last_s(who)
        if last_s is not None and not is_meant:
            return SameMemberAgain(request.shown_total, int(self._clock.monotonic_s() - last_s))
        try:
            outcome = self._checkout.pay(request, payer)
        except Exception:
            if self._checkout.begun is not None:
                self._remember(who, None)
            raise
        if isinstance(outcome, Paid):
            member_id = outcome.order.member_id
            self._remember((*who, f"member {member_id}") if member_id else who, outcome.order.id)
        elif isinstance(outcome, BeingChecked):
            self._remember(who, None)
        return outcome

    def forget(self, order_id: OrderId) -> None:
        """That sale was undone: its member may be charged as if it had not been."""
        self._charged = {who: charged for who, charged in self._charged.items() if charged.order_id != order_id}

    def _who(self, payer: Payer) -> tuple[str, ...]:
        if isinstance(payer, ByFace):
            return (f"member {payer.member_id}",)
        try:
            with self._store.transaction() as tx:
                found = tx.members.holder(payer.uid)
        except StorageFailed:  # the checkout says so
            found = None
        card = f"card {payer.uid}"
        return (card,) if found is None else (card, f"member {found.id}")

    def _last_s(self, who: Iterable[str]) -> float | None:
        """When one of them was last charged, if that was a moment ago."""
        oldest_s = self._clock.monotonic_s() - self._ask_again_s
        self._charged = {name: charged for name, charged in self._charged.items() if charged.at_s > oldest_s}
        return max((self._charged[name].at_s for name in who if name in self._charged), default=None)

    def _remember(self, who: Iterable[str], order_id: OrderId | None) -> None:
        charged = _Charged(self._clock.monotonic_s(), order_id)
        self._charged.update(dict.fromkeys(who, charged))
