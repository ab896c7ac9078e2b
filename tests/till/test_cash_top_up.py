"""Cash for a balance: on the card when central has it, once, and spent by nobody before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.money import Money
from kiosk.domain.receipt import PaperKind
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.identify import Identified, identify
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.central.support import Central
from tests.services.test_papers import rows
from tests.till.till import LIMITS, MOMENT, Till, act, yuan

NewTill = Callable[[], Till]


def test_it_is_on_the_card_when_central_has_it(central: Central, new_till: NewTill) -> None:
    member = central.add_member("1.00")
    till = new_till()
    taken = till.services.cash_top_ups.take(act(), member.card_uid, yuan("100"), "en")
    assert isinstance(taken, CashTaken)
    assert taken.on_the_way == yuan("100")
    refused = till.pays(till.cart(("dumplings", 1)), member.card_uid)
    assert isinstance(refused, NotCharged)
    assert (refused.reason, refused.free) == (NotChargedReason.INSUFFICIENT, yuan("1.00"))
    found = identify(till.store, member.card_uid, MOMENT)
    assert isinstance(found, Identified)
    assert found.member.balance == yuan("1.00")
    till.uploads()
    till.reads_feed()
    assert till.quarantined() == []
    assert central.free(member) == yuan("101.00")
    with till.store.transaction() as tx:
        assert not tx.cash.top_ups_on_the_way(taken.top_up.member_id, "CNY")
    till.sells(("dumplings", 1), card_uid=member.card_uid)


def test_the_same_act_again_is_done_once(central: Central, new_till: NewTill) -> None:
    member, other = central.add_member("1.00"), central.add_member("1.00")
    till = new_till()
    given, take = act(), till.services.cash_top_ups.take
    first = take(given, member.card_uid, yuan("50"), "zh")
    assert take(given, member.card_uid, yuan("50"), "zh") == first
    assert take(given, member.card_uid, yuan("51"), "zh") == Refused(RefusedReason.ID_IN_USE)
    assert take(replace(given, staff="8"), member.card_uid, yuan("50"), "zh") == Refused(RefusedReason.ID_IN_USE)
    assert take(given, other.card_uid, yuan("50"), "zh") == Refused(RefusedReason.ID_IN_USE)
    assert len(till.told()) == 1
    till.uploads()
    assert (central.free(member), central.free(other)) == (yuan("51.00"), yuan("1.00"))


def test_limits(central: Central, new_till: NewTill) -> None:
    member = central.add_member("300.00")
    till = new_till()
    take = till.services.cash_top_ups.take
    for amount in (Money(0), Money(-1), Money(LIMITS.largest_minor + 1), Money(100, "EUR")):
        assert take(act(), member.card_uid, amount, "zh") == Refused(RefusedReason.AMOUNT_NOT_ALLOWED)
    assert isinstance(take(act(), member.card_uid, yuan("150"), "zh"), CashTaken)
    too_large = Refused(RefusedReason.BALANCE_TOO_LARGE)
    assert take(act(), member.card_uid, yuan("50.01"), "zh") == too_large, "with what is on the way"
    assert isinstance(take(act(), member.card_uid, yuan("50"), "zh"), CashTaken)


def test_cards_that_take_nothing(central: Central, new_till: NewTill) -> None:
    blocked = central.add_member(card_blocked=True)
    till = new_till()
    take = till.services.cash_top_ups.take
    assert take(act(), blocked.card_uid, yuan("5"), "zh") == Refused(RefusedReason.CARD_BLOCKED)
    assert take(act(), "DEADBEEF", yuan("5"), "zh") == Refused(RefusedReason.CARD_UNKNOWN)
    assert till.told() == []


@pytest.mark.parametrize(("language", "row"), [("en", "Cash received\t¥50.00"), ("zh", "收到现金\t¥50.00")])
def test_the_slip(central: Central, new_till: NewTill, language: str, row: str) -> None:
    member = central.add_member("1.00")
    till = new_till()
    till.services.cash_top_ups.take(act(), member.card_uid, yuan("50"), language)
    (slip,) = till.services.front.jobs
    assert slip.kind is PaperKind.TOP_UP_SLIP
    assert row in rows(slip.paper)
    till.reopens()
    till.services.desk.resume()
    assert till.services.front.jobs == []


def test_a_disk_that_refuses_leaves_it_open_until_asked_again(central: Central, new_till: NewTill) -> None:
    member = central.add_member("1.00")
    till = new_till()
    given = act()
    till.store.close()
    assert till.services.cash_top_ups.take(given, member.card_uid, yuan("5"), "zh") == NotKnown(given.id)
    till.reopens()
    assert isinstance(till.services.cash_top_ups.take(given, member.card_uid, yuan("5"), "zh"), CashTaken)
