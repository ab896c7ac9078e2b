"""Orders collected at counter terminals, at central: the first settlement to arrive pays, any other is given back."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from central.cli import main
from central.errors import Conflict, NotFound
from central.feed.pruning import KEEP_COLLECTED, prune
from central.orders.collection_repository import list_paid_twice
from central.orders.collections import record_collection
from central.orders.paid_twice import give_back_cash
from central.orders.refunds import refund_at_central
from central.orders.service import record_order
from central.terminals.repository import get_identity
from central.terminals.service import revoke
from central.wallet import ledger
from kiosk.domain.cash import CounterResult
from kiosk.domain.collection import Collection
from kiosk.domain.ids import CollectionId, GrantId, MemberId, PaymentId, TerminalId
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.wallet import Spend
from kiosk.sync import wire
from tests.central.refunding import counter_payment_of, portions, refund_of
from tests.central.sales import counter_order, new_id, pushed_event, yuan
from tests.central.support import Central, Diner, Terminal
from tests.central.test_push import count_dish
from tests.central.test_refunds import account_minor, shown

change = msgspec.structs.replace


@pytest.fixture
def counter(central: Central) -> Terminal:
    return central.enrol()


def in_cash(due: wire.OrderRecorded, terminal: Terminal, points: int = 0) -> wire.OrderCollected:
    order, payment = due.order, due.payment
    made = Collection(
        CollectionId(new_id()), order.id, payment.id, TerminalId(terminal.id), order.number, PaymentMethod.COUNTER,
        payment.due, "7", datetime.now(UTC),
    )  # fmt: skip
    return wire.OrderCollected(made, points=points)


def from_balance(
    due: wire.OrderRecorded, terminal: Terminal, counter: Terminal, member: Diner, points: int = 0
) -> wire.OrderCollected:
    """Under a fresh grant of the counter's."""
    request_id = new_id()
    grant = counter.grant(member, due.payment.due.decimal_text(), request_id)
    assert grant.grant_id is not None, grant
    made = replace(
        in_cash(due, terminal).collection,
        method=PaymentMethod.BALANCE,
        payment_id=PaymentId(request_id),
        member_id=MemberId(member.id),
    )
    spend = Spend(GrantId(grant.grant_id), 1, PaymentId(request_id), due.payment.due)
    return wire.OrderCollected(made, (wire.SpendRecord(spend, 1),), points)


def extras(central: Central, due: wire.OrderRecorded) -> list[tuple[str, str, int, str | None]]:
    rows = central.parts.transactions.read(lambda c: list_paid_twice(c, only_open=False))
    return [(r.method, r.reason, r.amount_minor, r.given_back_by) for r in rows if r.order_id == due.order.id]


def cash_minor(central: Central, terminal: Terminal) -> int:
    return account_minor(central, ledger.cash_account(terminal.id))


@pytest.mark.parametrize("order_comes", ["before", "after"])
def test_collected_in_cash(central: Central, terminal: Terminal, counter: Terminal, order_comes: str) -> None:
    due = counter_order(terminal, "8.00")
    collected = pushed_event(in_cash(due, terminal))
    epoch, end = terminal.newest()
    pushes = [lambda: terminal.push(due), lambda: counter.push(collected)]
    for push in pushes if order_comes == "before" else pushes[::-1]:
        assert push().quarantined == ()
    assert counter.push(collected, first_seq=1).quarantined == ()
    assert (shown(central, due)["state"], shown(central, due)["payment"]["state"]) == ("paid", "paid")
    assert (cash_minor(central, counter), cash_minor(central, terminal)) == (-800, 0)
    key = "collected", str(due.payment.id)
    assert terminal.states(epoch, end)[key] == {
        "due_payment_id": str(due.payment.id),
        "order_id": str(due.order.id),
    }
    assert key not in counter.states(epoch, end), "it is for the order's own terminal alone"
    assert extras(central, due) == []


