"""Copies made while the terminal sells."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.ids import GrantId
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant
from kiosk.store.errors import BackupFailed
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.store.sales import IDENTITY, MEMBER, sell


def test_a_copy_made_during_sales_is_whole(store: SqliteStore, tmp_path: Path) -> None:
    before = [sell(store).order for _ in range(20)]
    copy = tmp_path / "copy.db"
    with ThreadPoolExecutor(1) as pool:
        selling = pool.submit(lambda: [sell(store) for _ in range(40)])
        for _ in range(3):
            store.backup_to(copy)
        selling.result()
    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy.db"]
    restored = open_store(copy, tmp_path / "kiosk.key")
    assert restored.identity() == IDENTITY
    with restored.transaction() as tx:
        orders = tx.orders.recent(1000)[::-1]
        assert list(orders[:20]) == before
        assert tx.outbox.waiting() == len(orders)
    restored.close()


def test_a_copy_spends_nothing_under_grants_until_it_is_enrolled_anew(store: SqliteStore, tmp_path: Path) -> None:
    def pre_grant(incarnation: int) -> Grant:
        return Grant(GrantId(uuid4()), None, MEMBER.id, IDENTITY.terminal_id, incarnation, Money(1500))

    with store.transaction() as tx:
        tx.grants.take(first := pre_grant(1))
        tx.grants.recall(first.id)
        assert len(tx.grants.open_pre_grants(MEMBER.id)) == 1
    copy = tmp_path / "copy.db"
    store.backup_to(copy)
    with store.transaction() as tx:
        assert len(tx.grants.open_pre_grants(MEMBER.id)) == 1
    restored = open_store(copy, tmp_path / "kiosk.key")
    with restored.transaction() as tx:
        tx.grants.take(pre_grant(1))
        assert tx.grants.open_pre_grants(MEMBER.id) == ()
        assert tx.grants.give_back() == ()
    restored.save_identity(replace(IDENTITY, incarnation=2))
    with restored.transaction() as tx:
        tx.grants.take(pre_grant(2))
        assert [use.grant.incarnation for use in tx.grants.open_pre_grants(MEMBER.id)] == [2]
        assert tx.grants.give_back() == ()
    restored.close()


def test_a_copy_that_fails_leaves_the_old_one(store: SqliteStore, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed):
        store.backup_to(tmp_path / "gone" / "copy.db")
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"the old one")
    (tmp_path / "copy.db.new").mkdir()
    with pytest.raises(BackupFailed):
        store.backup_to(copy)
    assert copy.read_bytes() == b"the old one"
    assert sell(store).order.number == "A001"
