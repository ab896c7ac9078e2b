"""Killed in the middle, a full disk, many threads: what was said to be sold is there once, and nothing by halves."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest

from kiosk.domain.order import Order
from kiosk.domain.payment import PaymentState
from kiosk.services.events import PrintJobState
from kiosk.services.ports import StorageFailed
from kiosk.store.database import connect
from kiosk.store.errors import StorageBusy
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.store.sales import new_store, sell

ROOT = Path(__file__).resolve().parents[2]


def seller(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.seller", str(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def check_whole(folder: Path) -> list[Order]:
    """The orders in the store, oldest first, after checking that each has everything a sale has, once."""
    store = open_store(folder / "kiosk.db", folder / "kiosk.key")
    with store.transaction() as tx:
        orders = tx.orders.recent(10_000)[::-1]
        _, events = tx.outbox.next_batch(10_000, 10**9)
        jobs = Counter(job.order_id for job in tx.print_jobs.in_state(PrintJobState.QUEUED))
        open_payments = tx.payments.unresolved()
    store.close()
    assert [body for _, body in events] == [b'{"order":"%s"}' % order.number.encode() for order in orders]
    assert jobs == {order.id: 2 for order in orders}
    assert len(open_payments) <= 1
    assert all(payment.state is PaymentState.INTENDED for payment in open_payments)
    return list(orders)


def test_a_crash_in_the_middle_of_a_sale(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    with seller(tmp_path, "die", "5") as process:
        said = process.stdout.read().split()  # type: ignore[union-attr]
    assert process.returncode == 9
    assert [order.number for order in check_whole(tmp_path)] == said
    assert said == [f"A00{i}" for i in range(1, 6)]


@pytest.mark.parametrize("after_lines", [1, 8, 25])
def test_kill_9_at_any_moment(tmp_path: Path, after_lines: int) -> None:
    new_store(tmp_path).close()
    said: list[str] = []
    with seller(tmp_path, "forever") as process:
        assert process.stdout
        said = [process.stdout.readline().strip() for _ in range(after_lines)]
        process.kill()
        said += process.stdout.read().split()
    numbers = [order.number for order in check_whole(tmp_path)]
    assert numbers[: len(said)] == said
    assert len(numbers) <= len(said) + 1, "at most the one that had been committed and not yet said"


def test_a_full_disk_stops_the_selling(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    with seller(tmp_path, "full", "300000") as process:
        lines = process.stdout.read().splitlines()  # type: ignore[union-attr]
    *said, failed, still_failed = [line for line in lines if "storage_failed" not in line]
    assert (failed, still_failed) == ("failed", "still failed")
    assert said
    assert [order.number for order in check_whole(tmp_path)] == said


def test_threads_take_turns(store: SqliteStore) -> None:
    with ThreadPoolExecutor(4) as pool:
        sold = [f.result() for f in [pool.submit(sell, store) for _ in range(40)]]
    assert sorted(s.order.number for s in sold) == [f"A{i:03d}" for i in range(1, 41)]
    assert sorted(s.seq for s in sold) == list(range(1, 41))


def test_waiting_for_a_turn_has_an_end(tmp_path: Path) -> None:
    """Both ways to wait at once: for a thread of this program, and for another program (five seconds each)."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    slow, shared = new_store(tmp_path / "a"), new_store(tmp_path / "b")
    entered, leave = Event(), Event()

    def hold() -> None:
        with slow.transaction():
            entered.set()
            leave.wait(30)

    thread = Thread(target=hold)
    thread.start()
    assert entered.wait(5)
    other = connect(tmp_path / "b" / "kiosk.db", (tmp_path / "b" / "kiosk.key").read_bytes())
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(sell, store) for store in (slow, shared)]
        errors = [sale.exception(timeout=20) for sale in waiting]
    assert [type(error) for error in errors] == [StorageBusy, StorageBusy]
    leave.set()
    thread.join(5)
    other.execute("ROLLBACK")
    other.close()
    for store in (slow, shared):
        assert sell(store).order.number == "A001", "nothing happened, and the store still works"
        store.close()


def test_damage_met_while_selling_stops_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.transaction() as tx:
        for _ in range(4000):  # more than SQLite keeps in memory
            tx.outbox.add(bytes(3000))
    store.close()
    path = tmp_path / "kiosk.db"
    store = open_store(path, tmp_path / "kiosk.key")
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096 + 50)
            file.write(b"damaged")
    with pytest.raises(StorageFailed), store.transaction() as tx:
        tx.outbox.next_batch(4000, 10**9)
    with pytest.raises(StorageFailed):
        sell(store)
    store.close()
