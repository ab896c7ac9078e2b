"""The upload: every event arrives once and in order, whatever happens to replies and connections."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.services.ports import CentralRefused, CentralUnreachable, TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralBusy
from kiosk.sync.push import BATCH_EVENTS, OutboxSender, OutOfStep
from kiosk.sync.wire import PushBatch, PushReply, decode, encode, unpack_batch
from tests.store.sales import new_store
from tests.sync.conftest import NewClient
from tests.sync.fake_central import FakeCentral, Fault, Raw

T = TypeVar("T")


@pytest.fixture
def sender(central: FakeCentral, identity: TerminalIdentity, store: SqliteStore) -> Iterator[OutboxSender]:
    client = CentralClient(central.address(), identity)
    yield OutboxSender(client, store)
    client.line.close()


def add_events(store: SqliteStore, count: int, body: bytes = b'{"event":%d}') -> None:
    for _ in range(count):
        with store.transaction() as tx:
            number = tx.outbox.waiting()
            tx.outbox.add(body % number if b"%d" in body else body)


def waiting(store: SqliteStore) -> int:
    with store.transaction() as tx:
        return tx.outbox.waiting()


def send_all(sender: OutboxSender, attempts: int = 30) -> None:
    for _ in range(attempts):
        try:
            if not sender.send_batch():
                return
        except CentralUnreachable:
            pass
    raise AssertionError(f"not through after {attempts} attempts")


def bodies(central: FakeCentral) -> list[bytes]:
    return [central.state.events[event_id] for event_id in central.state.order_of_events]


def test_events_arrive_in_order_and_are_acknowledged(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender
) -> None:
    add_events(store, 5)
    assert sender.send_batch()
    assert not sender.send_batch()
    assert bodies(central) == [b'{"event":%d}' % i for i in range(5)]
    assert waiting(store) == 0
    add_events(store, 1)
    send_all(sender)
    assert central.last_seq() == 6


def test_a_long_outbox_goes_in_batches(central: FakeCentral, store: SqliteStore, sender: OutboxSender) -> None:
    with store.transaction() as tx:
        for _ in range(BATCH_EVENTS + 10):
            tx.outbox.add(b"{}")
    send_all(sender)
    assert central.last_seq() == BATCH_EVENTS + 10
    assert [len(central.requests_to(path)) for path in ("/v1/backlog", "/v1/push")] == [1, 1]


@pytest.mark.parametrize("fault", [f for f in Fault if f not in (Fault.HOLD, Fault.DRIP)], ids=lambda f: f.name)
def test_each_event_once_after_a_fault(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender, fault: Fault
) -> None:
    add_events(store, 3)
    central.faults["/v1/push"].append(fault)
    send_all(sender)
    assert bodies(central) == [b'{"event":%d}' % i for i in range(3)]
    assert waiting(store) == 0


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.one_of(
            st.integers(1, 4), st.sampled_from([Fault.CUT, Fault.LOSE_REPLY, Fault.HALF_REPLY, Raw(500), Fault.REPEAT])
        ),
        max_size=12,
    )
)
def test_any_mixture_of_sales_and_faults(steps: list[int | Fault | Raw]) -> None:
    with tempfile.TemporaryDirectory() as folder, FakeCentral() as central:
        identity = central.terminal()
        store = new_store(Path(folder), identity)
        client = CentralClient(central.address(), identity)
        sender = OutboxSender(client, store)
        sold = 0
        for step in steps:
            if isinstance(step, int):
                with store.transaction() as tx:
                    for _ in range(step):
                        sold += 1
                        assert tx.outbox.add(b"%d" % sold) == sold
            else:
                central.faults["/v1/push"].append(step)
            try:
                sender.send_batch()
            except CentralUnreachable:
                pass
        central.faults["/v1/push"].clear()
        send_all(sender)
        assert bodies(central) == [b"%d" % i for i in range(1, sold + 1)]
        assert waiting(store) == 0
        client.line.close()
        store.close()


def test_a_quarantined_event_does_not_hold_up_the_others(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender
) -> None:
    central.state.poison = b"bad"
    add_events(store, 1, b'"bad"')
    add_events(store, 2)
    send_all(sender)
    assert waiting(store) == 0
    assert central.last_seq() == 3


def test_a_central_restored_from_a_backup_gets_again_what_it_lost(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender
) -> None:
    add_events(store, 6)
    send_all(sender)
    central.state.terminals["t-1", 1].last_seq = 2
    del central.state.order_of_events[2:]
    add_events(store, 1, b'"new"')
    send_all(sender)
    assert bodies(central) == [*(b'{"event":%d}' % i for i in range(6)), b'"new"']
    assert waiting(store) == 0


@pytest.mark.parametrize("last_seq", [4, 10**6, -1, 2**63])
def test_a_central_that_knows_more_than_was_ever_sent(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender, last_seq: int
) -> None:
    """This database is an old copy, or the reply is nonsense: nothing is given up as sent."""
    add_events(store, 3)
    central.faults["/v1/push"].append(Raw(body=encode(PushReply(last_seq))))
    with pytest.raises(OutOfStep):
        sender.send_batch()
    assert waiting(store) == 3
    send_all(sender)
    assert bodies(central) == [b'{"event":%d}' % i for i in range(3)]


def test_a_central_that_takes_nothing_is_not_asked_without_end(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender
) -> None:
    add_events(store, 3)
    central.faults["/v1/push"].extend([Raw(body=encode(PushReply(0)))] * 2)
    assert sender.send_batch()
    with pytest.raises(CentralUnreachable):
        sender.send_batch()
    assert waiting(store) == 3


@pytest.mark.parametrize("good_before", range(3))
@pytest.mark.parametrize("fault", [f for f in Fault if f not in (Fault.HOLD, Fault.DRIP)], ids=lambda f: f.name)
def test_a_backlog_arrives_once_and_in_order_after_a_fault(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender, fault: Fault, good_before: int
) -> None:
    """Whichever batch meets it: the one behind is made already, and not sent before it."""
    with store.transaction() as tx:
        for number in range(3 * BATCH_EVENTS + 10):
            tx.outbox.add(b'{"event":%d}' % number)
    central.faults["/v1/backlog"].extend([*[None] * good_before, fault])
    send_all(sender)
    assert bodies(central) == [b'{"event":%d}' % number for number in range(3 * BATCH_EVENTS + 10)]
    assert waiting(store) == 0
    numbers = [unpack_batch(r.body).first_seq for r in central.requests_to("/v1/backlog")]
    assert numbers == sorted(numbers), "no batch was sent while central had not all of the one before"


@pytest.mark.parametrize("status", [401, 503])
def test_behind_a_batch_that_is_refused_nothing_is_sent(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender, status: int
) -> None:
    with store.transaction() as tx:
        for _ in range(3 * BATCH_EVENTS):
            tx.outbox.add(b"{}")
    central.faults["/v1/backlog"].extend([None, Raw(status)])
    with pytest.raises((CentralRefused, CentralUnreachable)):
        sender.send_batch()
    assert [unpack_batch(r.body).first_seq for r in central.requests_to("/v1/backlog")] == [1, BATCH_EVENTS + 1]
    assert waiting(store) == 2 * BATCH_EVENTS


class _RestoredMeanwhile(ThreadPoolExecutor):
    """While the first batch is under way, the feed tells that central was restored."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__(2)
        self._store = store

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        under_way = super().submit(work, *args, **kwargs)
        with self._store.transaction() as tx:
            tx.feed.enter_epoch("epoch-2")
        return under_way


