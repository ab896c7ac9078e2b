"""The kitchen's tickets at central: which orders have one, how they are marked, who is told of them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest

from central.kitchen import service
from central.menu.service import import_menu
from central.staff.service import add_staff
from kiosk.domain.cash import CounterResult
from kiosk.domain.ids import DishId
from kiosk.domain.kitchen import Mark, TicketState
from kiosk.domain.staff import Role
from kiosk.sync import wire
from tests.central.cooking import Reader, at_stalls, old_event, paid
from tests.central.cooking_with import COOK, PORK, ask, cook_with, level_in
from tests.central.refunding import counter_payment_of, refund_of
from tests.central.sales import counter_order, new_id, pushed_event
from tests.central.support import Central, Terminal, post_json
from tests.central.test_backlog import send, until_booked
from tests.central.test_collections import in_cash
from tests.central.test_stock_acts import DEMO_MENU, restock


@pytest.fixture
def kitchen(central: Central) -> Reader:
    return caught_up(Reader(central.enrol(role="kitchen")))


@pytest.fixture
def board(central: Central) -> Reader:
    return caught_up(Reader(central.enrol(role="board")))


def caught_up(reader: Reader) -> Reader:
    reader.read()
    return reader


def test_a_paid_order_is_made_ready_and_handed_out(
    central: Central, terminal: Terminal, kitchen: Reader, board: Reader
) -> None:
    sold = paid(central, terminal, "")
    assert terminal.push(sold).quarantined == ()
    (record,) = kitchen.read()
    ticket = record.ticket
    assert (ticket.number, ticket.state, ticket.changes) == (sold.order.number, TicketState.PREPARING, 0)
    assert [(line.name.zh, line.quantity) for line in ticket.lines] == [("米饭", 1)]
    assert 0 <= record.age_s < 60
    for mark, state in (
        (Mark.READY, "ready"),
        (Mark.RECALLED, "preparing"),
        (Mark.READY, "ready"),
        (Mark.HANDED_OUT, "handed_out"),
        (Mark.RETURNED, "ready"),
    ):
        assert kitchen.mark(sold, mark).quarantined == ()
        assert (kitchen.state(sold), board.state(sold)) == (state, state)
    assert kitchen.told[sold.order.id, ""].ready_age_s is not None


def test_a_board_is_told_no_dishes(central: Central, terminal: Terminal, board: Reader) -> None:
    terminal.push(paid(central, terminal, "面档"))
    (record,) = board.read()
    assert record.ticket.lines == ()
    assert record.ticket.key.stall == "面档"


def test_every_stall_has_its_own_ticket(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    sold = paid(central, terminal, "面档", "热菜", "面档")
    terminal.push(sold)
    assert {r.ticket.key.stall: len(r.ticket.lines) for r in kitchen.read()} == {"面档": 2, "热菜": 1}
    kitchen.mark(sold, Mark.READY, "热菜")
    assert (kitchen.state(sold, "热菜"), kitchen.state(sold, "面档")) == ("ready", "preparing")


def test_stalls_that_cannot_be_are_one_kitchen(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    for stalls in (("x" * 21,), ("a\0b", "面档"), tuple(map(str, range(30)))):
        sold = paid(central, terminal, *stalls)
        assert terminal.push(sold).quarantined == ()
        (record,) = kitchen.read()
        assert (record.ticket.key.stall, len(record.ticket.lines)) == ("", len(stalls))


def test_what_is_due_at_the_counter_is_made_when_it_is_paid(
    central: Central, terminal: Terminal, kitchen: Reader
) -> None:
    due, cancelled = counter_order(terminal, "8.00"), counter_order(terminal, "8.00")
    terminal.push(due, cancelled)
    assert kitchen.read() == []
    terminal.push(counter_payment_of(due), counter_payment_of(cancelled, CounterResult.CANCELLED))
    assert [(r.ticket.number, r.ticket.state) for r in kitchen.read()] == [(due.order.number, TicketState.PREPARING)]


@pytest.mark.parametrize("order_comes", ["first", "last"])
def test_collected_undone_and_collected_again(
    central: Central, terminal: Terminal, kitchen: Reader, order_comes: str
) -> None:
    due, counter = counter_order(terminal, "8.00"), central.enrol(role="counter")
    collected = in_cash(due, counter)
    if order_comes == "first":
        terminal.push(due)
    counter.push(collected)
    if order_comes == "last":
        assert kitchen.read() == []
        terminal.push(due)
    assert kitchen.state(due) == "preparing"
    undone = undoing(collected)
    assert counter.push(undone).quarantined == ()
    assert kitchen.state(due) == "withdrawn"
    counter.push(in_cash(due, counter))
    assert kitchen.state(due) == "preparing"


def undoing(collected: wire.OrderCollected) -> wire.CollectionUndone:
    from kiosk.domain.collection import UndoneCollection
    from kiosk.domain.ids import UndoneCollectionId

    made = collected.collection
    return wire.CollectionUndone(
        UndoneCollection(
            UndoneCollectionId(new_id()), made.id, made.order_id, made.due_payment_id, "7", "wrong one", made.made_at
        )
    )


def test_a_void_withdraws_it_and_a_part_does_not(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    sold = paid(central, terminal, "")
    together, in_part = paid(central, terminal, ""), paid(central, terminal, "")
    terminal.push(sold)
    assert terminal.push(refund_of(sold, is_void=True)).quarantined == ()
    assert kitchen.state(sold) == "withdrawn"
    terminal.push(together, refund_of(together, is_void=True), in_part, refund_of(in_part))
    assert kitchen.state(in_part) == "preparing", "money back for a complaint is no word to the kitchen"
    assert (together.order.id, "") not in kitchen.told
    kitchen.read()
    assert (together.order.id, "") not in kitchen.told, "in one batch: it was never to be made"


def test_two_kitchens_bump_the_same(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    other = Reader(central.enrol(role="kitchen"))
    sold = paid(central, terminal, "")
    terminal.push(sold)
    assert [reader.state(sold) for reader in (kitchen, other)] == ["preparing", "preparing"]
    assert kitchen.mark(sold, Mark.READY, changes=0).quarantined == ()
    assert other.mark(sold, Mark.READY, changes=0).quarantined == ()
    assert kitchen.state(sold) == "ready"
    kitchen.mark(sold, Mark.RECALLED)
    other.mark(sold, Mark.READY, changes=0)  # was without a network: what it saw is long past
    assert kitchen.state(sold) == "preparing"


def test_a_mark_whose_reply_was_lost_is_made_once(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    sold = paid(central, terminal, "")
    terminal.push(sold)
    kitchen.read()
    mark = pushed_event(wire.TicketMarked(sold.order.id, "", Mark.READY, 0))
    recall = pushed_event(wire.TicketMarked(sold.order.id, "", Mark.RECALLED, 1))
    kitchen.terminal.push(mark, first_seq=1)
    kitchen.terminal.push(mark, recall, first_seq=1)
    kitchen.terminal.push(mark, recall, first_seq=1)
    assert kitchen.state(sold) == "preparing"
    assert kitchen.told[sold.order.id, ""].ticket.changes == 2


def test_marks_of_nothing_change_nothing(central: Central, kitchen: Reader) -> None:
    for stall in ("", "x" * 300, "a\0b"):
        assert kitchen.terminal.push(wire.TicketMarked(new_id(), stall, Mark.READY, 0)).last_seq


def test_only_kitchens_mark_and_neither_sells(
    central: Central, terminal: Terminal, kitchen: Reader, board: Reader
) -> None:
    sold = paid(central, terminal, "")
    terminal.push(sold)
    for wrong in (terminal, board.terminal):
        assert wrong.push(wire.TicketMarked(sold.order.id, "", Mark.READY, 0)).quarantined
    assert kitchen.state(sold) == "preparing"
    assert kitchen.terminal.push(counter_order(kitchen.terminal, "8.00")).quarantined
    assert board.terminal.push(counter_order(board.terminal, "8.00")).quarantined


def test_they_hear_of_neither_members_nor_money(central: Central, kitchen: Reader, board: Reader) -> None:
    member = central.add_member()
    for reader in (kitchen, board):
        for method, target, body in (
            ("GET", "/v1/feed", b""),
            ("POST", "/v1/grants", wire.encode(wire.GrantRequest(new_id(), member.card_uid, central.free(member)))),
            ("POST", "/v1/due-orders", wire.encode(wire.DueOrdersRequest(number="A001"))),
            ("POST", "/v1/faces", wire.encode(wire.FaceExchange())),
        ):
            assert reader.terminal.send(method, target, body).status_code == 403
    for target in ("/v1/kitchen", "/v1/kitchen-feed"):
        assert central.enrol().send("GET", target).status_code == 403
    assert central.enrol(role="counter").feed().epoch


def fed(terminal: Terminal, epoch: str = "", after: int = 0, wait_s: float = 0) -> wire.FeedPage:
    target = f"/v1/kitchen-feed?epoch={epoch}&after={after}&limit=500&wait_s={wait_s}"
    return terminal.ask("GET", target, None, wire.FeedPage)


def test_of_the_feed_each_is_told_what_its_admin_screen_needs(central: Central, kitchen: Reader, board: Reader) -> None:
    write = central.parts.transactions.write
    write(lambda tx: import_menu(tx, DEMO_MENU))
    write(lambda tx: add_staff(tx, "刘师傅", [Role.RESTOCK]))
    central.add_member()
    _, end = central.enrol().newest()
    for reader, kinds in ((kitchen, {"menu", "staff", "stock"}), (board, {"staff"})):
        page = fed(reader.terminal)
        assert ({row.kind for row in page.rows}, page.more) == (kinds, False)
        assert page.next_after >= end, "what is not for it is not looked through again"
        assert fed(reader.terminal, page.epoch, page.next_after).rows == ()


def test_a_change_between_two_reads_is_told(central: Central, board: Reader) -> None:
    """Members change all the time; a staff member among them is never passed over."""
    page = fed(board.terminal)
    write = central.parts.transactions.write
    for name, members_before in (("一", 0), ("二", 1), ("三", 2)):
        for _ in range(members_before):
            central.add_member()
        write(lambda tx, name=name: add_staff(tx, name, [Role.COUNTER]))
        central.add_member()
        news = fed(board.terminal, page.epoch, page.next_after)
        assert [msgspec.json.decode(row.body)["name"] for row in news.rows] == [name]
        page = news


def test_both_polls_wait_beside_each_other(central: Central, terminal: Terminal, board: Reader) -> None:
    """A terminal's newer poll ends the older one, but not that for tickets the one for the feed."""
    page, sold = fed(board.terminal), paid(central, terminal, "")
    with ThreadPoolExecutor(2) as beside:
        feed = beside.submit(fed, board.terminal, page.epoch, central.enrol().newest()[1], 20)
        tickets = beside.submit(board.read, 20)
        time.sleep(0.3)  # both are there; were they not, the test would pass all the same
        assert not feed.done()
        assert not tickets.done()
        terminal.push(sold)
        assert [r.ticket.number for r in tickets.result()] == [sold.order.number]
        assert not feed.done()
        central.parts.transactions.write(lambda tx: add_staff(tx, "陈姐", [Role.COUNTER]))
        assert [row.kind for row in feed.result().rows] == ["staff"]


