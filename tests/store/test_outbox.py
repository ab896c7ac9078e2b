"""The outbox under every mixture of sales, roll-backs, acknowledgements, restarts and enrolments."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk.store.database import connect
from kiosk.store.outbox import KEEP_ACKNOWLEDGED
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.store.sales import IDENTITY, new_store


class OutboxMachine(RuleBasedStateMachine):
    """`sent` is every body committed in this incarnation, in order: number n is sent[n - 1]."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.store = new_store(self.path)
        self.sent: list[bytes] = []
        self.acknowledged = 0
        self.made = 0
        self.incarnation = 1

    def _body(self) -> bytes:
        self.made += 1
        return b"%d" % self.made

    @rule(count=st.integers(1, 3))
    def sell(self, count: int) -> None:
        with self.store.transaction() as tx:
            for _ in range(count):
                body = self._body()
                assert tx.outbox.add(body) == len(self.sent) + 1
                self.sent.append(body)

    @rule(count=st.integers(1, 3))
    def fail_to_sell(self, count: int) -> None:
        def interrupted() -> None:
            with self.store.transaction() as tx:
                for _ in range(count):
                    tx.outbox.add(self._body())
                raise InterruptedError

        with pytest.raises(InterruptedError):
            interrupted()

    @rule(seq=st.integers(-1, 40))
    def acknowledge(self, seq: int) -> None:
        with self.store.transaction() as tx:
            possible = 0 <= seq <= len(self.sent)
            assert tx.outbox.acknowledge(seq) is possible
            if possible:
                self.acknowledged = seq

    @rule()
    def open_again(self) -> None:
        self.store.close()
        self.store = open_store(self.path / "kiosk.db", self.path / "kiosk.key")

    @rule()
    def enrol_again(self) -> None:
        self.incarnation += 1
        self.store.save_identity(replace(IDENTITY, incarnation=self.incarnation))
        self.acknowledged = 0  # everything that is kept goes out again

    @invariant()
    def what_waits_is_what_was_sold_and_not_acknowledged(self) -> None:
        with self.store.transaction() as tx:
            first_seq, events = tx.outbox.next_batch(1000, 10**9)
            assert tx.outbox.waiting() == len(events)
        assert first_seq == self.acknowledged + 1
        assert [body for _, body in events] == self.sent[self.acknowledged :]
        assert len({event_id for event_id, _ in events}) == len(events)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


def test_batches_are_bounded_but_never_empty(store: SqliteStore) -> None:
    with store.transaction() as tx:
        for size in (10, 10, 500, 10):
            tx.outbox.add(b"x" * size)

    def sizes(limit: int, max_bytes: int) -> list[int]:
        with store.transaction() as tx:
            return [len(body) for _, body in tx.outbox.next_batch(limit, max_bytes)[1]]

    assert sizes(2, 10**6) == [10, 10]
    assert sizes(10, 100) == [10, 10]
    assert sizes(10, 520) == [10, 10, 500]
    assert sizes(10, 1) == [10]
    with store.transaction() as tx:
        tx.outbox.acknowledge(2)
    assert sizes(10, 100) == [500]


def test_an_event_keeps_its_id(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.outbox.add(b"{}")
        _, first = tx.outbox.next_batch(1, 100)
    with store.transaction() as tx:
        assert tx.outbox.next_batch(1, 100) == (1, first)
    assert UUID(hex=first[0][0]).version == 7


def fill(folder: Path, count: int) -> None:
    """So many events, quicker than by selling."""
    raw = connect(folder / "kiosk.db", (folder / "kiosk.key").read_bytes())
    raw.execute(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?) "
        "INSERT INTO outbox (id, uuid, body) SELECT n, printf('%032x', n), '{}' FROM numbers",
        (count,),
    )
    raw.close()


def closed(folder: Path, closed_id: int) -> None:
    """A Z report has added up all of these."""
    raw = connect(folder / "kiosk.db", (folder / "kiosk.key").read_bytes())
    raw.execute("UPDATE shift_state SET closed_id = ?", (closed_id,))
    raw.close()


def test_what_no_z_report_has_added_up_is_kept(store: SqliteStore, tmp_path: Path) -> None:
    fill(tmp_path, KEEP_ACKNOWLEDGED + 7)
    closed(tmp_path, 3)
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(KEEP_ACKNOWLEDGED + 7)
        assert tx.outbox.acknowledge(3), "the third, which a report has, is gone"
        assert not tx.outbox.acknowledge(2)


def test_acknowledged_events_are_kept_for_a_while_and_then_forgotten(store: SqliteStore, tmp_path: Path) -> None:
    extra = 7
    fill(tmp_path, KEEP_ACKNOWLEDGED + extra)
    closed(tmp_path, KEEP_ACKNOWLEDGED + extra)
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(KEEP_ACKNOWLEDGED + extra)
        assert not tx.outbox.acknowledge(extra - 1), "what central asks for is not kept any more"
        assert tx.outbox.acknowledge(extra), "the oldest that is kept"
        assert tx.outbox.waiting() == KEEP_ACKNOWLEDGED
        assert tx.outbox.add(b"{}") == KEEP_ACKNOWLEDGED + extra + 1
