"""Staff find an order by whatever they have of it, and see all that is known of it here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ids import OrderId
from kiosk.domain.order_standing import Standing
from kiosk.domain.receipt import PaperKind, QrCode, Text
from kiosk.domain.staff import NotPermitted
from kiosk.services.collected import NotCollected, NotCollectedReason
from kiosk.services.events import PrintJobState
from kiosk.services.find_orders import PAGE_ORDERS, Found, NothingFound, NothingFoundReason, OrderPage
from kiosk.services.journal import Fate
from kiosk.services.order_details import OrderDetails
from kiosk.services.signed_slip import check_slip
from kiosk.services.staff_acts import RefusedReason
from tests.central.support import Central
from tests.till.staff import COUNTER, RESTOCKER
from tests.till.till import MOMENT, Till, act, yuan

NewTill = Callable[[], Till]


def numbers(found: Found) -> list[str]:
    assert isinstance(found, OrderPage), found
    return [row.number for row in found.rows]


def details(till: Till, order_id: OrderId) -> OrderDetails:
    found = till.services.find_orders.details(COUNTER, order_id)
    assert isinstance(found, OrderDetails)
    return found


def nothing(reason: NothingFoundReason, letter: str = "") -> NothingFound:
    return NothingFound(reason, letter)


def test_the_newest_first_page_by_page(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    till.reads_feed()
    orders = [till.takes_order(("rice", 1), card_uid=member.card_uid) for _ in range(PAGE_ORDERS + 2)]
    first = till.services.find_orders.newest(COUNTER)
    assert numbers(first) == [order.number for order in reversed(orders[2:])]
    assert isinstance(first, OrderPage)
    second = till.services.find_orders.newest(COUNTER, first.older)
    assert numbers(second) == [orders[1].number, orders[0].number]
    assert isinstance(second, OrderPage)
    assert second.older is None


def test_by_the_time(central: Central, new_till: NewTill) -> None:
    till = new_till()
    order = till.takes_order(("rice", 1))
    assert numbers(till.services.find_orders.until(COUNTER, MOMENT + timedelta(seconds=1))) == [order.number]
    assert numbers(till.services.find_orders.until(COUNTER, MOMENT - timedelta(hours=1))) == []


def test_by_number_as_it_is_called_printed_or_typed(central: Central, new_till: NewTill) -> None:
    till = new_till()
    order = till.takes_order(("rice", 1))
    letter = till.identity.letter
    for typed in (order.number, order.number.lower(), "1", "001", f" {letter}1 "):
        assert numbers(till.services.find_orders.by_number(COUNTER, typed)) == [order.number], typed
    assert till.services.find_orders.by_number(COUNTER, "999") == nothing(NothingFoundReason.NOT_HERE)
    assert till.services.find_orders.by_number(COUNTER, "ZZ001") == nothing(NothingFoundReason.ELSEWHERE, "ZZ")


@pytest.mark.parametrize("typed", ["", "0", "A000", "1' OR '1'='1", "٣٧", "A" * 5000, "%", "\x00", "1234567", "-1"])
def test_what_is_no_number(central: Central, new_till: NewTill, typed: str) -> None:
    till = new_till()
    till.takes_order(("rice", 1))
    assert till.services.find_orders.by_number(COUNTER, typed) == nothing(NothingFoundReason.NOT_A_NUMBER)


def test_by_card_what_its_member_ordered_or_paid(central: Central, new_till: NewTill) -> None:
    member, other = central.add_member("50.00"), central.add_member("50.00")
    till = new_till()
    paid = till.sells(("rice", 1), card_uid=member.card_uid)
    due = till.takes_order(("rice", 2), card_uid=member.card_uid)
    till.sells(("rice", 1), card_uid=other.card_uid)
    find = till.services.find_orders.by_card
    assert numbers(find(COUNTER, member.card_uid)) == [due.number, paid.number]
    assert find(COUNTER, "FFFFFFFF") == nothing(NothingFoundReason.CARD_UNKNOWN)
    third = central.add_member("1.00")
    till.reads_feed()
    assert find(COUNTER, third.card_uid) == nothing(NothingFoundReason.NOT_HERE)


def test_by_the_code_on_its_paper(central: Central, new_till: NewTill) -> None:
    till, other = new_till(), new_till()
    for one in (till, other):
        one.reads_feed()
    due = till.takes_order(("rice", 1))
    (slip,) = [e.text for e in till.services.front.jobs[-1].paper.elements if isinstance(e, QrCode)]
    assert slip.startswith("KS1:")
    find = till.services.find_orders.by_code
    assert numbers(find(COUNTER, slip)) == [due.number]
    assert numbers(find(COUNTER, f"kiosk:order:{due.id}")) == [due.number]
    elsewhere = other.services.find_orders.by_code(COUNTER, slip)
    assert elsewhere == nothing(NothingFoundReason.ELSEWHERE, till.identity.letter)
    assert find(COUNTER, f"kiosk:order:{uuid4()}") == nothing(NothingFoundReason.NOT_HERE)
    assert find(COUNTER, "134567890123456789") == nothing(NothingFoundReason.PAYMENT_CODE)


def test_by_the_code_on_its_receipt_scanned_or_typed(central: Central, new_till: NewTill) -> None:
    """It finds, at the terminal that sold it; nowhere does it pay or collect."""
    member, till, other = central.add_member("50.00"), new_till(), new_till()
    orders = [till.sells(("rice", 1), card_uid=member.card_uid) for _ in range(3)]
    other.sells(("rice", 1), card_uid=member.card_uid)
    find, elsewhere = till.services.find_orders, other.services.find_orders
    receipts = [job.paper for job in till.services.front.jobs if job.kind is PaperKind.RECEIPT]
    for order, receipt in zip(orders, receipts, strict=True):
        (code,) = [element.text for element in receipt.elements if isinstance(element, QrCode)]
        *_, under_it = receipt.elements
        assert isinstance(under_it, Text)
        typed = under_it.text.removeprefix("Order ").removeprefix("订单 ")
        assert numbers(find.by_code(COUNTER, code)) == [order.number]
        for digits in (typed, typed.replace(" ", "")):
            assert numbers(find.by_number(COUNTER, digits)) == [order.number]
        assert elsewhere.by_code(COUNTER, code) == nothing(NothingFoundReason.NOT_HERE)
        assert elsewhere.by_number(COUNTER, typed) == nothing(NothingFoundReason.NOT_HERE)
        with till.store.transaction() as tx:
            assert check_slip(tx, code, MOMENT) == NotCollected(NotCollectedReason.NOT_A_SLIP)
        assert member.id not in code
    assert new_till().services.find_orders.by_number(COUNTER, "12345678") == nothing(NothingFoundReason.NOT_HERE)


def test_whatever_a_scanner_reads(central: Central, new_till: NewTill) -> None:
    till = new_till()
    till.takes_order(("rice", 1))
    refused = {NothingFoundReason.NO_ORDER_CODE, NothingFoundReason.NOT_HERE, NothingFoundReason.PAYMENT_CODE}

    @given(st.sampled_from(["", "KS1:", "kiosk:order:"]), st.text(max_size=1024))
    def holds(head: str, text: str) -> None:
        found = till.services.find_orders.by_code(COUNTER, head + text)
        assert isinstance(found, NothingFound)
        assert found.reason in refused

    holds()


def test_all_of_it(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.sells(("dumplings", 2), ("rice", 1), card_uid=member.card_uid)
    services = till.services
    (receipt,) = services.front.jobs
    services.front.report(receipt, PrintJobState.SENDING)
    services.front.report(receipt, PrintJobState.UNKNOWN)
    seen = details(till, order.id)
    assert (seen.order, seen.standing, seen.card_end) == (order, Standing.PAID, member.card_uid[-4:])
    assert [(paper.kind, paper.state, paper.copies) for paper in seen.papers] == [
        (PaperKind.RECEIPT, PrintJobState.UNKNOWN, 0),
        (PaperKind.KITCHEN_TICKET, PrintJobState.QUEUED, 0),
    ]
    assert (seen.not_refundable, seen.is_voidable, seen.portions_left) == (None, True, {0: 2, 1: 1})
    services.refunds.refund(act(), order.id, {0: 1}, restock=False)
    seen = details(till, order.id)
    assert (seen.standing, seen.is_voidable, seen.portions_left) == (Standing.PARTLY_REFUNDED, False, {0: 1, 1: 1})
    services.refunds.refund(act(), order.id, None, restock=False)
    seen = details(till, order.id)
    assert (seen.standing, seen.not_refundable) == (Standing.REFUNDED, RefusedReason.NOTHING_LEFT)


def test_how_others_stand(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    waits, cancelled, elsewhere = (till.takes_order(("rice", 1)) for _ in range(3))
    voided = till.sells(("rice", 1), card_uid=member.card_uid)
    till.services.counter_payments.cancel(act(), cancelled.id)
    till.services.refunds.void(act(), voided.id)
    with till.store.transaction() as tx:
        (payment,) = tx.payments.of_order(elsewhere.id)
        tx.collections.hear_collected(payment.id, is_collected=True)
    orders = (waits, cancelled, elsewhere, voided)
    assert [
        (d.standing, d.not_refundable, d.is_cancellable) for d in (details(till, order.id) for order in orders)
    ] == [
        (Standing.AWAITING_PAYMENT, RefusedReason.NOT_PAID, True),
        (Standing.CANCELLED, RefusedReason.NOT_PAID, False),
        (Standing.COLLECTED, RefusedReason.COLLECTED, False),
        (Standing.VOIDED, RefusedReason.NOT_PAID, False),
    ]
    till.enrols_anew()
    seen = details(till, waits.id)
    assert (seen.not_refundable, seen.is_cancellable) == (RefusedReason.NOT_SOLD_HERE, False)


def test_payments_lately_and_what_became_of_them(central: Central, new_till: NewTill) -> None:
    rich, poor = central.add_member("50.00"), central.add_member("1.00")
    till = new_till()
    order = till.sells(("dumplings", 1), card_uid=rich.card_uid)
    till.pays(till.cart(("dumplings", 1)), poor.card_uid)
    lately = till.services.payments_lately.list(COUNTER)
    assert [(p.card_end, p.amount, p.fate, p.order_number) for p in lately] == [
        (poor.card_uid[-4:], yuan("12.00"), Fate.NOT_CHARGED, ""),
        (rich.card_uid[-4:], yuan("12.00"), Fate.PAID, order.number),
    ]


def test_nobody_looks_without_permission(central: Central, new_till: NewTill) -> None:
    find, lately = (services := new_till().services).find_orders, services.payments_lately
    for look in (
        lambda: find.newest(RESTOCKER),
        lambda: find.until(RESTOCKER, MOMENT),
        lambda: find.by_number(RESTOCKER, "1"),
        lambda: find.by_card(RESTOCKER, "FF"),
        lambda: find.by_code(RESTOCKER, "x"),
        lambda: find.details(RESTOCKER, OrderId(uuid4())),
        lambda: lately.list(RESTOCKER),
    ):
        with pytest.raises(NotPermitted):
            look()
