"""Staff look a member up by the card, and take cash for the balance: with permission, written down, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.staff import NotPermitted
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.look_up_member import LookUpMembers
from kiosk.services.staff_acts import StaffAct
from tests.central.sales import new_id
from tests.central.support import Central
from tests.till.staff import COUNTER, RESTOCKER, TECHNICIAN
from tests.till.test_refunds_by_staff import newest_entry
from tests.till.till import Till, yuan

NewTill = Callable[[], Till]


def test_the_balance_less_what_was_spent_here_and_what_is_on_the_way(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    look_up = LookUpMembers(till.store).by_card
    till.sells(("rice", 1), card_uid=member.card_uid)
    till.reads_feed()
    till.services.cash_top_ups.take(StaffAct(new_id(), "s-7"), member.card_uid, yuan("20"), "zh")
    seen = look_up(COUNTER, member.card_uid)
    assert seen is not None
    assert (seen.member_id, seen.card_uid, seen.is_card_blocked) == (member.id, member.card_uid, False)
    assert (seen.balance, seen.on_the_way, seen.has_face) == (yuan("47.50"), yuan("20"), False)
    assert look_up(COUNTER, "FFFFFFFF") is None
    for nobody in (RESTOCKER, TECHNICIAN):
        with pytest.raises(NotPermitted):
            look_up(nobody, member.card_uid)


def test_a_top_up_by_staff_is_written_down_once(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    act, take = StaffAct(new_id(), COUNTER.id), till.services.cash_top_ups.take
    with pytest.raises(NotPermitted):
        take(act, member.card_uid, yuan("20"), "zh", by=TECHNICIAN)
    assert till.told() == []
    first = take(act, member.card_uid, yuan("20"), "zh", by=COUNTER)
    assert isinstance(first, CashTaken)
    entry = newest_entry(till)
    assert entry is not None
    assert (entry.actor, entry.action, entry.subject) == (COUNTER.id, "top_up", member.id)
    assert dict(entry.details) == {"act": str(act.id), "amount_minor": "2000"}
    assert take(act, member.card_uid, yuan("20"), "zh", by=COUNTER) == first
    assert newest_entry(till) == entry
    till.uploads()
    assert central.free(member) == yuan("70.00")
