"""Programs a demonstration terminal brings along: the embedded central server and the simulated devices.

Each runs as a process of its own, as on a real site, and ends with the terminal even when that is killed.
"""

from __future__ import annotations

import logging
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path

log = logging.getLogger(__name__)

READY_WITHIN_S = 30.0
STOP_WITHIN_S = 5.0


class CompanionFailed(Exception):
    """A program that the terminal needs beside it did not start; the message is its own last words."""


class Companion:
    """One child process, ready once it has written a line that holds `ready_word` to its standard output."""

    def __init__(self, name: str, arguments: list[str], ready_word: str, log_path: Path) -> None:
        self._name = name
        self._log_path = log_path
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own modules
                [*dies_with_parent(), sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._ready = ready_word
        self._lines: queue.Queue[str] = queue.Queue(maxsize=100)
        threading.Thread(target=self._read, name=f"{name}-output", daemon=True).start()

    def wait_ready(self) -> None:
        """Raises CompanionFailed when it ends or stays silent for READY_WITHIN_S."""
        while True:
            try:
                line = self._lines.get(timeout=READY_WITHIN_S)
            except queue.Empty:
                raise CompanionFailed(f"{self._name} was not ready after {READY_WITHIN_S:.0f} s") from None
            if self._ready in line:
                return
            if not line:
                raise CompanionFailed(f"{self._name} ended: {_tail(self._log_path)}")

    def stop(self) -> None:
        """Ask it to end, insist after STOP_WITHIN_S."""
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            log.warning("companion_killed", extra={"companion": self._name})
            self._process.kill()
            self._process.wait(STOP_WITHIN_S)

    def _read(self) -> None:
        """Drains its output for good, so that it never blocks on a full pipe; "" says it ended."""
        assert self._process.stdout is not None  # noqa: S101 - opened as a pipe above
        with self._process.stdout as output:
            for line in output:
                _offer(self._lines, line)
        _offer(self._lines, "")


def run_once(arguments: list[str]) -> str:
    """Run one of our own modules to its end and return what it wrote. Raises CompanionFailed."""
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise CompanionFailed(f"{' '.join(arguments[:2])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def dies_with_parent() -> list[str]:
    """util-linux's setpriv asks the kernel to end the child with us; without it the child is stopped only by stop()."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []


def _offer(lines: queue.Queue[str], line: str) -> None:
    try:
        lines.put_nowait(line)
    except queue.Full:
        pass  # nobody waits for a companion's words once it is ready


def _tail(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-600:].strip()
