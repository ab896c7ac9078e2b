"""The fixed-price lane: students one after the other at a steady pace, by card and by face, each until the screen says
"paid"."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.lane_counter import LaneCounter
from benchmarks.lane_faces import Students
from benchmarks.results import Figure, Result, spread
from benchmarks.sale_site import CARDS, ReaderLine, make_site
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.state import ScreenName, State
from kiosk.services.events import DeviceKind, DeviceState, LinkState

BY_CARD_S, STUDENTS_BY_CARD = 60 / 30, 60
BY_FACE_S, STUDENTS_BY_FACE = 60 / 20, 30
_READY_WITHIN_S = 60.0
_PAID_WITHIN_S = 60.0  # on a machine that is busy with other things
_WALKS_ON_S = 1.0  # so long before the next one comes nobody stands there: nothing of the one before is judged
_PRICE = "1200"


def run(folder: Path) -> Result:
    """From the card frame's last byte, or from the first frame that shows the face. Who is late does not hold up the
    next one by more than that."""
    site = make_site(folder, "counter")
    reader = ReaderLine(site.reader)
    try:
        with LaneCounter(site.terminal) as counter:
            counter.wait_for(_is_ready, _READY_WITHIN_S, "counter ready")
            by_face = _by_face(counter)  # first: who has paid by card is asked about before their face pays
            time.sleep(counter.settings.counter.ask_again_s)  # else staff are asked of those who paid by face just now
            by_card = _by_card(counter, reader)
    finally:
        reader.close()
    figures = [*_figures("card", BY_CARD_S, by_card), *_figures("face", BY_FACE_S, by_face)]
    details = {"card": spread(by_card), "face": spread(by_face), "samples": {"card": by_card, "face": by_face}}
    return Result("lane", figures, details)


def _by_card(counter: LaneCounter, reader: ReaderLine) -> list[float]:
    def comes(number: int) -> float:
        return reader.send(CARDS[number % len(CARDS)])

    _open_lane(counter)
    return _lane(counter, BY_CARD_S, STUDENTS_BY_CARD, comes)


def _by_face(counter: LaneCounter) -> list[float]:
    with Students(counter, [f"m{number}" for number in range(len(CARDS))]) as students:
        students.enrol()
        counter.wait_for(partial(_all_uploaded, counter), _READY_WITHIN_S, "central knows the consents")
        counter.wait_for(lambda state: ConsentPurpose.PAYING in state.face.purposes, _READY_WITHIN_S, "desk ready")

        def comes(number: int) -> float:
            came_s = time.monotonic()
            students.come(number)
            return came_s

        _open_lane(counter)
        return _lane(counter, BY_FACE_S, STUDENTS_BY_FACE, comes, students.go)


def _open_lane(counter: LaneCounter) -> None:
    counter.touch(ev.LaneStopped(), *(ev.DigitsTyped(digit) for digit in _PRICE), ev.LaneStarted())
    counter.wait_for(lambda s: s.screen is ScreenName.LANE and s.sale.outcome is None, _READY_WITHIN_S, "lane open")


def _lane(
    counter: LaneCounter,
    pace_s: float,
    students: int,
    comes: Callable[[int], float],
    goes: Callable[[], None] = lambda: None,
) -> list[float]:
    """Milliseconds from when each student came until green. `comes` returns that moment."""
    taken_ms = []
    began_s = time.monotonic()
    for number in range(students):
        due_s = began_s + number * pace_s
        time.sleep(max(0.0, due_s - _WALKS_ON_S - time.monotonic()))
        goes()
        time.sleep(max(_WALKS_ON_S, due_s - time.monotonic()))
        before = counter.state.sale.id
        came_s = comes(number)
        counter.wait_for(partial(_is_next_paid, before), _PAID_WITHIN_S, f"student {number} paid")
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


def _is_next_paid(before: int, state: State) -> bool:
    return state.sale.id > before and state.order is not None


def _all_uploaded(counter: LaneCounter, _state: State) -> bool:
    with counter.services.store.transaction() as tx:
        return tx.outbox.waiting() == 0
