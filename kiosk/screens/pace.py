"""How often the screen looks for something to do: often while somebody touches it, seldom while nobody does.

Kivy polls: every pass of its loop costs even when nothing is drawn.
"""

from __future__ import annotations

from kivy.clock import Clock
from kivy.core.window import Window

LIVELY_FPS = 60
RESTING_FPS = 25
_RESTS_AFTER_S = 1.5


class Pace:
    """Sets the clock's frame rate. A touch reaches its widget in the next pass, which comes at once."""

    def __init__(self) -> None:
        self._rest = Clock.create_trigger(self._set_resting, _RESTS_AFTER_S)

    def start(self) -> None:
        for event in ("on_mouse_down", "on_mouse_move", "on_mouse_up"):
            Window.fbind(event, self._on_touch)
        self.liven()

    def stop(self) -> None:
        for event in ("on_mouse_down", "on_mouse_move", "on_mouse_up"):
            Window.funbind(event, self._on_touch)
        self._rest.cancel()

    def liven(self) -> None:
        """Something moves: full frame rate for a while."""
        if Clock._max_fps:  # noqa: SLF001 - Kivy has no public way to change it; 0 under a test's virtual time
            Clock._max_fps = LIVELY_FPS  # noqa: SLF001
        self._rest.cancel()
        self._rest()

    def _on_touch(self, *_: object) -> None:
        """The window polls after drawing; ending the wait for the next frame brings the touch to the widgets now."""
        self.liven()
        Clock.schedule_once_free(_pass_at_once, 0)

    def _set_resting(self, _dt: float) -> None:
        if Clock._max_fps:  # noqa: SLF001
            Clock._max_fps = RESTING_FPS  # noqa: SLF001


def _pass_at_once(_dt: float) -> None:
    """Being scheduled is all it is for."""
