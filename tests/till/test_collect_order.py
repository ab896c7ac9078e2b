"""Orders of self-service terminals that are paid at a counter terminal: in cash and by card, with and without a
network, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from central.orders.collection_repository import list_paid_twice
from central.orders.paid_twice import give_back_cash
from central.wallet import ledger
from kiosk.domain.cash import CashError
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import CollectionId, CounterPaymentId, PaymentId
from kiosk.domain.order import OrderState
from kiosk.domain.payer import ByCard
from kiosk.domain.receipt import PaperKind
from kiosk.services.collected import Collected, NotCollected, NotCollectedReason
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.central.support import Central
from tests.central.test_refunds import account_minor
from tests.services.test_papers import rows
from tests.till.counter import Counter, slip
from tests.till.till import Till, act, yuan

NewTill = Callable[[], Till]


@pytest.fixture
def till(new_till: NewTill) -> Till:
    return new_till()


@pytest.fixture
def counter(till: Till, new_till: NewTill) -> Counter:
    """Enrolled after the till, whose key it therefore has."""
    return Counter(new_till())


def test_cash_by_slip_without_a_network(central: Central, till: Till, counter: Counter) -> None:
    order = till.takes_order(("dumplings", 2))
    counter.goes_offline()
    due = counter.scans(slip(till, order))
    assert (due.number, due.due, due.total) == (order.number, yuan("24.00"), yuan("24.00"))
    done = counter.collect.take_cash(act(), due)
    assert isinstance(done, Collected)
    (receipt,) = [job for job in counter.till.services.front.jobs if job.kind is PaperKind.RECEIPT]
    text = rows(receipt.paper)
    assert order.number in text
    assert "Paid in cash\t¥24.00" in text
    (ticket,) = counter.till.services.kitchen.jobs
    assert any("2 ×" in row for row in rows(ticket.paper))
    assert till.services.kitchen.jobs == []

    counter.comes_back()  # before the order itself
    assert account_minor(central, ledger.cash_account(counter.till.identity.terminal_id)) == -2400
    till.uploads()
    assert central.staff_get(f"/v1/orders/{order.id}")["state"] == "paid"
    assert counter.till.quarantined() == till.quarantined() == []
    till.reads_feed()
    assert till.services.counter_payments.take_cash(act(), order.id) == Refused(RefusedReason.COLLECTED)
    assert till.services.counter_payments.cancel(act(), order.id) == Refused(RefusedReason.COLLECTED)
    assert till.services.refunds.refund(act(), order.id, None, restock=False) == Refused(RefusedReason.COLLECTED)
    assert paid_twice(central, order.id) == []


def test_card_with_a_pre_grant_and_no_network(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till, counter = new_till(), Counter(new_till())
    counter.till.is_usual_for(member)
    before = central.account(member).spendable
    order = till.takes_order(("dumplings", 1))
    counter.goes_offline()
    done = counter.collect.pay(act(), counter.scans(slip(till, order)), ByCard(member.card_uid))
    assert isinstance(done, Collected), done
    assert done.balance_after == before - yuan("12.00")
    till.uploads()
    counter.comes_back()
    assert counter.till.quarantined() == []
    assert central.account(member).spendable == before - yuan("12.00")
    shown = central.staff_get(f"/v1/orders/{order.id}")
    assert (shown["state"], shown["payment"]["state"]) == ("paid", "paid")


def test_card_with_a_grant_of_now(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till, counter = new_till(), Counter(new_till())
    order = till.takes_order(("dumplings", 1))
    till.uploads()
    (due,) = found(counter.find.by_number(order.number))
    given = act()
    done = counter.collect.pay(given, due, ByCard(member.card_uid))
    assert isinstance(done, Collected)
    assert (done.paid, done.balance_after) == (yuan("12.00"), yuan("38.00"))
    again = counter.collect.pay(given, due, ByCard(member.card_uid))
    assert isinstance(again, Collected)
    assert again.made == done.made
    assert counter.collect.pay(act(), due, ByCard(member.card_uid)) == NotCollected(NotCollectedReason.SETTLED)
    counter.till.uploads()
    assert counter.till.quarantined() == []
    assert (central.free(member), central.account(member).points) == (yuan("38.00"), 12)


def test_by_the_members_card(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till, counter = new_till(), Counter(new_till())
    order = till.takes_order(("rice", 1), card_uid=member.card_uid)
    own = counter.till.takes_order(("rice", 1), card_uid=member.card_uid)
    till.uploads()
    assert {due.order_id for due in found(counter.find.by_card(member.card_uid))} == {order.id, own.id}
    counter.goes_offline()
    assert [due.order_id for due in found(counter.find.by_card(member.card_uid))] == [own.id]
    assert [due.order_id for due in found(counter.find.by_number(own.number))] == [own.id]
    assert counter.find.by_number(order.number) == NotCollected(NotCollectedReason.CENTRAL_UNREACHABLE)
    counter.comes_back()
    assert counter.find.by_number("Z999") == NotCollected(NotCollectedReason.NOT_FOUND)


def test_too_little_on_the_card(central: Central, new_till: NewTill) -> None:
    member = central.add_member("5.00")
    till, counter = new_till(), Counter(new_till())
    due = counter.scans(slip(till, till.takes_order(("dumplings", 1))))
    refused = counter.collect.pay(act(), due, ByCard(member.card_uid))
    assert isinstance(refused, NotCharged)
    assert (refused.reason, refused.free) == (NotChargedReason.INSUFFICIENT, yuan("5.00"))
    assert counter.central.asked[-1] == "give up"
    other = Counter(new_till())
    assert isinstance(other.collect.take_cash(act(), other.scans(slip(till, till.order(due.order_id)))), Collected)


def test_no_network_and_no_pre_grant(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till, counter = new_till(), Counter(new_till())
    due = counter.scans(slip(till, till.takes_order(("rice", 1))))
    counter.goes_offline()
    refused = counter.collect.pay(act(), due, ByCard(member.card_uid))
    assert isinstance(refused, NotCharged)
    assert refused.reason is NotChargedReason.CENTRAL_UNREACHABLE
    assert [event["type"] for event in counter.till.told()] == ["grant_released"]
    assert isinstance(counter.collect.take_cash(act(), due), Collected)


def test_the_terminals_own_order(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    counter = Counter(new_till())
    in_cash, by_card = (counter.till.takes_order(("rice", 1)) for _ in range(2))
    (first,) = found(counter.find.by_number(in_cash.number))
    assert isinstance(counter.collect.take_cash(act(), first), Collected)
    assert [event["type"] for event in counter.till.told()][-1] == "counter_payment_recorded"
    (second,) = found(counter.find.by_number(by_card.number))
    assert isinstance(counter.collect.pay(act(), second, ByCard(member.card_uid)), Collected)
    assert counter.till.order(by_card.id).state is OrderState.PAID
    assert counter.find.by_slip(slip(counter.till, by_card)) == NotCollected(NotCollectedReason.SETTLED)
    counter.till.uploads()
    assert counter.till.quarantined() == []
    assert [central.staff_get(f"/v1/orders/{o.id}")["state"] for o in (in_cash, by_card)] == ["paid", "paid"]


def test_a_second_counter_is_told_where_central_answers(till: Till, new_till: NewTill) -> None:
    order = till.takes_order(("rice", 1))
    first, second = Counter(new_till()), Counter(new_till())
    text = slip(till, order)
    given = act()
    first.central.claim(given.id, first.scans(text))
    due = second.scans(text)
    assert second.collect.take_cash(act(), due) == NotCollected(NotCollectedReason.CLAIMED_ELSEWHERE)
    assert isinstance(first.collect.take_cash(given, due), Collected)
    first.till.uploads()
    assert second.collect.take_cash(act(), due) == NotCollected(NotCollectedReason.SETTLED)
    assert second.till.told() == []


def test_two_counters_without_a_network_both_take_cash(central: Central, till: Till, new_till: NewTill) -> None:
    order = till.takes_order(("dumplings", 1))
    counters = [Counter(new_till()), Counter(new_till())]
    for counter in counters:
        counter.goes_offline()
        assert isinstance(counter.collect.take_cash(act(), counter.scans(slip(till, order))), Collected)
    till.uploads()
    for counter in counters:
        counter.comes_back()
        assert counter.till.quarantined() == []
    (extra,) = paid_twice(central, order.id)
    assert (extra.terminal_id, extra.amount_minor, extra.given_back_at) == (
        counters[1].till.identity.terminal_id,
        1200,
        None,
    )
    assert sales_minor(central, counters) == 2400
    central.parts.transactions.write(lambda tx: give_back_cash(tx, extra.id, "Li"))
    assert paid_twice(central, order.id)[0].given_back_by == "Li"


def test_two_counters_without_a_network_both_charge_a_card(central: Central, new_till: NewTill) -> None:
    members = [central.add_member("50.00") for _ in range(2)]
    till, counters = new_till(), [Counter(new_till()), Counter(new_till())]
    for counter, member in zip(counters, members, strict=True):
        counter.till.is_usual_for(member)
    before = [central.account(member).spendable for member in members]
    order = till.takes_order(("dumplings", 1))
    for counter, member in zip(counters, members, strict=True):
        counter.goes_offline()
        due = counter.scans(slip(till, order))
        assert isinstance(counter.collect.pay(act(), due, ByCard(member.card_uid)), Collected)
    for counter in counters:
        counter.comes_back()
    till.uploads()  # last of all
    after = [central.account(member).spendable for member in members]
    assert after == [before[0] - yuan("12.00"), before[1]]
    (extra,) = paid_twice(central, order.id)
    assert extra.given_back_by == "central"


@pytest.mark.parametrize("is_own", [False, True])
def test_the_cash_that_was_handed_over_is_kept_told_and_printed(till: Till, counter: Counter, is_own: bool) -> None:
    taker = counter.till if is_own else till
    order = taker.takes_order(("dumplings", 2))
    given = act()
    done = counter.collect.take_cash(given, counter.scans(slip(taker, order)), yuan("50.00"))
    assert isinstance(done, Collected)
    (receipt,) = [job for job in counter.till.services.front.jobs if "Paid in cash\t¥24.00" in rows(job.paper)]
    text = rows(receipt.paper)
    assert text.index("Cash received\t¥50.00") < text.index("Change given back\t¥26.00")
    with counter.till.store.transaction() as tx:
        made = tx.collections.get(CollectionId(given.id))
        in_cash = tx.cash.counter_payment(CounterPaymentId(given.id))
    kept = in_cash if is_own else made
    assert kept is not None
    assert (kept.received, kept.change) == (yuan("50.00"), yuan("26.00"))
    till.uploads()
    counter.till.uploads()
    assert till.quarantined() == counter.till.quarantined() == []


def test_less_cash_than_is_due_collects_nothing(till: Till, counter: Counter) -> None:
    order = till.takes_order(("dumplings", 2))
    due = counter.scans(slip(till, order))
    with pytest.raises(CashError):
        counter.collect.take_cash(act(), due, yuan("23.99"))
    assert isinstance(counter.collect.take_cash(act(), due, yuan("24.00")), Collected)


@pytest.mark.parametrize("first", ["cancel", "collect"])
def test_cancelled_and_collected(central: Central, till: Till, counter: Counter, first: str) -> None:
    """Whatever reaches central first stands."""
    till.uploads()
    till.reads_feed()
    portions = till.left("rice")
    order = till.takes_order(("rice", 2))
    counter.goes_offline()
    assert isinstance(counter.collect.take_cash(act(), counter.scans(slip(till, order))), Collected)
    assert isinstance(till.services.counter_payments.cancel(act(), order.id), CounterSettled)
    for side in (till.uploads, counter.comes_back) if first == "cancel" else (counter.comes_back, till.uploads):
        side()
    assert till.quarantined() == counter.till.quarantined() == []
    state = central.staff_get(f"/v1/orders/{order.id}")["state"]
    extras = [(row.reason, row.amount_minor) for row in paid_twice(central, order.id)]
    till.reads_feed()
    if first == "cancel":
        assert (state, extras, till.left("rice")) == ("cancelled", [("cancelled", order.total.minor)], portions)
    else:
        assert (state, extras, till.left("rice")) == ("paid", [], portions - 2)


def test_cash_at_both(central: Central, till: Till, counter: Counter) -> None:
    """The order's own terminal had not heard of the counter."""
    order = till.takes_order(("rice", 1))
    counter.goes_offline()
    assert isinstance(counter.collect.take_cash(act(), counter.scans(slip(till, order))), Collected)
    assert isinstance(till.services.counter_payments.take_cash(act(), order.id), CounterSettled)
    counter.comes_back()
    till.uploads()
    assert till.quarantined() == []
    (extra,) = paid_twice(central, order.id)
    assert extra.terminal_id == till.identity.terminal_id


