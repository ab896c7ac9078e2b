"""Refund, partial refund and void at the terminal that sold it: durable there, booked once at central, to the cent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.receipt import PaperKind
from kiosk.domain.refund import Refund, RefundError
from kiosk.domain.text import TextError
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.central.support import Central
from tests.services.test_papers import rows
from tests.till.till import Till, act, yuan

NewTill = Callable[[], Till]


def shown_refunded(central: Central, order_id: UUID) -> int:
    shown: int = central.staff_get(f"/v1/orders/{order_id}")["refunded"]["minor"]
    return shown


def test_a_refund_reaches_the_balance(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("dumplings", 2), ("rice", 1), card_uid=member.card_uid)
    till.services.refunds.refund(act(), order.id, {0: 1}, restock=False)
    done = till.services.refunds.refund(act(), order.id, None, restock=False)
    assert isinstance(done, Refunded)
    assert done.refund.amount_by(PaymentMethod.BALANCE) == yuan("14.50")
    assert till.order(order.id).state is OrderState.PAID
    till.uploads()
    assert till.quarantined() == []
    assert (central.free(member), central.account(member).points) == (yuan("50.00"), 0)
    assert shown_refunded(central, order.id) == order.total.minor


def test_without_a_network_as_with_it(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    assert isinstance(till.services.refunds.refund(act(), order.id, None, restock=True), Refunded)
    assert [event["type"] for event in till.told()] == ["order_recorded", "order_refunded"]


def test_the_same_act_again_is_done_once(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("dumplings", 3), card_uid=member.card_uid)
    given = act()
    first = till.services.refunds.refund(given, order.id, {0: 1}, restock=False)
    till.reopens()
    assert till.services.refunds.refund(given, order.id, {0: 1}, restock=False) == first
    other = till.services.refunds.refund(replace(given, reason="else"), order.id, {0: 1}, restock=False)
    assert other == Refused(RefusedReason.ID_IN_USE)
    assert len(till.told()) == 2
    till.uploads()
    assert central.free(member) == yuan("26.00")


def test_no_more_than_was_paid(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("dumplings", 3), card_uid=member.card_uid)
    nothing = Refused(RefusedReason.NOTHING_LEFT)
    refund = till.services.refunds.refund
    assert refund(act(), order.id, {0: 4}, restock=False) == nothing
    assert refund(act(), order.id, {1: 1}, restock=False) == nothing
    assert isinstance(refund(act(), order.id, {0: 2}, restock=False), Refunded)
    assert refund(act(), order.id, {0: 2}, restock=False) == nothing
    assert till.services.refunds.void(act(), order.id) == nothing, "not the whole order any more"
    assert isinstance(refund(act(), order.id, None, restock=False), Refunded)
    assert refund(act(), order.id, None, restock=False) == nothing
    till.uploads()
    assert central.free(member) == yuan("50.00")


def test_the_database_itself_refuses_more_than_was_paid(central: Central, new_till: NewTill) -> None:
    """Whatever the program above it believes."""
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("dumplings", 3), card_uid=member.card_uid)
    done = till.services.refunds.refund(act(), order.id, {0: 2}, restock=False)
    assert isinstance(done, Refunded)
    again: Refund = replace(done.refund, id=act().id)
    with pytest.raises(RefundError), till.store.transaction() as tx:
        tx.refunds.add(again, order, tx.payments.of_order(order.id))
    with pytest.raises(RefundError), till.store.transaction() as tx:
        tx.refunds.add(done.refund, order, tx.payments.of_order(order.id))
    with till.store.transaction() as tx:
        assert tx.refunds.of_order(order.id) == (done.refund,)


def test_only_the_terminal_that_sold_it(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till, other = new_till(), new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    not_here = Refused(RefusedReason.NOT_SOLD_HERE)
    assert other.services.refunds.refund(act(), order.id, None, restock=False) == not_here
    till.uploads()
    till.enrols_anew()
    assert till.services.refunds.refund(act(), order.id, None, restock=False) == not_here, "now central may"
    later = till.sells(("rice", 1), card_uid=member.card_uid)
    assert isinstance(till.services.refunds.refund(act(), later.id, None, restock=False), Refunded)


def test_a_copy_from_a_backup_refunds_nothing(central: Central, new_till: NewTill) -> None:
    """It does not know what was refunded after it was made."""
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    copy = till.folder / "copy.db"
    till.store.backup_to(copy)
    till.services.refunds.refund(act(), order.id, None, restock=False)
    till.store.close()
    for path in till.folder.glob("kiosk.db-*"):
        path.unlink()
    copy.replace(till.folder / "kiosk.db")
    till.reopens()
    not_here = Refused(RefusedReason.NOT_SOLD_HERE)
    assert till.services.refunds.refund(act(), order.id, None, restock=False) == not_here


def test_a_void_before_it_is_handed_out(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    before = till.left("dumplings")
    order = till.sells(("dumplings", 2), card_uid=member.card_uid)
    assert till.left("dumplings") == before - 2
    done = till.services.refunds.void(act(), order.id)
    assert isinstance(done, Refunded)
    assert (done.order.state, till.order(order.id).state) == (OrderState.CANCELLED, OrderState.CANCELLED)
    assert till.left("dumplings") == before
    refused = till.services.refunds.refund(act(), order.id, None, restock=False)
    assert refused == Refused(RefusedReason.NOT_PAID)
    till.uploads()
    till.reads_feed()
    assert central.staff_get(f"/v1/orders/{order.id}")["state"] == "cancelled"
    assert (central.free(member), till.left("dumplings")) == (yuan("50.00"), before)
    ticket = [
        job for job in till.services.kitchen.jobs if "CANCELLED" in rows(job.paper) or "已取消" in rows(job.paper)
    ]
    assert [order.number in rows(job.paper) for job in ticket] == [True]


@pytest.mark.parametrize(("restock", "back"), [(True, 1), (False, 0)])
def test_what_was_made_stays_sold(central: Central, new_till: NewTill, restock: bool, back: int) -> None:
    member = central.add_member("50.00")
    till = new_till()
    before = till.left("rice")
    order = till.sells(("rice", 3), card_uid=member.card_uid)
    till.services.refunds.refund(act(), order.id, {0: 1}, restock=restock)
    assert till.left("rice") == before - 3 + back
    till.uploads()
    till.reads_feed()
    assert till.left("rice") == before - 3 + back


def test_the_slip(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("dumplings", 2), card_uid=member.card_uid)
    till.services.refunds.refund(act(reason="cold"), order.id, {0: 1}, restock=False)
    (slip,) = [job for job in till.services.front.jobs if job.kind is PaperKind.REFUND_SLIP]
    text = rows(slip.paper)
    for row in ("Money back", "Dumplings × 1\t¥12.00", "Onto the campus card\t¥12.00", "Reason\tcold", order.number):
        assert row in text
    till.reopens()
    till.services.desk.resume()
    assert till.services.front.jobs == [], "nothing that was on its way is printed twice"


def test_a_disk_that_refuses_leaves_it_open_until_asked_again(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    given = act()
    till.store.close()
    assert till.services.refunds.refund(given, order.id, None, restock=False) == NotKnown(given.id)
    till.reopens()
    assert isinstance(till.services.refunds.refund(given, order.id, None, restock=False), Refunded)


def test_who_and_why_are_texts(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    with pytest.raises(TextError):
        till.services.refunds.refund(act(staff=""), order.id, None, restock=False)
    assert len(till.told()) == 1