def test_behind_a_batch_no_other_goes_that_is_for_another_epoch(
    central: FakeCentral, store: SqliteStore, identity: TerminalIdentity, new_client: NewClient
) -> None:
    with store.transaction() as tx:
        for _ in range(2 * BATCH_EVENTS):
            tx.outbox.add(b"{}")
    client = new_client(identity)
    send_all(OutboxSender(client, store, partial(_RestoredMeanwhile, store)))
    sent = [unpack_batch(r.body) for r in central.requests_to("/v1/backlog")]
    assert [(batch.first_seq, batch.epoch) for batch in sent] == [(1, ""), (1, "epoch-2"), (1001, "epoch-2")]
    assert waiting(store) == 0


def test_a_batch_made_ahead_is_dropped_when_central_asks_for_earlier_ones(
    central: FakeCentral, store: SqliteStore, sender: OutboxSender
) -> None:
    with store.transaction() as tx:
        for number in range(2 * BATCH_EVENTS):
            tx.outbox.add(b'{"event":%d}' % number)
    central.faults["/v1/backlog"].append(Raw(body=encode(PushReply(10))))
    assert sender.send_batch()
    central.state.terminals["t-1", 1].last_seq = 10  # it has the first ten and forgot the others
    send_all(sender)
    assert central.last_seq() == 2 * BATCH_EVENTS
    sent = [unpack_batch(r.body).first_seq for r in central.requests_to("/v1/backlog")]
    assert sent == [1, 11, 1011], sent


