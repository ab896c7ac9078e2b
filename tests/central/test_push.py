"""POST /v1/push: everything that was sold is booked once, or kept with the reason why not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from central.push.intake import EVENTS_AT_ONCE_BESIDE_OTHERS
from central.stock.repository import portions_left, replace_counts
from kiosk.domain.cart import Cart, CartLine
from kiosk.domain.ids import DishId
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod, PaymentState
from kiosk.sync import wire
from tests.central.sales import counter_order, new_id, pushed_event, sale, yuan
from tests.central.support import Central, Terminal

change = msgspec.structs.replace


def plain(value: object) -> Any:
    """As JSON has it."""
    return msgspec.json.decode(wire.encode(value))


def count_dish(central: Central, dish: str, portions: int) -> None:
    """Count one dish; the others stay as they are."""

    def work(tx: Any) -> None:
        tx.changes.dishes |= replace_counts(tx.connection, {DishId(dish): portions}, tx.now)

    central.parts.transactions.write(work)


def test_a_batch_of_more_than_one_transaction(central: Central, terminal: Terminal) -> None:
    orders = [counter_order(terminal, "1.00") for _ in range(2 * EVENTS_AT_ONCE_BESIDE_OTHERS + 1)]
    assert terminal.push(*orders) == wire.PushReply(len(orders))
    assert central.staff_get(f"/v1/orders/{orders[-1].order.id}")["number"] == orders[-1].order.number


def test_a_sale_is_booked_in_every_part(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    count_dish(central, "pancakes", 10)
    epoch, end = terminal.newest()
    event = terminal.bought(member, "12.50", dish="pancakes", points=12)
    assert terminal.push(event) == wire.PushReply(1)

    shown = central.staff_get(f"/v1/orders/{event.order.id}")
    assert (shown["number"], shown["state"]) == (event.order.number, "paid")
    assert shown["total"] == {"minor": 1250, "currency": "CNY"}
    assert shown["lines"] == plain(event.order.lines)
    assert shown["payment"]["state"] == "paid"
    assert str(event.order.id) in [order["id"] for order in central.staff_get("/v1/orders?limit=5")]
    assert central.account(member).booked == yuan("37.50")
    assert central.free(member) == yuan("37.50")
    states = terminal.states(epoch, end)
    row = states["member", member.id]
    assert (row["balance"]["minor"], row["points"]) == (3750, 12)
    assert row["usual"] == plain(Cart((CartLine(event.order.lines[0].selection, 1),)))
    told = {"dish_id": "pancakes", "portions": 9, "sold_out": False, "free": 9}
    assert states["stock", "pancakes"].items() >= told.items()
    assert central.quarantine(terminal) == []


def test_an_order_for_the_counter_moves_stock_and_no_money(central: Central, terminal: Terminal) -> None:
    count_dish(central, "soup", 3)
    event = counter_order(terminal, "8.00", dish="soup")
    assert terminal.push(event).quarantined == ()
    assert central.staff_get(f"/v1/orders/{event.order.id}")["state"] == "awaiting_payment"
    assert central.parts.transactions.read(lambda c: portions_left(c, ["soup"])) == {"soup": 2}


def test_a_meal_for_nothing_needs_no_grant(central: Central, terminal: Terminal) -> None:
    event = counter_order(terminal, "0")
    order = replace(event.order, state=OrderState.PAID)
    payment = replace(event.payment, state=PaymentState.PAID, method=PaymentMethod.BALANCE)
    assert terminal.push(change(event, order=order, payment=payment)).quarantined == ()


def test_a_batch_that_comes_again_changes_nothing(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    events = [pushed_event(terminal.bought(member, "5.00", points=5)) for _ in range(3)]
    bad = wire.PushedEvent(new_id(), msgspec.Raw(b'{"type":"unheard_of"}'))
    first = terminal.push(*events, bad)
    before = terminal.states()
    assert terminal.push(*events, bad, first_seq=1) == first
    assert terminal.push(*events[1:], bad, counter_order(terminal, "1.00"), first_seq=2).last_seq == 5
    assert central.account(member).booked == yuan("35.00")
    assert terminal.states()["member", member.id] == before["member", member.id]
    assert len(central.quarantine(terminal)) == 1


def test_two_workers_that_race_with_a_batch_book_it_once(central: Central, terminal: Terminal) -> None:
    member = central.add_member("90.00")
    events = [pushed_event(terminal.bought(member, "1.00")) for _ in range(50)]
    with ThreadPoolExecutor(4) as threads:
        replies = [r.result() for r in [threads.submit(terminal.push, *events, first_seq=1) for _ in range(4)]]
    assert {wire.encode(r) for r in replies} == {wire.encode(wire.PushReply(50))}
    assert central.account(member).booked == yuan("40.00")
    assert central.quarantine(terminal) == []


def test_after_a_gap_nothing_is_taken(central: Central, terminal: Terminal) -> None:
    terminal.push(counter_order(terminal, "1.00"))
    event = pushed_event(counter_order(terminal, "1.00"))
    assert terminal.push(event, first_seq=3).last_seq == 1
    assert terminal.push(event, first_seq=2).last_seq == 2


def test_an_event_that_cannot_be_read_blocks_nobody(central: Central, terminal: Terminal) -> None:
    broken = [b'"text"', b'{"type":"order_recorded"}', b"[1e400]", b'{"type":"grant_released","request_id":7}']
    events = [wire.PushedEvent(new_id(), msgspec.Raw(body)) for body in broken]
    good = counter_order(terminal, "1.00")
    reply = terminal.push(*events, good)
    assert reply.last_seq == 5
    assert [q.seq for q in reply.quarantined] == [1, 2, 3, 4]
    assert [row["body"].encode() for row in reversed(central.quarantine(terminal))] == broken
    assert central.staff_get(f"/v1/orders/{good.order.id}")


def test_an_id_with_another_body_is_quarantined(central: Central, terminal: Terminal) -> None:
    first = pushed_event(counter_order(terminal, "1.00"))
    other = wire.PushedEvent(first.id, msgspec.Raw(wire.encode(counter_order(terminal, "2.00"))))
    assert [q.seq for q in terminal.push(first, other).quarantined] == [2]
    assert terminal.push(first).quarantined == ()  # the same event under another number: booked once


def test_a_number_used_twice_loses_no_sale(central: Central, terminal: Terminal) -> None:
    """A terminal that was set back sends new sales under old numbers."""
    terminal.push(counter_order(terminal, "1.00"))
    again = pushed_event(counter_order(terminal, "2.00"))
    for _ in range(2):
        reply = terminal.push(again, first_seq=1)
        assert [q.seq for q in reply.quarantined] == [1]
    assert [row["event_id"] for row in central.quarantine(terminal)] == [str(again.id)]


def test_more_than_the_grant_is_quarantined(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("50.00"), new_id()
    grant = terminal.grant(member, "5.00", request_id)
    assert "more than its grant" in terminal.push(sale(terminal, request_id, grant, "5.01")).quarantined[0].reason
    assert central.account(member).booked == yuan("50.00")


def test_a_grant_of_another_terminal_is_quarantined(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("50.00"), new_id()
    grant = central.enrol().grant(member, "5.00", request_id)
    assert "another terminal" in terminal.push(sale(terminal, request_id, grant, "5.00")).quarantined[0].reason


def test_a_second_spend_under_a_closed_grant_is_quarantined(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("50.00"), new_id()
    grant = terminal.grant(member, "5.00", request_id)
    terminal.push(sale(terminal, request_id, grant, "2.00"))
    assert central.free(member) == yuan("48.00")  # closing has freed the rest
    assert "closed" in terminal.push(sale(terminal, new_id(), grant, "2.00")).quarantined[0].reason
    assert central.account(member).booked == yuan("48.00")


def test_the_rest_is_free_only_when_all_spends_are_in(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    grant = terminal.grant(member, "10.00")
    first, second = (sale(terminal, new_id(), grant, "3.00") for _ in range(2))
    spend = replace(second.spends[0].spend, number=2)
    terminal.push(change(second, spends=(wire.SpendRecord(spend, close_after=2),)))
    assert central.free(member) == yuan("40.00")
    terminal.push(change(first, spends=(change(first.spends[0], close_after=2),)))
    assert central.free(member) == yuan("44.00")


def test_a_payment_is_booked_once_whatever_the_event(central: Central, terminal: Terminal) -> None:
    member, payment_id = central.add_member("50.00"), new_id()
    grant = terminal.grant(member, "5.00", payment_id)
    other_grant = terminal.grant(member, "5.00")
    events = [sale(terminal, payment_id, g, "5.00") for g in (grant, other_grant)]
    assert [q.seq for q in terminal.push(*events).quarantined] == [2]
    same_order = change(terminal.bought(member, "5.00"), order=events[0].order)
    assert terminal.push(same_order).quarantined
    assert central.account(member).booked == yuan("45.00")


def test_a_released_grant_is_closed(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("50.00"), new_id()
    grant = terminal.grant(member, "5.00", request_id)
    assert terminal.push(wire.GrantReleased(request_id)) == wire.PushReply(1)
    assert central.free(member) == yuan("50.00")
    assert terminal.grant(member, "5.00", request_id).refusal == "abandoned"
    assert "closed" in terminal.push(sale(terminal, request_id, grant, "5.00")).quarantined[0].reason


def test_a_release_that_overtakes_its_request_refuses_it(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("50.00"), new_id()
    terminal.push(wire.GrantReleased(request_id))
    assert terminal.grant(member, "5.00", request_id).refusal == "abandoned"
    assert central.free(member) == yuan("50.00")


def test_a_release_of_what_was_spent_or_is_anothers_is_quarantined(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("50.00"), new_id()
    grant = terminal.grant(member, "5.00", request_id)
    assert central.enrol().push(wire.GrantReleased(request_id)).quarantined
    reply = terminal.push(sale(terminal, request_id, grant, "5.00"), wire.GrantReleased(request_id))
    assert [q.seq for q in reply.quarantined] == [2]
    assert central.account(member).booked == yuan("45.00")


def test_the_usual_is_what_is_ordered_most_and_the_newest_of_equals(central: Central, terminal: Terminal) -> None:
    member = central.add_member("99.00")

    def usual_after(*dishes: str) -> str:
        terminal.push(*(terminal.bought(member, "1.00", dish=dish) for dish in dishes))
        row = terminal.states()["member", member.id]
        dish: str = row["usual"]["lines"][0]["selection"]["dishes"][0]["dish_id"]
        return dish

    assert usual_after("noodles", "rice", "noodles") == "noodles"
    assert usual_after("rice") == "rice"
    assert usual_after(*["soup"] * 4) == "soup"
    assert usual_after(*["rice"] * 5) == "rice"  # of the last ten only


def test_orders_from_the_future_are_no_habit_for_ever(central: Central, terminal: Terminal) -> None:
    """A clock that was years ahead, and was set right again."""
    member = central.add_member("99.00")
    for _ in range(12):
        sold = terminal.bought(member, "1.00", dish="noodles")
        ahead = sold.order.created_at + timedelta(days=3000)
        terminal.push(msgspec.structs.replace(sold, order=replace(sold.order, created_at=ahead)))
    for _ in range(10):
        terminal.push(terminal.bought(member, "1.00", dish="rice"))
    row = terminal.states()["member", member.id]
    assert row["usual"]["lines"][0]["selection"]["dishes"][0]["dish_id"] == "rice"


@pytest.mark.parametrize("batch", [wire.PushBatch(1, ()), wire.PushBatch(0, (pushed_event(1),))], ids=["empty", "zero"])
def test_batches_that_make_no_sense(terminal: Terminal, batch: wire.PushBatch) -> None:
    assert terminal.send("POST", "/v1/push", wire.encode(batch)).status_code == 400


def test_a_batch_has_at_most_so_many_events(terminal: Terminal) -> None:
    event = pushed_event(1)
    too_many = wire.PushBatch(1, (event,) * (wire.MAX_PUSH_EVENTS + 1))
    assert terminal.send("POST", "/v1/push", wire.encode(too_many)).status_code == 400


def test_an_event_that_is_too_large_is_quarantined(central: Central, terminal: Terminal) -> None:
    large = wire.PushedEvent(new_id(), msgspec.Raw(b'"' + b"x" * wire.MAX_EVENT_BYTES + b'"'))
    assert [q.seq for q in terminal.push(large).quarantined] == [1]