def test_a_kitchen_looks_after_stock_and_a_board_does_not(central: Central, kitchen: Reader, board: Reader) -> None:
    central.parts.transactions.write(lambda tx: import_menu(tx, DEMO_MENU))
    levels = {r.key: msgspec.json.decode(r.body) for r in fed(kitchen.terminal).rows if r.kind == "stock"}
    dish, before = next((dish, level) for dish, level in levels.items() if level)  # not what is gone from the menu
    restocked = restock(DishId(dish), 7)
    assert kitchen.terminal.push(wire.StockActRecorded(restocked)).quarantined == ()
    (row,) = (r for r in fed(kitchen.terminal).rows if (r.kind, r.key) == ("stock", dish))
    assert msgspec.json.decode(row.body)["portions"] == before["portions"] + 7
    (refused,) = board.terminal.push(wire.StockActRecorded(restock(DishId(dish), 7))).quarantined
    assert "enrolled with the role 'board'" in refused.reason


def test_ingredients_are_the_kitchens_and_not_the_boards(central: Central, kitchen: Reader, board: Reader) -> None:
    cook_with(central)
    assert level_in(ask(kitchen.terminal), PORK).ingredient.id == PORK
    asked = wire.encode(wire.IngredientsRequest(COOK))
    assert board.terminal.send("POST", "/v1/ingredients", asked).status_code == 403


