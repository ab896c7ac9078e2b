"""A disk without room (SQLite's own SQLITE_FULL): the sale that does not fit has not happened, all others stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.services.ports import StorageFailed
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.store.sales import new_store, sell

MANY = 200


def fill_up(store: SqliteStore) -> None:
    """The database may not grow by another page."""
    with store._connection.begin():
        pages = store._connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        store._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_what_does_not_fit_has_not_happened_and_the_rest_is_kept(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    told: list[str] = []
    store.when_failed(lambda: told.append("out of order"))
    sold = [sell(store)]
    fill_up(store)
    with pytest.raises(StorageFailed, match="full"):
        sold.extend(sell(store) for _ in range(MANY))
    for _ in range(2):
        with pytest.raises(StorageFailed), store.transaction():
            raise AssertionError("nothing is begun on a disk that has refused")
    assert told == ["out of order"]
    store.close()

    store = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    with store.transaction() as tx:
        kept = tx.orders.recent(MANY)
        assert [order.number for order in kept] == [s.order.number for s in reversed(sold)]
        assert tx.outbox.waiting() == len(sold)
    assert sell(store).order.number == f"A{len(sold) + 1:03}"
    store.close()