@pytest.mark.parametrize("order_comes", ["before", "after"])
def test_collected_from_a_balance(central: Central, terminal: Terminal, counter: Terminal, order_comes: str) -> None:
    member = central.add_member("50.00")
    due = counter_order(terminal, "8.00")
    collected = from_balance(due, terminal, counter, member, points=8)
    pushes = [lambda: terminal.push(due), lambda: counter.push(collected)]
    for push in pushes if order_comes == "before" else pushes[::-1]:
        assert push().quarantined == ()
    assert shown(central, due)["state"] == "paid"
    assert (central.free(member), central.account(member).points) == (yuan("42.00"), 8)


def test_the_second_is_given_back_onto_its_balance_once(
    central: Central, terminal: Terminal, counter: Terminal
) -> None:
    first, second = central.add_member("50.00"), central.add_member("50.00")
    other = central.enrol()
    due = counter_order(terminal, "8.00")
    counter.push(from_balance(due, terminal, counter, first, points=8))
    late = pushed_event(from_balance(due, terminal, other, second, points=8))
    assert central.free(second) == yuan("42.00"), "held by the grant"
    assert other.push(late).quarantined == ()
    assert terminal.push(due).quarantined == ()
    assert other.push(late, first_seq=1).quarantined == ()
    assert (central.free(first), central.free(second)) == (yuan("42.00"), yuan("50.00"))
    assert (central.account(first).points, central.account(second).points) == (8, 0)
    assert extras(central, due) == [("balance", "paid_twice", 800, "central")]


def test_a_second_time_in_cash_waits_for_staff(central: Central, terminal: Terminal, counter: Terminal) -> None:
    due = counter_order(terminal, "8.00")
    terminal.push(due)
    counter.push(in_cash(due, terminal))
    other = central.enrol()
    late = in_cash(due, terminal)
    assert other.push(late).quarantined == ()
    assert extras(central, due) == [("counter", "paid_twice", 800, None)]
    office = account_minor(central, ledger.OFFICE_CASH)
    write = central.parts.transactions.write
    assert write(lambda tx: give_back_cash(tx, late.collection.id, "Li")) == yuan("8.00")
    with pytest.raises(Conflict, match="by Li"):
        write(lambda tx: give_back_cash(tx, late.collection.id, "Wu"))
    with pytest.raises(NotFound):
        write(lambda tx: give_back_cash(tx, new_id(), "Wu"))
    assert account_minor(central, ledger.OFFICE_CASH) == office + 800
    assert extras(central, due) == [("counter", "paid_twice", 800, "Li")]


def test_cancelled_before_and_after(central: Central, terminal: Terminal, counter: Terminal) -> None:
    """Whatever arrives first."""
    count_dish(central, "cancelled-soup", 10)
    first, second = (counter_order(terminal, "8.00", dish="cancelled-soup") for _ in range(2))
    epoch, end = terminal.newest()
    assert terminal.push(first, counter_payment_of(first, CounterResult.CANCELLED)).quarantined == ()
    assert counter.push(in_cash(first, terminal), in_cash(second, terminal)).quarantined == ()
    assert terminal.push(second, counter_payment_of(second, CounterResult.CANCELLED)).quarantined == ()
    assert [shown(central, due)["state"] for due in (first, second)] == ["cancelled", "paid"]
    assert [extras(central, due) for due in (first, second)] == [[("counter", "cancelled", 800, None)], []]
    assert terminal.states(epoch, end)["stock", "cancelled-soup"]["portions"] == 9


def test_cash_at_the_orders_own_terminal_too(central: Central, terminal: Terminal, counter: Terminal) -> None:
    due = counter_order(terminal, "8.00")
    terminal.push(due)
    counter.push(in_cash(due, terminal))
    late = counter_payment_of(due)
    assert terminal.push(late, late).quarantined == ()
    assert (cash_minor(central, counter), cash_minor(central, terminal)) == (-800, -800)
    assert extras(central, due) == [("counter", "paid_twice", 800, None)]
    assert terminal.push(refund_of(_paid(due))).quarantined, "central refunds it"