def test_whether_a_board_has_read_all_is_told_by_what_it_is_told(central: Central, board: Reader) -> None:
    page = fed(board.terminal)
    central.add_member()

    def is_behind() -> bool:
        target = f"/v1/upkeep?epoch={page.epoch}&after={page.next_after}"
        return board.terminal.ask("GET", target, None, wire.UpkeepReply).is_behind

    assert not is_behind()
    central.parts.transactions.write(lambda tx: add_staff(tx, "陈姐", [Role.COUNTER]))
    assert is_behind()


def test_their_keys_sign_no_slips(central: Central, kitchen: Reader) -> None:
    assert central.enrol().states()["terminal", kitchen.terminal.id] is None


def test_a_role_that_is_none_is_refused(central: Central) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tests.central.support import enrol_request

    code = central.parts.transactions.write(lambda tx: central.parts.desk.make_code(tx, None))
    key = Ed25519PrivateKey.generate()
    assert post_json(central.http, "/v1/enrol", enrol_request(code, key, "chef")).status_code == 400


def test_a_waiting_poll_is_answered_at_once(central: Central, terminal: Terminal, board: Reader) -> None:
    sold = paid(central, terminal, "")
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(board.read, 20)
        began_s = time.monotonic()
        terminal.push(sold)
        assert [r.ticket.number for r in waiting.result()] == [sold.order.number]
    assert time.monotonic() - began_s < 10


