"""The audit log in the terminal's database: only ever added to, with the act or not at all."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from kiosk.audit_check import check_logs
from kiosk.services.audit import Audit
from kiosk.store.database import connect
from kiosk.store.errors import Conflict
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.store.unit_of_work import UnitOfWork
from tests.services.fakes import FixedClock
from tests.store.sales import IDENTITY

AUDIT = Audit(FixedClock(datetime(2026, 3, 2, 4, 30, tzinfo=UTC)))


def act(store: SqliteStore) -> None:
    with store.transaction() as tx:
        AUDIT.record(tx, "staff:7", "refund", "order-1", amount_minor=100)


def _refund_that_fails(tx: UnitOfWork) -> None:
    AUDIT.record(tx, "staff:7", "refund")
    AUDIT.record(tx, "staff:7", "refund", amount_minor=1 // 0)


def check(store: SqliteStore) -> tuple[bool, str]:
    said = StringIO()
    return check_logs(store, said), said.getvalue()


def test_an_act_that_fails_leaves_no_entry(store: SqliteStore) -> None:
    act(store)
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        _refund_that_fails(tx)
    good, said = check(store)
    assert good
    assert "entries 1 to 2 are whole" in said, "the log's beginning and one act"


@pytest.mark.parametrize("statement", ["DELETE FROM audit_entries", "UPDATE audit_entries SET seq = seq + 9"])
def test_the_database_refuses_to_change_it(store: SqliteStore, statement: str) -> None:
    act(store)
    with pytest.raises(Conflict, match="only ever added to"), store.transaction() as tx:
        tx.audit._connection.exec_driver_sql(statement)
    assert check(store)[0]


def test_a_backups_copy_goes_on_in_a_log_of_its_own(store: SqliteStore, tmp_path: Path) -> None:
    act(store)
    store.backup_to(tmp_path / "copy.db")
    copy = open_store(tmp_path / "copy.db", tmp_path / "kiosk.key")
    act(copy)
    good, said = check(copy)
    assert (good, said.count("are whole")) == (True, 2)
    act(store)
    assert check(store)[1].count("are whole") == 1
    copy.close()


def test_acts_are_written_after_somebody_was_at_it(store: SqliteStore, tmp_path: Path) -> None:
    act(store)
    store.close()
    shutil.copy(tmp_path / "kiosk.db", tmp_path / "spoilt.db")
    raw = connect(tmp_path / "spoilt.db", (tmp_path / "kiosk.key").read_bytes())
    raw.execute("DROP TRIGGER audit_entries_no_update")
    raw.execute("UPDATE audit_entries SET body = 7, hash = 'x' WHERE seq = 2")
    raw.close()
    spoilt = open_store(tmp_path / "spoilt.db", tmp_path / "kiosk.key")
    act(spoilt)
    good, said = check(spoilt)
    assert not good
    assert "entry 2 is no entry any more" in said
    assert "entries 1 to 2 are whole" in said, "what was written since"
    spoilt.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_logs SET log_id = 'no id'",
        "UPDATE audit_logs SET witness = 7, central_key = 'x'",
        "UPDATE audit_logs SET is_open = 'maybe'",
    ],
)
def test_acts_are_written_whatever_the_list_of_logs_says(store: SqliteStore, statement: str) -> None:
    act(store)
    with store.transaction() as tx:
        tx.audit._connection.exec_driver_sql(statement)
    act(store)
    with store.transaction() as tx:
        log_id, _, _ = tx.audit.open_log()
        assert tx.audit.witness(log_id) is None
        assert "refund" in tx.audit.newest().action


def test_without_any_log_the_check_says_so(store: SqliteStore) -> None:
    assert check(store) == (False, "BROKEN  there is no audit log: every start writes into it\n")


def test_a_log_that_central_has_not_seen_goes_on_after_enrolling(store: SqliteStore) -> None:
    act(store)
    store.save_identity(IDENTITY)
    act(store)
    with store.transaction() as tx:
        assert len(tx.audit.logs()) == 1
