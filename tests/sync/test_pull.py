"""The feed: the store holds what central last said, page by page, and says what changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import msgspec
import pytest

from kiosk.domain.ids import DishId, MemberId, PaymentId, TerminalId
from kiosk.domain.member import Card, CardState, Member
from kiosk.domain.stock import StockLevels
from kiosk.logs import JsonLines
from kiosk.services.events import FacesChanged, MembersChanged, MenuChanged, StaffChanged, StockChanged
from kiosk.services.ports import CentralUnreachable, SiteTerminal, StorageFailed, TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.unit_of_work import UnitOfWork
from kiosk.sync.client import CentralClient
from kiosk.sync.pull import PAGE_ROWS, PART_ROWS, FeedReader
from kiosk.sync.wire import (
    CollectedRecord,
    FaceDestroyed,
    FaceRecord,
    FeedPage,
    FeedRow,
    StockRecord,
    TerminalRecord,
    decode_event,
    encode,
)
from tests.domain.canteen import MENU, NOODLES, RICE, SOUP
from tests.store.enrolling import consent, deletion, template
from tests.store.sales import CARD, CARD_UID, MEMBER
from tests.sync.conftest import NewClient, Published
from tests.sync.fake_central import FakeCentral, Fault, Raw, until


@pytest.fixture
def reader(
    central: FakeCentral, identity: TerminalIdentity, store: SqliteStore, published: Published
) -> Iterator[FeedReader]:
    client = CentralClient(central.address(), identity)
    yield FeedReader(client, store, identity, published, lambda: None)
    client.line.close()


def read_all(reader: FeedReader) -> int:
    pages = 1
    while reader.read_page(0):
        pages += 1
    return pages


def levels(store: SqliteStore) -> StockLevels:
    with store.transaction() as tx:
        return tx.stock.levels()


def by_card(store: SqliteStore, uid: str) -> tuple[Member, Card] | None:
    with store.transaction() as tx:
        return tx.members.by_card(uid)


def member(number: int) -> Member:
    return replace(MEMBER, id=MemberId(f"m-{number}"), points=number)


def publish_canteen(central: FakeCentral) -> None:
    central.publish("menu", "", MENU)
    central.publish("member", MEMBER.id, MEMBER)
    central.publish("card", CARD_UID, CARD)
    central.publish("stock", NOODLES.id, StockRecord(NOODLES.id, 12))
    central.publish("stock", RICE.id, StockRecord(RICE.id, None, sold_out=True))


def test_everything_central_knows_arrives(
    central: FakeCentral, store: SqliteStore, reader: FeedReader, published: Published
) -> None:
    publish_canteen(central)
    read_all(reader)
    with store.transaction() as tx:
        assert tx.menus.current() == MENU
        assert tx.members.get(MEMBER.id) == MEMBER
        assert tx.members.by_card(CARD_UID) == (MEMBER, CARD)
        assert tx.feed.cursor() == ("epoch-1", 5)
    assert levels(store) == StockLevels({NOODLES.id: 12}, frozenset({RICE.id}))
    whole_read = {MenuChanged(MENU.version), StockChanged(), MembersChanged(), FacesChanged(), StaffChanged()}
    assert set(published.events) == whole_read


def test_a_deletion_of_a_face_destroys_it_and_says_so(
    central: FakeCentral, store: SqliteStore, reader: FeedReader, published: Published
) -> None:
    publish_canteen(central)
    read_all(reader)
    with store.transaction() as tx:
        tx.faces.enrol(given := consent(), template())
    newest = deletion().id
    central.publish("face", "m-2", FaceRecord(MEMBER.id, newest))  # the key is another one than the body's
    central.publish("face", MEMBER.id, {"member_id": MEMBER.id, "deletion_id": "none"})
    central.publish("face", MEMBER.id, None)
    read_all(reader)
    with store.transaction() as tx:
        assert tx.faces.of(MEMBER.id) is not None
    published.events.clear()
    central.publish("face", MEMBER.id, FaceRecord(MEMBER.id, newest))
    read_all(reader)
    with store.transaction() as tx:
        assert tx.faces.of(MEMBER.id) is None
        assert tx.faces.newest_deletion(MEMBER.id) == newest
        ((_, body),) = tx.outbox.next_batch(10, 10_000)[1]
    assert decode_event(body) == FaceDestroyed(given.id)
    assert published.events == [FacesChanged()]


def test_keys_of_the_sites_terminals_and_what_was_collected_elsewhere(
    central: FakeCentral, store: SqliteStore, reader: FeedReader
) -> None:
    known = TerminalRecord("t-9", 2, "B", bytes(range(32)))
    payment_id, other_id = PaymentId(uuid4()), PaymentId(uuid4())
    central.publish("terminal", "t-9", known)
    wrong = (
        ("t-8", TerminalRecord("t-7", 3, "B", bytes(32))),  # the key is another one than the body's
        ("t-6", TerminalRecord("t-6", 3, "B", bytes(31))),
        ("t-5", TerminalRecord("t-5", 3, "B" * 200, bytes(32))),
        ("t-4", {"id": "t-4", "incarnation": "new", "letter": "B", "public_key": "?"}),
    )
    for key, body in wrong:
        central.publish("terminal", key, body)
    central.publish("collected", str(payment_id), CollectedRecord(payment_id, uuid4()))
    central.publish("collected", str(other_id), CollectedRecord(payment_id, uuid4()))
    read_all(reader)
    with store.transaction() as tx:
        assert tx.slips.terminal(TerminalId("t-9")) == SiteTerminal(TerminalId("t-9"), 2, "B", bytes(range(32)))
        assert {tx.slips.terminal(TerminalId(key)) for key, _ in wrong} == {None}
        assert (tx.collections.is_collected(payment_id), tx.collections.is_collected(other_id)) == (True, False)
    central.publish("terminal", "t-9", TerminalRecord("t-9", 2, "B", bytes(range(32)), is_revoked=True))
    central.publish("collected", str(payment_id), None)
    central.publish("collected", "no id", None)
    read_all(reader)
    with store.transaction() as tx:
        assert not tx.collections.is_collected(payment_id), "that was undone"
    with store.transaction() as tx:
        told = tx.slips.terminal(TerminalId("t-9"))
        assert told is not None
        assert told.is_revoked
    central.publish("terminal", "t-9", None)
    read_all(reader)
    with store.transaction() as tx:
        assert tx.slips.terminal(TerminalId("t-9")) is None, "nobody trusts it until it was enrolled anew"


def test_only_what_changed_is_read_and_told_afterwards(
    central: FakeCentral, store: SqliteStore, reader: FeedReader, published: Published
) -> None:
    publish_canteen(central)
    read_all(reader)
    published.events.clear()
    read_all(reader)
    assert published.events == []
    central.publish("stock", NOODLES.id, StockRecord(NOODLES.id, 3))
    read_all(reader)
    assert published.events == [StockChanged()]
    assert levels(store).portions == {NOODLES.id: 3}
    central.publish("menu", "", replace(MENU, version=8))
    read_all(reader)
    assert published.events[1:] == [MenuChanged(8)]
    with store.transaction() as tx:
        assert tx.menus.current() == replace(MENU, version=8)


def test_a_blocked_card_and_things_that_are_gone(central: FakeCentral, store: SqliteStore, reader: FeedReader) -> None:
    publish_canteen(central)
    read_all(reader)
    blocked = replace(CARD, state=CardState.BLOCKED)
    central.publish("card", CARD_UID, blocked)
    read_all(reader)
    assert by_card(store, CARD_UID) == (MEMBER, blocked)
    for kind, key in (("card", CARD_UID), ("member", MEMBER.id), ("stock", RICE.id), ("menu", "")):
        central.publish(kind, key, None)
    read_all(reader)
    assert by_card(store, CARD_UID) is None
    assert levels(store) == StockLevels({NOODLES.id: 12})
    with store.transaction() as tx:
        assert tx.members.get(MEMBER.id) is None
        assert tx.menus.current() is None


def test_a_large_canteen_comes_in_pages(central: FakeCentral, store: SqliteStore, reader: FeedReader) -> None:
    count = 2 * PAGE_ROWS + 1
    central.state.rows = [FeedRow(i, "member", f"m-{i}", msgspec.Raw(encode(member(i)))) for i in range(1, count + 1)]
    assert read_all(reader) == 3
    with store.transaction() as tx:
        assert tx.members.get(MemberId(f"m-{count}")) == member(count)
        assert tx.feed.cursor() == ("epoch-1", count)


def test_a_new_epoch_is_read_from_the_start_and_what_it_does_not_name_goes_at_its_end(
    central: FakeCentral, store: SqliteStore, reader: FeedReader, published: Published
) -> None:
    publish_canteen(central)
    read_all(reader)
    published.events.clear()
    central.state.epoch = "epoch-2"
    central.state.rows = [
        FeedRow(i, "member", f"m-{i}", msgspec.Raw(encode(member(i)))) for i in range(2, PAGE_ROWS + 3)
    ]
    assert reader.read_page(0)
    assert by_card(store, CARD_UID) == (MEMBER, CARD), "usable until the new epoch is whole"
    assert not reader.read_page(0)
    assert by_card(store, CARD_UID) is None
    assert levels(store) == StockLevels({})
    with store.transaction() as tx:
        assert tx.menus.current() is None
        assert tx.members.get(MEMBER.id) is None
        assert tx.members.get(MemberId("m-2")) == member(2)
        assert tx.feed.cursor() == ("epoch-2", PAGE_ROWS + 2)
    assert StockChanged() in published.events


def test_a_reread_goes_on_after_a_restart(
    central: FakeCentral,
    identity: TerminalIdentity,
    store: SqliteStore,
    reader: FeedReader,
    published: Published,
    new_client: NewClient,
) -> None:
    publish_canteen(central)
    read_all(reader)
    central.state.epoch = "epoch-2"
    central.state.rows = [
        FeedRow(i, "member", f"m-{i}", msgspec.Raw(encode(member(i)))) for i in range(2, PAGE_ROWS + 3)
    ]
    reader.read_page(0)
    client = new_client(identity)
    read_all(FeedReader(client, store, identity, published, lambda: None))
    assert by_card(store, CARD_UID) is None


class RefusesOnce:
    """A store whose disk does not take the `nth` transaction that moves the cursor."""

    def __init__(self, store: SqliteStore, nth: int) -> None:
        self._store = store
        self._left = nth

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        with self._store.transaction() as tx:
            _, before = tx.feed.cursor()
            yield tx
            self._left -= tx.feed.cursor()[1] != before
            if self._left == 0:
                self._left = -1
                raise StorageFailed("the disk is full")


def test_a_first_read_goes_on_where_it_was_broken_off(
    central: FakeCentral, identity: TerminalIdentity, store: SqliteStore, published: Published, new_client: NewClient
) -> None:
    """By the disk in the middle of a page, by the line with the next: nothing is missed, and what is stored is not read
    again."""
    count = 2 * PAGE_ROWS
    central.state.rows = [FeedRow(i, "member", f"m-{i}", msgspec.Raw(encode(member(i)))) for i in range(1, count + 1)]
    client = new_client(identity)
    reader = FeedReader(client, RefusesOnce(store, 2), identity, published, lambda: None)
    with pytest.raises(StorageFailed):
        reader.read_page(0)
    with store.transaction() as tx:
        assert tx.feed.cursor() == ("epoch-1", PART_ROWS)
        assert tx.members.get(MemberId(f"m-{PART_ROWS}")) is not None
        assert tx.members.get(MemberId(f"m-{PART_ROWS + 1}")) is None
    central.faults["/v1/feed"].append(Fault.HALF_REPLY)
    with pytest.raises(CentralUnreachable):
        reader.read_page(0)
    assert read_all(reader) == 2
    with store.transaction() as tx:
        assert all(tx.members.get(MemberId(f"m-{i}")) == member(i) for i in range(1, count + 1))
        assert tx.feed.cursor() == ("epoch-1", count)
    asked = [int(parse_qs(urlsplit(r.path).query)["after"][0]) for r in central.requests_to("/v1/feed")]
    assert min(asked[2:]) == PART_ROWS


def test_a_new_epoch_is_whole_only_with_the_last_part_of_its_last_page(
    central: FakeCentral,
    identity: TerminalIdentity,
    store: SqliteStore,
    reader: FeedReader,
    published: Published,
    new_client: NewClient,
) -> None:
    publish_canteen(central)
    read_all(reader)
    central.state.epoch = "epoch-2"
    central.state.rows = [
        FeedRow(i, "member", f"m-{i}", msgspec.Raw(encode(member(i)))) for i in range(2, PART_ROWS + 3)
    ]
    client = new_client(identity)
    # The cursor moves with the epoch, with the first part and with the second.
    refusing = FeedReader(client, RefusesOnce(store, 3), identity, published, lambda: None)
    with pytest.raises(StorageFailed):
        refusing.read_page(0)
    with store.transaction() as tx:
        assert tx.feed.cursor() == ("epoch-2", PART_ROWS + 1)
    assert by_card(store, CARD_UID) == (MEMBER, CARD)
    assert read_all(refusing) == 1
    assert by_card(store, CARD_UID) is None


def test_the_next_page_is_under_way_while_one_is_stored(
    central: FakeCentral, identity: TerminalIdentity, store: SqliteStore, published: Published, new_client: NewClient
) -> None:
    central.state.rows = [
        FeedRow(i, "member", f"m-{i}", msgspec.Raw(encode(member(i)))) for i in range(1, PAGE_ROWS + 2)
    ]

    class WaitsForRequest:
        @contextmanager
        def transaction(self) -> Iterator[UnitOfWork]:
            with store.transaction() as tx:
                _, before = tx.feed.cursor()
                yield tx
                if tx.feed.cursor()[1] != before:
                    until(lambda: len(central.requests_to("/v1/feed")) == 2)

    client = new_client(identity)
    assert FeedReader(client, WaitsForRequest(), identity, published, lambda: None).read_page(0)


BAD_ROWS = {
    "menu without dishes": ("menu", "", b'{"version":1}'),
    "price below zero": ("menu", "", encode(MENU).replace(b'"price":{"minor":1200', b'"price":{"minor":-1200')),
    "another member": ("member", "m-7", encode(MEMBER)),
    "large member": ("member", MEMBER.id, encode(replace(MEMBER, points=99))[:-1] + b',"more":"%s"}' % (b"x" * 70_000)),
    "no member": ("member", "m-1", b"[]"),
    "unknown state": ("card", CARD_UID, b'{"uid":"62E3086CED","member_id":"m-1","state":"melted"}'),
    "long key": ("card", "x" * 101, b"null"),
    "many portions": ("stock", "soup", encode(StockRecord(SOUP.id, 10**7))),
    "portions beyond 64 bits": ("stock", "soup", b'{"dish_id":"soup","portions":99999999999999999999}'),
    "another dish": ("stock", "soup", encode(StockRecord(DishId("rice"), 1))),
    "unknown kind": ("weather", "", b'"sunny"'),
}


@pytest.mark.parametrize(("kind", "key", "body"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_row_that_cannot_be_used_changes_nothing_and_holds_up_nothing(
    central: FakeCentral, store: SqliteStore, reader: FeedReader, kind: str, key: str, body: bytes
) -> None:
    publish_canteen(central)
    central.state.rows.append(FeedRow(6, kind, key, msgspec.Raw(body)))
    central.publish("stock", SOUP.id, StockRecord(SOUP.id, 5))
    read_all(reader)
    with store.transaction() as tx:
        assert tx.menus.current() == MENU
        assert tx.members.by_card(CARD_UID) == (MEMBER, CARD)
        assert tx.stock.levels().portions == {NOODLES.id: 12, SOUP.id: 5}


def row_of(seq: int) -> FeedRow:
    return FeedRow(seq, "stock", "soup", msgspec.Raw(encode(StockRecord(SOUP.id, 1))))


BAD_PAGES = {
    "goes back": FeedPage("epoch-1", (), 2, more=False),
    "stands still": FeedPage("epoch-1", (), 5, more=True),
    "skips its own row": FeedPage("epoch-1", (row_of(9),), 8, more=False),
    "a row from before": FeedPage("epoch-1", (row_of(5), row_of(6)), 6, more=False),
    "not in order": FeedPage("epoch-1", (row_of(7), row_of(6), row_of(8)), 8, more=False),
    "a number twice": FeedPage("epoch-1", (row_of(6), row_of(6)), 6, more=False),
    "beyond 64 bits": FeedPage("epoch-1", (), 2**63, more=False),
    "new epoch stands still": FeedPage("epoch-2", (), 0, more=True),
    "no epoch": FeedPage("", (), 5, more=False),
    "long epoch": FeedPage("e" * 101, (), 5, more=False),
}


@pytest.mark.parametrize("page", BAD_PAGES.values(), ids=BAD_PAGES)
def test_pages_that_would_lose_rows_or_never_end(
    central: FakeCentral, store: SqliteStore, reader: FeedReader, page: FeedPage
) -> None:
    publish_canteen(central)
    read_all(reader)
    central.faults["/v1/feed"].append(Raw(body=encode(page)))
    with pytest.raises(CentralUnreachable):
        reader.read_page(0)
    with store.transaction() as tx:
        assert tx.feed.cursor() == ("epoch-1", 5)


def test_a_member_is_told_to_nobody_in_the_log(
    central: FakeCentral, reader: FeedReader, caplog: pytest.LogCaptureFixture
) -> None:
    bad = encode(MEMBER).replace(b'"points":12', b'"points":"many"')
    central.state.rows.append(FeedRow(1, "member", "m-1", msgspec.Raw(bad)))
    read_all(reader)
    written = "".join(JsonLines().format(record) for record in caplog.records)
    assert "feed_row_refused" in written
    assert not any(secret in written for secret in (MEMBER.masked_name, MEMBER.id, CARD_UID, "many"))
