"""The terminal's menu beside the same menu in Chromium, under the same X server, in turn: A B A B …

Start, memory, idle processor time, scrolling, and tap to changed picture; all read from the frame buffer and /proc, so
that neither program measures itself.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
import psutil

from benchmarks.results import Figure, Result
from benchmarks.screen_layout import MenuLayout
from benchmarks.screen_programs import Program, Running, chromium, terminal
from benchmarks.virtual_screen import Box, VirtualScreen

SIZES = ((1080, 1920), (1280, 800))
ROUNDS = 3
NO_NEW_ROUND_AFTER_S = 190.0
IDLE_S = 10.0
_START_TIMEOUT_S = 30.0
_STILL_S = 1.2
_SETTLE_S = 0.2
_QUIET_PERCENT, _QUIET_WITHIN_S = 10.0, 2.0
_ADDS, _SHEETS = 9, 2
_TAP_TIMEOUT_S = 2.0
_SCROLL_S = 8.0
_SAME_FRAME_S = 0.0025

Samples = dict[str, list[float]]
"""By what was measured: one value a round, the median of the round's own."""


def run(folder: Path) -> Result:
    """Medians of all rounds. A ratio is the median of the rounds' own ratios: whatever else the machine was doing, it
    did to both."""
    programs = (terminal(folder / "terminal"), chromium(folder / "chromium"))
    samples: dict[tuple[str, str], Samples] = defaultdict(lambda: defaultdict(list))
    began_s = time.monotonic()
    for number in range(ROUNDS):
        if time.monotonic() - began_s > NO_NEW_ROUND_AFTER_S:
            break
        for order, (width, height) in enumerate(SIZES):
            size = f"{width}x{height}"
            with VirtualScreen(folder / "frame-buffer", width, height) as screen:
                for program in programs:
                    if not number and not order:
                        _warm_up(program, screen, folder)
                    for what, value in _one_round(program, screen, folder, idles=number == order).items():
                        samples[program.name, size][what].append(value)
    return Result("screen", _figures(samples), _details(samples))


def _warm_up(program: Program, screen: VirtualScreen, folder: Path) -> None:
    """A start that does not count: caches and profiles are as on any other day afterwards."""
    running = Running(program, screen.name, screen.width, screen.height, folder / f"{program.name}.log")
    try:
        screen.wait_still(_STILL_S, _START_TIMEOUT_S)
    finally:
        running.end()
    screen.wait_still(0.3, 5)


def _one_round(program: Program, screen: VirtualScreen, folder: Path, *, idles: bool) -> dict[str, float]:
    seen: Samples = defaultdict(list)
    for what, value in _measure(program, screen, folder, idles=idles):
        seen[what].append(value)
    return {what: median(values) for what, values in seen.items()}


def _measure(program: Program, screen: VirtualScreen, folder: Path, *, idles: bool) -> Iterator[tuple[str, float]]:
    """One start of the program, with everything that is measured on it, as (what, value)."""
    _wait_quiet()
    running = Running(program, screen.name, screen.width, screen.height, folder / f"{program.name}.log")
    try:
        first_s, full_s = _watch_start(screen, running.began_s)
        yield "start to first picture", first_s
        yield "start to full menu", full_s
        yield "processor time of the start", running.cpu_s()
        yield "memory (PSS) on the menu", running.pss_mb()
        if idles:
            before_s = running.cpu_s()
            time.sleep(IDLE_S)
            yield "idle", (running.cpu_s() - before_s) / IDLE_S * 100
        layout = MenuLayout(screen.width, screen.height)
        yield from _tap_pluses(screen, layout)
        yield from _open_sheets(screen, layout)
        _wait_quiet()
        yield from _scroll(screen, layout)
        yield "memory (PSS) after scrolling", running.pss_mb()
    finally:
        running.end()
    screen.wait_still(0.3, 5)


def _wait_quiet() -> None:
    """Until the machine has nothing else to do, or for a little while: a shared one is never quiet for long."""
    deadline_s = time.monotonic() + _QUIET_WITHIN_S
    while psutil.cpu_percent(0.5) > _QUIET_PERCENT and time.monotonic() < deadline_s:
        pass


def _watch_start(screen: VirtualScreen, began_s: float) -> tuple[float, float]:
    """Seconds from the start of the process to the first change on the screen, and to the first picture of which less
    than one pixel in a hundred is still to change."""
    last = screen.look(every=8)
    frames = []
    while True:
        time.sleep(0.004)
        now_s, now = time.perf_counter(), screen.look(every=8)
        if not np.array_equal(now, last):
            frames.append((now_s, now))
            last = now
        if frames and now_s - frames[-1][0] > _STILL_S and now_s - began_s > 2 * _STILL_S:
            break
        if now_s - began_s > _START_TIMEOUT_S:
            raise TimeoutError("the program did not show a menu")
    full_s = next(at for at, frame in frames if np.mean(frame != last) < 0.01)
    return frames[0][0] - began_s, full_s - began_s


