"""Orders are found by what staff know of them, by an index, however many a terminal keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.ids import MemberId, OrderId
from kiosk.services.events import PrintJobState
from kiosk.store.connection import Connection
from kiosk.store.database import connect
from kiosk.store.orders import SqlOrders
from kiosk.store.print_jobs import SqlPrintJobs
from kiosk.store.sqlite_store import SqliteStore
from tests.store.sales import DAY, MEMBER, NOON, new_store, sell

# Each ends at the query's LIMIT: the newest orders by position, the newest days, and those days again.
IN_ORDER = {
    "SCAN orders",
    "SCAN order_counters USING COVERING INDEX sqlite_autoindex_order_counters_1",
    "SCAN anon_1",
}
LONG_AGO = OrderId(uuid4())


def test_the_newest_page_by_page(store: SqliteStore) -> None:
    sold = [sell(store).order for _ in range(5)]
    with store.transaction() as tx:
        first = tx.orders.recent(2)
        second = tx.orders.recent(2, first[-1].id)
        third = tx.orders.recent(2, second[-1].id)
        assert tx.orders.recent(2, third[-1].id) == ()
        assert tx.orders.recent(2, LONG_AGO) == (), "no such order"
    assert (*first, *second, *third) == tuple(reversed(sold))


def test_by_number_the_newest_day_first(store: SqliteStore) -> None:
    yesterday = sell(store, day=DAY - timedelta(days=1)).order
    today, other = sell(store).order, sell(store).order
    with store.transaction() as tx:
        assert tx.orders.numbered("A001", 10) == (today, yesterday)
        assert tx.orders.numbered("A001", 1) == (today,)
        assert tx.orders.numbered("A002", 10) == (other,)
        assert tx.orders.numbered("' OR 1 = 1 --", 10) == ()


def test_those_that_a_member_paid(store: SqliteStore) -> None:
    first, second = sell(store).order, sell(store).order
    with store.transaction() as tx:
        assert tx.orders.paid_by(MEMBER.id, 10) == (second, first)
        assert tx.orders.paid_by(MemberId("m-2"), 10) == ()


def test_by_the_moment(store: SqliteStore) -> None:
    sold = sell(store).order
    with store.transaction() as tx:
        assert tx.orders.last_before(NOON + timedelta(days=365 * 50)) == sold.id
        assert tx.orders.last_before(NOON - timedelta(days=365)) is None


def test_an_orders_papers_oldest_first(store: SqliteStore) -> None:
    sold, other = sell(store).order, sell(store).order
    with store.transaction() as tx:
        jobs = tx.print_jobs.of_order(sold.id)
        assert {job.order_id for job in jobs} == {sold.id}
        assert set(jobs) | set(tx.print_jobs.of_order(other.id)) == set(tx.print_jobs.in_state(PrintJobState.QUEUED))


Question = Callable[[Connection], object]


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: SqlOrders(c).recent(7),
        lambda c: SqlOrders(c).recent(7, LONG_AGO),
        lambda c: SqlOrders(c).numbered("A037", 7),
        lambda c: SqlOrders(c).paid_by(MEMBER.id, 7),
        lambda c: SqlOrders(c).last_before(NOON),
        lambda c: SqlPrintJobs(c).of_order(LONG_AGO),
    ],
)
def test_no_table_is_read_through(tmp_path: Path, ask: Question) -> None:
    """Only as far as the answer goes, in the order in which the index has it."""
    new_store(tmp_path).close()
    asked: list[str] = []
    raw = connect(tmp_path / "kiosk.db", (tmp_path / "kiosk.key").read_bytes())
    try:
        raw.set_trace_callback(asked.append)
        ask(Connection(raw))
        raw.set_trace_callback(None)
        (sql,) = asked
        plan = [line for *_, line in raw.execute(f"EXPLAIN QUERY PLAN {sql}")]
    finally:
        raw.close()
    assert not any("TEMP B-TREE" in line for line in plan), plan
    assert {line for line in plan if line.startswith("SCAN")} <= IN_ORDER, plan
