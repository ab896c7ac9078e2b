"""The fixed-price lane by face: nobody is charged in silence a second time at one meal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from kiosk.domain.payer import ByCard, Payer
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.lane import BETWEEN_MEALS_S, MEAL_S, Lane, SameMemberAgain
from kiosk.services.outcomes import NotCharged, Outcome, Paid
from kiosk.services.refund import Refunded
from tests.central.support import Central, Diner
from tests.services.fakes import Signal
from tests.till.test_lane import fixed
from tests.till.test_pay_by_face import GENEROUS, FaceTill
from tests.till.till import ASK_AGAIN_S, KEYED, POINTS, Till, act

NewTill = Callable[[], Till]


class FaceLane:
    """A lane where that member may pay by face; its clock stands until it is told to go on."""

    def __init__(self, new_till: NewTill, member: Diner, kind: type[Lane] = Lane) -> None:
        till = new_till()
        at = FaceTill(till, member)
        self.till, self.clock, self.face, self.card = till, at.clock, at.payer, ByCard(member.card_uid)
        services = till.services
        parts = (till.store, at.line, services.encoder, services.desk, Signal(), at.clock, POINTS)
        self.lane = kind(Checkout(*parts, GENEROUS, KEYED), till.store, at.clock, ASK_AGAIN_S)

    def charge(self, payer: Payer, *, is_meant: bool = False) -> Outcome | SameMemberAgain:
        return self.lane.charge(fixed(self.till), payer, is_meant=is_meant)

    def others_come(self, central: Central, seconds: float) -> None:
        """A student every ten minutes."""
        for _ in range(int(seconds // 600)):
            self.clock.passed_s += 600
            other = central.add_member("50.00")
            assert isinstance(self.charge(ByCard(other.card_uid)), Paid)


@pytest.fixture
def at(central: Central, new_till: NewTill) -> FaceLane:
    return FaceLane(new_till, central.add_member("50.00"))


def asks(outcome: Outcome | SameMemberAgain, *, was_refused: bool = False) -> int:
    assert isinstance(outcome, SameMemberAgain), outcome
    assert outcome.was_refused == was_refused
    return outcome.seconds_ago


def test_by_face_nobody_is_charged_again_in_silence_at_one_meal(central: Central, at: FaceLane) -> None:
    assert isinstance(at.charge(at.face), Paid)
    at.others_come(central, 3600)
    assert asks(at.charge(at.face)) == 3600
    assert isinstance(at.charge(at.face, is_meant=True), Paid)
    at.clock.passed_s += ASK_AGAIN_S + 1
    assert asks(at.charge(at.face)) == ASK_AGAIN_S + 1
    assert isinstance(at.charge(at.card), Paid), "a card is tapped on purpose"


def test_nor_who_has_paid_by_card(at: FaceLane) -> None:
    assert isinstance(at.charge(at.card), Paid)
    at.clock.passed_s += 22
    assert asks(at.charge(at.face)) == 22


@pytest.mark.parametrize("is_busy", [True, False])
def test_at_the_next_meal_they_are_welcome(central: Central, at: FaceLane, is_busy: bool) -> None:
    assert isinstance(at.charge(at.face), Paid)
    if is_busy:
        at.others_come(central, MEAL_S + 600)
    else:
        at.clock.passed_s += BETWEEN_MEALS_S
    assert isinstance(at.charge(at.face), Paid)


def test_who_has_it_back_may_pay_by_face_at_once(at: FaceLane) -> None:
    paid = at.charge(at.face)
    assert isinstance(paid, Paid)
    assert isinstance(at.till.services.refunds.void(act(), paid.order.id), Refunded)
    at.lane.forget(paid.order.id)
    assert isinstance(at.charge(at.face), Paid)


@pytest.fixture
def poor(central: Central, new_till: NewTill) -> FaceLane:
    return FaceLane(new_till, central.add_member("1.00"))


def test_a_face_that_was_refused_is_tried_again_when_staff_say_so(poor: FaceLane) -> None:
    at = poor
    assert isinstance(at.charge(at.face), NotCharged)
    at.clock.passed_s += 90
    assert asks(at.charge(at.face), was_refused=True) == 90
    assert isinstance(at.charge(at.card), NotCharged), "a card is tapped on purpose"
    assert isinstance(at.charge(at.face, is_meant=True), NotCharged)
    assert asks(at.charge(at.face), was_refused=True) == 0


class AsksOfFacesAsOfCards(Lane):
    """Planted: as it was, whoever stands there longer than that pays twice."""

    def _last_s(self, who: Iterable[str]) -> float | None:
        last_s = super()._last_s(who)
        return last_s if last_s is not None and self._clock.monotonic_s() - last_s < self._ask_again_s else None


class TriesWhoWasRefused(Lane):
    """Planted: again and again."""

    def charge(self, request: CheckoutRequest, payer: Payer, *, is_meant: bool) -> Outcome | SameMemberAgain:
        self._refused_s = {}
        return super().charge(request, payer, is_meant=is_meant)


PLANTED = [
    (AsksOfFacesAsOfCards, test_nor_who_has_paid_by_card, "50.00"),
    (TriesWhoWasRefused, test_a_face_that_was_refused_is_tried_again_when_staff_say_so, "1.00"),
]


@pytest.mark.parametrize(("bug", "finds", "balance"), PLANTED, ids=lambda thing: getattr(thing, "__name__", thing))
def test_planted_bugs_are_found(
    central: Central, new_till: NewTill, bug: type[Lane], finds: Callable[[FaceLane], None], balance: str
) -> None:
    member = central.add_member(balance)
    with pytest.raises(AssertionError):
        finds(FaceLane(new_till, member, bug))
