"""A finger for the demonstration: touches what a person would, by the widget's test id, and takes pictures.

Called from a thread of its own; every touch and picture happens on the UI thread.
"""

from __future__ import annotations

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

_ON_SCREEN_WITHIN_S = 10.0


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
        """Touch the middle of the widget, or of the card in a dish grid, that has this test id."""
        self._on_ui(lambda: _tap(name))

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
        return future.result(_ON_SCREEN_WITHIN_S)


def _tap(name: str) -> None:
    x, y = _place_of(name)
    width, height = Window.system_size
    if not (0 <= x < width and 0 <= y < height):
        raise NotOnScreen(f"{name} is outside the window")
    touch = _Touch(x / (width - 1), y / (height - 1))
    for phase in ("begin", "end"):
        EventLoop.post_dispatch_input(phase, touch)


def _place_of(name: str) -> tuple[float, float]:
    """The middle, in window pixels, of the topmost widget with that test id, or of a card that a dish grid draws."""
    found: list[tuple[float, float]] = []
    for root in reversed(Window.children):
        for widget in root.walk(restrict=True):
            if getattr(widget, "test_id", "") == name and not widget.disabled:
                found.append(widget.to_window(*widget.center))
            for target in widget.touch_targets() if hasattr(widget, "touch_targets") else ():
                if target.name == name:
                    middle = target.x + target.width / 2, target.y + target.height / 2
                    found.append(widget.to_window(*widget.to_parent(*middle)))
    if not found:
        raise NotOnScreen(f"{name} is not on the screen")
    return found[-1]


def _grab(path: Path) -> None:
    width, height = (int(v) for v in Window.system_size)
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path)
