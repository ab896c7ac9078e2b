"""With faces shared, a template is in the clear in the terminals' memory alone: looked for in what went over the wire,
in every row of central's and the terminals' databases, and in every file of both."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, select

from central.restoring.backups import back_up
from central.settings import load_settings
from central.tables import TABLES
from kiosk.logs import JsonLines
from kiosk.store.database import connect
from kiosk.sync.face_letters import FaceCopy, SiteKey
from kiosk.sync.wire import FaceBox
from tests.central.conftest import DATABASES
from tests.central.listening_in import ListeningIn
from tests.central.sharing import (
    REAL,
    SHARED,
    SITE_KEY,
    RealTerminal,
    SharingTill,
    letters,
    shared_with_all,
)
from tests.central.support import Central, running_central
from tests.central.till import enrolled
from tests.store.enrolling import MARK


@pytest.fixture(params=DATABASES)
def central(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Central]:
    url = request.getfixturevalue("postgresql_with_tables")() if request.param == "postgresql" else None
    (tmp_path / "central").mkdir()
    with running_central(tmp_path / "central", url, more=SHARED) as running:
        yield running


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Everything that is logged, at every level."""
    path = tmp_path / "kiosk.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield path
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def forms(secret: bytes) -> list[bytes]:
    """As it would stand in bytes, in hexadecimal, and in base64 wherever it begins in a group of three bytes."""
    found = [secret, secret.hex().encode()]
    for before in range(3):
        text = base64.b64encode(bytes(before) + secret)
        found.append(text[4 * -(-before // 3) + 4 : len(text) // 4 * 4 - 8])
    return found


def leaks(contents: Iterable[bytes], *secrets: bytes) -> bool:
    wanted = [form for secret in secrets for form in forms(secret)]
    return any(form in content for content in contents for form in wanted)


def rows(connection: Connection) -> list[bytes]:
    """Every value of every row of central's database."""
    values = [value for table in TABLES for row in connection.execute(select(table)) for value in row]
    return [value if isinstance(value, bytes) else str(value).encode() for value in values]


def terminal_rows(till: SharingTill) -> list[bytes]:
    values: list[object] = []
    with connect(till.folder / "kiosk.db", (till.folder / "kiosk.key").read_bytes()) as opened:
        tables = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
        for table in tables:
            found = opened.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - the database's own name
            values += [value for row in found for value in row]
    return [value if isinstance(value, bytes) else str(value).encode() for value in values]


def files(*folders: Path, leave_out: str = "") -> list[bytes]:
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path.read_bytes() for path in found if path.suffix != leave_out]


def find_leaks(central: Central, folder: Path, program: RealTerminal = REAL) -> list[str]:
    """Where a template, or a key, was found that must not be there, while a face gets from one terminal to another."""
    found: list[str] = []
    member = central.add_member()
    with ListeningIn(central.url) as line, ExitStack() as stack:
        tills = [SharingTill(folder / n, enrolled(central, folder / n), line.url, program=program) for n in ("a", "b")]
        for till in tills:
            stack.callback(till.close)
        a, b = tills
        shared_with_all(tills)
        a.enrol(member)
        a.sync()
        assert [bool(letter.sealed) for letter in letters(central, member)] == [True], "it is really at central"
        box_key = b.box_key()
        face_keys = []
        for step in ("on its way", "delivered"):
            for till in tills:
                with till.store.transaction() as tx:
                    face = tx.faces.sealed(member.id)
                face_keys += [face.key] if face and face.key else []
            own = (box_key, SITE_KEY, *face_keys)
            if leaks(central.parts.transactions.read(rows), MARK, *own):
                found.append(f"central's rows, {step}")
            if any(leaks(terminal_rows(till), MARK, *own) for till in tills):
                found.append(f"a terminal's rows, {step}")
            if central.parts.database.is_sqlite:
                back_up(load_settings(central.config), folder / f"central-{step}.copy")
            b.real_store.backup_to(folder / f"b-{step}.db")
            if leaks(files(folder, leave_out=".face-keys"), MARK, *own) or leaks(files(folder), MARK):
                found.append(f"a file, {step}")
            shared_with_all(tills)
        assert b.template(member) is not None
    bodies = list(line.bodies())
    assert any(b'"face_letter"' in body for body in bodies), "the letter was heard going by"
    if leaks(bodies, MARK, *own) or leaks(map(bytes, line.streams), MARK, *own):
        found.append("the wire")
    return found


def test_no_template_and_no_key_is_anywhere_in_the_clear(central: Central, tmp_path: Path, log_file: Path) -> None:
    assert find_leaks(central, tmp_path) == []
    assert log_file.stat().st_size


class _InTheClear(SiteKey):
    def seal(self, copy: FaceCopy, box: FaceBox) -> bytes:
        return msgspec.msgpack.encode(copy)

    def open(self, sealed: bytes, box: FaceBox, private_key: bytes) -> FaceCopy | None:
        return msgspec.msgpack.decode(sealed, type=FaceCopy)


class WritesInTheClear(RealTerminal):
    """Seals nothing."""

    def site_key(self, key: bytes) -> SiteKey:
        return _InTheClear(key)


def test_a_terminal_that_writes_in_the_clear_is_caught(central: Central, tmp_path: Path) -> None:
    found = find_leaks(central, tmp_path, WritesInTheClear())
    assert "the wire" in found
    assert "central's rows, on its way" in found
