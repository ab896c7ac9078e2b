"""Wakes the screen the moment its X server has something to tell: then a resting screen may look seldom by itself.

Kivy's loop only polls. A touch that comes while it rests would wait for the next pass, up to a frame of the resting
rate. This thread waits on the window's own X connections instead, without reading from them.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

_OPEN_FILES = Path("/proc/self/fd")
_X11_SOCKET = ".X11-unix"
_READ_WITHIN_S = 0.005  # the loop reads what it was woken for in this time; until then the connection stays readable


def x11_connections() -> list[int]:
    """The file descriptors of this process that are connected to an X server; none where /proc is missing."""
    found = []
    for link in sorted(_OPEN_FILES.glob("*")):
        try:
            is_socket = str(link.readlink()).startswith("socket:")
            if is_socket and _X11_SOCKET in _peer_of(int(link.name)):
                found.append(int(link.name))
        except OSError:  # closed meanwhile, or not connected
            continue
    return found


def _peer_of(descriptor: int) -> str:
    """The path at the other end of a UNIX socket; empty for other sockets. Raises OSError."""
    with socket.socket(fileno=os.dup(descriptor)) as copy:
        return os.fsdecode(copy.getpeername()) if copy.family is socket.AF_UNIX else ""


class InputWatch:
    """Calls `wake` on its thread when there is something to read from `descriptors`."""

    def __init__(self, descriptors: list[int], wake: Callable[[], object]) -> None:
        self._descriptors = descriptors
        self._wake = wake
        self._stopping = Event()
        self._bell_out, self._bell_in = os.pipe()
        self._thread = Thread(target=self._watch, name="input watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended."""
        self._stopping.set()
        os.write(self._bell_in, b"x")
        self._thread.join(timeout=2)
        os.close(self._bell_in)
        os.close(self._bell_out)

    def _watch(self) -> None:
        poll = select.poll()
        for descriptor in (*self._descriptors, self._bell_out):
            poll.register(descriptor, select.POLLIN)
        while not self._stopping.is_set():
            poll.poll()
            if self._stopping.is_set():
                return
            self._wake()
            self._stopping.wait(_READ_WITHIN_S)
