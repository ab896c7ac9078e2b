"""How often the screen looks for something to do: often while somebody touches it, seldom while nobody does.

Kivy polls: every pass of its loop costs even when nothing is drawn.
"""

from __future__ import annotations

from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.screens.input_watch import InputWatch, x11_connections

LIVELY_FPS = 60
RESTING_FPS = 30  # where a touch cannot wake the loop
WATCHED_FPS = 10  # where it can
_RESTS_AFTER_S = 1.5
_MOVES_WITHIN_S = 0.25
_TOUCHES = ("on_mouse_down", "on_mouse_move", "on_mouse_up")


class Pace:
    """Sets the clock's frame rate. A touch reaches its widget at once: it wakes the loop where the window system
    allows, and the pass after the one that has read it does not wait for its turn."""

    def __init__(self) -> None:
        self._rest = Clock.create_trigger(self._set_resting, _RESTS_AFTER_S)
        self._watch: InputWatch | None = None
        self._drawn_at_s = 0.0

    def start(self) -> None:
        for event in _TOUCHES:
            Window.fbind(event, self._on_touch)
        Window.fbind("on_flip", self._on_drawn)
        descriptors = x11_connections()
        if descriptors:
            self._watch = InputWatch(descriptors, lambda: Clock.schedule_once_free(_pass_at_once, 0))
            self._watch.start()
        self.liven()

    def stop(self) -> None:
        for event in _TOUCHES:
            Window.funbind(event, self._on_touch)
        Window.funbind("on_flip", self._on_drawn)
        self._rest.cancel()
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def liven(self) -> None:
        """Something moves: full frame rate for a while."""
        self._set_fps(LIVELY_FPS)
        self._rest.cancel()
        self._rest()

    def _on_touch(self, *_: object) -> None:
        """The window polls after drawing; ending the wait for the next frame brings the touch to the widgets now."""
        self.liven()
        Clock.schedule_once_free(_pass_at_once, 0)

    def _on_drawn(self, *_: object) -> None:
        """Two pictures shortly after one another: something moves by itself."""
        now_s = Clock.get_time()
        if now_s - self._drawn_at_s < _MOVES_WITHIN_S:
            self.liven()
        self._drawn_at_s = now_s

    def _set_resting(self, _dt: float) -> None:
        self._set_fps(WATCHED_FPS if self._watch is not None else RESTING_FPS)

    def _set_fps(self, fps: int) -> None:
        if Clock._max_fps:  # noqa: SLF001 - Kivy has no public way to change it; 0 under a test's virtual time
            Clock._max_fps = fps  # noqa: SLF001


def _pass_at_once(_dt: float) -> None:
    """Being scheduled is all it is for."""
