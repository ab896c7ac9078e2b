"""A flag that other threads set and that a thread can wait for together with a port."""

from __future__ import annotations

import os
import select
import weakref
from collections.abc import Iterable


class Wake:
    """Like threading.Event, with a file descriptor for poll(2)."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(self, os.close, self._fd)

    def fileno(self) -> int:
        return self._fd

    def set(self) -> None:
        os.eventfd_write(self._fd, 1)

    def clear(self) -> None:
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            pass

    def is_set(self) -> bool:
        return self.wait(0)

    def wait(self, timeout_s: float) -> bool:
        """True as soon as it is set, False after `timeout_s`."""
        poller = select.poll()
        poller.register(self._fd, select.POLLIN)
        return bool(poller.poll(max(timeout_s, 0) * 1000))


def wait_for_any(wakes: Iterable[Wake], timeout_s: float) -> None:
    """Returns as soon as one is set, or after `timeout_s`."""
    poller = select.poll()
    for wake in wakes:
        poller.register(wake, select.POLLIN)
    poller.poll(max(timeout_s, 0) * 1000)
