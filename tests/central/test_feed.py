"""GET /v1/feed: everything once, news at once, and nobody waits for those who wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from uuid import uuid4

import msgspec
import psycopg
import pytest

from central.database import Database
from central.feed.changes import Changes
from central.feed.elsewhere import last_seqs
from central.feed.repository import CHANNEL, put_rows, take_seqs
from central.feed.service import publish
from central.menu.service import import_menu
from central.opening import Parts, opened
from central.settings import load_settings
from central.transactions import Transaction
from central.wallet.service import top_up
from kiosk.domain.member import Member
from kiosk.domain.menu import Menu
from kiosk.sync import wire
from tests.central.sales import counter_order, yuan
from tests.central.support import Central, Diner, Terminal, wait_until

DEMO_MENU = Path(__file__).parents[2] / "config" / "demo" / "menu.toml"


def waiting(central: Central) -> int:
    return len(central.parts.waiters._waiting)


def poll(central: Central, threads: ThreadPoolExecutor, terminal: Terminal) -> Future[wire.FeedPage]:
    """A poll that waits, and really does."""
    epoch, end = terminal.newest()
    asked = threads.submit(terminal.feed, epoch, end, wait_s=25)
    wait_until(lambda: terminal.id in central.parts.waiters._waiting)
    return asked


def test_a_new_terminal_learns_everything(central: Central, terminal: Terminal) -> None:
    member = central.add_member("12.00")
    menu = central.parts.transactions.write(lambda tx: import_menu(tx, DEMO_MENU))
    states = terminal.states()
    assert wire.decode(msgspec.json.encode(states["menu", ""]), Menu) == menu
    row = wire.decode(msgspec.json.encode(states["member", member.id]), Member)
    assert (row.balance, row.points, row.usual) == (yuan("12.00"), 0, None)
    assert "*" in row.masked_name
    assert states["card", member.card_uid] == {"uid": member.card_uid, "member_id": member.id, "state": "active"}
    assert any(kind == "stock" for kind, _ in states)


def test_a_menu_is_offered_under_the_next_version_and_counts_stock_anew(central: Central, terminal: Terminal) -> None:
    first = central.parts.transactions.write(lambda tx: import_menu(tx, DEMO_MENU))
    counted = {key: body["portions"] for (kind, key), body in terminal.states().items() if kind == "stock" and body}
    dish = max(counted, key=lambda d: counted[d])
    terminal.push(counter_order(terminal, "1.00", dish=dish))
    assert terminal.states()["stock", dish]["portions"] == counted[dish] - 1
    second = central.parts.transactions.write(lambda tx: import_menu(tx, DEMO_MENU))
    assert second.version == first.version + 1
    assert terminal.states()["stock", dish]["portions"] == counted[dish]


def test_pages_follow_each_other_without_gaps(central: Central, terminal: Terminal) -> None:
    for _ in range(5):
        central.add_member()
    whole = terminal.feed()
    rows: list[wire.FeedRow] = []
    page = terminal.feed(limit=3)
    while page.more:
        assert len(page.rows) == 3
        rows += page.rows
        page = terminal.feed(page.epoch, page.next_after, limit=3)
    rows += page.rows
    assert [row.seq for row in rows] == [row.seq for row in whole.rows]
    assert len({(row.kind, row.key) for row in rows}) == len(rows)
    assert page.next_after == whole.next_after


def test_a_page_fits_into_a_reply(own_central: Central) -> None:
    terminal = own_central.enrol()
    body = b'"' + b"x" * 2**20 + b'"'

    def put_large_rows(tx: Transaction) -> None:
        seq = take_seqs(tx.connection, 10)
        put_rows(tx.connection, [{"kind": "x", "key": str(i), "seq": seq + i, "body": body} for i in range(10)])

    own_central.parts.transactions.write(put_large_rows)
    page = terminal.feed()
    assert 1 <= len(page.rows) < 10
    assert page.more
    assert len(wire.encode(page)) < wire.MAX_BODY_BYTES
    assert len([key for kind, key in terminal.states() if kind == "x"]) == 10


def test_another_epochs_cursor_is_forgotten(central: Central, terminal: Terminal) -> None:
    central.add_member()
    _, end = terminal.newest()
    page = terminal.feed("another", end, wait_s=20)
    assert page.rows[0].seq == terminal.feed().rows[0].seq
    assert page.epoch == central.parts.installation.epoch


def test_without_news_a_poll_ends_when_its_time_is_over(terminal: Terminal) -> None:
    epoch, end = terminal.newest()
    began_s = time.monotonic()
    page = terminal.feed(epoch, end, wait_s=0.3)
    assert (page.rows, page.next_after, page.more) == ((), end, False)
    assert 0.25 < time.monotonic() - began_s < 5


def test_news_reach_a_waiting_poll_at_once(central: Central, terminal: Terminal) -> None:
    member = central.add_member("10.00")
    other = central.enrol()
    with ThreadPoolExecutor(1) as threads:
        asked = poll(central, threads, terminal)
        began_s = time.monotonic()
        other.grant(member, "4.00")
        page = asked.result(10)
        assert time.monotonic() - began_s < 2
    assert [(row.kind, row.key) for row in page.rows] == [("member", member.id)]
    assert wire.decode(page.rows[0].body, Member).balance == yuan("6.00")


def test_a_commit_wakes_by_itself(central: Central) -> None:
    """Without the look-out for other processes, which runs in servers only."""
    member = central.add_member()

    async def is_woken(parts: Parts) -> bool:
        parts.waiters.attach()
        before = parts.waiters.generation
        await asyncio.to_thread(parts.transactions.write, lambda tx: top_up(tx, uuid4(), member.id, yuan("1.00")))
        return parts.waiters.generation > before

    with opened(load_settings(central.config)) as parts:
        assert asyncio.run(is_woken(parts))


def test_news_by_another_process_reach_it_at_once(central: Central, terminal: Terminal) -> None:
    """Staff's commands write through connections of their own."""
    member = central.add_member("10.00")
    late_s = []
    with ThreadPoolExecutor(1) as threads, opened(load_settings(central.config)) as other:
        for i in range(1, 6):
            asked = poll(central, threads, terminal)
            other.transactions.write(lambda tx: top_up(tx, uuid4(), member.id, yuan("5.00")))
            done_s = time.monotonic()
            page = asked.result(10)
            late_s.append(time.monotonic() - done_s)
            assert wire.decode(page.rows[-1].body, Member).balance == yuan(f"{10 + 5 * i}.00")
    assert sorted(late_s)[2] < 0.2, "not only when it is looked at by and by"


