"""The fixed-price lane: students one after the other at a steady pace, by card and by face, each until the screen says
"paid"."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.lane_counter import LaneCounter
from benchmarks.results import Figure, Result, spread
from benchmarks.sale_site import CARDS, ReaderLine, make_site
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.state import ScreenName, State
from kiosk.services.events import DeviceKind, DeviceState, LinkState

BY_CARD_S, STUDENTS_BY_CARD = 60 / 30, 60
_READY_WITHIN_S = 60.0
_PAID_WITHIN_S = 15.0
_PRICE = "1200"


def run(folder: Path) -> Result:
    """From the card frame's last byte; the pace does not wait for anybody."""
    site = make_site(folder, "counter")
    reader = ReaderLine(site.reader)
    try:
        with LaneCounter(site.terminal) as counter:
            counter.wait_for(_is_ready, _READY_WITHIN_S, "counter ready")
            counter.touch(*(ev.DigitsTyped(digit) for digit in _PRICE), ev.LaneStarted())
            counter.wait_for(lambda state: state.screen is ScreenName.LANE, _READY_WITHIN_S, "lane open")
            by_card = _lane(
                counter, BY_CARD_S, STUDENTS_BY_CARD, lambda number: reader.send(CARDS[number % len(CARDS)])
            )
    finally:
        reader.close()
    return Result("lane", _figures("card", BY_CARD_S, by_card), {"card": spread(by_card), "samples": by_card})


def _lane(counter: LaneCounter, pace_s: float, students: int, comes: Callable[[int], float]) -> list[float]:
    """Milliseconds from when each student came until green. `comes` returns that moment."""
    taken_ms = []
    began_s = time.monotonic()
    for number in range(students):
        time.sleep(max(0.0, began_s + number * pace_s - time.monotonic()))
        before = counter.state.sale.id
        came_s = comes(number)
        counter.wait_for(
            lambda state, before=before: state.sale.id > before and state.order is not None, _PAID_WITHIN_S, "paid"
        )
        taken_ms.append((counter.green_s[counter.state.sale.id] - came_s) * 1000)
    return taken_ms


def _figures(by: str, pace_s: float, taken_ms: list[float]) -> list[Figure]:
    p95 = float(np.percentile(taken_ms, 95))
    what = f"lane by {by}, {60 / pace_s:.0f} students a minute"
    return [
        Figure(f"{what}: {by} to green, median", float(np.median(taken_ms)), "ms"),
        Figure(f"{what}: {by} to green, p95", p95, "ms", limit=pace_s * 1000),
    ]


def _is_ready(state: State) -> bool:
    ready = {health.kind for health in state.devices.values() if health.state is DeviceState.READY}
    return state.menu is not None and state.link is LinkState.ONLINE and DeviceKind.CARD_READER in ready
