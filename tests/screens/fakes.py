"""Time that moves only when told, and a finger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent

MOMENT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


class VirtualClock:
    """Kivy's time and the program's Clock: moves only when the driver says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def monotonic_s(self) -> float:
        return self.now_s

    def now(self) -> datetime:
        return MOMENT + timedelta(seconds=self.now_s - 1000)


class Finger(MotionEvent):
    """A touch at window pixels."""

    def __init__(self, x: float, y: float) -> None:
        super().__init__("test", 1, self.relative(x, y), is_touch=True, type_id="touch")
        self.profile = ["pos"]

    @staticmethod
    def relative(x: float, y: float) -> dict[str, float]:
        width, height = Window.system_size
        return {"x": x / (width - 1), "y": y / (height - 1)}

    def depack(self, args: dict[str, float]) -> None:
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)

    def send(self, kind: str, x: float | None = None, y: float | None = None) -> Finger:
        """`kind` is begin, update or end."""
        if x is not None and y is not None:
            self.move(self.relative(x, y))
        EventLoop.post_dispatch_input(kind, self)
        return self