def test_ages_are_by_each_machines_own_clock(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    """What waited at its terminal is as old as that says; a batch that tells no time is new."""
    late, lost, untold = (paid(central, terminal, "") for _ in range(3))
    now_ms = int(time.time() * 1000)
    wrong_by_ms = 400 * 86_400_000  # the terminal's clock is a year ahead: no matter
    events = shifted(late, 300, wrong_by_ms), shifted(lost, 7200, wrong_by_ms)
    batch = wire.PushBatch(1, events, "", now_ms + wrong_by_ms)
    reply = terminal.ask("POST", "/v1/push", batch, wire.PushReply)
    assert (reply.last_seq, reply.quarantined) == (2, ())
    terminal.sent = 2
    terminal.push(untold)
    ages = {r.ticket.key.order_id: r.age_s for r in kitchen.read()}
    assert 299 <= ages[late.order.id] < 360
    assert 0 <= ages[untold.order.id] < 60
    assert lost.order.id not in ages, "cooked from paper long ago"


def shifted(event: object, age_s: float, by_ms: int) -> wire.PushedEvent:
    made = old_event(event, age_s)
    id_ = type(made.id)(int=made.id.int + (by_ms << 80))
    return wire.PushedEvent(id_, made.body)


def test_a_backlog_is_not_for_the_kitchen(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    sold = paid(central, terminal, "")
    assert send(terminal, pushed_event(sold)).last_seq == 1
    until_booked(central)
    assert sold.order.id not in {record.ticket.key.order_id for record in kitchen.read()}


def test_after_a_restart_the_state_comes_back(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    made, ready, gone = (paid(central, terminal, "") for _ in range(3))
    terminal.push(made, ready, gone)
    kitchen.mark(ready, Mark.READY)
    kitchen.mark(gone, Mark.READY)
    kitchen.mark(gone, Mark.HANDED_OUT)
    again = Reader(kitchen.terminal)
    again.read()
    states = {order.order.id: again.told.get((order.order.id, "")) for order in (made, ready, gone)}
    assert [record and record.ticket.state for record in states.values()] == ["preparing", "ready", None]
    page = kitchen.page("another", 10**9)
    assert page.epoch == central.parts.installation.epoch
    assert {r.ticket.key.order_id for r in page.tickets} >= {made.order.id, ready.order.id}


def test_yesterdays_are_not_told_and_go(own_central: Central) -> None:
    terminal, kitchen = own_central.enrol(), Reader(own_central.enrol(role="kitchen"))
    sold = paid(own_central, terminal, "")
    terminal.push(sold)
    own_central.clock.offset = -2 * service.KEEP - timedelta(minutes=1)
    old = paid(own_central, terminal, "")
    terminal.push(old)
    own_central.clock.offset = timedelta()
    assert [r.ticket.number for r in kitchen.read()] == [sold.order.number]
    assert own_central.parts.transactions.write(service.prune) == 1
    assert own_central.parts.transactions.write(service.prune) == 0


def test_very_many_come_in_pages_and_none_twice(
    central: Central, terminal: Terminal, kitchen: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MAX_TICKETS", 3)
    sold = [at_stalls(paid(central, terminal, ""), "a", "b") for _ in range(7)]
    for start in range(0, 7, 2):
        terminal.push(*sold[start : start + 2])
    ids = {one.order.id for one in sold}
    keys = [(k.order_id, k.stall) for r in kitchen.read() if (k := r.ticket.key).order_id in ids]
    assert len(keys) == len(set(keys)) == 14
    assert kitchen.read() == []


def test_what_several_push_at_once_is_seen_whole(central: Central, kitchen: Reader) -> None:
    tills = [central.enrol() for _ in range(4)]
    sold = [[paid(central, till, "") for _ in range(6)] for till in tills]
    with ThreadPoolExecutor(len(tills)) as threads:

        def sell(i: int) -> None:
            for one in sold[i]:
                tills[i].push(one)

        jobs = [threads.submit(sell, i) for i in range(len(tills))]
        while not all(job.done() for job in jobs):
            kitchen.read(0.1)
        for job in jobs:
            job.result()
    kitchen.read()
    expected = {one.order.id for of_till in sold for one in of_till}
    assert expected <= {key[0] for key in kitchen.told}


def test_typed_sums_have_none(central: Central, terminal: Terminal, kitchen: Reader) -> None:
    sold = at_stalls(paid(central, terminal, ""))
    assert sold.order.lines[0].dishes == ()
    terminal.push(sold)
    assert kitchen.read() == []
    assert msgspec.json.decode(wire.encode(sold))["order"]["lines"][0]["dishes"] == []