def test_another_amount_than_was_due_is_given_back(central: Central, terminal: Terminal, counter: Terminal) -> None:
    due = counter_order(terminal, "8.00")
    terminal.push(due)
    collected = in_cash(due, terminal)
    cheaper = change(collected, collection=replace(collected.collection, amount=yuan("1.00")))
    assert counter.push(cheaper).quarantined == ()
    assert shown(central, due)["state"] == "awaiting_payment"
    assert extras(central, due) == [("counter", "does_not_fit", 100, None)]
    assert counter.push(in_cash(due, terminal)).quarantined == ()
    assert shown(central, due)["state"] == "paid"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda e: change(e, spends=()),
        lambda e: change(e, points=10**6),
        lambda e: change(e, points=-1),
        lambda e: change(e, collection=replace(e.collection, amount=yuan("7.00"))),
        lambda e: change(e, collection=replace(e.collection, member_id=MemberId("nobody"))),
        lambda e: change(e, collection=replace(e.collection, payment_id=PaymentId(new_id()))),
        lambda e: change(e, collection=replace(e.collection, number="x" * 99)),
        lambda e: change(e, collection=replace(e.collection, number="\0")),
        lambda e: change(e, collection=replace(e.collection, amount=Money(800, "EUR"))),
        lambda e: change(e, collection=replace(e.collection, made_at=datetime(9999, 1, 1, tzinfo=UTC))),
        lambda e: change(
            e, collection=replace(e.collection, method=PaymentMethod.COUNTER, payment_id=None, member_id=None)
        ),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_quarantined(
    central: Central, terminal: Terminal, counter: Terminal, wrong: Any
) -> None:
    member = central.add_member("50.00")
    due = counter_order(terminal, "8.00")
    terminal.push(due)
    event = wrong(from_balance(due, terminal, counter, member))
    assert counter.push(event).quarantined
    assert shown(central, due)["state"] == "awaiting_payment"
    assert cash_minor(central, counter) == 0
    assert account_minor(central, ledger.member_account(member.id)) == 5000


def test_the_same_id_stands_for_one(central: Central, terminal: Terminal, counter: Terminal) -> None:
    due = counter_order(terminal, "8.00")
    collected = in_cash(due, terminal)
    other = change(collected, collection=replace(collected.collection, staff="8"))
    assert [kept.seq for kept in counter.push(collected, collected, other).quarantined] == [3]
    assert cash_minor(central, counter) == -800


def test_refunded_by_central_to_whoever_paid(central: Central, terminal: Terminal, counter: Terminal) -> None:
    member = central.add_member("50.00")
    by_card, cash = (counter_order(terminal, "8.00") for _ in range(2))
    terminal.push(by_card, cash)
    counter.push(from_balance(by_card, terminal, counter, member, points=8), in_cash(cash, terminal))
    office = account_minor(central, ledger.OFFICE_CASH)

    def refund(due: wire.OrderRecorded) -> Any:
        return central.parts.transactions.write(
            lambda tx: refund_at_central(
                tx, due.order.id, None, refund_id=new_id(), staff="Li", reason="cold", restock=False
            )
        )

    assert refund(by_card).amount_by(PaymentMethod.BALANCE) == yuan("8.00")
    assert (central.free(member), central.account(member).points) == (yuan("50.00"), 0)
    assert refund(cash).amount_by(PaymentMethod.COUNTER) == yuan("8.00")
    assert account_minor(central, ledger.OFFICE_CASH) == office + 800


def test_a_part_by_one_card_and_the_rest_by_another(central: Central, terminal: Terminal, counter: Terminal) -> None:
    """Each has their own part back."""
    eater, friend = central.add_member("5.00"), central.add_member("50.00")
    request_id = new_id()
    grant = terminal.grant(eater, "3.00", request_id)
    due = _part_paid(portions(counter_order(terminal, "8.00"), 2), eater, request_id, grant)
    assert terminal.push(due).quarantined == ()
    assert counter.push(from_balance(due, terminal, counter, friend, points=5)).quarantined == ()

    def hold() -> list[tuple[Money, int]]:
        return [(central.free(member), central.account(member).points) for member in (eater, friend)]

    assert hold() == [(yuan("2.00"), 3), (yuan("45.00"), 5)]
    for left in ([(yuan("2.00"), 3), (yuan("49.00"), 1)], [(yuan("5.00"), 0), (yuan("50.00"), 0)]):
        central.parts.transactions.write(
            lambda tx: refund_at_central(
                tx, due.order.id, {0: 1}, refund_id=new_id(), staff="Li", reason="cold", restock=False
            )
        )
        assert hold() == left, "what was paid last goes back first, with the points that it had earned"


