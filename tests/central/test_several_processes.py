"""Several central processes behind one address share one PostgreSQL: every order is booked once, every row of the feed
is seen, and what one process needs to know of another it hears in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
import pytest
from sqlalchemy import func, select, text

from central.feed.repository import feed_row
from central.members.repository import lock_holder, lock_member, lock_members, put_cards
from central.menu.service import import_menu
from central.orders.repository import customer_order
from central.push.repository import add_received
from central.terminals.repository import lock_terminals
from central.transactions import utc_now
from kiosk.services.events import LinkState
from kiosk.services.outcomes import DueAtCounter, NotCharged, NotChargedReason, Paid
from tests.central.round_robin import RoundRobin, round_robin
from tests.central.sales import new_id, yuan
from tests.central.support import Central, Diner, Terminal, running_central, wait_until
from tests.central.test_process import Serving
from tests.central.till import Till, running_till

MENU = Path(__file__).parent / "data" / "protocol_2" / "menu.toml"
PROCESSES, TILLS, READERS = 3, 3, 2
EVERY_CARD = 3  # of a till's orders one is paid by card, the others at the counter
WITHIN_S = 60

Seen = dict[tuple[str, str], int]

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]


@dataclass(frozen=True)
class Cluster:
    """`central` serves too, for the test alone: to prepare and to look into the database."""

    central: Central
    door: RoundRobin


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, postgresql_url: Callable[[], str]) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as stack:
        central = stack.enter_context(running_central(folder, postgresql_url(), pre_grant_limit_minor=3000))
        menu = folder / "menu.toml"
        menu.write_text(MENU.read_text(encoding="utf-8").replace("portions = 40", "portions = 9999"), encoding="utf-8")
        central.parts.transactions.write(lambda tx: import_menu(tx, menu))
        with ThreadPoolExecutor(PROCESSES) as threads:
            serving = list(threads.map(Serving, [central.config] * PROCESSES))
        for process in serving:
            stack.callback(process.stop)
        yield Cluster(central, stack.enter_context(round_robin([process.url for process in serving])))


def read_until(reader: Terminal, sold: Event) -> Seen:
    """What it knows of each thing at last. Each poll goes through a connection, and so to a process, of its own."""
    seen: Seen = {}
    epoch, after = "", 0
    while True:
        all_is_sold = sold.is_set()  # before the poll: the last one comes after the last commit
        page = reader.feed(epoch, after, limit=200, wait_s=0.5)
        seqs = [row.seq for row in page.rows]
        assert seqs == sorted(set(seqs))
        assert not seqs or seqs[0] > (after if page.epoch == epoch else 0)
        seen |= {(row.kind, row.key): row.seq for row in page.rows}
        epoch, after = page.epoch, page.next_after
        if all_is_sold and not page.rows:
            return seen


def sell(till: Till, member: Diner, orders: int) -> None:
    wait_until(lambda: till.menu is not None and till.link is LinkState.ONLINE, WITHIN_S)
    for number in range(orders):
        if number % EVERY_CARD:
            assert isinstance(till.sells("noodles"), DueAtCounter)
        else:
            pays_by_card(till, member)
    wait_until(lambda: till.waiting() == 0, WITHIN_S)


def pays_by_card(till: Till, member: Diner) -> None:
    """On a busy machine central may be late: then nothing was charged, and the card is tapped again."""
    while not isinstance(outcome := till.sells("rice", member), Paid):
        assert isinstance(outcome, NotCharged)
        assert outcome.reason is NotChargedReason.CENTRAL_UNREACHABLE


def orders_at(central: Central) -> int:
    counted = select(func.count()).select_from(customer_order)
    number: int = central.parts.transactions.read(lambda connection: connection.execute(counted).scalar_one())
    return number


def reader_at(stack: ExitStack, cluster: Cluster) -> Terminal:
    enrolled = cluster.central.enrol()
    enrolled.http = stack.enter_context(
        httpx.Client(base_url=cluster.door.url, headers={"Connection": "close"}, timeout=30, trust_env=False)
    )
    return enrolled


@pytest.mark.parametrize("orders", [pytest.param(9, id="few"), pytest.param(200, id="many", marks=pytest.mark.prove)])
def test_every_order_once_and_every_row_seen(cluster: Cluster, tmp_path: Path, orders: int) -> None:
    central, sold, before = cluster.central, Event(), orders_at(cluster.central)
    members = [central.add_member("500.00") for _ in range(TILLS)]
    with ThreadPoolExecutor(TILLS + READERS) as threads, ExitStack() as stack:
        stack.callback(sold.set)
        tills = [
            stack.enter_context(running_till(central, tmp_path / f"till-{n}", cluster.door.url)) for n in range(TILLS)
        ]
        reading = [threads.submit(read_until, reader_at(stack, cluster), sold) for _ in range(READERS)]
        selling = [threads.submit(sell, till, member, orders) for till, member in zip(tills, members, strict=True)]
        for seller in selling:
            seller.result(WITHIN_S * 5)
        sold.set()
        seen = [reader.result(WITHIN_S) for reader in reading]
    for_all = select(feed_row).where(feed_row.c.terminal_id.is_(None))
    stored = central.parts.transactions.read(lambda c: {(r.kind, r.key): r.seq for r in c.execute(for_all)})
    assert seen == [stored] * READERS
    assert orders_at(central) == before + TILLS * orders
    assert central.staff_get("/v1/quarantine") == []
    paid = yuan("1.00") * -(-orders // EVERY_CARD)
    assert [central.account(member).booked for member in members] == [yuan("500.00") - paid] * TILLS
    assert min(cluster.door.connections.values()) > 0


def test_what_is_set_aside_comes_back_through_another_process(cluster: Cluster, tmp_path: Path) -> None:
    """One process asks for it, the feed of a second says so, a third is given it back."""
    member = cluster.central.add_member("40.00")
    with ExitStack() as stack:
        usual, other = (
            stack.enter_context(running_till(cluster.central, tmp_path / name, cluster.door.url))
            for name in ("usual", "other")
        )
        for till in (usual, other):
            wait_until(lambda till=till: till.menu is not None and till.link is LinkState.ONLINE, WITHIN_S)
        for _ in range(2):
            assert isinstance(usual.sells("rice", member), Paid)
        wait_until(lambda: usual.set_aside(member) == yuan("30.00"), WITHIN_S)
        assert isinstance(other.sells("noodles", member), Paid)  # 8.00 are free
        assert usual.set_aside(member) == yuan("0")


def test_an_upload_under_way_does_not_hold_up_setting_money_aside(cluster: Cluster) -> None:
    """What an upload writes refers to its terminal and to members. Were that in the way of who locks those, and they
    in the way of the upload, both would wait for each other."""
    database, terminal = cluster.central.parts.database, cluster.central.enrol()
    member = cluster.central.add_member()
    row = {"terminal_id": terminal.id, "incarnation": 1, "seq": 1, "event_id": new_id(), "body_sha256": b""}
    with database.write() as uploading:
        add_received(uploading, [row | {"received_at": utc_now(), "about": None}])
        put_cards(uploading, [{"uid": "F0F0F0F0", "member_id": member.id, "state": "active"}])
        with database.write() as setting_aside:
            setting_aside.execute(text("SET LOCAL lock_timeout = '500ms'"))
            assert lock_members(setting_aside, [member.id]).keys() == {member.id}
            assert lock_holder(setting_aside, member.card_uid) is not None
            assert lock_member(setting_aside, member.id) is not None
            assert [held.id for held in lock_terminals(setting_aside, {terminal.id})] == [terminal.id]
