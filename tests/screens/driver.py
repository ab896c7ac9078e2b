"""Drives the real app in this process: finds widgets, taps, drags, looks at pixels, steps virtual time.

ui = Driver(state, size=(1080, 1920))       # or the fixture open_app(state)
ui.tap(test_id="checkout")                  # ui.find(text="…"), ui.find(contains="…"), ui.has(…)
ui.advance(45)                              # seconds of virtual time
ui.effects                                  # what the flow wanted done
ui.picture("menu-zh")                       # out/pictures/menu-zh.png
check_layout(ui)                            # nothing cut off, overlapping, too small or off the screen
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.lang.parser import global_idmap
from kivy.uix.widget import Widget

from kiosk.app import KioskApp
from kiosk.screens.bridge import Bridge
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.effects import Effect
from kiosk.screens.flow.state import Session, State
from kiosk.screens.pictures import PictureLoader
from kiosk.screens.widgets import ScrollArea
from tests.screens.fakes import Finger, VirtualClock
from tests.screens.moments import at_moment

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "out" / "pictures"
ART = ROOT / "assets" / "food"
UPRIGHT, LYING = (1080, 1920), (1280, 800)
NOON = time(12, 0)
FRAME_S = 1 / 60


class Driver:
    """One app on one window. `size` in pixels; `local` is the canteen's wall time. `touches`: how often a finger came
    down."""

    def __init__(
        self,
        state: State,
        size: tuple[int, int] = UPRIGHT,
        *,
        local: time = NOON,
        art: Path = ART,
        prepare: Callable[[KioskApp], None] | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.effects: list[Effect] = []
        self.touches = 0
        self.local = local
        self.size = size
        self._real = (Clock.time, Clock._max_fps)
        Clock.time, Clock._max_fps = self.clock, 0
        Clock._last_tick = Clock._start_tick = self.clock.now_s
        if tuple(Window.size) != size:
            Window.size = size
        self.bridge = Bridge()
        self._draws = False
        Window.fbind("on_draw", self._keep_from_drawing)
        self.app = self._make_app(self._awake(state), PictureLoader(art))
        if prepare:
            prepare(self.app)
        self.app._run_prepare()
        runTouchApp(embedded=True)
        self.step(3)

    def go_on(self, state: State, local: time) -> None:
        """As a fresh app on that state: what was shown before has left the screen, nothing waits."""
        self.bridge.drain()
        self.local = local
        self.app.admin.state = None
        self.show(self._blank(state))
        self.show(state)
        self.app._ticking.cancel()
        self.app._ticking = Clock.schedule_interval(self.app._tick, 1.0)
        self.app._tick(0)
        self.effects.clear()
        self.step(3)

    def close(self) -> None:
        self.app.stop()
        Window.funbind("on_draw", self._keep_from_drawing)
        for child in list(Window.children):
            Window.remove_widget(child)
        object.__setattr__(global_idmap["app"], "_obj", None)  # kv's `app` remembers the dead one
        for event in list(Clock.get_events()):
            event.cancel()
        Clock.time, Clock._max_fps = self._real
        Clock._last_tick = Clock.time()

    def _make_app(self, state: State, pictures: PictureLoader) -> KioskApp:
        return KioskApp(state, self.effects.append, self.bridge, pictures, self.clock, lambda: self.local)

    def _blank(self, state: State) -> State:
        """Nobody has touched anything yet."""
        return State(Session(0), menu=state.menu)

    def _awake(self, state: State) -> State:
        """The same by the clock of this app, which goes on from one test to the next: just touched."""
        return replace(at_moment(state, self.clock.now_s), touched_s=self.clock.now_s)

    def _keep_from_drawing(self, *_: object) -> bool:
        """Software drawing is slow, and most tests never look: frames are drawn when `pixels` asks."""
        return not self._draws

    # --- time ---

    def step(self, frames: int = 1) -> None:
        for _ in range(frames):
            self.clock.now_s += FRAME_S
            EventLoop.idle()

    def advance(self, seconds: float, frame_s: float = 0.25) -> None:
        """Virtual seconds, in coarse frames."""
        end_s = self.clock.now_s + seconds
        while self.clock.now_s < end_s:
            self.clock.now_s += min(frame_s, end_s - self.clock.now_s + 1e-6)
            EventLoop.idle()

    def settle(self, timeout_s: float = 5.0) -> None:
        """Until every picture that is wanted has come (they are read by a real thread)."""
        import time as real_time

        deadline = real_time.monotonic() + timeout_s
        self.step(2)
        while self.app.art._waiting:
            assert real_time.monotonic() < deadline, "pictures did not come"
            real_time.sleep(0.002)  # gives the loader's thread the processor; the condition above decides
            self.app.art.collect()
        self.step(2)

    # --- the flow ---

    @property
    def state(self) -> State:
        return self.app.state

    def show(self, state: State) -> None:
        """Go on with this state, as if the flow had led there."""
        self.app.state = self._awake(state)
        self.app._show()
        self.step(2)

    def happens(self, *events: ev.FlowEvent) -> None:
        """Something that is not a touch."""
        self.app.dispatch_flow(*events)
        self.step(2)

    def publish(self, event: ev.FlowEvent) -> None:
        """As a device's thread would: through the bridge."""
        self.bridge.publish(event)
        self.step(2)

    # --- finding ---

    def widgets(self, test: Callable[[Any], bool] = lambda _: True) -> list[Any]:
        """The visible widgets, the topmost last."""
        found: list[Any] = []
        for root in reversed(Window.children):
            found += [widget for widget in _drawn(root) if test(widget)]
        return found

    def find(
        self,
        text: str | None = None,
        *,
        test_id: str | None = None,
        contains: str | None = None,
        cls: str | None = None,
    ) -> Any:
        """The topmost visible widget that has all of that; fails with what there is."""
        wanted = {"text": text, "test_id": test_id}

        def fits(widget: Any) -> bool:
            here = getattr(widget, "text", None)
            return (
                all(value is None or getattr(widget, name, None) == value for name, value in wanted.items())
                and (contains is None or (isinstance(here, str) and contains in here))
                and (cls is None or type(widget).__name__ == cls)
            )

        found = self.widgets(fits)
        assert found, (
            f"nothing with text={text!r} contains={contains!r} test_id={test_id!r} cls={cls!r}: {self.texts()}"
        )
        return found[-1]

    def has(self, text: str | None = None, **kwargs: Any) -> bool:
        try:
            self.find(text, **kwargs)
        except AssertionError:
            return False
        return True

    def texts(self) -> list[str]:
        """Everything that can be read, in drawing order."""
        labels = [w.text for w in self.widgets(lambda w: isinstance(getattr(w, "text", None), str) and w.text)]
        drawn = [t.text for w in self.widgets(lambda w: hasattr(w, "drawn_texts")) for t in w.drawn_texts()]
        return labels + drawn

    # --- touching ---

    def tap(self, widget: Widget | None = None, fx: float = 0.5, fy: float = 0.5, **find: Any) -> Any:
        """Touch the widget (or what `find` finds) at that fraction of its size, and let go two frames later. As a
        person would, scrolls it into sight first."""
        target = widget or self.find(**find)
        self._bring_into_sight(target)
        x, y = target.to_window(target.x + target.width * fx, target.y + target.height * fy)
        assert 0 <= x < Window.width, f"{target} is off the screen"
        assert 0 <= y < Window.height, f"{target} is off the screen"
        self.tap_at(x, y)
        return target

    def _bring_into_sight(self, target: Widget) -> None:
        area = target.parent
        while area is not None and area.parent is not area and not isinstance(area, ScrollArea):
            area = area.parent
        if isinstance(area, ScrollArea):
            _, y = target.to_window(*target.center)
            _, bottom = area.to_window(*area.pos)
            if not bottom < y < bottom + area.height:
                area.scroll_to(area.scroll_px + bottom + area.height / 2 - y)
                self.step()

    def tap_at(self, x: float, y: float) -> None:
        self.touches += 1
        finger = Finger(x, y).send("begin")
        self.step(2)
        finger.send("end")
        self.step(2)

    def press(self, x: float, y: float) -> Finger:
        """Touch and hold; end it with `.send("end")`."""
        self.touches += 1
        finger = Finger(x, y).send("begin")
        self.step()
        return finger

    def drag(self, start: tuple[float, float], end: tuple[float, float], frames: int = 8) -> None:
        finger = self.press(*start)
        for i in range(1, frames + 1):
            x, y = (a + (b - a) * i / frames for a, b in zip(start, end, strict=True))
            finger.send("update", x, y)
            self.step()
        finger.send("end")
        self.step(2)

    # --- looking ---

    def pixels(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """What is on the window now: rows from the top, RGB."""
        return self._frame()[::-1, :, :3]

    def _frame(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """The same as it lies there: rows from the bottom, RGBA. RGB takes twice as long."""
        self.step()
        self._draws = True
        Window.canvas.ask_update()
        Window.dispatch("on_draw")
        self._draws = False
        width, height = (int(side) for side in Window.system_size)
        raw = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
        return np.frombuffer(raw, dtype=np.uint8).reshape(height, width, 4)

    def picture(self, name: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """Save out/pictures/<name>.png and return its pixels; fails when the window is all but one colour."""
        self.settle()
        drawn = self._frame()
        pixels = drawn[::-1, :, :3]
        PICTURES.mkdir(parents=True, exist_ok=True)
        # Pillow tries every filter of PNG on every row, which takes longer than to draw the screen.
        assert cv2.imwrite(str(PICTURES / f"{name}.png"), cv2.flip(cv2.cvtColor(drawn, cv2.COLOR_RGBA2BGR), 0))
        red, green, blue = np.moveaxis(pixels[::8, ::8].astype(np.uint32), 2, 0)
        colours = len(np.unique(red << 16 | green << 8 | blue))
        assert colours > 20, f"{name}: only {colours} colours: nothing was drawn"
        return pixels


def _drawn(root: Widget) -> Iterator[Widget]:
    """The widget and those in it that are drawn, in drawing order."""
    if getattr(root, "opacity", 1) == 0 or root.width <= 0 or root.height <= 0:
        return
    yield root
    for child in reversed(root.children):
        yield from _drawn(child)
