"""From every revision that was ever out there to the newest, or not at all."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentState
from kiosk.domain.stock import StockLevels
from kiosk.services.events import PrintJobState
from kiosk.store.database import connect
from kiosk.store.schema import HEAD, MIGRATIONS, migrate, revision_of
from kiosk.store.sqlite_store import open_store
from kiosk.store.tables import metadata
from kiosk.store.writer import writer
from tests.domain.canteen import MENU, NOODLES, RICE
from tests.store.enrolling import consent, template
from tests.store.sales import CARD, CARD_UID, IDENTITY, MEMBER, PAPER, new_store, sell

DATA = Path(__file__).parent / "data"

ADD_COLUMN = """
import sqlalchemy as sa
from alembic import op
revision = "next"
down_revision = "{head}"
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text(), nullable=False, server_default="none"))
"""


def scripts_with(folder: Path, revision: str) -> Path:
    scripts = folder / "migrations"
    shutil.copytree(MIGRATIONS, scripts)
    (scripts / "versions" / "next_test.py").write_text(revision.replace("{head}", HEAD), encoding="utf-8")
    return scripts


def test_the_kept_database_of_the_first_revision(tmp_path: Path) -> None:
    """Made by the first version; three sales, the second acknowledged; one payment left open."""
    for name in ("first_revision.sqlite", "first_revision.key"):
        shutil.copy(DATA / name, tmp_path / name)
    path, key_path = tmp_path / "first_revision.sqlite", tmp_path / "first_revision.key"
    connection = writer(connect(path, key_path.read_bytes()))
    with connection.begin():
        assert revision_of(connection) == "0001"
    connection.close()
    connection.engine.dispose()

    store = open_store(path, key_path)
    assert store.identity() == IDENTITY
    with store.transaction() as tx:
        orders = tx.orders.recent(10)
        assert [(o.number, o.total.minor, o.member_id) for o in orders] == [
            (f"A00{i}", 4900, MEMBER.id) for i in (3, 2, 1)
        ]
        assert all(tx.orders.belongs_here(order.id) for order in orders), "it may refund what it sold before"
        assert tx.menus.current() == MENU
        assert tx.members.by_card(CARD_UID) == (MEMBER, CARD)
        assert tx.feed.cursor() == ("epoch-1", 0), "read again, for what the program before did not know"
        assert tx.outbox.next_batch(10, 10_000)[0] == 3
        assert tx.outbox.waiting() == 2
        (open_payment,) = tx.payments.unresolved()
        assert open_payment.state is PaymentState.INTENDED
        assert len(tx.grants.unreleased_requests(ByCard(CARD_UID))) == 1
        assert tx.stock.levels() == StockLevels({NOODLES.id: 17}, frozenset({RICE.id}))
        jobs = tx.print_jobs.in_state(PrintJobState.QUEUED)
        assert [job.paper for job in jobs] == [PAPER] * 6
    assert sell(store).order.number == "A004"
    store.close()
    reopened = writer(connect(path, key_path.read_bytes()))
    with reopened.begin():
        assert revision_of(reopened) == HEAD
    reopened.close()
    reopened.engine.dispose()


def test_the_kept_database_from_before_faces(tmp_path: Path) -> None:
    """Of schema 0007: two sales under grants asked for, a pre-grant of 15.00, a feed that was read."""
    for name in ("schema_7.sqlite", "schema_7.key"):
        shutil.copy(DATA / name, tmp_path / name)
    path, key_path = tmp_path / "schema_7.sqlite", tmp_path / "schema_7.key"
    connection = writer(connect(path, key_path.read_bytes()))
    with connection.begin():
        assert revision_of(connection) == "0007"
    connection.close()
    connection.engine.dispose()

    store = open_store(path, key_path)
    with store.transaction() as tx:
        assert [order.number for order in tx.orders.recent(10)] == ["A002", "A001"]
        assert tx.feed.cursor() == ("epoch-1", 0)
        assert [use.left.minor for use in tx.grants.open_pre_grants(MEMBER.id)] == [1500]
        assert tx.faces.of(MEMBER.id) is None
        assert tx.faces.newest_deletion(MEMBER.id) is None
        tx.faces.enrol(given := consent(), template())
    assert sell(store).order.number == "A003"
    store.close()
    store = open_store(path, key_path)
    with store.transaction() as tx:
        (face,) = tx.faces.sealed_after("", 10)
    assert face.open() == (given, template())
    store.close()


def test_what_migrating_leaves_behind_ends_no_sale(tmp_path: Path) -> None:
    """Whenever it is collected: a pool rolls back the connections that come back to it."""
    gc.disable()
    try:
        store = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
        with store.transaction() as tx:
            tx.outbox.add(b"{}")
            gc.collect()
        with store.transaction() as tx:
            assert tx.outbox.waiting() == 1
        store.close()
    finally:
        gc.enable()


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    connection = writer(connect(tmp_path / "kiosk.db", (tmp_path / "kiosk.key").read_bytes()))
    with connection.begin():
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    connection.close()
    connection.engine.dispose()


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_later_migration_keeps_the_data(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    sell(store)
    store.close()
    path = tmp_path / "kiosk.db"
    connection = writer(connect(path, (tmp_path / "kiosk.key").read_bytes()))
    migrate(connection, path, scripts=scripts_with(tmp_path, ADD_COLUMN), head="next")
    with connection.begin():
        assert revision_of(connection) == "next"
        rows = connection.exec_driver_sql("SELECT number, note FROM orders").all()
    assert rows == [("A001", "none")]
    connection.close()
    connection.engine.dispose()


def test_a_migration_that_fails_half_way_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    sell(store)
    store.close()
    path, key_path = tmp_path / "kiosk.db", tmp_path / "kiosk.key"
    connection = writer(connect(path, key_path.read_bytes()))
    scripts = scripts_with(tmp_path, ADD_COLUMN + "    op.drop_table('outbox')\n    raise RuntimeError('half way')\n")
    with pytest.raises(RuntimeError, match="half way"):
        migrate(connection, path, scripts=scripts, head="next")
    connection.close()
    connection.engine.dispose()
    store = open_store(path, key_path)
    assert sell(store).order.number == "A002"
    store.close()
