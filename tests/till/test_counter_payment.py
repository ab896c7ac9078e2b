"""Orders that are due at the counter: paid there in cash, once, or cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.receipt import PaperKind
from kiosk.domain.text import TextError
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.outcomes import DueAtCounter
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.central.support import Central
from tests.central.units import earn, give_coupon, told
from tests.services.test_papers import rows
from tests.till.till import Till, act, yuan

NewTill = Callable[[], Till]


def test_cash_is_taken_and_given_back(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    order = till.takes_order(("dumplings", 2), card_uid=member.card_uid)
    assert till.services.kitchen.jobs == []
    done = till.services.counter_payments.take_cash(act(), order.id)
    assert isinstance(done, CounterSettled)
    assert (done.order.state, till.order(order.id).state) == (OrderState.PAID, OrderState.PAID)
    assert [job.order_id for job in till.services.kitchen.jobs] == [order.id]
    (receipt,) = [job for job in till.services.front.jobs if job.kind is PaperKind.RECEIPT]
    assert "Paid in cash\t¥24.00" in rows(receipt.paper)
    till.uploads()
    assert (central.free(member), central.account(member).points) == (yuan("50.00"), 24)
    back = till.services.refunds.refund(act(), order.id, {0: 1}, restock=False)
    assert isinstance(back, Refunded)
    assert back.refund.amount_by(PaymentMethod.COUNTER) == yuan("12.00")
    till.uploads()
    assert till.quarantined() == []
    assert (central.free(member), central.account(member).points) == (yuan("50.00"), 12)
    shown = central.staff_get(f"/v1/orders/{order.id}")
    assert (shown["state"], shown["payment"]["state"], shown["refunded"]["minor"]) == ("paid", "paid", 1200)


def test_a_guests_order_earns_no_points(central: Central, new_till: NewTill) -> None:
    till = new_till()
    order = till.takes_order(("rice", 1))
    till.services.counter_payments.take_cash(act(), order.id)
    till.uploads()
    assert till.quarantined() == []
    assert central.staff_get(f"/v1/orders/{order.id}")["state"] == "paid"


def test_once_and_for_one_act(new_till: NewTill) -> None:
    till = new_till()
    order = till.takes_order(("rice", 1))
    given, counter = act(), till.services.counter_payments
    first = counter.take_cash(given, order.id)
    assert counter.take_cash(given, order.id) == first
    assert counter.take_cash(replace(given, staff="8"), order.id) == Refused(RefusedReason.ID_IN_USE)
    assert counter.cancel(given, order.id) == Refused(RefusedReason.ID_IN_USE)
    for late in (counter.take_cash, counter.cancel):
        assert late(act(), order.id) == Refused(RefusedReason.NOT_DUE)
    assert [event["type"] for event in till.told()] == ["order_recorded", "counter_payment_recorded"]


def test_an_order_that_nobody_pays(central: Central, new_till: NewTill) -> None:
    till = new_till()
    before = till.left("rice")
    order = till.takes_order(("rice", 2))
    with pytest.raises(TextError):
        till.services.counter_payments.cancel(act(reason=""), order.id)
    done = till.services.counter_payments.cancel(act(reason="gone away"), order.id)
    assert isinstance(done, CounterSettled)
    assert done.order.state is OrderState.CANCELLED
    assert till.left("rice") == before
    with till.store.transaction() as tx:
        assert [p.state for p in tx.payments.of_order(order.id)] == [PaymentState.NOT_CHARGED]
    till.uploads()
    till.reads_feed()
    assert till.quarantined() == []
    assert till.left("rice") == before
    assert central.staff_get(f"/v1/orders/{order.id}")["state"] == "cancelled"
    assert till.services.refunds.refund(act(), order.id, None, restock=False) == Refused(RefusedReason.NOT_PAID)


def test_what_the_card_paid_of_a_cancelled_order_was_not_given_up(central: Central, new_till: NewTill) -> None:
    """Its grant is spent: a later payment by that card, ahead of the upload, must not have it released."""
    member = central.add_member("50.00")
    till = new_till()
    rest = PaymentPart(PaymentMethod.COUNTER, yuan("4.00"))
    request = replace(till.request(till.cart(("dumplings", 1))), others=(rest,))
    split = till.services.checkout.pay_by_card(request, member.card_uid)
    assert isinstance(split, DueAtCounter)
    assert isinstance(till.services.counter_payments.cancel(act(), split.order.id), CounterSettled)
    sold = till.sells(("rice", 1), card_uid=member.card_uid)
    till.uploads()
    assert till.quarantined() == []
    assert central.free(member) == yuan("50.00") - sold.total


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ["Order cancelled", "Total\t¥24.00", "Not paid yet\t¥6.00", "The coupon is the member's again.",
             "Points back\t+300", "Onto the campus card\t¥10.00",
             "It is on the card as soon as this terminal is connected.", "Reason\tgone away"],
        ),
        (
            "zh",
            ["订单已取消", "合计\t¥24.00", "尚未付款\t¥6.00", "优惠券已退回。",
             "退回积分\t+300", "退回校园卡\t¥10.00", "终端联网后即到账。", "原因\tgone away"],
        ),
    ],
)  # fmt: skip
def test_the_slip_of_a_cancelled_order_says_what_comes_back(
    central: Central, new_till: NewTill, language: str, said: list[str]
) -> None:
    """As it was paid: by card, points and a coupon; and it does."""
    member = central.add_member("10.00")
    earn(central, member, 300)
    coupon = give_coupon(central, member)
    till = new_till()
    order = till.pays_a_part(("dumplings", 2), member.card_uid, language, coupon, points=300, due="6.00")
    given = act(reason="gone away")
    for _ in range(2):  # the second time nothing is printed again
        assert isinstance(till.services.counter_payments.cancel(given, order.id), CounterSettled)
    (slip,) = [job for job in till.services.front.jobs if job.kind is PaperKind.REFUND_SLIP]
    text = rows(slip.paper)
    assert [row for row in text if row in said] == said
    assert order.number in text
    assert till.services.kitchen.jobs == [], "it has not heard of the order"
    till.uploads()
    assert till.quarantined() == []
    assert (central.free(member), central.account(member).free_points) == (yuan("10.00"), 300)
    assert told(central.enrol(), member).coupons == (coupon,)


def test_nothing_comes_back_of_an_order_of_which_nothing_was_paid(new_till: NewTill) -> None:
    till = new_till()
    order = till.takes_order(("rice", 1))
    till.services.counter_payments.cancel(act(), order.id)
    assert [job.kind for job in till.services.front.jobs] == [PaperKind.COUNTER_SLIP]


def test_only_where_it_was_taken_and_is_due(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till, other = new_till(), new_till()
    due, paid = till.takes_order(("rice", 1)), till.sells(("rice", 1), card_uid=member.card_uid)
    assert other.services.counter_payments.take_cash(act(), due.id) == Refused(RefusedReason.NOT_SOLD_HERE)
    assert till.services.counter_payments.take_cash(act(), paid.id) == Refused(RefusedReason.NOT_DUE)
    assert till.services.refunds.refund(act(), due.id, None, restock=False) == Refused(RefusedReason.NOT_PAID)


def test_a_disk_that_refuses_leaves_it_open_until_asked_again(new_till: NewTill) -> None:
    till = new_till()
    order, given = till.takes_order(("rice", 1)), act()
    till.store.close()
    assert till.services.counter_payments.take_cash(given, order.id) == NotKnown(given.id)
    till.reopens()
    assert isinstance(till.services.counter_payments.take_cash(given, order.id), CounterSettled)
