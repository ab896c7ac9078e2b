"""The terminal's state folder: held by one process at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Another terminal process uses this state folder."""


def take_state_dir(state_dir: Path) -> int:
    """Make the folder, private to this user, and hold it until the process ends: two terminals in one folder would both
    be the same one to central. Returns the open lock file. Raises AlreadyRunning."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(state_dir / "terminal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise AlreadyRunning(f"a terminal is running in {state_dir} already") from None
    return lock
