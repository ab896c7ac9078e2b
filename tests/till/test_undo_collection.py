"""An order that was collected at a counter, undone there: the money goes back, it waits for payment again, and central
books that once, with and without a network."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from central.wallet import ledger
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentState
from kiosk.domain.receipt import PaperKind
from kiosk.services.collected import Collected, NotCollected, NotCollectedReason
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason, StaffAct
from kiosk.services.undo_collection import CollectionUndone
from tests.central.support import Central, Diner
from tests.central.test_refunds import account_minor
from tests.services.test_papers import rows
from tests.till.counter import Counter, slip
from tests.till.test_collect_order import paid_twice
from tests.till.till import Till, act, yuan

NewTill = Callable[[], Till]


@pytest.fixture
def till(new_till: NewTill) -> Till:
    return new_till()


@pytest.fixture
def counter(till: Till, new_till: NewTill) -> Counter:
    """Enrolled after the till, whose key it therefore has."""
    return Counter(new_till())


def collects(counter: Counter, till: Till, order: Order, member: Diner | None = None) -> Collected:
    due = counter.scans(slip(till, order))
    if member is None:
        done = counter.collect.take_cash(act(), due)
    else:
        done = counter.collect.pay(act(), due, ByCard(member.card_uid))
    assert isinstance(done, Collected), done
    return done


def undoes(counter: Counter, done: Collected, given: StaffAct | None = None) -> CollectionUndone:
    assert done.made is not None
    undone = counter.undoing.undo(given or act(), done.made.id, done.order)
    assert isinstance(undone, CollectionUndone), undone
    return undone


def state(central: Central, order: Order) -> str:
    return str(central.staff_get(f"/v1/orders/{order.id}")["state"])


def drawer_minor(central: Central, till: Till) -> int:
    return account_minor(central, ledger.cash_account(till.identity.terminal_id))


@pytest.mark.parametrize("order_comes", ["first", "last"])
def test_cash_comes_back_and_it_can_be_collected_again(
    central: Central, till: Till, counter: Counter, order_comes: str
) -> None:
    order = till.takes_order(("dumplings", 2))
    if order_comes == "first":
        till.uploads()
    counter.goes_offline()
    undone = undoes(counter, collects(counter, till, order))
    assert undone.made.amount == yuan("24.00")
    again = collects(counter, till, order)
    counter.comes_back()
    till.uploads()
    till.reads_feed()
    assert till.quarantined() == counter.till.quarantined() == []
    assert (state(central, order), drawer_minor(central, counter.till)) == ("paid", -2400)
    assert paid_twice(central, order.id) == []
    undoes(counter, again)
    counter.till.uploads()
    assert (state(central, order), drawer_minor(central, counter.till)) == ("awaiting_payment", 0)
    till.reads_feed()
    settled = till.services.counter_payments.take_cash(act(), order.id)
    assert isinstance(settled, CounterSettled), "its own terminal has heard of it"
    till.uploads()
    assert till.quarantined() == []
    assert (state(central, order), drawer_minor(central, till)) == ("paid", -2400)


def test_a_balance_and_its_points_come_back(central: Central, till: Till, counter: Counter) -> None:
    member, other = central.add_member("50.00"), central.add_member("50.00")
    order = till.takes_order(("dumplings", 1))
    till.uploads()
    done = collects(counter, till, order, member)
    counter.till.uploads()
    assert (central.free(member), central.account(member).points) == (yuan("38.00"), 12)
    undone = undoes(counter, done)
    counter.till.uploads()
    assert counter.till.quarantined() == []
    assert (central.free(member), central.account(member).points) == (yuan("50.00"), 0)
    assert state(central, order) == "awaiting_payment"
    with counter.till.store.transaction() as tx:
        assert undone.made.payment_id is not None
        payment = tx.payments.get(undone.made.payment_id)
    assert payment is not None
    assert payment.state is PaymentState.TAKEN_BACK
    collects(counter, till, order, other)
    counter.till.uploads()
    assert (central.free(member), central.free(other), central.account(other).points) == (
        yuan("50.00"),
        yuan("38.00"),
        12,
    )


def test_with_a_pre_grant_and_no_network(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till, counter = new_till(), Counter(new_till())
    counter.till.is_usual_for(member)
    before = central.account(member).spendable
    order = till.takes_order(("dumplings", 1))
    counter.goes_offline()
    undoes(counter, collects(counter, till, order, member))
    counter.comes_back()
    till.uploads()
    assert counter.till.quarantined() == till.quarantined() == []
    assert (central.account(member).spendable, state(central, order)) == (before, "awaiting_payment")


def test_points_of_the_member_who_ordered_are_earned_once(central: Central, till: Till, counter: Counter) -> None:
    member = central.add_member("50.00")
    till.reads_feed()
    order = till.takes_order(("dumplings", 1), card_uid=member.card_uid)
    till.uploads()
    for _ in range(2):
        done = collects(counter, till, order)
        counter.till.uploads()
        assert central.account(member).points == 12
        undoes(counter, done)
        counter.till.uploads()
        assert central.account(member).points == 0
    collects(counter, till, order)
    counter.till.uploads()
    assert counter.till.quarantined() == []
    assert central.account(member).points == 12


def test_papers_and_the_same_act(till: Till, counter: Counter) -> None:
    order = till.takes_order(("dumplings", 1))
    done, given = collects(counter, till, order), act(reason="wrong order")
    undone = undoes(counter, done, given)
    assert undoes(counter, done, given) == undone
    assert done.made is not None
    assert counter.undoing.undo(act(), done.made.id, done.order) == Refused(RefusedReason.NOTHING_LEFT)
    other = StaffAct(given.id, "8", "wrong order")
    assert counter.undoing.undo(other, done.made.id, done.order) == Refused(RefusedReason.ID_IN_USE)
    jobs = counter.till.services.front.jobs
    (paper,) = [rows(job.paper) for job in jobs if job.kind is PaperKind.REFUND_SLIP]
    for row in ("Money back\t¥12.00", "In cash\t¥12.00", "Reason\twrong order"):
        assert row in paper
    assert [job.kind for job in counter.till.services.kitchen.jobs] == [PaperKind.KITCHEN_TICKET] * 2
    kinds = [event["type"] for event in counter.till.told()]
    assert kinds == ["order_collected", "collection_undone"]


def test_the_act_that_collected_is_not_done_again(till: Till, counter: Counter) -> None:
    order, given = till.takes_order(("rice", 1)), act()
    due = counter.scans(slip(till, order))
    done = counter.collect.take_cash(given, due)
    assert isinstance(done, Collected)
    undoes(counter, done)
    assert counter.collect.take_cash(given, due) == NotCollected(NotCollectedReason.UNDONE)


def test_a_disk_that_refuses_leaves_it_open_until_asked_again(central: Central, till: Till, counter: Counter) -> None:
    done, given = collects(counter, till, till.takes_order(("rice", 1))), act()
    assert done.made is not None
    counter.till.store.close()
    assert counter.undoing.undo(given, done.made.id, done.order) == NotKnown(given.id)
    counter.till.reopens()
    undoes(Counter(counter.till), done, given)


def test_the_counters_own_order(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    counter = Counter(new_till())
    order = counter.till.takes_order(("rice", 1))
    undoes(counter, collects(counter, counter.till, order, member))
    assert counter.till.order(order.id).state is OrderState.AWAITING_PAYMENT
    counter.till.uploads()
    assert counter.till.quarantined() == []
    assert (central.free(member), state(central, order)) == (yuan("50.00"), "awaiting_payment")
    collects(counter, counter.till, order, member)
    counter.till.uploads()
    assert (central.free(member), state(central, order)) == (yuan("47.50"), "paid")


@pytest.mark.parametrize("undone", ["before", "after"])
def test_what_another_counter_took_counts_then(central: Central, till: Till, new_till: NewTill, undone: str) -> None:
    """Two took cash without a network; the first to arrive is undone, before or after the second arrives."""
    order = till.takes_order(("dumplings", 1))
    till.uploads()
    first, second = Counter(new_till()), Counter(new_till())
    first.goes_offline()
    second.goes_offline()
    done = collects(first, till, order)
    collects(second, till, order)
    first.comes_back()
    if undone == "before":
        undoes(first, done)
        first.till.uploads()
        second.comes_back()
    else:
        second.comes_back()
        assert [row.given_back_at for row in paid_twice(central, order.id)] == [None]
        undoes(first, done)
        first.till.uploads()
    assert first.till.quarantined() == second.till.quarantined() == []
    assert (state(central, order), paid_twice(central, order.id)) == ("paid", [])
    assert (drawer_minor(central, first.till), drawer_minor(central, second.till)) == (0, -1200)


def test_the_second_is_undone(central: Central, till: Till, new_till: NewTill) -> None:
    """Its cash was given back at its own counter: nobody gives it back again."""
    order = till.takes_order(("dumplings", 1))
    till.uploads()
    first, second = Counter(new_till()), Counter(new_till())
    second.goes_offline()
    done = collects(second, till, order)
    collects(first, till, order)
    first.till.uploads()
    second.comes_back()
    undoes(second, done)
    second.till.uploads()
    assert second.till.quarantined() == []
    assert state(central, order) == "paid"
    assert [row.given_back_by for row in paid_twice(central, order.id)] == ["7"]
    assert (drawer_minor(central, first.till), drawer_minor(central, second.till)) == (-1200, 0)


@pytest.mark.parametrize("way", ["cancel", "cash"])
def test_what_its_own_terminal_did_meanwhile_counts_then(
    central: Central, till: Till, counter: Counter, way: str
) -> None:
    till.uploads()
    till.reads_feed()
    portions = till.left("rice")
    order = till.takes_order(("rice", 2))
    till.uploads()
    counter.goes_offline()
    done = collects(counter, till, order)
    payments = till.services.counter_payments
    (payments.cancel if way == "cancel" else payments.take_cash)(act(), order.id)
    counter.comes_back()
    till.uploads()
    assert state(central, order) == "paid"
    undoes(counter, done)
    counter.till.uploads()
    till.reads_feed()
    assert counter.till.quarantined() == till.quarantined() == []
    assert paid_twice(central, order.id) == []
    drawers = drawer_minor(central, till), drawer_minor(central, counter.till)
    if way == "cancel":
        assert (state(central, order), till.left("rice"), drawers) == ("cancelled", portions, (0, 0))
    else:
        minor = order.total.minor
        assert (state(central, order), till.left("rice"), drawers) == ("paid", portions - 2, (-minor, 0))
