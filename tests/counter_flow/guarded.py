"""The lane's real guard before a checkout that answers what it is told, for the random walks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from kiosk.domain.cart import Cart
from kiosk.domain.ids import MemberId
from kiosk.domain.payer import ByCard, ByFace, Payer
from kiosk.screens.counter_flow import effects as fx
from kiosk.services.checkout import CheckoutRequest
from kiosk.services.lane import Lane, SameMemberAgain
from kiosk.services.outcomes import Paid
from tests.flow.canteen import CARD, MEMBER, OTHER_CARD, OTHER_MEMBER
from tests.services.fakes import FixedClock

HOLDERS = {CARD: MEMBER, OTHER_CARD: OTHER_MEMBER}


class _Checkout:
    begun = None

    def __init__(self) -> None:
        self.answer: Any = None
        self.asked: list[Payer] = []

    def pay(self, _request: CheckoutRequest, payer: Payer) -> Any:
        self.asked.append(payer)
        return self.answer


class _Members:
    """A store in which the two cards have their members."""

    members = SimpleNamespace(holder=HOLDERS.get)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        yield self


class GuardedLane:
    """Says by itself that nobody is charged by their face once more unless that was meant."""

    def __init__(self) -> None:
        self._checkout, self._clock = _Checkout(), FixedClock(datetime(2026, 3, 9, 12, 0, tzinfo=UTC))
        store: Any = _Members()
        checkout: Any = self._checkout
        self._lane = Lane(checkout, store, self._clock, ask_again_s=20.0)
        self._paid: set[MemberId] = set()

    def ends(self, asked: fx.ChargeInLane, answer: object, now_s: float) -> object:
        """What comes of it when the checkout would answer that."""
        self._clock.passed_s, self._checkout.answer = now_s, answer
        charge = asked.charge
        request = CheckoutRequest(Cart(), charge.shown_total, charge.dining_mode, "zh")
        outcome = self._lane.charge(request, charge.payer, is_meant=asked.is_meant)
        if isinstance(outcome, SameMemberAgain):
            return outcome
        payer = charge.payer
        again = isinstance(payer, ByFace) and payer.member_id in self._paid
        assert asked.is_meant or not again, "charged by face once more without staff's word"
        if isinstance(outcome, Paid):
            member = HOLDERS.get(payer.uid) if isinstance(payer, ByCard) else None
            self._paid |= {member.id} if member else {payer.member_id} if isinstance(payer, ByFace) else set()
        return outcome
