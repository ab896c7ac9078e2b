"""The database: encrypted, durable, of the right version, and append-only where money is."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from central import cli
from central.database import check_sqlite_version
from central.errors import DatabaseUnusable
from central.tables import TABLES, metadata
from tests.central.support import Central, Terminal, write_settings


def test_the_migrations_make_the_tables_that_the_program_uses(central: Central) -> None:
    assert set(metadata.tables) == {table.name for table in TABLES}
    with central.parts.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_posting SET amount_minor = 0",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_entry SET reason = ''",
        "DELETE FROM ledger_entry",
        "UPDATE points_entry SET points = 0",
        "DELETE FROM points_entry",
    ],
)
def test_what_is_booked_cannot_be_changed(central: Central, terminal: Terminal, change: str) -> None:
    terminal.push(terminal.bought(central.add_member(), "5.00", points=5))
    with pytest.raises(DBAPIError, match="append-only"), central.parts.database.write() as connection:
        connection.execute(text(change))


def test_the_file_is_encrypted_and_its_secrets_are_the_owners_alone(own_central: Central) -> None:
    member = own_central.add_member()
    state_dir = own_central.folder / "state"
    for path in state_dir.glob("central.db*"):
        content = path.read_bytes()
        assert not content.startswith(b"SQLite format 3")
        assert member.id.encode() not in content
    for name in ("central.key", "api-token"):
        assert stat.S_IMODE((state_dir / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(state_dir.stat().st_mode) == 0o700


def test_a_commit_is_durable(own_central: Central) -> None:
    with own_central.parts.database.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_sqlite_that_corrupts_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(DatabaseUnusable, match=r"3\.51\.3 or newer"):
        check_sqlite_version(version)
    check_sqlite_version((3, 51, 3))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], None]:
    """A server that was made in `tmp_path`; runs SQL on its database."""
    url = request.getfixturevalue("postgresql_url")() if request.param == "postgresql" else None
    config = write_settings(tmp_path, url)
    assert cli.main(["init", "--config", str(config)]) == 0

    def run_sql(statement: str) -> None:
        from central.database import open_database
        from central.settings import load_settings

        database = open_database(load_settings(config))
        with database.write() as connection:
            connection.execute(text(statement))
        database.close()

    return run_sql


@pytest.mark.parametrize("command", ["init", "orders"])
def test_a_database_from_a_newer_version_is_refused(
    made: Callable[[str], None], command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made("UPDATE alembic_version SET version_num = '9999'")
    assert cli.main([command, "--config", str(tmp_path / "central.toml")]) == 1
    assert "written by a newer version of this program (its schema is 9999" in capsys.readouterr().err


def test_an_empty_database_asks_for_init(
    made: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made("DELETE FROM alembic_version")
    assert cli.main(["orders", "--config", str(tmp_path / "central.toml")]) == 1
    assert "run `python -m central init`" in capsys.readouterr().err
