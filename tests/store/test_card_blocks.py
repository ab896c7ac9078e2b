"""A card that staff blocked here stays so until central, which has heard of it, says otherwise of that very card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kiosk.domain.ids import CardBlockId, StaffId
from kiosk.domain.member import Card, CardState
from kiosk.domain.member_act import CardBlock
from kiosk.store.errors import Conflict
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.tables.feed import card_blocks
from tests.central.sales import new_id
from tests.store.sales import CARD, MEMBER, NOON, new_store
from tests.store.test_feed import THE_MEMBER, read

ACTIVE, BLOCKED = CARD, Card(CARD.uid, CARD.member_id, CardState.BLOCKED)
BLOCK = CardBlock(CardBlockId(new_id()), CARD.uid, CARD.member_id, StaffId("s-1"), NOON)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = new_store(tmp_path)
    read(opened, "first", more=False, cards={CARD.uid: ACTIVE}, **THE_MEMBER)
    with opened.transaction() as tx:
        tx.card_blocks.add(BLOCK)
        tx.outbox.add(b"{}")
    yield opened
    opened.close()


def told(store: SqliteStore, card: Card | None, *, booked: int, epoch: str = "first") -> None:
    """The feed's last page says that of the card, when central had booked so many events."""
    read(store, epoch, more=False, cards={CARD.uid: card}, **THE_MEMBER)
    with store.transaction() as tx:
        tx.outbox.acknowledge(booked)
        tx.outbox.hear_booked(booked)
        tx.card_blocks.hear([CARD.uid])


def state_here(store: SqliteStore) -> CardState:
    with store.transaction() as tx:
        found = tx.members.by_card(CARD.uid)
        assert found is not None
        assert [card.state for card in tx.members.cards_of(MEMBER.id)] == [found[1].state]
        return found[1].state


def kept(store: SqliteStore) -> int:
    with store.transaction() as tx:
        return int(tx.card_blocks._connection.execute(select(func.count()).select_from(card_blocks)).scalar_one())


def test_what_central_said_before_it_heard_ends_nothing(store: SqliteStore) -> None:
    assert state_here(store) is CardState.BLOCKED
    told(store, ACTIVE, booked=0)
    assert state_here(store) is CardState.BLOCKED


def test_booked_without_a_word_of_the_card_it_holds(store: SqliteStore) -> None:
    """In quarantine there, as an older central puts it."""
    with store.transaction() as tx:
        tx.outbox.acknowledge(1)
        tx.outbox.hear_booked(1)
        tx.card_blocks.hear(["0F0F0F0F"])
    assert state_here(store) is CardState.BLOCKED


def test_unblocked_by_central_after_it_heard(store: SqliteStore) -> None:
    told(store, BLOCKED, booked=1)
    assert (state_here(store), kept(store)) == (CardState.BLOCKED, 1)
    told(store, ACTIVE, booked=1)
    assert (state_here(store), kept(store)) == (CardState.ACTIVE, 0)


def test_a_central_put_back_to_before_does_not_bring_it_back(store: SqliteStore) -> None:
    told(store, BLOCKED, booked=1)
    with store.transaction() as tx:
        tx.feed.enter_epoch("restored")
        tx.card_blocks.enter_epoch()
    told(store, ACTIVE, booked=0, epoch="restored")
    assert state_here(store) is CardState.BLOCKED
    told(store, BLOCKED, booked=1, epoch="restored")
    assert state_here(store) is CardState.BLOCKED


def test_with_the_member_the_number_goes(store: SqliteStore) -> None:
    read(store, "first", more=False, members={MEMBER.id: None})
    with store.transaction() as tx:
        tx.outbox.acknowledge(1)
        tx.outbox.hear_booked(1)
        tx.card_blocks.hear([])
    assert kept(store) == 0


def test_without_an_event_for_central_nothing_is_blocked(store: SqliteStore) -> None:
    other = CardBlock(CardBlockId(new_id()), "0F0F0F0F", CARD.member_id, StaffId("s-1"), NOON)
    with pytest.raises(Conflict), store.transaction() as tx:
        tx.card_blocks.add(other)
    assert kept(store) == 1
