"""What a counter sells: sums that staff type, dishes by weight; for cash at once, or by card; and undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.cart import EMPTY_CART, Cart, Selection
from kiosk.domain.ids import DishId
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.receipt import PaperKind
from kiosk.services.counter_sale import CashSold
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.central.support import Central
from tests.services.test_papers import rows
from tests.till.till import KEYED, Till, act, yuan

NewTill = Callable[[], Till]


def keyed(amount: str) -> Cart:
    return EMPTY_CART.add(Selection.of_sum(yuan(amount)))


def nuts(till: Till, grams: int) -> Selection:
    return Selection.of_weight(till.menu.weighed_by_id[DishId("nuts")], grams)


def test_cash_at_once_with_change(central: Central, new_till: NewTill) -> None:
    till = new_till()
    before = till.left("dumplings")
    cart = till.cart(("dumplings", 1)).add(nuts(till, 235)).add(Selection.of_sum(yuan("0.50")))
    sold = till.services.cash_sales.sell(act(), till.request(cart), yuan("50.00"))
    assert isinstance(sold, CashSold)
    assert (sold.order.total, sold.change) == (yuan("21.43"), yuan("28.57"))
    assert till.order(sold.order.id).state is OrderState.PAID
    assert till.left("dumplings") == before - 1
    (receipt,) = (rows(job.paper) for job in till.services.front.jobs if job.kind is PaperKind.RECEIPT)
    for row in ("Mixed nuts × 1\t¥8.93", "Meal × 1\t¥0.50", "Paid in cash\t¥21.43", "Cash received\t¥50.00"):
        assert row in receipt
    assert "Change given back\t¥28.57" in receipt
    assert any("235 g · ¥3.80 / 100 g" in row for row in receipt)
    (ticket,) = (rows(job.paper) for job in till.services.kitchen.jobs)
    assert any("235 g" in row for row in ticket)
    till.uploads()
    assert till.quarantined() == []
    shown = central.staff_get(f"/v1/orders/{sold.order.id}")
    assert (shown["state"], shown["payment"]["state"], shown["payment"]["method"]) == ("paid", "paid", "counter")
    weights = [line["weight"] for line in shown["lines"]]
    assert weights == [None, {"grams": 235, "price": {"minor": 380, "currency": "CNY"}, "per_g": 100}, None]
    assert shown["lines"][2]["selection"]["keyed"]["minor"] == 50


def test_a_typed_sum_by_card_needs_no_kitchen(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    outcome = till.pays(keyed("12.50"), member.card_uid)
    assert till.services.kitchen.jobs == []
    till.uploads()
    assert till.quarantined() == []
    assert central.free(member) == yuan("37.50")
    assert outcome.order.lines[0].name.zh == "餐费"


def test_once_for_one_act(new_till: NewTill) -> None:
    till = new_till()
    given, sales = act(), till.services.cash_sales
    request = till.request(keyed("12.00"))
    first = sales.sell(given, request, yuan("20.00"))
    assert sales.sell(given, request, yuan("20.00")) == first
    assert sales.find(given.id) == first
    assert sales.find(act().id) is None
    assert sales.sell(given, request, yuan("50.00")) == Refused(RefusedReason.ID_IN_USE)
    assert sales.sell(given, till.request(keyed("13.00")), yuan("20.00")) == Refused(RefusedReason.ID_IN_USE)
    assert [event["type"] for event in till.told()] == ["order_recorded", "counter_payment_recorded"]
    assert len(till.services.front.jobs) == 1


@pytest.mark.parametrize("received", [yuan("11.99"), yuan("0.00"), yuan("-1.00"), Money(2000, "USD")])
def test_less_than_due_is_refused(new_till: NewTill, received: Money) -> None:
    till = new_till()
    refused = till.services.cash_sales.sell(act(), till.request(keyed("12.00")), received)
    assert refused == Refused(RefusedReason.AMOUNT_NOT_ALLOWED)
    assert till.told() == []


def test_what_staff_may_type_has_limits(central: Central, new_till: NewTill) -> None:
    """The service's own: whatever a screen asks for."""
    member = central.add_member("900.00")
    till = new_till()
    changed = NotChargedReason.MENU_CHANGED
    over = [
        keyed("50.01"),
        EMPTY_CART.add(nuts(till, KEYED.largest_weight_g + 1)),
    ]
    for cart in over:
        request = till.request(cart)
        for outcome in (
            till.pays(cart, member.card_uid),
            till.services.cash_sales.sell(act(), request, request.shown_total),
        ):
            assert isinstance(outcome, NotCharged)
            assert outcome.reason is changed
    assert till.told() == []


