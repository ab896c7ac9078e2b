"""Opening the database: the first start, every start after it, and all the reasons not to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kiosk.store.database import check_sqlite_version, connect, quick_check
from kiosk.store.errors import (
    CannotOpenStore,
    DatabaseDamaged,
    DatabaseTooNew,
    KeyMissing,
    SqliteTooOld,
    WrongKey,
)
from kiosk.store.sqlite_store import open_store
from kiosk.store.writer import writer
from tests.store.sales import CARD_UID, IDENTITY, MEMBER, new_store, sell

ROOT = Path(__file__).resolve().parents[2]


def database(folder: Path) -> tuple[Path, Path]:
    return folder / "kiosk.db", folder / "kiosk.key"


def test_the_first_start_makes_a_database_and_a_key_that_nobody_else_can_read(tmp_path: Path) -> None:
    path, key_path = database(tmp_path)
    store = open_store(path, key_path)
    assert store.identity() is None
    store.save_identity(IDENTITY)
    store.close()
    assert len(key_path.read_bytes()) == 32
    assert [p.stat().st_mode & 0o777 for p in (path, key_path)] == [0o600, 0o600]
    again = open_store(path, key_path)
    assert again.identity() == IDENTITY
    again.close()


def test_two_terminals_have_two_keys(tmp_path: Path) -> None:
    keys = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        open_store(*database(tmp_path / name)).close()
        keys.add((tmp_path / name / "kiosk.key").read_bytes())
    assert len(keys) == 2


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """WAL with synchronous=FULL; with less, power cuts took acknowledged sales."""
    new_store(tmp_path).close()
    raw = connect(tmp_path / "kiosk.db", (tmp_path / "kiosk.key").read_bytes())
    found = {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert found == {"journal_mode": "wal", "synchronous": 2}
    assert raw.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert raw.execute("PRAGMA busy_timeout").fetchone()[0] == 5000
    raw.close()


def test_an_ordinary_start_does_not_load_alembic(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    program = (
        "import sys; from pathlib import Path; from kiosk.store.sqlite_store import open_store;"
        f"open_store(Path({str(tmp_path / 'kiosk.db')!r}), Path({str(tmp_path / 'kiosk.key')!r})).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60).returncode == 0


def test_nothing_can_be_read_in_the_files(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.transaction() as tx:
        tx.feed.apply_page(
            epoch="e",
            next_after=1,
            more=False,
            menus=(),
            members={MEMBER.id: msgspec.json.encode(MEMBER)},
            cards={},
            stock={},
        )
    sell(store)
    secrets = [
        MEMBER.masked_name.encode(),
        CARD_UID.encode(),
        IDENTITY.private_key,
        IDENTITY.private_key.hex().encode(),
        "牛肉面".encode(),
        b"order",
        b"CREATE TABLE",
    ]
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name != "kiosk.key"}
    assert len(written["kiosk.db-wal"]) > 20_000
    store.close()
    written["closed"] = (tmp_path / "kiosk.db").read_bytes()
    for name, content in written.items():
        assert not [secret for secret in secrets if secret in content], name


def test_another_key_does_not_open_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    new_store(tmp_path).close()
    path, key_path = database(tmp_path)
    key_path.write_bytes(bytes(32))
    with pytest.raises(WrongKey, match="restore database and key together"):
        open_store(path, key_path)
    assert capfd.readouterr().err == ""


def test_a_lost_key_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    path, key_path = database(tmp_path)
    key_path.unlink()
    with pytest.raises(KeyMissing, match="put the key file back"):
        open_store(path, key_path)
    assert not key_path.exists()


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_key_file_that_is_no_key(tmp_path: Path, content: bytes) -> None:
    path, key_path = database(tmp_path)
    key_path.write_bytes(content)
    with pytest.raises(KeyMissing, match="must be 32 bytes"):
        open_store(path, key_path)


def test_a_key_path_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="cannot be read"):
        open_store(tmp_path / "kiosk.db", tmp_path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "kiosk.key").write_bytes(bytes(32))
    with pytest.raises(CannotOpenStore, match="cannot be opened"):
        open_store(tmp_path / "gone" / "kiosk.db", tmp_path / "kiosk.key")


def test_a_key_made_just_before_a_power_cut_is_used_again(tmp_path: Path) -> None:
    path, key_path = database(tmp_path)
    key_path.write_bytes(bytes(range(32)))
    path.touch()
    open_store(path, key_path).close()
    assert key_path.read_bytes() == bytes(range(32))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path, key_path = database(tmp_path)
    key_path.write_bytes(bytes(32))
    path.write_bytes(b"SQLite format 3\x00" + bytes(8000))
    with pytest.raises(WrongKey):
        open_store(path, key_path)


@pytest.mark.parametrize("page", [2, 5, 20, -1])
def test_damage_is_found_at_the_start(tmp_path: Path, page: int) -> None:
    store = new_store(tmp_path)
    for _ in range(20):
        sell(store)
    store.close()
    path, key_path = database(tmp_path)
    content = bytearray(path.read_bytes())
    content[page * 4096 + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(CannotOpenStore, match=r"restore a backup|cannot be read"):
        open_store(path, key_path)


@pytest.mark.parametrize("page", [10, 60, 300, -1])
def test_damage_is_found_in_a_large_database(tmp_path: Path, page: int) -> None:
    """It is checked table by table."""
    store = new_store(tmp_path)
    with store.transaction() as tx:
        for _ in range(800):
            tx.outbox.add(bytes(3000))
    store.close()
    path, key_path = database(tmp_path)
    content = bytearray(path.read_bytes())
    assert len(content) > 2_200_000
    content[page * 4096 + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(CannotOpenStore, match=r"restore a backup|cannot be read"):
        open_store(path, key_path)


def test_pages_that_no_table_uses_are_found(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.close()
    path, key_path = database(tmp_path)
    raw = connect(path, key_path.read_bytes())
    raw.execute("PRAGMA writable_schema = ON")
    raw.execute("DELETE FROM sqlite_master WHERE tbl_name = 'spends'")
    raw.close()
    with pytest.raises(DatabaseDamaged, match="never used"):
        open_store(path, key_path)


def test_a_truncated_database(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    for _ in range(20):
        sell(store)
    store.close()
    path, key_path = database(tmp_path)
    path.write_bytes(path.read_bytes()[:-8192])
    with pytest.raises(CannotOpenStore):
        open_store(path, key_path)


def test_the_check_stops_when_its_time_is_over(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.transaction() as tx:
        for _ in range(4000):
            tx.outbox.add(bytes(1000))
    store.close()
    raw = connect(tmp_path / "kiosk.db", (tmp_path / "kiosk.key").read_bytes())
    assert not quick_check(raw, tmp_path / "kiosk.db", budget_s=0.0)
    assert quick_check(raw, tmp_path / "kiosk.db", budget_s=60.0)
    assert raw.execute("SELECT count(*) FROM outbox").fetchone()[0] == 4000
    raw.close()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    path, key_path = database(tmp_path)
    connection = writer(connect(path, key_path.read_bytes()))
    with connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    connection.engine.dispose()
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew, match=r"kiosk\.db: .*newer version.*9999.*restore a backup"):
        open_store(path, key_path)
    assert path.read_bytes() == before


def test_sqlite_versions_with_the_wal_reset_bug(tmp_path: Path) -> None:
    check_sqlite_version(tmp_path)
    check_sqlite_version(tmp_path, (3, 51, 3))
    with pytest.raises(SqliteTooOld, match=r"needs SQLite 3\.51\.3 .* this is 3\.51\.2"):
        check_sqlite_version(tmp_path, (3, 51, 2))