# --- what a counter asks before ---


def ask(terminal: Terminal, **what: Any) -> list[Any]:
    reply: wire.DueOrdersReply = terminal.ask(
        "POST", "/v1/due-orders", wire.DueOrdersRequest(**what), wire.DueOrdersReply
    )
    return [due.order_id for due in reply.orders]


def claims(terminal: Terminal, due: wire.OrderRecorded, collection_id: Any = None, *, given_up: bool = False) -> str:
    request = wire.ClaimRequest(collection_id or new_id(), due.order.id, due.payment.id, given_up)
    reply: wire.ClaimReply = terminal.ask("POST", "/v1/claim", request, wire.ClaimReply)
    return reply.answer


def test_found_by_number_card_and_id_while_it_waits(central: Central, terminal: Terminal, counter: Terminal) -> None:
    member = central.add_member("50.00")
    due = counter_order(terminal, "8.00")
    due = change(
        due,
        order=replace(due.order, member_id=MemberId(member.id)),
        payment=replace(due.payment, member_id=MemberId(member.id)),
    )
    questions: list[dict[str, Any]] = [
        {"number": due.order.number},
        {"card_uid": member.card_uid},
        {"order_id": due.order.id},
    ]
    assert [ask(counter, **question) for question in questions] == [[], [], []]
    terminal.push(due)
    assert [ask(counter, **question) for question in questions] == [[due.order.id]] * 3
    answer = counter.send("POST", "/v1/due-orders", wire.encode(wire.DueOrdersRequest(number=due.order.number)))
    assert member.id not in answer.text
    assert "王" not in answer.text
    counter.push(in_cash(due, terminal))
    assert [ask(counter, **question) for question in questions] == [[], [], []]
    assert ask(counter, card_uid="FFFFFFFF") == []


@pytest.mark.parametrize("asked", [{}, {"number": "A1", "card_uid": "AB"}, {"number": "x" * 99}, {"number": "\0"}])
def test_asking_for_nothing_or_too_much(counter: Terminal, asked: dict[str, str]) -> None:
    response = counter.send("POST", "/v1/due-orders", wire.encode(wire.DueOrdersRequest(**asked)))
    assert response.status_code == 400


def test_at_most_twenty_the_newest_first(terminal: Terminal, counter: Terminal) -> None:
    orders = [counter_order(terminal, "8.00") for _ in range(25)]
    for n, due in enumerate(orders):
        moment = datetime.now(UTC) - timedelta(seconds=60 - n)  # no later than other tests' orders
        terminal.push(change(due, order=replace(due.order, number="SAME", created_at=moment)))
    assert ask(counter, number="SAME") == [due.order.id for due in reversed(orders[5:])]


def test_a_claim_keeps_others_off_until_it_is_given_up_or_lapses(
    central: Central, terminal: Terminal, counter: Terminal
) -> None:
    other, due = central.enrol(), counter_order(terminal, "8.00")
    first = new_id()
    assert claims(counter, due, first) == "unknown", "the order has not come yet"
    assert claims(other, due) == "claimed_elsewhere"
    terminal.push(due)
    assert claims(counter, due, first) == "ours"
    claims(counter, due, first, given_up=True)
    second = new_id()
    assert claims(other, due, second) == "ours"
    assert claims(counter, due, first) == "claimed_elsewhere"
    central.clock.offset += timedelta(minutes=3)
    assert claims(counter, due, first) == "ours"
    collected = in_cash(due, terminal)
    counter.push(change(collected, collection=replace(collected.collection, id=CollectionId(first))))
    assert claims(other, due, second) == "settled"
    assert claims(counter, due, first) == "ours", "it is the one that has settled it"
    cancelled = counter_order(terminal, "8.00")
    terminal.push(cancelled, counter_payment_of(cancelled, CounterResult.CANCELLED))
    assert claims(counter, cancelled) == "cancelled"


