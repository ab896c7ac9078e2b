"""The two threads together: at once when there is something, patient when central is away, gone when told to stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from kiosk.services.events import CentralLinkChanged, LinkState, MenuChanged
from kiosk.services.ports import TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.worker import GATHER_S, SyncWorker
from tests.domain.canteen import MENU
from tests.store.sales import new_store
from tests.sync.conftest import Published
from tests.sync.fake_central import FakeCentral, Fault, Raw, until

# Far below every interval at which the worker would look by itself, far above what a busy machine needs.
SOON_S = 5.0


@pytest.fixture
def worker(
    central: FakeCentral, identity: TerminalIdentity, store: SqliteStore, published: Published
) -> Iterator[SyncWorker]:
    made = SyncWorker(store, central.address(), identity, published, poll_wait_s=20)
    yield made
    made.stop()


def sell(store: SqliteStore, worker: SyncWorker, body: bytes = b"{}") -> None:
    with store.transaction() as tx:
        tx.outbox.add(body)
    worker.wake()


def link_states(published: Published) -> list[LinkState]:
    return [e.state for e in published.events if isinstance(e, CentralLinkChanged)]


def is_polling(central: FakeCentral) -> bool:
    return any("wait_s=20" in r.path for r in central.requests_to("/v1/feed"))


def test_a_sale_is_uploaded_at_once(central: FakeCentral, store: SqliteStore, worker: SyncWorker) -> None:
    worker.start()
    until(lambda: is_polling(central))
    sell(store, worker)
    until(lambda: central.last_seq() == 1, SOON_S)
    sell(store, worker)
    until(lambda: central.last_seq() == 2, SOON_S)


def test_what_waited_before_the_start_goes_out_by_itself(
    central: FakeCentral, store: SqliteStore, worker: SyncWorker
) -> None:
    with store.transaction() as tx:
        tx.outbox.add(b"{}")
    worker.start()
    until(lambda: central.last_seq() == 1)


def test_a_change_arrives_at_once(central: FakeCentral, worker: SyncWorker, published: Published) -> None:
    worker.start()
    until(lambda: is_polling(central))
    central.publish("menu", "", MENU)
    until(lambda: MenuChanged(MENU.version) in published.events, SOON_S)


def test_changes_of_a_busy_hour_come_together(central: FakeCentral, worker: SyncWorker, published: Published) -> None:
    """The first at once, those behind it gathered."""
    worker.start()
    until(lambda: is_polling(central))
    asked = len(central.requests_to("/v1/feed"))
    began_s, version, between = time.monotonic(), 1, Event()
    while time.monotonic() < began_s + 4 * GATHER_S:
        version += 1
        central.publish("menu", "", replace(MENU, version=version))
        between.wait(0.005)
    until(lambda: MenuChanged(version) in published.events, SOON_S)
    passed_s = time.monotonic() - began_s
    assert len(central.requests_to("/v1/feed")) - asked <= 2 + passed_s / GATHER_S


def test_an_upload_that_hangs_does_not_hold_up_the_feed(
    central: FakeCentral, store: SqliteStore, worker: SyncWorker, published: Published
) -> None:
    central.faults["/v1/push"].append(Fault.HOLD)
    worker.start()
    sell(store, worker)
    until(lambda: central.requests_to("/v1/push"))
    central.publish("menu", "", MENU)
    until(lambda: MenuChanged(MENU.version) in published.events, SOON_S)
    assert central.last_seq() == 0


def test_online_is_said_at_once_though_nothing_is_new(
    central: FakeCentral, worker: SyncWorker, published: Published
) -> None:
    worker.start()
    until(lambda: link_states(published) == [LinkState.ONLINE], SOON_S)


def test_one_cut_connection_is_not_worth_a_word(
    central: FakeCentral, store: SqliteStore, worker: SyncWorker, published: Published
) -> None:
    central.faults["/v1/push"].append(Fault.CUT)
    central.faults["/v1/feed"].append(Fault.CUT)
    worker.start()
    sell(store, worker)
    until(lambda: central.last_seq() == 1 and is_polling(central), SOON_S)
    assert link_states(published) == [LinkState.ONLINE]


def test_offline_and_online_again_are_each_said_once(
    central: FakeCentral, store: SqliteStore, worker: SyncWorker, published: Published
) -> None:
    central.faults["/v1/push"].extend([Raw(503)] * 3)
    worker.start()
    until(lambda: link_states(published) == [LinkState.ONLINE])
    sell(store, worker)
    until(lambda: LinkState.OFFLINE in link_states(published))
    until(lambda: central.last_seq() == 1)
    until(lambda: link_states(published) == [LinkState.ONLINE, LinkState.OFFLINE, LinkState.ONLINE])


def fail_to_push(central: FakeCentral, store: SqliteStore, worker: SyncWorker, times: int) -> None:
    """Each wake must lead to an attempt at once; the pauses between them would add up to minutes."""
    central.faults["/v1/push"].extend([Raw(503)] * 100)
    sell(store, worker)
    for attempt in range(1, times + 1):
        worker.wake()
        until(lambda attempt=attempt: len(central.requests_to("/v1/push")) >= attempt, SOON_S)


def test_a_sale_during_a_pause_is_tried_at_once(central: FakeCentral, store: SqliteStore, worker: SyncWorker) -> None:
    worker.start()
    began_s = time.monotonic()
    fail_to_push(central, store, worker, times=12)
    assert time.monotonic() - began_s < SOON_S
    central.faults["/v1/push"].clear()
    worker.wake()
    until(lambda: central.last_seq() == 1, SOON_S)


def test_a_revoked_terminal_says_so_and_comes_back_when_admitted_again(
    central: FakeCentral, worker: SyncWorker, published: Published
) -> None:
    admitted = dict(central.state.terminals)
    central.state.terminals.clear()
    worker.start()
    until(lambda: link_states(published) == [LinkState.REFUSED])
    central.state.terminals.update(admitted)
    until(lambda: link_states(published) == [LinkState.REFUSED, LinkState.ONLINE])


def test_a_proxy_that_cuts_idle_connections_is_lived_with(
    central: FakeCentral, identity: TerminalIdentity, store: SqliteStore, published: Published
) -> None:
    central.state.cut_polls_after_s = 1.0
    worker = SyncWorker(store, central.address(timeout_s=0.5), identity, published, poll_wait_s=2)
    worker.start()
    until(lambda: len(central.requests_to("/v1/feed")) > 4, 20)
    worker.stop()
    assert link_states(published) == [LinkState.ONLINE]


def test_stopping_takes_no_time_in_a_long_poll_and_in_an_upload(
    central: FakeCentral, store: SqliteStore, worker: SyncWorker, published: Published
) -> None:
    central.faults["/v1/push"].append(Fault.HOLD)
    worker.start()
    until(lambda: is_polling(central))
    sell(store, worker)
    until(lambda: central.requests_to("/v1/push"))
    began_s = time.monotonic()
    worker.stop()
    assert time.monotonic() - began_s < 5
    assert link_states(published) == [LinkState.ONLINE], "stopping is not losing the connection"


def test_stopping_takes_no_time_in_a_pause(central: FakeCentral, store: SqliteStore, worker: SyncWorker) -> None:
    worker.start()
    fail_to_push(central, store, worker, times=12)
    began_s = time.monotonic()
    worker.stop()
    assert time.monotonic() - began_s < 5


def test_a_store_that_failed_does_not_end_the_threads(
    central: FakeCentral, store: SqliteStore, worker: SyncWorker, published: Published
) -> None:
    store.close()
    worker.start()
    until(lambda: link_states(published) == [LinkState.OFFLINE])
    worker.stop()
    assert central.requests_to("/v1/feed") == []


def test_four_terminals_at_once(central: FakeCentral, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each outbox arrives whole and in order."""
    terminals = 4
    running = []
    for i in range(terminals):
        identity = central.terminal(f"t-{i}")
        store = new_store(tmp_path_factory.mktemp(f"t{i}"), identity)
        worker = SyncWorker(store, central.address(), identity, Published(), poll_wait_s=5)
        worker.start()
        running.append((store, worker))
    for n in range(10):
        for i, (store, worker) in enumerate(running):
            sell(store, worker, b'{"n":%d,"t":%d}' % (n, i))
    until(lambda: all(central.last_seq(f"t-{i}") == 10 for i in range(terminals)))
    arrived = [central.state.events[event_id] for event_id in central.state.order_of_events]
    for i, (store, worker) in enumerate(running):
        assert [b for b in arrived if b.endswith(b":%d}" % i)] == [b'{"n":%d,"t":%d}' % (n, i) for n in range(10)]
        worker.stop()
        store.close()
