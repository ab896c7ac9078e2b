"""Fixtures of the printer's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devices.printing import Setup, running
from tests.devices.support import free_tcp_port


@pytest.fixture
def tcp_port() -> str:
    return f"tcp://127.0.0.1:{free_tcp_port()}"


@pytest.fixture(params=["tcp", "serial"])
def setup(request: pytest.FixtureRequest, tmp_path: Path, tcp_port: str) -> Iterator[Setup]:
    """A running printer over TCP, and another time over a serial line."""
    with running(tmp_path, tcp_port if request.param == "tcp" else str(tmp_path / "printer")) as running_setup:
        yield running_setup


@pytest.fixture
def tcp_setup(tmp_path: Path, tcp_port: str) -> Iterator[Setup]:
    with running(tmp_path, tcp_port) as running_setup:
        yield running_setup
