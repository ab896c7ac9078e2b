"""Child processes of a benchmark: started, told what to do, weighed and ended.

A commanded program reads one JSON object a line from standard input, `{"do": NAME, …}`, and answers each with one line
on standard output: what it found, or `{"failed": reason}`. Its first line, when it is ready, is an object too.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil

READY_WITHIN_S = 60.0
ANSWER_WITHIN_S = 300.0
STOP_WITHIN_S = 10.0

Answers = Mapping[str, Callable[..., dict[str, Any] | None]]


class ProgramFailed(Exception):
    """A program ended, stayed silent, or said that it could not."""


class Program:
    """A context manager: the process runs until the end of the block. Its errors go to `log`."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._name = " ".join(command[:3])
        with log.open("ab") as errors:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe above
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_WITHIN_S)

    def line(self, within_s: float = READY_WITHIN_S) -> str:
        """The next line of its standard output. Raises ProgramFailed."""
        assert self._process.stdout is not None  # noqa: S101 - opened as a pipe above
        pipe, deadline_s = self._process.stdout.fileno(), time.monotonic() + within_s
        while b"\n" not in self._rest:
            if not select.select([pipe], [], [], max(0.0, deadline_s - time.monotonic()))[0]:
                raise ProgramFailed(f"{self._name}: no word within {within_s:.0f} s")
            chunk = os.read(pipe, 1 << 20)
            if not chunk:
                raise ProgramFailed(f"{self._name}: ended")
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode()

    def send(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe above
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def cpu_s(self) -> float:
        """Processor time used so far, by it and its children."""
        return tree_cpu_s(self._process.pid)

    def pss_mb(self) -> float:
        return tree_pss_mb(self._process.pid)


class Commanded(Program):
    """A program that does what it is told (see above)."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        super().__init__(command, log)
        self.ready: dict[str, Any] = json.loads(self.line())

    def begin(self, do: str, **how: Any) -> None:
        """Ask without waiting; `answer` waits."""
        self.send(json.dumps({"do": do, **how}))

    def answer(self) -> dict[str, Any]:
        """Raises ProgramFailed."""
        found: dict[str, Any] = json.loads(self.line(ANSWER_WITHIN_S))
        if "failed" in found:
            raise ProgramFailed(f"{self._name}: {found['failed']}")
        return found

    def ask(self, do: str, **how: Any) -> dict[str, Any]:
        self.begin(do, **how)
        return self.answer()


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def do_as_told(answers: Answers, **ready: Any) -> None:
    """The other side of Commanded: answers until standard input ends."""
    _say(ready)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            found = answers[order.pop("do")](**order) or {}
        except Exception as error:  # noqa: BLE001 - the benchmark is told, and ends
            found = {"failed": repr(error)}
        _say(found)


def _say(message: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def tree_cpu_s(pid: int) -> float:
    """Processor time of that process and all below it."""
    return sum(_ask(process, lambda p: sum(p.cpu_times()[:2])) for process in process_tree(pid))


def tree_pss_mb(pid: int) -> float:
    """Proportional set size of them: shared pages are counted once."""
    return sum(_ask(process, lambda p: float(p.memory_full_info().pss)) for process in process_tree(pid)) / 1e6


def process_tree(pid: int) -> list[psutil.Process]:
    """That process and all that it started; none when it has ended."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _ask(process: psutil.Process, question: Callable[[psutil.Process], float]) -> float:
    """0 for a process that has just ended."""
    try:
        return question(process)
    except psutil.NoSuchProcess:
        return 0.0
