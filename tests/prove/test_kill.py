"""kill -9 of the terminal at a random moment of a sale, again and again: what was shown as paid is there once, at the
terminal and at central, and nothing is half-written."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from uuid import UUID

import pytest

from kiosk.devices.bench.messages import control_socket_path
from kiosk.domain.order import OrderState
from kiosk.settings import load_settings
from kiosk.store.database import connect
from kiosk.store.key_file import load_or_make_key
from kiosk.terminal_store import open_terminal_store
from tests.end_to_end.site import MEMBER, ROOT, Site, without_display

BALANCE = "90000"
OPENING = 50_00
READY_WITHIN_S = 60
# A sale takes some 50 ms from the card to the screen; the rest of the time falls between two sales.
LONGEST_AFTER_CARD_S = 0.25


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    try:
        site.start()
        site.central("top-up", MEMBER, BALANCE)
        yield site
    finally:
        site.stop()


@pytest.mark.parametrize("kills", [pytest.param(1, id="1"), pytest.param(5, id="5", marks=pytest.mark.prove)])
def test_every_order_shown_as_paid_is_there_once(site: Site, kills: int) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    shown: list[UUID] = []
    for _ in range(kills):
        shown += _sell_until_killed(site, chance.randint(1, 2), chance.uniform(0, LONGEST_AFTER_CARD_S))
    assert _settle(site)
    assert shown, "nothing was sold: nothing is proved"
    _check(site, shown)
    in_all = len(site.orders_at_central())
    sys.stdout.write(f"{kills} kills, {len(shown)} orders shown as paid, {in_all} orders in all\n")


def _sell_until_killed(site: Site, sales: int, after_card_s: float) -> list[UUID]:
    """Start the terminal, let it show that many orders as paid, and kill it `after_card_s` after the next card was
    tapped; the orders it had shown as paid."""
    process, lines = _start(site, "sell")
    said: list[str] = []
    while sum(line.startswith("PAID ") for line in said) < sales or said[-1] != "CARD":
        said.append(lines.get(timeout=READY_WITHIN_S))
        assert said[-1], f"the terminal ended by itself: {said}"
    threading.Event().wait(after_card_s)  # the moment is what is random here
    process.kill()
    process.wait(10)
    said += iter(lines.get, "")
    assert not [line for line in said if line.startswith("STUCK")], said
    return [UUID(line.removeprefix("PAID ")) for line in said if line.startswith("PAID ")]


def _settle(site: Site) -> bool:
    process, lines = _start(site, "settle")
    said = list(iter(lambda: lines.get(timeout=READY_WITHIN_S), ""))
    return process.wait(READY_WITHIN_S) == 0 and said == ["READY", "SETTLED"]


def _start(site: Site, what: str) -> tuple[subprocess.Popen[str], Queue[str]]:
    socket_path = control_socket_path(load_settings(site.bench_config))
    command = [sys.executable, "-m", "tests.prove.selling_terminal", str(site.terminal_config), str(socket_path), what]
    with (site.folder / "terminals.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=without_display(), stdout=subprocess.PIPE, stderr=log, text=True
        )
    lines: Queue[str] = Queue()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                lines.put(line.strip())
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    return process, lines


def _check(site: Site, shown: list[UUID]) -> None:
    store = open_terminal_store(load_settings(site.terminal_config))
    try:
        with store.transaction() as tx:
            orders = tx.orders.recent(100_000)
            unresolved = tx.payments.unresolved()
    finally:
        store.close()
    here = Counter(order.id for order in orders)
    there = Counter(UUID(order["id"]) for order in site.orders_at_central())
    assert len(shown) == len(set(shown))
    assert set(shown) <= set(here), "shown as paid, and lost"
    assert here == there, "terminal and central differ"
    assert not here or max(here.values()) == 1
    assert {order.state for order in orders} <= {OrderState.PAID}
    assert not unresolved
    _check_nothing_is_half_written(site, len(orders))
    _check_money(site, sum(order.total.minor for order in orders))
    _check_papers(site)


def _check_nothing_is_half_written(site: Site, orders: int) -> None:
    """Each order with its one paid payment and spends of the same amount, and every grant at what was spent of it."""
    folder = load_settings(site.terminal_config).terminal.state_dir
    database = connect(folder / "terminal.db", load_or_make_key(folder / "terminal.key", folder / "terminal.db"))
    try:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        whole, paid, of_orders = database.execute(
            "SELECT count(*), (SELECT count(*) FROM payments WHERE state = 'paid'), coalesce(sum(spends), 0) FROM ("
            " SELECT o.total_minor, sum(s.amount_minor) AS spent, count(*) AS spends FROM orders o"
            " JOIN payments p ON p.order_id = o.id AND p.state = 'paid' AND p.amount_minor = o.total_minor"
            " JOIN spends s ON s.payment_id = p.id GROUP BY p.id"
            ") WHERE spent = total_minor"
        ).fetchone()
        spends = database.execute("SELECT count(*) FROM spends").fetchone()[0]
        torn_grants = database.execute(
            "SELECT count(*) FROM grants g LEFT JOIN"
            " (SELECT grant_id, count(*) n, max(number) last, sum(amount_minor) total FROM spends GROUP BY 1) s"
            " ON s.grant_id = g.id WHERE (g.spends, g.spends, g.spent_minor) IS NOT"
            " (coalesce(s.n, 0), coalesce(s.last, 0), coalesce(s.total, 0))"
            " OR (g.spent_minor = g.amount_minor AND NOT g.closed)"
        ).fetchone()[0]
    finally:
        database.close()
    assert (whole, paid, of_orders, torn_grants) == (orders, orders, spends, 0)


def _check_money(site: Site, sold_minor: int) -> None:
    """Central's free balance: nothing charged twice, nothing held by a grant that will never be spent."""
    said = site.central("top-up", MEMBER, "0.01")
    free = re.search(r"(\d+\.\d\d)\D*$", said)
    assert free, said
    assert round(float(free[1]) * 100) == OPENING + int(BALANCE) * 100 + 1 - sold_minor


def _check_papers(site: Site) -> None:
    """No order's receipt came out twice."""
    with site.bench() as bench:
        papers = bench.papers("receipts")
    printed = Counter(code for paper in papers for code in re.findall(rb"[0-9a-f]{12}", paper.data))
    assert not [code for code, times in printed.items() if times > 1]
