"""A central on SQLite and one on PostgreSQL, fresh for each test; and the chance that a test is allowed."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.central.conftest import DATABASES, postgresql_url, postgresql_with_tables
from tests.central.support import Central, running_central

__all__ = ["postgresql_url", "postgresql_with_tables"]


@pytest.fixture
def chance() -> random.Random:
    """Seeded from the environment variable SEED, or anew; the seed is printed."""
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


@pytest.fixture(params=DATABASES)
def fresh_central(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Central]:
    url: Callable[[], str] | None = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_with_tables")
    folder = tmp_path / "central"
    folder.mkdir()
    with running_central(folder, url() if url else None) as running:
        yield running
