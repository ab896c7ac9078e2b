"""A place with nothing to see: staff who touch it often enough in a few seconds are let on, everybody else just touches
the screen."""

from __future__ import annotations

from collections import deque

from kivy.clock import Clock
from kivy.input import MotionEvent
from kivy.uix.widget import Widget

TOUCHES, WITHIN_S = 5, 3.0
_SINGLE_AFTER_S = 0.7


class HiddenCorner(Widget):
    """Dispatches `on_gesture` with the fifth touch within three seconds, and `on_single` a little after a touch that no
    second one followed. Touches are counted when they begin: a wet finger slips."""

    __events__ = ("on_gesture", "on_single")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._touched_s: deque[float] = deque(maxlen=TOUCHES)
        self._single = Clock.create_trigger(lambda _dt: self.dispatch("on_single"), _SINGLE_AFTER_S)

    def on_gesture(self) -> None:
        """Bound by the owner."""

    def on_single(self) -> None:
        """Bound by the owner."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if touch.is_mouse_scrolling or not self.collide_point(*touch.pos):
            return False
        now_s = Clock.get_boottime()
        is_first = not self._touched_s or now_s - self._touched_s[-1] > _SINGLE_AFTER_S
        self._touched_s.append(now_s)
        self._single.cancel()
        if is_first:
            self._single()
        if len(self._touched_s) == TOUCHES and now_s - self._touched_s[0] <= WITHIN_S:
            self.forget()
            self.dispatch("on_gesture")
        return True

    def forget(self) -> None:
        """What was touched so far does not count."""
        self._touched_s.clear()
        self._single.cancel()