def test_the_keys_of_all_terminals_are_on_the_feed(central: Central, terminal: Terminal, counter: Terminal) -> None:
    epoch, end = counter.newest()
    new = central.enrol()
    central.parts.transactions.write(lambda tx: revoke(tx, terminal.enrolled.letter))
    told = {key: body for (kind, key), body in counter.states(epoch, end).items() if kind == "terminal"}
    assert told.keys() == {new.id, terminal.id}
    assert msgspec.convert(told[new.id], wire.TerminalRecord).public_key == new.key.public_key().public_bytes_raw()
    assert (told[terminal.id]["is_revoked"], "is_revoked" in told[new.id]) == (True, False)


def test_the_order_and_its_collection_in_the_same_moment(
    central: Central, terminal: Terminal, counter: Terminal
) -> None:
    """Neither sees the other's rows yet: one must wait, or the order would stay unpaid for ever."""
    due = counter_order(terminal, "8.00")
    collected = in_cash(due, terminal)
    transactions, is_in, may_go = central.parts.transactions, threading.Event(), threading.Event()

    def order_comes() -> None:
        def work(tx: Any) -> None:
            record_order(tx, get_identity(tx.connection, terminal.id), due, wire.encode(due))
            is_in.set()
            may_go.wait(0.5)

        transactions.write(work)

    def collection_comes() -> None:
        is_in.wait(5)
        body = wire.encode(collected)
        transactions.write(lambda tx: record_collection(tx, get_identity(tx.connection, counter.id), collected, body))
        may_go.set()

    threads = [threading.Thread(target=work) for work in (order_comes, collection_comes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert shown(central, due)["state"] == "paid"


def test_commands(own_central: Central, capsys: pytest.CaptureFixture[str]) -> None:
    terminal, counters = own_central.enrol(), [own_central.enrol() for _ in range(2)]
    due = counter_order(terminal, "8.00")
    late = in_cash(due, terminal)
    terminal.push(due)
    counters[0].push(in_cash(due, terminal))
    counters[1].push(late)
    config = ["--config", str(own_central.config)]
    assert main(["paid-twice", *config]) == 0
    listed = capsys.readouterr().out
    assert str(late.collection.id) in listed
    assert "8.00 cash     paid_twice   not yet" in listed
    assert main(["give-back", str(late.collection.id), "--by", "Li", *config]) == 0
    assert "8.00 CNY" in capsys.readouterr().out
    assert main(["give-back", str(late.collection.id), "--by", "Li", *config]) == 1
    capsys.readouterr()
    main(["paid-twice", *config])
    assert str(late.collection.id) not in capsys.readouterr().out
    main(["paid-twice", "--all", *config])
    assert "by Li" in capsys.readouterr().out


def _paid(due: wire.OrderRecorded) -> wire.OrderRecorded:

    return change(due, order=due.order.to(OrderState.PAID), payment=due.payment.to(PaymentState.PAID))


def _part_paid(due: wire.OrderRecorded, member: Diner, request_id: Any, grant: wire.GrantReply) -> wire.OrderRecorded:

    assert grant.grant_id is not None
    parts = (PaymentPart(PaymentMethod.BALANCE, yuan("3.00")), PaymentPart(PaymentMethod.COUNTER, yuan("5.00")))
    payment_id, member_id = PaymentId(request_id), MemberId(member.id)
    spend = Spend(GrantId(grant.grant_id), 1, payment_id, yuan("3.00"))
    return change(
        due,
        order=replace(due.order, member_id=member_id),
        payment=replace(due.payment, id=payment_id, member_id=member_id, parts=parts),
        spends=(wire.SpendRecord(spend, 1),),
        points=3,
    )


def test_that_it_was_collected_is_told_for_a_hundred_days(
    central: Central, terminal: Terminal, counter: Terminal
) -> None:
    def collect() -> tuple[str, str]:
        due = counter_order(terminal, "10.00")
        terminal.push(due)
        counter.push(in_cash(due, terminal))
        return "collected", str(due.payment.id)

    first = collect()
    central.parts.transactions.write(prune)
    assert first in terminal.states()
    central.clock.offset += KEEP_COLLECTED + timedelta(minutes=1)
    try:
        second = collect()
        while central.parts.transactions.write(prune):
            pass
    finally:
        central.clock.offset -= KEEP_COLLECTED + timedelta(minutes=1)
    assert first not in terminal.states()
    assert second in terminal.states()
