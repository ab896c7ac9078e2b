"""A terminal that dies at a chosen step of a payment. A step is whatever changes something, and what lies before and
after it: the begin of a transaction, each write in it, its commit, the call to central, its answer.

At its death the database's files are copied as they are: what the next start finds.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.services.ports import CentralUnreachable
from kiosk.store.sqlite_store import SqliteStore

_READS = (
    "by_card", "counter_payment", "current", "get", "belongs_here", "last_by_payer", "levels", "of_order",
    "on_the_way", "open_pre_grants", "payer_of", "recent", "top_up", "top_ups_on_the_way", "unacknowledged",
    "unreleased_requests", "unresolved",
)  # fmt: skip


class Died(BaseException):
    """The program is gone: nothing after this happens, and nobody catches it."""


@dataclass
class Steps:
    """Counts the steps and dies before the `dies_at`-th (1 …); 0: never. `crash_image` is where the files then go."""

    folder: Path
    crash_image: Path
    dies_at: int = 0
    taken: list[str] = field(default_factory=list)

    def step(self, name: str) -> None:
        self.taken.append(name)
        if len(self.taken) == self.dies_at:
            self.crash_image.mkdir()
            for path in self.folder.glob("kiosk.*"):
                shutil.copy(path, self.crash_image / path.name)
            raise Died(name)


class DyingStore:
    """kiosk.services.ports.Store over a real one."""

    def __init__(self, store: SqliteStore, steps: Steps) -> None:
        self._store = store
        self._steps = steps

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        self._steps.step("begin")
        with self._store.transaction() as tx:
            yield _Watched(tx, self._steps, "tx")
            self._steps.step("commit")
        self._steps.step("committed")

    def reopen(self) -> None:
        self._store.reopen()


class DyingLine:
    """kiosk.services.ports.Central over a real one. `answers`: else central acts, and nobody hears of it."""

    def __init__(self, line: Any, steps: Steps, *, answers: bool = True) -> None:
        self._line = line
        self._steps = steps
        self._answers = answers

    def request_grant(self, *arguments: Any, **named: Any) -> Any:
        self._steps.step("ask central")
        answer = self._line.request_grant(*arguments, **named)
        self._steps.step("central has answered")
        if not self._answers:
            raise CentralUnreachable
        return answer


class _Watched:
    """Something whose every call that writes is a step; parts of it are watched too."""

    def __init__(self, watched: Any, steps: Steps, name: str) -> None:
        self._watched, self._steps, self._name = watched, steps, name

    def __getattr__(self, name: str) -> Any:
        found, path = getattr(self._watched, name), f"{self._name}.{name}"
        if name in _READS:
            return found
        if not callable(found):
            return _Watched(found, self._steps, path)

        def call(*arguments: Any, **named: Any) -> Any:
            self._steps.step(path)
            return found(*arguments, **named)

        return call
