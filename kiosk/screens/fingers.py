"""A finger for the demonstration: touches what a person would, by the widget's test id, and takes pictures.

Called from a thread of its own; every touch and picture happens on the UI thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from kivy.input.motionevent import MotionEvent
from PIL import Image

T = TypeVar("T")

_ANSWERS_WITHIN_S = 10.0
_COMES_WITHIN_S = 5.0


class NotOnScreen(LookupError):
    """Nothing with that name can be touched now."""


class _Touch(MotionEvent):
    """A touch as the window's own provider makes it; coordinates 0 to 1."""

    def __init__(self, sx: float, sy: float) -> None:
        super().__init__("demonstration", 1, {"sx": sx, "sy": sy}, is_touch=True, type_id="touch")
        self.profile = ["pos"]

    def depack(self, args: dict[str, float]) -> None:
        self.sx, self.sy = args["sx"], args["sy"]
        super().depack(args)


class Fingers:
    """Blocking calls for a script. Raises NotOnScreen, or TimeoutError when the UI thread does not answer."""

    def __init__(self, app: App) -> None:
        self._app = app

    def tap(self, name: str) -> None:
        """Touch the middle of the widget, or of the card in a dish grid, that has this test id; waits for it."""
        deadline_s = time.monotonic() + _COMES_WITHIN_S
        while not self._on_ui(lambda: _tap(name)):
            if time.monotonic() > deadline_s:
                raise NotOnScreen(f"{name} is not on the screen")

    def picture(self, path: Path) -> None:
        """What the window shows after its next frame, as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._on_ui(lambda: None)  # let what was just asked for be drawn first
        self._on_ui(lambda: _grab(path))

    def close_window(self) -> None:
        """The end of the session: returns at once."""
        Clock.schedule_once(lambda _dt: self._app.stop(), 0)

    def _on_ui(self, work: Callable[[], T]) -> T:
        future: Future[T] = Future()

        def run(_dt: float) -> None:
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 - handed to the script's thread as it is
                future.set_exception(error)

        Clock.schedule_once(run, 0.05)
        return future.result(_ANSWERS_WITHIN_S)


def _tap(name: str) -> bool:
    """False when it is not there, or not inside the window."""
    places = _places_of(name)
    if not places:
        return False
    x, y = places[-1]
    width, height = Window.system_size
    if not (0 <= x < width and 0 <= y < height):
        return False
    touch = _Touch(x / (width - 1), y / (height - 1))
    for phase in ("begin", "end"):
        EventLoop.post_dispatch_input(phase, touch)
    return True


def _places_of(name: str) -> list[tuple[float, float]]:
    """The middles, in window pixels, of widgets with that test id and of cards that a dish grid draws; topmost last."""
    found: list[tuple[float, float]] = []
    for root in reversed(Window.children):
        for widget in root.walk(restrict=True):
            if getattr(widget, "test_id", "") == name and not widget.disabled:
                found.append(widget.to_window(*widget.center))
            for target in widget.touch_targets() if hasattr(widget, "touch_targets") else ():
                if target.name == name:
                    middle = target.x + target.width / 2, target.y + target.height / 2
                    found.append(widget.to_window(*widget.to_parent(*middle)))
    return found


def _grab(path: Path) -> None:
    width, height = (int(v) for v in Window.system_size)
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path)
