"""A central, a terminal enrolled with it, and that terminal's real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.services.events import Event
from kiosk.services.ports import TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.client import CentralClient
from tests.store.sales import new_store
from tests.sync.fake_central import FakeCentral

NewClient = Callable[[TerminalIdentity], CentralClient]


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


@pytest.fixture
def new_client(central: FakeCentral) -> Iterator[NewClient]:
    """Its connection is given back whatever becomes of the test: one that is left open fails another test."""
    with ExitStack() as lines:

        def made(identity: TerminalIdentity) -> CentralClient:
            client = CentralClient(central.address(), identity)
            lines.callback(client.line.close)
            return client

        yield made
