from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.sqlite_store import SqliteStore
from tests.store.sales import new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An enrolled terminal's store: kiosk.db and kiosk.key in tmp_path."""
    opened = new_store(tmp_path)
    yield opened
    opened.close()