def sizes_sent(central: FakeCentral) -> list[int]:
    """How many events each push brought."""
    sizes = []
    for request in central.requests_to("/v1/push"):
        body = gzip.decompress(request.body) if request.headers.get("Content-Encoding") else request.body
        sizes.append(len(decode(body, PushBatch).events))
    return sizes


def test_batches_shrink_until_one_gets_through(central: FakeCentral, store: SqliteStore, sender: OutboxSender) -> None:
    add_events(store, 60, b'"%s"' % (b"x" * 100))
    central.faults["/v1/push"].extend([Raw(413)] * 5)
    for _ in range(5):
        with pytest.raises(CentralUnreachable):
            sender.send_batch()
    send_all(sender)
    sizes = sizes_sent(central)
    assert sizes[:6] == [60, 15, 3, 1, 1, 1]
    assert sum(sizes[5:]) == 60
    assert len(set(sizes[5:])) > 2, "and grow again"


def test_a_busy_central_is_sent_the_same_again(central: FakeCentral, store: SqliteStore, sender: OutboxSender) -> None:
    """Its room for backlogs is counted in batches: smaller ones would fill it sooner."""
    add_events(store, 60)
    central.faults["/v1/push"].extend([Raw(503)] * 3)
    for _ in range(3):
        with pytest.raises(CentralBusy):
            sender.send_batch()
    send_all(sender)
    assert sizes_sent(central) == [60, 60, 60, 60]


def test_a_revoked_terminal_keeps_everything(central: FakeCentral, store: SqliteStore, sender: OutboxSender) -> None:
    add_events(store, 2)
    central.state.terminals.clear()
    with pytest.raises(CentralRefused):
        sender.send_batch()
    assert waiting(store) == 2


def test_a_new_enrolment_sends_what_waits_under_new_numbers(central: FakeCentral, store: SqliteStore) -> None:
    add_events(store, 3)
    central.faults["/v1/push"].append(Fault.LOSE_REPLY)
    first = CentralClient(central.address(), store.identity())  # type: ignore[arg-type]
    with pytest.raises(CentralUnreachable):
        OutboxSender(first, store).send_batch()
    second_identity = central.terminal(incarnation=2)
    store.save_identity(second_identity)
    add_events(store, 1, b'"new"')
    second = CentralClient(central.address(), second_identity)
    send_all(OutboxSender(second, store))
    assert central.last_seq(incarnation=2) == 4
    assert len(central.state.events) == 4, "the same events by their ids, not new ones"
    for client in (first, second):
        client.line.close()