@dataclass(frozen=True)
class SpeaksPostgresql:
    """A database that is reached as PostgreSQL is, and has LISTEN or not."""

    conninfo: str
    notifies: bool
    is_sqlite: bool = False


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("notifies", [True, False])
def test_a_database_that_has_no_listen_is_looked_at(postgresql_url: Callable[[], str], notifies: bool) -> None:
    url = postgresql_url()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE feed_position AS SELECT 7 AS last_seq")

        async def two() -> list[int]:
            found: asyncio.Queue[int] = asyncio.Queue()

            async def look_out() -> None:
                async for seq in last_seqs(cast(Database, SpeaksPostgresql(url, notifies))):
                    found.put_nowait(seq)

            task = asyncio.create_task(look_out())
            try:
                first = await asyncio.wait_for(found.get(), 10)
                connection.execute("SELECT pg_notify(%s, '999')", (CHANNEL,))
                return [first, await asyncio.wait_for(found.get(), 10)]
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

        assert asyncio.run(two()) == [7, 999 if notifies else 7]


def test_a_card_that_is_gone_is_null(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    epoch, end = terminal.newest()
    central.import_members(f"{member.id},王,甲班,{member.card_uid}AA,,0,\n")
    states = terminal.states(epoch, end)
    assert states["card", member.card_uid] is None
    assert states["card", member.card_uid + "AA"]["member_id"] == member.id


def test_a_new_poll_ends_the_terminals_old_one(central: Central, terminal: Terminal) -> None:
    with ThreadPoolExecutor(2) as threads:
        first = poll(central, threads, terminal)
        epoch, end = terminal.newest()
        second = threads.submit(terminal.feed, epoch, end, wait_s=0.2)
        assert first.result(5).rows == ()
        assert second.result(5).rows == ()


def test_waiting_polls_hold_nobody_up(central: Central) -> None:
    member = central.add_member("10.00")
    terminals = [central.enrol() for _ in range(30)]
    epoch, end = terminals[0].newest()
    with ThreadPoolExecutor(30) as threads:
        polls = [threads.submit(t.feed, epoch, end, wait_s=25) for t in terminals]
        wait_until(lambda: waiting(central) == 30)
        before = terminals[0].grant(Diner("nobody", "FFFFFFFFFF"), "1.00")  # answers while all of them wait
        assert before.refusal == "card_unknown"
        terminals[0].grant(member, "1.00")
        assert {wire.encode(p.result(10).rows) for p in polls} == {wire.encode(polls[0].result().rows)}


def test_a_row_that_commits_late_is_not_missed(central: Central, terminal: Terminal) -> None:
    """While a transaction with a number of the feed is open, nobody else gets a higher one and is read first."""
    slow, quick = central.add_member(), central.add_member("9.00")
    reader = central.enrol()
    epoch, after = reader.newest()
    seen: list[str] = []
    with ThreadPoolExecutor(1) as threads:
        with central.parts.database.write() as connection:
            publish(connection, Changes(members={slow.id}), "CNY", central.clock(), central.parts.database.safe)
            granting = threads.submit(terminal.grant, quick, "1.00")
            page = reader.feed(epoch, after, wait_s=0.7)
            seen += [row.key for row in page.rows]
        granting.result(10)
    while quick.id not in seen:
        page = reader.feed(epoch, page.next_after, wait_s=5)
        seen += [row.key for row in page.rows]
    assert seen == [slow.id, quick.id]
