"""What is asked for at every sale is found by an index, however many years stand in the tables."""

from __future__ import annotations

from pathlib import Path

from kiosk.store.connection import Connection
from kiosk.store.database import connect
from kiosk.store.grants import SqlGrants
from tests.store.sales import MEMBER, new_store

# One row each.
HARMLESS = ("SCAN CONSTANT ROW", "SCAN outbox_state")


def test_what_a_member_spent_that_central_has_not_heard_of(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    asked: list[str] = []
    raw = connect(tmp_path / "kiosk.db", (tmp_path / "kiosk.key").read_bytes())
    try:
        raw.set_trace_callback(asked.append)
        SqlGrants(Connection(raw)).unacknowledged(MEMBER.id, "CNY")
        raw.set_trace_callback(None)
        (sql,) = asked
        plan = [line for *_, line in raw.execute(f"EXPLAIN QUERY PLAN {sql}")]
    finally:
        raw.close()
    found = [line.partition(" USING ")[2] for line in plan if line.startswith("SEARCH")]
    assert not any(line.startswith("SCAN") for line in plan if line not in HARMLESS), plan
    assert found == [
        by
        for told in ("=?", ">?")
        for by in (
            f"INDEX payments_of_member (member_id=? AND told_id{told})",
            "INDEX sqlite_autoindex_spends_2 (payment_id=?)",
            "PRIMARY KEY (id=?)",
        )
    ], plan
