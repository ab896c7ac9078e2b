"""The customer's window as the terminal sees it: a child process that is told what to show. One that died or hangs is
replaced; the terminal never waits for it and sells without it."""

from __future__ import annotations

import logging
import select
import socket
import subprocess
import threading
import time
from collections.abc import Sequence

from kiosk.companions import dies_with_parent
from kiosk.devices.wake import Wake

log = logging.getLogger(__name__)

STARTS_WITHIN_S = 30.0
ALIVE_EVERY_S = 10.0
"""It gives a sign of life each second: one that is silent for so long hangs."""
SEND_WITHIN_S = 2.0
STOP_WITHIN_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
_SIGNS_BYTES = 4096


class WindowLost(Exception):
    """The process ended or does not answer; the message says which."""


class CustomerWindow:
    """`command` starts the process with the socket as its standard input; see kiosk.screens.customer_display. It has
    the descriptors `shared` too, under the same numbers."""

    def __init__(
        self,
        command: Sequence[str],
        shared: Sequence[int] = (),
        *,
        starts_within_s: float = STARTS_WITHIN_S,
        alive_every_s: float = ALIVE_EVERY_S,
    ) -> None:
        self._command = [*dies_with_parent(), *command]
        self._shared = tuple(shared)
        self._starts_within_s = starts_within_s
        self._alive_every_s = alive_every_s
        self._lock = threading.Lock()
        self._line: bytes | None = None
        self._wake = Wake()
        self._stopping = threading.Event()
        # Starts the processes and outlives them: the kernel ends a child when the *thread* that started it has ended.
        self._thread = threading.Thread(target=self._run, name="customer-window", daemon=True)
        self._pause_s = FIRST_PAUSE_S
        self.process_id: int | None = None
        """None while there is none, or it has not shown anything yet."""

    def start(self) -> None:
        """Returns at once."""
        self._thread.start()

    def show(self, line: bytes) -> None:
        """This from now on, also in a window that comes later. From any thread; never blocks."""
        with self._lock:
            self._line = line
        self._wake.set()

    def stop(self) -> None:
        """Ends the process; waits for it."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(2 * STOP_WITHIN_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._serve()
            except (WindowLost, OSError) as lost:
                log.warning("customer_window_lost", extra={"reason": str(lost), "again_in_s": self._pause_s})
            self._stopping.wait(self._pause_s)
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _serve(self) -> None:
        """With one process until the terminal stops. Raises WindowLost, OSError."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                process = subprocess.Popen(  # noqa: S603 - our own module
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=self._shared,
                )
            try:
                ours.settimeout(SEND_WITHIN_S)
                self._tell(ours, process.pid)
            finally:
                self.process_id = None
                _end(process)

    def _tell(self, ours: socket.socket, process_id: int) -> None:
        told: bytes | None = None
        silent_after_s = time.monotonic() + self._starts_within_s
        poller = select.poll()
        poller.register(ours, select.POLLIN)
        poller.register(self._wake, select.POLLIN)
        while not self._stopping.is_set():
            self._wake.clear()
            with self._lock:
                line = self._line
            if line is not None and line is not told:
                ours.sendall(line + b"\n")
                told = line
            ready = [fd for fd, _ in poller.poll(max(0.0, silent_after_s - time.monotonic()) * 1000)]
            if ours.fileno() in ready:
                if not ours.recv(_SIGNS_BYTES):
                    raise WindowLost("it ended")
                self.process_id, self._pause_s = process_id, FIRST_PAUSE_S
                silent_after_s = time.monotonic() + self._alive_every_s
            elif time.monotonic() >= silent_after_s:
                raise WindowLost("it gives no sign of life")


def _end(process: subprocess.Popen[bytes]) -> None:
    for insist in (process.terminate, process.kill):
        insist()
        try:
            process.wait(STOP_WITHIN_S)
            return
        except subprocess.TimeoutExpired:
            log.warning("customer_window_does_not_end", extra={"process_id": process.pid})
