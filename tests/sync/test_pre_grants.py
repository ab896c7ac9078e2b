"""Pre-grants from the feed: taken, spent, given back when central asks, and never spent after that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.domain.ids import PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentState
from kiosk.services.ports import TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.client import CentralClient
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender
from kiosk.sync.wire import GrantClosed, GrantRecord, decode_event
from tests.store.sales import CARD_UID, MEMBER, draft, intended
from tests.sync.conftest import NewClient, Published
from tests.sync.fake_central import FakeCentral


@pytest.fixture
def reader(
    central: FakeCentral, identity: TerminalIdentity, store: SqliteStore, published: Published
) -> Iterator[FeedReader]:
    client = CentralClient(central.address(), identity)
    yield FeedReader(client, store, identity, published, lambda: None)
    client.line.close()


def read_all(reader: FeedReader) -> None:
    while reader.read_page(0):
        pass


def grant_row(number: int, *, incarnation: int = 1, recalled: bool = False, minor: int = 1500) -> GrantRecord:
    return GrantRecord(UUID(int=number), MEMBER.id, incarnation, Money(minor), recalled)


def held(store: SqliteStore) -> dict[int, int]:
    """What the terminal may spend for the member: minor units by grant."""
    with store.transaction() as tx:
        return {use.grant.id.int: use.left.minor for use in tx.grants.open_pre_grants(MEMBER.id)}


def test_what_was_spent_counts_until_central_has_heard_of_it(
    central: FakeCentral, store: SqliteStore, reader: FeedReader
) -> None:
    """Also of a payment that was never written as intended: it was paid at once."""
    central.publish("grant", str(UUID(int=1)), grant_row(1))
    read_all(reader)
    payment = replace(intended(draft()), amount=Money(400), member_id=MEMBER.id)
    with store.transaction() as tx:
        (use,) = tx.grants.open_pre_grants(MEMBER.id)
        tx.grants.record_spend(*use.spend(payment.id, payment.amount))
        tx.payments.add(payment.to(PaymentState.PAID), ByCard(CARD_UID))
        seq = tx.outbox.add(b"{}")
    with store.transaction() as tx:
        assert tx.grants.unacknowledged(MEMBER.id, "CNY") == payment.amount
        assert tx.outbox.acknowledge(seq)
        assert tx.grants.unacknowledged(MEMBER.id, "CNY") == Money(0)


def test_pre_grants_arrive_and_a_repeated_row_gives_nothing_back(
    central: FakeCentral, store: SqliteStore, reader: FeedReader
) -> None:
    central.publish("grant", str(UUID(int=1)), grant_row(1))
    read_all(reader)
    with store.transaction() as tx:
        (use,) = tx.grants.open_pre_grants(MEMBER.id)
        tx.grants.record_spend(*use.spend(PaymentId(UUID(int=7)), Money(400)))
    central.publish("grant", str(UUID(int=1)), grant_row(1))
    read_all(reader)
    assert held(store) == {1: 1100}


def test_what_was_written_off_is_spent_no_more(central: FakeCentral, store: SqliteStore, reader: FeedReader) -> None:
    central.publish("grant", str(UUID(int=1)), grant_row(1))
    central.publish("grant", str(UUID(int=2)), grant_row(2))
    read_all(reader)
    central.publish("grant", str(UUID(int=1)), None)
    read_all(reader)
    assert held(store) == {2: 1500}
    assert waiting_events(store) == []


def test_a_recalled_grant_is_given_back_with_the_next_upload(
    central: FakeCentral, store: SqliteStore, identity: TerminalIdentity, published: Published, new_client: NewClient
) -> None:
    client = new_client(identity)
    recalls: list[None] = []
    reader = FeedReader(client, store, identity, published, lambda: recalls.append(None))
    central.publish("grant", str(UUID(int=1)), grant_row(1))
    central.publish("grant", str(UUID(int=2)), grant_row(2))
    read_all(reader)
    recalls.clear()
    with store.transaction() as tx:
        use = next(use for use in tx.grants.open_pre_grants(MEMBER.id) if use.grant.id.int == 1)
        tx.grants.record_spend(*use.spend(PaymentId(UUID(int=7)), Money(400)))
    central.publish("grant", str(UUID(int=1)), grant_row(1, recalled=True))
    read_all(reader)
    assert len(recalls) == 1
    OutboxSender(client, store).send_batch()
    assert held(store) == {2: 1500}
    (body,) = central.state.events.values()
    assert decode_event(body) == GrantClosed(UUID(int=1), 1)
    assert not OutboxSender(client, store).send_batch()


def test_a_grant_that_a_payment_is_using_is_given_back_after_it(
    central: FakeCentral, store: SqliteStore, identity: TerminalIdentity, reader: FeedReader, new_client: NewClient
) -> None:
    central.publish("grant", str(UUID(int=1)), grant_row(1, recalled=True))
    read_all(reader)
    payment = replace(intended(draft()), member_id=MEMBER.id)
    with store.transaction() as tx:
        tx.payments.add(payment, ByCard(CARD_UID))
    client = new_client(identity)
    assert not OutboxSender(client, store).send_batch()
    assert held(store) == {1: 1500}
    with store.transaction() as tx:
        tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
    assert OutboxSender(client, store).send_batch()
    assert held(store) == {}


def test_a_new_enrolment_spends_nothing_of_before_and_gives_it_back(
    central: FakeCentral, store: SqliteStore, identity: TerminalIdentity, reader: FeedReader, new_client: NewClient
) -> None:
    central.publish("grant", str(UUID(int=1)), grant_row(1))
    read_all(reader)
    again = central.terminal(incarnation=2)
    store.save_identity(again)
    assert held(store) == {}
    client = new_client(again)
    OutboxSender(client, store).send_batch()
    (body,) = central.state.events.values()
    assert decode_event(body) == GrantClosed(UUID(int=1), 0)


def test_what_was_granted_to_an_earlier_incarnation_of_this_disk_is_given_back(
    central: FakeCentral, store: SqliteStore, identity: TerminalIdentity, published: Published, new_client: NewClient
) -> None:
    again = central.terminal(incarnation=3)
    store.save_identity(again)
    client = new_client(again)
    reader = FeedReader(client, store, again, published, lambda: None)
    central.publish("grant", str(UUID(int=1)), grant_row(1, incarnation=1))
    central.publish("grant", str(UUID(int=2)), grant_row(2, incarnation=2))  # another disk was this
    read_all(reader)
    assert held(store) == {}
    OutboxSender(client, store).send_batch()
    (body,) = central.state.events.values()
    assert decode_event(body) == GrantClosed(UUID(int=1), 0)


@pytest.mark.parametrize("key", ["no-uuid", str(UUID(int=9))], ids=["no id", "another id"])
def test_a_grant_row_that_makes_no_sense_changes_nothing(
    central: FakeCentral, store: SqliteStore, reader: FeedReader, key: str
) -> None:
    central.publish("grant", key, grant_row(1))
    central.publish("grant", str(UUID(int=2)), grant_row(2, minor=0))
    central.publish("grant", str(UUID(int=3)), grant_row(3, incarnation=2))
    read_all(reader)
    assert held(store) == {}


def waiting_events(store: SqliteStore) -> list[bytes]:
    with store.transaction() as tx:
        return [body for _, body in tx.outbox.next_batch(100, 10**6)[1]]
