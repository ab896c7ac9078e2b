"""The customer's window seen from the terminal: told the latest, replaced when it dies or hangs, never waited for.

The processes here are small programs of ours; the real window is in tests/end_to_end/test_customer_display.py.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.customer_window import CustomerWindow
from kiosk.screens.customer_display.stream import MAX_LINE_BYTES, LineReader

WITHIN_S = 20.0
# What it is told, it writes down, one line a file name.
WRITES_DOWN = """
import pathlib, socket, sys
line, folder = socket.socket(fileno=0), pathlib.Path(sys.argv[1])
line.send(b".")
for number, text in enumerate(line.makefile("r")):
    (folder / text.strip()).touch()
    line.send(b".")
"""
HANGS_THE_FIRST_TIME = (
    """
import pathlib, sys, time
seen = pathlib.Path(sys.argv[1]) / "started"
if not seen.exists():
    seen.touch()
    time.sleep(600)
"""
    + WRITES_DOWN
)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., CustomerWindow]]:
    windows: list[CustomerWindow] = []

    def begun(program: str, **times: float) -> CustomerWindow:
        windows.append(CustomerWindow([sys.executable, "-c", program, str(tmp_path)], **times))
        windows[-1].start()
        return windows[-1]

    yield begun
    for window in windows:
        window.stop()


def wait(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline_s, "it did not happen"
        time.sleep(0.01)  # gives the processor away; the condition decides


def is_gone(process_id: int) -> bool:
    return not Path(f"/proc/{process_id}").exists()


def test_it_has_the_descriptors_that_are_shared(tmp_path: Path) -> None:
    """Under the same number, also in a window that comes after the first."""
    descriptor = os.memfd_create("shared")
    program = """
import os, pathlib, socket, sys
line = socket.socket(fileno=0)
line.send(b".")
(pathlib.Path(sys.argv[1]) / os.pread(int(sys.argv[2]), 5, 0).decode()).touch()
line.recv(1)
"""
    command = [sys.executable, "-c", program, str(tmp_path), str(descriptor)]
    window = CustomerWindow(command, shared=(descriptor,))
    try:
        os.write(descriptor, b"first")
        window.start()
        wait((tmp_path / "first").exists)
        wait(lambda: window.process_id is not None)
        os.pwrite(descriptor, b"again", 0)
        assert window.process_id is not None
        os.kill(window.process_id, signal.SIGKILL)
        wait((tmp_path / "again").exists)
    finally:
        window.stop()
        os.close(descriptor)


def test_it_is_told_what_to_show(begin: Callable[..., CustomerWindow], tmp_path: Path) -> None:
    window = begin(WRITES_DOWN)
    window.show(b"first")
    wait((tmp_path / "first").exists)
    window.show(b"second")
    wait((tmp_path / "second").exists)


def test_one_that_was_killed_is_replaced_and_told_again(begin: Callable[..., CustomerWindow], tmp_path: Path) -> None:
    window = begin(WRITES_DOWN)
    window.show(b"amount")
    wait((tmp_path / "amount").exists)
    wait(lambda: window.process_id)
    killed = window.process_id
    assert killed
    (tmp_path / "amount").unlink()
    os.kill(killed, signal.SIGKILL)
    wait((tmp_path / "amount").exists)
    wait(lambda: window.process_id not in (None, killed))


def test_one_that_hangs_is_replaced(begin: Callable[..., CustomerWindow], tmp_path: Path) -> None:
    window = begin(HANGS_THE_FIRST_TIME, starts_within_s=1.0)
    window.show(b"amount")
    wait((tmp_path / "amount").exists)


def test_one_that_falls_silent_is_replaced(begin: Callable[..., CustomerWindow]) -> None:
    silent = begin("import socket, time; line = socket.socket(fileno=0); line.send(b'.'); time.sleep(600)",
                   alive_every_s=0.3)  # fmt: skip
    wait(lambda: silent.process_id)
    first = silent.process_id
    wait(lambda: silent.process_id not in (None, first))
    assert first
    wait(lambda: is_gone(first))


def test_one_that_never_reads_holds_nobody_up(begin: Callable[..., CustomerWindow]) -> None:
    window = begin("import time; time.sleep(600)")
    began_s = time.monotonic()
    for number in range(2000):
        window.show(b"%d " % number * 500)
    assert time.monotonic() - began_s < 5
    window.stop()
    assert time.monotonic() - began_s < 15


def test_stopped_it_is_gone(begin: Callable[..., CustomerWindow], tmp_path: Path) -> None:
    window = begin(WRITES_DOWN)
    wait(lambda: window.process_id)
    process_id = window.process_id
    assert process_id
    window.stop()
    assert is_gone(process_id)


# --- the stream as the window reads it ---


def test_lines_come_out_however_they_are_cut() -> None:
    for size in (1, 2, 3, 7):
        reader, data = LineReader(), b"one\ntwo\n\nthree\nbegun"
        lines = [line for i in range(0, len(data), size) for line in reader.feed(data[i : i + size])]
        assert lines == [b"one", b"two", b"", b"three"]


def test_a_line_that_never_ends_is_not_kept() -> None:
    reader = LineReader()
    for _ in range(1000):
        assert reader.feed(b"x" * 60_000) == []
    assert len(reader._begun) <= MAX_LINE_BYTES
    assert reader.feed(b"x\ngood\n") == [b"good"]
    assert reader.feed(b"y" * MAX_LINE_BYTES + b"\n") == [b"y" * MAX_LINE_BYTES]
    assert reader.feed(b"y" * (MAX_LINE_BYTES + 1) + b"\nnext\n") == [b"next"]