def test_a_disk_that_refuses_leaves_it_open_until_asked_again(till: Till, counter: Counter) -> None:
    due, given = counter.scans(slip(till, till.takes_order(("rice", 1)))), act()
    counter.till.store.close()
    assert counter.collect.take_cash(given, due) == NotKnown(given.id)
    counter.till.reopens()
    assert isinstance(Counter(counter.till).collect.take_cash(given, due), Collected)


def test_an_act_stands_for_one_order(till: Till, counter: Counter) -> None:
    first, second = (counter.scans(slip(till, till.takes_order(("rice", 1)))) for _ in range(2))
    given = act()
    assert isinstance(counter.collect.take_cash(given, first), Collected)
    assert isinstance(counter.collect.take_cash(given, first), Collected)
    assert counter.collect.take_cash(given, second) == NotCollected(NotCollectedReason.ID_IN_USE)
    other = replace(first, payment_id=PaymentId(act().id))
    assert counter.collect.take_cash(given, other) == NotCollected(NotCollectedReason.ID_IN_USE)


def found(answer: tuple[DueOrder, ...] | NotCollected) -> tuple[DueOrder, ...]:
    assert not isinstance(answer, NotCollected), answer
    return answer


def paid_twice(central: Central, order_id: object) -> list[object]:
    rows = central.parts.transactions.read(lambda c: list_paid_twice(c, only_open=False))
    return [row for row in rows if row.order_id == order_id]


def sales_minor(central: Central, counters: list[Counter]) -> int:
    accounts = (ledger.cash_account(counter.till.identity.terminal_id) for counter in counters)
    return -sum(account_minor(central, account) for account in accounts)
