"""A central, a terminal enrolled with it, and that terminal's real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.services.events import Event
from kiosk.services.ports import TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from tests.store.sales import new_store
from tests.sync.fake_central import FakeCentral


class Published:
    """An EventSink that keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
def central() -> Iterator[FakeCentral]:
    with FakeCentral() as server:
        yield server


@pytest.fixture
def identity(central: FakeCentral) -> TerminalIdentity:
    return central.terminal()


@pytest.fixture
def store(tmp_path: Path, identity: TerminalIdentity) -> Iterator[SqliteStore]:
    opened = new_store(tmp_path, identity)
    yield opened
    opened.close()


@pytest.fixture
def published() -> Published:
    return Published()
