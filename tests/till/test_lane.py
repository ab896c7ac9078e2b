"""The fixed-price lane: nobody is charged twice in silence, by whichever of their cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from kiosk.domain.cart import EMPTY_CART, Selection
from kiosk.domain.ids import OrderId
from kiosk.domain.payer import ByCard, Payer
from kiosk.services.checkout import CheckoutRequest
from kiosk.services.lane import Lane, SameMemberAgain
from kiosk.services.outcomes import NotCharged, NotChargedReason, Paid
from kiosk.services.refund import Refunded
from tests.central.support import Central
from tests.till.till import ASK_AGAIN_S, Till, act, yuan

NewTill = Callable[[], Till]


def fixed(till: Till) -> CheckoutRequest:
    return till.request(EMPTY_CART.add(Selection.of_sum(yuan("8.00"))))


def test_the_same_member_again(central: Central, new_till: NewTill) -> None:
    member, other = central.add_member("50.00"), central.add_member("50.00")
    till = new_till()
    lane, clock = till.services.lane, till.services.clock
    assert isinstance(lane.charge(fixed(till), ByCard(member.card_uid), is_meant=False), Paid)
    clock.passed_s += 5.5
    assert lane.charge(fixed(till), ByCard(member.card_uid), is_meant=False) == SameMemberAgain(yuan("8.00"), 5)
    assert isinstance(lane.charge(fixed(till), ByCard(other.card_uid), is_meant=False), Paid)
    assert isinstance(lane.charge(fixed(till), ByCard(member.card_uid), is_meant=True), Paid)
    clock.passed_s += ASK_AGAIN_S - 1
    assert isinstance(lane.charge(fixed(till), ByCard(member.card_uid), is_meant=False), SameMemberAgain)
    clock.passed_s += 1.5
    assert isinstance(lane.charge(fixed(till), ByCard(member.card_uid), is_meant=False), Paid)
    till.uploads()
    assert till.quarantined() == []
    assert (central.free(member), central.free(other)) == (yuan("26.00"), yuan("42.00"))


def test_by_another_of_their_cards(central: Central, new_till: NewTill) -> None:
    central.import_members("twocards,王小双,甲班,0AAAAAAAA1 0AAAAAAAA2,,50.00,\n")
    till = new_till()
    lane = till.services.lane
    assert isinstance(lane.charge(fixed(till), ByCard("0AAAAAAAA1"), is_meant=False), Paid)
    assert isinstance(lane.charge(fixed(till), ByCard("0AAAAAAAA2"), is_meant=False), SameMemberAgain)


def test_a_card_whose_member_central_alone_knows(central: Central, new_till: NewTill) -> None:
    till = new_till()
    newcomer = central.add_member("50.00")  # not in the feed yet
    lane = till.services.lane
    assert isinstance(lane.charge(fixed(till), ByCard(newcomer.card_uid), is_meant=False), Paid)
    assert isinstance(lane.charge(fixed(till), ByCard(newcomer.card_uid), is_meant=False), SameMemberAgain)
    till.reads_feed()
    assert isinstance(lane.charge(fixed(till), ByCard(newcomer.card_uid), is_meant=False), SameMemberAgain)


def test_who_was_not_charged_or_has_it_back_may_try_at_once(central: Central, new_till: NewTill) -> None:
    poor, member = central.add_member("1.00"), central.add_member("50.00")
    till = new_till()
    lane = till.services.lane
    for _ in range(2):
        refused = lane.charge(fixed(till), ByCard(poor.card_uid), is_meant=False)
        assert isinstance(refused, NotCharged)
        assert refused.reason is NotChargedReason.INSUFFICIENT
    paid = lane.charge(fixed(till), ByCard(member.card_uid), is_meant=False)
    assert isinstance(paid, Paid)
    assert isinstance(till.services.refunds.void(act(), paid.order.id), Refunded)
    lane.forget(paid.order.id)
    assert isinstance(lane.charge(fixed(till), ByCard(member.card_uid), is_meant=False), Paid)


def test_a_fault_in_the_middle_counts_as_charged(central: Central, new_till: NewTill) -> None:
    """It may have been."""
    member = central.add_member("50.00")
    till = new_till()
    lane, charging = till.services.lane, till.services.checkout._charging
    line = charging._central

    class Breaks:
        def request_grant(self, *_arguments: object) -> object:
            raise RuntimeError("a fault of ours")

    charging._central = Breaks()
    with pytest.raises(RuntimeError):
        lane.charge(fixed(till), ByCard(member.card_uid), is_meant=False)
    charging._central = line
    assert isinstance(lane.charge(fixed(till), ByCard(member.card_uid), is_meant=False), SameMemberAgain)


class ChargesTheSameMemberTwice(Lane):
    """Planted: nobody is remembered."""

    def _last_s(self, who: Iterable[str]) -> float | None:
        return None


class RemembersCardsAlone(Lane):
    """Planted: a member with two cards pays twice."""

    def _who(self, payer: Payer) -> tuple[str, ...]:
        return (f"card {payer.uid}",) if isinstance(payer, ByCard) else ()

    def _remember(self, who: Iterable[str], order_id: OrderId | None) -> None:
        super()._remember([name for name in who if name.startswith("card")], order_id)


class ForgetsWhatMayHaveBeenCharged(Lane):
    """Planted: only a sure end counts."""

    def _remember(self, who: Iterable[str], order_id: OrderId | None) -> None:
        if order_id is not None:
            super()._remember(who, order_id)


PLANTED = [
    (ChargesTheSameMemberTwice, test_the_same_member_again),
    (RemembersCardsAlone, test_by_another_of_their_cards),
    (ForgetsWhatMayHaveBeenCharged, test_a_fault_in_the_middle_counts_as_charged),
]


@pytest.mark.parametrize(("bug", "finds"), PLANTED, ids=lambda thing: thing.__name__)
def test_planted_bugs_are_found(
    central: Central, new_till: NewTill, bug: type[Lane], finds: Callable[[Central, NewTill], None]
) -> None:
    def with_bug() -> Till:
        till = new_till()
        services = till.services
        services.lane = bug(services.checkout, till.store, services.clock, ASK_AGAIN_S)
        return till

    with pytest.raises(AssertionError):
        finds(central, with_bug)