def _tap_pluses(screen: VirtualScreen, layout: MenuLayout) -> Iterator[tuple[str, float]]:
    """The pluses of the first cards: finger down to pressed card, and down and up at once to changed cart."""
    for number in range(_ADDS):
        cell = layout.cells[number % len(layout.cells)]
        screen.move(*layout.plus(*cell))
        time.sleep(_SETTLE_S)
        if number % 3 == 2:
            yield from _milliseconds("touch to pressed card", _press_to_change(screen, layout.card(*cell)))
            screen.release()
            continue
        before, began_s = screen.look(layout.cart, 2), time.perf_counter()
        screen.press()
        screen.release()
        changed_s = screen.wait_change(layout.cart, before, _TAP_TIMEOUT_S)
        yield from _milliseconds("tap to changed cart", changed_s and changed_s - began_s)


def _open_sheets(screen: VirtualScreen, layout: MenuLayout) -> Iterator[tuple[str, float]]:
    """A tap on a card's picture to the sheet of its dish."""
    for number in range(_SHEETS):
        screen.move(*layout.picture(*layout.cells[number]))
        time.sleep(_SETTLE_S)
        before, began_s = screen.look(layout.sheet, 2), time.perf_counter()
        screen.press()
        screen.release()
        changed_s = screen.wait_change(layout.sheet, before, _TAP_TIMEOUT_S)
        yield from _milliseconds("tap to open dish", changed_s and changed_s - began_s)
        time.sleep(_SETTLE_S)
        screen.move(*layout.beside_sheet)
        screen.press()
        screen.release()
        screen.wait_still(_SETTLE_S, 3)


def _press_to_change(screen: VirtualScreen, box: Box) -> float | None:
    before, began_s = screen.look(box, 2), time.perf_counter()
    screen.press()
    changed_s = screen.wait_change(box, before, _TAP_TIMEOUT_S)
    return changed_s and changed_s - began_s


def _milliseconds(what: str, seconds: float | None) -> Iterator[tuple[str, float]]:
    """A tap that nothing came of counts as the time it was waited for."""
    yield what, (_TAP_TIMEOUT_S if seconds is None else seconds) * 1000


def _scroll(screen: VirtualScreen, layout: MenuLayout) -> Iterator[tuple[str, float]]:
    """Frames a second while the program scrolls its whole list down and up again."""
    before = screen.look(layout.list_strip, 4)
    screen.press(2)
    screen.release(2)
    began_s = screen.wait_change(layout.list_strip, before, _TAP_TIMEOUT_S, every=4)
    if began_s is None:
        raise TimeoutError("the list did not scroll")
    seen_s = screen.changes(layout.list_strip, _SCROLL_S - 0.5, _SAME_FRAME_S)
    yield "scrolling", len(seen_s) / (_SCROLL_S - 0.5)
    frame_ms = np.diff(seen_s) * 1000
    yield "frame time while scrolling, 95th percentile", float(np.percentile(frame_ms, 95))
    yield "longest stop while scrolling", float(np.max(frame_ms))


# --- figures ---

_UNITS = {
    "start to first picture": "s",
    "start to full menu": "s",
    "processor time of the start": "s",
    "memory (PSS) on the menu": "MB",
    "memory (PSS) after scrolling": "MB",
    "scrolling": "frames/s",
}
_RATIO_LIMITS = {
    ("start to full menu", "1080x1920"): 1.0,
    ("start to full menu", "1280x800"): 1.0,
    ("memory (PSS) on the menu", "1080x1920"): 0.5,
    ("memory (PSS) on the menu", "1280x800"): 0.5,
    ("memory (PSS) after scrolling", "1080x1920"): 0.5,
    ("memory (PSS) after scrolling", "1280x800"): 0.5,
    ("scrolling", "1080x1920"): 0.6,
    ("scrolling", "1280x800"): 0.8,
    ("tap to changed cart", "1080x1920"): 2.0,
    ("tap to changed cart", "1280x800"): 2.0,
}
_IDLE_LIMIT = 3.0


def _figures(samples: dict[tuple[str, str], Samples]) -> list[Figure]:
    figures = []
    for size in (f"{width}x{height}" for width, height in SIZES):
        ours, theirs = samples["terminal", size], samples["chromium", size]
        for what, values in ours.items():
            other = median(theirs[what])
            if what == "idle":
                figures.append(Figure(f"{size} idle", median(values), "% of a core", _IDLE_LIMIT, beside=other))
                continue
            ratio = median(value / its for value, its in zip(values, theirs[what], strict=True))
            limit, at_least = _RATIO_LIMITS.get((what, size)), what == "scrolling"
            unit = _UNITS.get(what, "ms")
            figures.append(Figure(f"{size} {what}", median(values), unit, limit, at_least, other, ratio))
    return figures


def _details(samples: dict[tuple[str, str], Samples]) -> dict[str, object]:
    return {
        f"{program} {size}": {what: [round(value, 3) for value in values] for what, values in rounds.items()}
        for (program, size), rounds in samples.items()
    }
