"""What central told, seen through the services' ports: stock less own sales, the menu, members."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from kiosk.domain.ids import DishId, OrderId
from kiosk.domain.member import Card, CardState
from kiosk.domain.stock import StockLevels, StockMovement
from kiosk.store.errors import Conflict
from kiosk.store.sqlite_store import SqliteStore
from tests.domain.canteen import MENU, NOODLES, RICE, SOUP
from tests.store.sales import CARD, CARD_UID, MEMBER, sell


class Interrupted(Exception):
    """Something of ours went wrong in the middle."""


def told(store: SqliteStore, booked_seq: int = -1, **named: Any) -> None:
    page: dict[str, Any] = {"menus": (), "members": {}, "cards": {}, "stock": {}, **named}
    with store.transaction() as tx:
        epoch, after = tx.feed.cursor()
        tx.feed.apply_page(epoch=epoch or "e", next_after=after + 1, more=False, **page)
        tx.outbox.hear_booked(booked_seq)


def levels(store: SqliteStore) -> StockLevels:
    with store.transaction() as tx:
        return tx.stock.levels()


def test_own_sales_count_until_centrals_feed_has_them(store: SqliteStore) -> None:
    told(store, stock={NOODLES.id: (20, False), RICE.id: (9, True), SOUP.id: (None, False)})
    first, second = sell(store), sell(store)  # each: 3 noodles, 2 rice
    sold = StockLevels({NOODLES.id: 14, RICE.id: 5}, frozenset({RICE.id}))
    assert levels(store) == sold
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(second.seq)
    assert levels(store) == sold, "acknowledged, and not read yet"
    told(store, booked_seq=first.seq, stock={NOODLES.id: (17, False), RICE.id: (7, True)})
    assert levels(store) == sold
    told(store, booked_seq=second.seq, stock={NOODLES.id: (14, False), RICE.id: None})
    assert levels(store) == StockLevels({NOODLES.id: 14})


def test_the_feed_may_be_quicker_than_the_acknowledgement(store: SqliteStore) -> None:
    told(store, stock={NOODLES.id: (20, False)})
    sold = sell(store)
    told(store, booked_seq=sold.seq, stock={NOODLES.id: (17, False)})
    assert levels(store).portions == {NOODLES.id: 17}
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(sold.seq)
    assert levels(store).portions == {NOODLES.id: 17}


def test_a_central_that_claims_too_much_does_not_hide_later_sales(store: SqliteStore) -> None:
    told(store, stock={NOODLES.id: (20, False)})
    sell(store)
    told(store, booked_seq=10**9, stock={NOODLES.id: (17, False)})
    sell(store)
    assert levels(store).portions == {NOODLES.id: 14}


def test_an_older_central_does_not_say_what_it_has_booked(store: SqliteStore) -> None:
    told(store, stock={NOODLES.id: (20, False)})
    sold = sell(store)
    told(store, stock={NOODLES.id: (20, False)})
    assert levels(store).portions == {NOODLES.id: 17}
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(sold.seq)
    told(store, stock={NOODLES.id: (17, False)})
    assert levels(store).portions == {NOODLES.id: 17}


def test_levels_of_some_dishes(store: SqliteStore) -> None:
    told(store, stock={NOODLES.id: (20, False), RICE.id: (9, True), SOUP.id: (None, True)})
    sell(store)  # 3 noodles, 2 rice
    with store.transaction() as tx:
        assert tx.stock.levels_of([NOODLES.id]) == StockLevels({NOODLES.id: 17})
        assert tx.stock.levels_of([SOUP.id, DishId("not there")]) == StockLevels({}, frozenset({SOUP.id}))
        assert tx.stock.levels_of([NOODLES.id, RICE.id, SOUP.id]) == tx.stock.levels()


def test_movements_count_at_once_in_their_own_transaction(store: SqliteStore) -> None:
    told(store, stock={NOODLES.id: (20, False)})
    with store.transaction() as tx:
        tx.stock.record((StockMovement(NOODLES.id, -4, "waste"),), OrderId(uuid4()))
        assert tx.stock.levels().portions == {NOODLES.id: 16}
        tx.outbox.add(b"{}")


def test_a_sale_that_was_undone_does_not_count(store: SqliteStore) -> None:
    """Its movement's number is given again, to the next sale's."""
    told(store, stock={NOODLES.id: (20, False), RICE.id: (20, False)})
    sell(store)

    def interrupted_sale() -> None:
        with store.transaction() as tx:
            tx.stock.record((StockMovement(NOODLES.id, -9, "sale"),), OrderId(uuid4()))
            assert tx.stock.levels().portions == {NOODLES.id: 8, RICE.id: 18}
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted_sale()
    with store.transaction() as tx:
        tx.stock.record((StockMovement(RICE.id, -5, "waste"),), OrderId(uuid4()))
        tx.outbox.add(b"{}")
    assert levels(store).portions == {NOODLES.id: 17, RICE.id: 13}


def test_central_that_was_put_back_hears_of_the_sales_again(store: SqliteStore) -> None:
    told(store, stock={NOODLES.id: (20, False)})
    first, second = sell(store), sell(store)
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(second.seq)
    told(store, booked_seq=second.seq)
    assert levels(store).portions == {NOODLES.id: 20}
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(first.seq)
    assert levels(store).portions == {NOODLES.id: 17}


def test_stock_does_not_move_behind_centrals_back(store: SqliteStore) -> None:
    told(store, stock={NOODLES.id: (20, False)})
    with pytest.raises(Conflict, match="without an event"), store.transaction() as tx:
        tx.stock.record((StockMovement(NOODLES.id, -1, "sale"),), OrderId(uuid4()))
    assert levels(store).portions == {NOODLES.id: 20}


def test_a_menu_of_a_page_that_was_not_kept_is_not_shown(store: SqliteStore) -> None:
    told(store, menus=[MENU])
    newer = replace(MENU, version=8)

    def interrupted_page() -> None:
        with store.transaction() as tx:
            tx.feed.apply_page(epoch="e", next_after=9, more=False, menus=[newer], members={}, cards={}, stock={})
            assert tx.menus.current() == newer
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted_page()
    with store.transaction() as tx:
        assert tx.menus.current() == MENU
        assert tx.menus.current() is tx.menus.current(), "decoded once"
    told(store, menus=[None])
    with store.transaction() as tx:
        assert tx.menus.current() is None
    told(store, menus=[MENU, newer])
    with store.transaction() as tx:
        assert tx.menus.current() == newer


def test_members_by_card(store: SqliteStore) -> None:
    told(store, cards={CARD_UID: CARD})
    with store.transaction() as tx:
        assert tx.members.by_card(CARD_UID) is None, "its member is not here yet"
    lost = Card("0A0B", MEMBER.id, CardState.BLOCKED)
    told(store, members={MEMBER.id: msgspec.json.encode(MEMBER)}, cards={lost.uid: lost})
    with store.transaction() as tx:
        assert tx.members.by_card(CARD_UID) == (MEMBER, CARD)
        assert tx.members.by_card("0A0B") == (MEMBER, lost)
        assert tx.members.by_card("FFFF") is None