def test_a_disk_that_refuses_is_found_out_later(new_till: NewTill) -> None:
    till = new_till()
    given, request = act(), till.request(keyed("12.00"))
    till.store.close()
    assert till.services.cash_sales.sell(given, request, yuan("12.00")) == NotKnown(given.id)
    till.reopens()
    assert till.services.cash_sales.find(given.id) is None
    assert isinstance(till.services.cash_sales.sell(given, request, yuan("12.00")), CashSold)


def test_undone_cash_goes_back_with_stock_and_kitchen(central: Central, new_till: NewTill) -> None:
    till = new_till()
    before = till.left("rice")
    cart = till.cart(("rice", 2))
    sold = till.services.cash_sales.sell(act(), till.request(cart), yuan("5.00"))
    assert isinstance(sold, CashSold)
    given = act(reason="undone")
    undone = till.services.refunds.void(given, sold.order.id)
    assert isinstance(undone, Refunded)
    assert till.services.refunds.void(given, sold.order.id) == undone
    assert undone.refund.amount_by(PaymentMethod.COUNTER) == yuan("5.00")
    assert till.left("rice") == before
    assert [job.kind for job in till.services.kitchen.jobs] == [PaperKind.KITCHEN_TICKET] * 2
    assert till.services.refunds.void(act(), sold.order.id) == Refused(RefusedReason.NOT_PAID)
    till.uploads()
    assert till.quarantined() == []
    assert central.staff_get(f"/v1/orders/{sold.order.id}")["state"] == "cancelled"


def test_an_undone_typed_sum_is_back_on_the_card(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    outcome = till.pays(keyed("12.50"), member.card_uid)
    assert isinstance(till.services.refunds.void(act(), outcome.order.id), Refunded)
    assert till.services.kitchen.jobs == []
    till.uploads()
    assert till.quarantined() == []
    assert central.free(member) == yuan("50.00")


def test_what_only_a_counter_sells_is_nobodys_usual(central: Central, new_till: NewTill) -> None:
    member = central.add_member("500.00")
    till = new_till()
    for _ in range(3):
        till.pays(keyed("12.50"), member.card_uid)
        till.pays(till.cart(("rice", 1)).add(nuts(till, 100)), member.card_uid)
    till.sells(("rice", 1), card_uid=member.card_uid)
    till.uploads()
    till.reads_feed()
    with till.store.transaction() as tx:
        found = tx.members.by_card(member.card_uid)
    assert found is not None
    assert found[0].usual == till.cart(("rice", 1))


def test_the_receipt_in_chinese(new_till: NewTill) -> None:
    till = new_till()
    request = replace(till.request(EMPTY_CART.add(nuts(till, 235)).add(Selection.of_sum(yuan("1.07")))), language="zh")
    till.services.cash_sales.sell(act(), request, yuan("20.00"))
    (receipt,) = (rows(job.paper) for job in till.services.front.jobs)
    for row in ("坚果拼盘 × 1\t¥8.93", "餐费 × 1\t¥1.07", "收到现金\t¥20.00", "找零\t¥10.00"):
        assert row in receipt
    assert any("235 克 · ¥3.80 / 100 克" in row for row in receipt)
