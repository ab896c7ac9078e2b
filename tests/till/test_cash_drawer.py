"""When the cash drawer opens: for cash taken or given back, once it is durable, once an act; and it is written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.audit import Act, AuditEntry
from kiosk.domain.cart import EMPTY_CART, Selection
from kiosk.domain.payer import ByCard
from kiosk.services.counter_sale import CashSold
from kiosk.services.events import DrawerAsked, DrawerEnd, PrintJobState
from kiosk.services.ports import StorageFailed
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown
from tests.central.support import Central
from tests.till.counter import Counter, slip
from tests.till.till import Till, act, yuan

NewTill = Callable[[], Till]
TWELVE = EMPTY_CART.add(Selection.of_sum(yuan("12.00")))


def told(till: Till) -> list[DrawerAsked]:
    return [event for event in till.services.events.events if isinstance(event, DrawerAsked)]


def openings(till: Till) -> list[AuditEntry]:
    """The last entry of the audit log, if it is one."""
    with till.store.transaction() as tx:
        newest = tx.audit.newest()
    return [newest] if newest is not None and newest.action == Act.DRAWER_OPENED else []


def sells(till: Till) -> CashSold:
    sold = till.services.cash_sales.sell(act(), till.request(TWELVE), yuan("20.00"))
    assert isinstance(sold, CashSold)
    return sold


def test_a_sale_for_cash_opens_it_and_is_written_down(new_till: NewTill) -> None:
    till = new_till()
    sold = sells(till)
    (pulse,) = till.services.front.pulses
    assert openings(till) == [], "not before it is sent"
    pulse(PrintJobState.SENDING)
    (entry,) = openings(till)
    details = (("act", str(sold.payment.id)), ("reason", "cash_taken"))
    assert (entry.actor, entry.subject, entry.details) == ("staff", str(sold.order.id), details)
    pulse(PrintJobState.CONFIRMED)
    assert told(till) == [DrawerAsked(sold.order.id, DrawerEnd.OPENED)]


def test_once_for_one_act(new_till: NewTill) -> None:
    till = new_till()
    given = act()
    for _ in range(2):
        till.services.cash_sales.sell(given, till.request(TWELVE), yuan("20.00"))
    assert len(till.services.front.pulses) == 1


@pytest.mark.parametrize(
    ("state", "end"),
    [(PrintJobState.UNKNOWN, DrawerEnd.NOT_KNOWN), (PrintJobState.SKIPPED, DrawerEnd.NOT_OPENED)],
)
def test_how_it_ended_is_told_and_nothing_is_asked_again(
    new_till: NewTill, state: PrintJobState, end: DrawerEnd
) -> None:
    till = new_till()
    sold = sells(till)
    till.services.front.pulses[0](state)
    assert told(till) == [DrawerAsked(sold.order.id, end)]
    till.reopens()
    till.services.desk.resume()
    assert till.services.front.pulses == []


def test_a_dead_printer_sells_all_the_same(new_till: NewTill) -> None:
    till = new_till()
    till.services.front.can_open = False
    sold = sells(till)
    assert told(till) == [DrawerAsked(sold.order.id, DrawerEnd.NOT_OPENED)]
    till.services.desk.connect([])
    again = sells(till)
    assert told(till)[1:] == [DrawerAsked(again.order.id, DrawerEnd.NOT_OPENED)]


def test_money_back_opens_it_and_a_card_does_not(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    sold = sells(till)
    back = till.services.refunds.void(act(), sold.order.id)
    assert isinstance(back, Refunded)
    till.services.front.pulses[-1](PrintJobState.SENDING)
    assert [dict(entry.details)["reason"] for entry in openings(till)] == ["cash_given_back"]
    till.services.front.pulses.clear()
    by_card = till.pays(TWELVE, member.card_uid)
    till.services.refunds.void(act(), by_card.order.id)
    assert till.services.front.pulses == []


def test_cash_for_a_balance_and_for_a_collected_order(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    counter = Counter(new_till())
    order = till.takes_order(("dumplings", 1))
    counter.collect.take_cash(act(), counter.scans(slip(till, order)))
    assert len(counter.till.services.front.pulses) == 1
    other = till.takes_order(("dumplings", 1))
    counter.collect.pay(act(), counter.scans(slip(till, other)), ByCard(member.card_uid))
    assert len(counter.till.services.front.pulses) == 1
    counter.till.services.cash_top_ups.take(act(), member.card_uid, yuan("30.00"), "zh")
    assert len(counter.till.services.front.pulses) == 2


def test_what_is_not_durable_opens_nothing(new_till: NewTill) -> None:
    till = new_till()
    request = till.request(TWELVE)
    till.store.close()
    assert isinstance(till.services.cash_sales.sell(act(), request, yuan("20.00")), NotKnown)
    assert till.services.front.pulses == []


def test_what_cannot_be_written_down_is_not_opened(new_till: NewTill) -> None:
    till = new_till()
    sold = sells(till)
    till.store.close()
    with pytest.raises(StorageFailed):
        till.services.front.pulses[0](PrintJobState.SENDING)
    assert told(till) == [DrawerAsked(sold.order.id, DrawerEnd.NOT_OPENED)]
