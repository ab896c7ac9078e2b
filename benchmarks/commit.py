"""Commit time of a sale: the checkout service with the store alone, central answering at once and no printer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.offline_till import OfflineTill
from benchmarks.results import Figure, Result, spread

WARM_UP, SALES = 20, 500


def run(folder: Path) -> Result:
    till = OfflineTill(folder)
    try:
        for _ in range(WARM_UP):
            till.pay_by_regular_card(till.next_request())
            till.pay_by_card(till.next_request())
        at_once_ms = [_milliseconds(till.pay_by_regular_card, till.next_request()) for _ in range(SALES)]
        asking_ms = [_milliseconds(till.pay_by_card, till.next_request()) for _ in range(SALES)]
    finally:
        till.store.close()
    sync_ms = disk_sync_ms(folder / "sync", SALES)
    at_once, asking, sync = spread(at_once_ms), spread(asking_ms), spread(sync_ms)
    figures = [
        Figure("a sale from a pre-grant in the store (one durable transaction), median", at_once["median"], "ms"),
        Figure("a sale from a pre-grant in the store (one durable transaction), p99", at_once["p99"], "ms"),
        Figure("a sale that asks central in the store (two durable transactions), median", asking["median"], "ms"),
        Figure("a sale that asks central in the store (two durable transactions), p99", asking["p99"], "ms"),
        Figure("for comparison: 4 kB written and synced to this disk, median", sync["median"], "ms"),
        Figure("for comparison: 4 kB written and synced to this disk, p99", sync["p99"], "ms"),
    ]
    return Result("commit", figures, {"from a pre-grant": at_once, "asking central": asking, "disk": sync})


def disk_sync_ms(path: Path, times: int) -> list[float]:
    """Of each of so many writes of 4 kB to that file."""
    with path.open("wb", buffering=0) as file:

        def write() -> None:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())

        return [_milliseconds(write) for _ in range(times)]


def _milliseconds(work: Callable[..., object], *given: object) -> float:
    began_s = time.perf_counter()
    work(*given)
    return (time.perf_counter() - began_s) * 1000
