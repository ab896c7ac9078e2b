"""A touch wakes the resting screen: through the X connection, without reading from it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.screens.input_watch import InputWatch, x11_connections


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_wakes_when_there_is_something_to_read_and_leaves_it_there(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    woken = threading.Event()
    watch = InputWatch([ours.fileno()], woken.set)
    watch.start()
    assert not woken.wait(0.05)
    theirs.send(b"touch")
    assert woken.wait(5)
    assert ours.recv(10) == b"touch"
    woken.clear()
    theirs.send(b"another")
    assert woken.wait(5)
    watch.stop()


def test_stops_at_once_while_nothing_comes(pair: tuple[socket.socket, socket.socket]) -> None:
    watch = InputWatch([pair[0].fileno()], lambda: None)
    watch.start()
    watch.stop()
    assert "input watch" not in [thread.name for thread in threading.enumerate()]


def test_what_is_not_read_for_long_wakes_again_but_does_not_spin(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    times: list[float] = []
    enough = threading.Event()

    def wake() -> None:
        times.append(time.monotonic())
        if len(times) == 5:
            enough.set()

    watch = InputWatch([ours.fileno()], wake)
    watch.start()
    theirs.send(b"touch")
    assert enough.wait(5)
    watch.stop()
    assert times[4] - times[0] >= 4 * 0.004


def test_finds_the_connections_to_an_x_server_among_all_open_files(tmp_path: Path) -> None:
    folder = tmp_path / ".X11-unix"
    folder.mkdir()
    (tmp_path / "other").mkdir()
    before = x11_connections()
    with (
        socket.socket(socket.AF_UNIX) as server,
        socket.socket(socket.AF_UNIX) as other_server,
        socket.socket(socket.AF_UNIX) as ours,
        socket.socket(socket.AF_UNIX) as elsewhere,
        socket.socket() as unconnected,
    ):
        server.bind(str(folder / "X9"))
        other_server.bind(str(tmp_path / "other" / "X9"))
        server.listen()
        other_server.listen()
        ours.connect(str(folder / "X9"))
        elsewhere.connect(str(tmp_path / "other" / "X9"))
        assert unconnected.fileno() > 0
        assert [d for d in x11_connections() if d not in before] == [ours.fileno()]
    assert x11_connections() == before
