"""An Xvfb screen whose pixels are read from its frame buffer file while programs draw, and whose mouse can be moved."""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from Xlib import X, display
from Xlib.ext import xtest

Pixels = NDArray[Any]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""

_LOOK_EVERY_S = 0.0005
_START_TIMEOUT_S = 10.0
_COLOR_BITS = 0xFFFFFF


class VirtualScreen:
    """A context manager. `name` is the value for DISPLAY."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self.width, self.height = width, height
        folder.mkdir(parents=True, exist_ok=True)
        read_fd, write_fd = os.pipe()
        self._xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_fd), "-screen", "0", f"{width}x{height}x24", "-fbdir", str(folder),
             "-nolisten", "tcp", "-noreset", "-nocursor"],
            pass_fds=(write_fd,), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write_fd)
        with os.fdopen(read_fd) as answer:
            self.name = f":{answer.readline().strip()}"
        self._pixels = _open_frame_buffer(folder / "Xvfb_screen0", width, height)
        self._mouse = display.Display(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._mouse.close()
        self._xvfb.terminate()
        self._xvfb.wait(10)

    # --- pixels ---

    def look(self, box: Box | None = None, every: int = 1) -> Pixels:
        """A copy of that part as it is now, of every so manieth row and column."""
        left, top, right, bottom = box or (0, 0, self.width, self.height)
        return self._pixels[top:bottom:every, left:right:every] & _COLOR_BITS

    def wait_change(self, box: Box, before: Pixels, timeout_s: float, every: int = 2) -> float | None:
        """When that part first differed from `before` (perf_counter), None when it did not."""
        deadline_s = time.perf_counter() + timeout_s
        while (now_s := time.perf_counter()) < deadline_s:
            if not np.array_equal(self.look(box, every), before):
                return now_s
            time.sleep(_LOOK_EVERY_S)
        return None

    def wait_still(self, still_s: float, timeout_s: float, every: int = 8) -> None:
        """Until nothing has changed for so long."""
        deadline_s = time.perf_counter() + timeout_s
        last, last_s = self.look(every=every), time.perf_counter()
        while time.perf_counter() < min(deadline_s, last_s + still_s):
            time.sleep(0.01)
            now = self.look(every=every)
            if not np.array_equal(now, last):
                last, last_s = now, time.perf_counter()

    def changes(self, box: Box, seconds: float, apart_s: float, every: int = 4) -> list[float]:
        """When that part changed, watched for so long; changes closer than `apart_s` are one."""
        end_s = time.perf_counter() + seconds
        last, seen = self.look(box, every), list[float]()
        while (now_s := time.perf_counter()) < end_s:
            now = self.look(box, every)
            if not np.array_equal(now, last):
                last = now
                if not seen or now_s - seen[-1] > apart_s:
                    seen.append(now_s)
            time.sleep(0.001)
        return seen

    # --- the mouse ---

    def move(self, x: int, y: int) -> None:
        self._input(X.MotionNotify, x=x, y=y)

    def press(self, button: int = 1) -> None:
        self._input(X.ButtonPress, button)

    def release(self, button: int = 1) -> None:
        self._input(X.ButtonRelease, button)

    def _input(self, kind: int, detail: int = 0, **where: int) -> None:
        xtest.fake_input(self._mouse, kind, detail, **where)
        self._mouse.sync()


def _open_frame_buffer(path: Path, width: int, height: int) -> Pixels:
    """An X window dump (XWDFile.h): header, colour map, then 32 bits a pixel."""
    _wait(lambda: path.exists() and path.stat().st_size >= width * height * 4)
    with path.open("rb") as file:
        memory: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    (header_bytes,) = struct.unpack(">I", memory[:4])
    (colors,) = struct.unpack(">I", memory[76:80])
    start = header_bytes + colors * 12
    return np.frombuffer(memory, np.uint32, width * height, start).reshape(height, width)


def _wait(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError("Xvfb did not start")
        time.sleep(0.01)
