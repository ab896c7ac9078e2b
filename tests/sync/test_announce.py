"""Announcing: what a terminal tells a central that was restored, in what order, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.domain.ids import GrantId
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant
from kiosk.services.ports import CentralUnreachable, TerminalIdentity
from kiosk.store.database import connect
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.client import CentralClient
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender, OutOfStep
from kiosk.sync.wire import MAX_ANNOUNCED_GRANTS, GrantRecord
from tests.store.sales import MEMBER, sell
from tests.sync.conftest import Published
from tests.sync.fake_central import FakeCentral, Fault


@pytest.fixture
def client(central: FakeCentral, identity: TerminalIdentity) -> Iterator[CentralClient]:
    made = CentralClient(central.address(), identity)
    yield made
    made.line.close()


@pytest.fixture
def reader(client: CentralClient, store: SqliteStore, identity: TerminalIdentity, published: Published) -> FeedReader:
    return FeedReader(client, store, identity, published, lambda: None)


def pre_grant(number: int) -> Grant:
    grant_id = GrantId(UUID(int=number))
    return Grant(grant_id, None, MEMBER.id, "t-1", 1, Money(100), f"seal {number}")  # type: ignore[arg-type]


def announced(central: FakeCentral) -> list[int]:
    return [told.id.int for message in central.state.announcements for told in message.grants]


def test_everything_held_is_told_page_by_page(central: FakeCentral, store: SqliteStore, reader: FeedReader) -> None:
    count = 2 * MAX_ANNOUNCED_GRANTS
    with store.transaction() as tx:
        for number in range(1, count + 1):
            tx.grants.take(pre_grant(number))
    reader.read_page(0)
    assert announced(central) == list(range(1, count + 1))
    assert [message.more for message in central.state.announcements] == [True, True, False]
    assert {message.epoch for message in central.state.announcements} == {central.state.epoch}
    assert central.state.announcements[0].grants[0].seal == "seal 1"
    reader.read_page(0)
    assert len(central.state.announcements) == 3, "once an epoch"


def test_what_a_kept_event_speaks_of_is_told(central: FakeCentral, store: SqliteStore, reader: FeedReader) -> None:
    sell(store)
    with store.transaction() as tx:
        for number in (1, 2, 3):
            tx.grants.take(pre_grant(number))
        tx.grants.recall(GrantId(UUID(int=1)))
        tx.grants.write_off(GrantId(UUID(int=2)))
    with store.transaction() as tx:
        for use in tx.grants.give_back():
            tx.outbox.add(b'{"closed":"%d"}' % use.grant.id.int)
    reader.read_page(0)
    told = announced(central)
    assert {1, 3} <= set(told)
    assert 2 not in told, "written off: nobody speaks of it any more"
    assert len(told) == 3, "and the grant of the sale"


def test_rows_of_the_new_epoch_wait_for_the_announcement(
    central: FakeCentral, store: SqliteStore, reader: FeedReader
) -> None:
    reader.read_page(0)
    central.publish("grant", str(UUID(int=7)), GrantRecord(UUID(int=7), MEMBER.id, 1, Money(500)))
    central.state.epoch = "epoch-2"
    for fault in (Fault.CUT, Fault.LOSE_REPLY):
        central.faults["/v1/announce"].append(fault)
        with pytest.raises(CentralUnreachable):
            reader.read_page(0)
        with store.transaction() as tx:
            assert tx.feed.cursor() == ("epoch-2", 0)
            assert tx.grants.open_pre_grants(MEMBER.id) == ()
    while reader.read_page(0):
        pass
    with store.transaction() as tx:
        assert len(tx.grants.open_pre_grants(MEMBER.id)) == 1
        assert tx.feed.is_announced()


def test_a_second_restore_while_it_was_away_is_announced_to(central: FakeCentral, reader: FeedReader) -> None:
    reader.read_page(0)
    central.state.epoch = "epoch-2"
    central.faults["/v1/announce"].append(Fault.CUT)
    with pytest.raises(CentralUnreachable):
        reader.read_page(0)
    central.state.epoch = "epoch-3"
    reader.read_page(0)
    assert [message.epoch for message in central.state.announcements] == ["epoch-1", "epoch-3"]


def test_what_central_forgot_is_sent_again_without_a_new_sale(
    central: FakeCentral, client: CentralClient, store: SqliteStore, reader: FeedReader
) -> None:
    for _ in range(5):
        sell(store)
    sender = OutboxSender(client, store)
    assert sender.send_batch()
    assert not sender.send_batch()
    central.state.terminals["t-1", 1].last_seq = 2
    central.state.order_of_events.clear()
    central.state.epoch = "epoch-2"
    reader.read_page(0)
    assert sender.send_batch()
    assert central.last_seq() == 5
    assert len(central.state.order_of_events) == 3


def test_a_central_that_forgot_more_than_is_kept_needs_a_person(
    central: FakeCentral, store: SqliteStore, reader: FeedReader, tmp_path: Path
) -> None:
    raw = connect(tmp_path / "kiosk.db", (tmp_path / "kiosk.key").read_bytes())
    raw.execute("UPDATE outbox_state SET acknowledged_id = 10, known_id = 10")
    raw.execute("INSERT INTO outbox (id, uuid, body) VALUES (11, printf('%032x', 11), '{}')")
    raw.close()
    with pytest.raises(OutOfStep, match="enrol anew"):
        reader.read_page(0)
    with store.transaction() as tx:
        assert not tx.feed.is_announced()


def test_stock_is_not_counted_twice_while_known_events_go_again(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.feed.apply_page(
            epoch="e",
            next_after=1,
            more=False,
            menus=[],
            members={},
            cards={},
            stock={"rice": (10, False)},  # type: ignore[dict-item]
        )
    sold = sell(store)
    with store.transaction() as tx:
        left = dict(tx.stock.levels().portions)
        assert tx.outbox.acknowledge(sold.seq)
        tx.outbox.hear_booked(sold.seq)
        heard_of = dict(tx.stock.levels().portions)
    identity = store.identity()
    assert identity is not None
    store.save_identity(identity)
    with store.transaction() as tx:
        assert tx.outbox.waiting() == 1, "it is sent again"
        assert dict(tx.stock.levels().portions) == heard_of != left
