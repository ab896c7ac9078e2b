"""The fixed-price lane: one charge after the other, and nobody twice without being asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.domain.clock import Clock
from kiosk.domain.ids import MemberId, OrderId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByFace, Payer
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.outcomes import BeingChecked, NotCharged, Outcome, Paid
from kiosk.services.ports import StorageFailed, Store

MEAL_S = 3 * 3600.0  # nobody is twice at one meal after so long
BETWEEN_MEALS_S = 90 * 60.0  # nobody has come for so long: whoever comes now comes to another meal


@dataclass(frozen=True, slots=True)
class SameMemberAgain:
    """Nothing was charged: that member has paid here `seconds_ago`, or may have; `was_refused`: they could not pay by
    their face then. Staff are to say whether they are charged now."""

    total: Money
    seconds_ago: int
    was_refused: bool = False


@dataclass(frozen=True, slots=True)
class _Charged:
    at_s: float
    order_id: OrderId | None


class Lane:
    """Its calls block and are made one at a time, with those of the checkout. A card is tapped on purpose: it is asked
    about for `ask_again_s`. A face is seen whether its owner means it or not: whoever has paid, in whatever way, or was
    refused by their face is asked about as long as the meal lasts. Remembered by member and by card, for no longer than
    that: a member may have several, or pay by face, and a card's member may be known to central alone."""

    def __init__(self, checkout: Checkout, store: Store, clock: Clock, ask_again_s: float) -> None:
        self._checkout = checkout
        self._store = store
        self._clock = clock
        self._ask_again_s = ask_again_s
        self._charged: dict[str, _Charged] = {}
        self._refused_s: dict[MemberId, float] = {}
        self._meal_since_s = self._busy_s = clock.monotonic_s()

    def charge(self, request: CheckoutRequest, payer: Payer, *, is_meant: bool) -> Outcome | SameMemberAgain:
        """Charge the payer, unless staff are to be asked and it is not said that they mean it. Whatever may have been
        charged counts as charged."""
        self._let_go_of_what_is_over()
        who = self._who(payer)
        again = None if is_meant else self._again(request.shown_total, payer, who)
        if again is not None:
            return again
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
        elif isinstance(outcome, NotCharged) and isinstance(payer, ByFace):
            self._refused_s[payer.member_id] = self._clock.monotonic_s()
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

    def _again(self, total: Money, payer: Payer, who: Iterable[str]) -> SameMemberAgain | None:
        now_s, charged_s = self._clock.monotonic_s(), self._last_s(who)
        since_s = self._meal_since_s if isinstance(payer, ByFace) else now_s - self._ask_again_s
        if charged_s is not None and charged_s >= since_s:
            return SameMemberAgain(total, int(now_s - charged_s))
        refused_s = self._refused_s.get(payer.member_id) if isinstance(payer, ByFace) else None
        return None if refused_s is None else SameMemberAgain(total, int(now_s - refused_s), was_refused=True)

    def _last_s(self, who: Iterable[str]) -> float | None:
        """When one of them was last charged."""
        return max((self._charged[name].at_s for name in who if name in self._charged), default=None)

    def _remember(self, who: Iterable[str], order_id: OrderId | None) -> None:
        charged = _Charged(self._clock.monotonic_s(), order_id)
        self._charged.update(dict.fromkeys(who, charged))
        self._refused_s = {member: at_s for member, at_s in self._refused_s.items() if f"member {member}" not in who}

    def _let_go_of_what_is_over(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._busy_s >= BETWEEN_MEALS_S:
            self._meal_since_s = now_s
        self._busy_s = now_s
        self._meal_since_s = max(self._meal_since_s, now_s - MEAL_S)
        oldest_s = min(self._meal_since_s, now_s - self._ask_again_s)
        self._charged = {who: charged for who, charged in self._charged.items() if charged.at_s >= oldest_s}
        self._refused_s = {member: at_s for member, at_s in self._refused_s.items() if at_s >= self._meal_since_s}
