"""The screen with the camera's picture on it while the engine works: what face.py starts and weighs.

    python -m benchmarks.face_screen_app STATE_DIR SECONDS

The terminal's own app on a window of 1080 × 1920 (on the environment's display), the desk's own thread, the process of
encoders; only the camera is played: a drawn face, 25 frames a second. First the picture alone, then with one
look after the other. Prints one JSON object.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from dataclasses import replace
from datetime import time as wall_time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.heap import keep_one_heap
from kiosk.logs import start_logging
from kiosk.screens.flow.face_state import Facing
from kiosk.screens.flow.state import IdleTimes, ScreenName, Session, State
from kiosk.screens.window import prepare_window
from kiosk.services.events import CameraWatching
from kiosk.services.face_events import LookEnd
from kiosk.services.face_ports import Frame
from kiosk.settings import LogSettings, ScreenSettings
from kiosk.settings.face import FaceSettings
from kiosk.system_clock import SystemClock

READY_WITHIN_S = 120.0
_SETTLES_S = 3.0
_FOOD = Path(__file__).resolve().parents[1] / "assets" / "food"


class EndlessLook:
    """kiosk.face.task.Task: one look after the other; without `look` only the picture is shown."""

    def __init__(self, look: Any) -> None:
        self._look = look
        self.looks = 0

    def see(self, frame: Frame) -> bool:
        if self._look is not None and self._look.see(frame.pixels, frame.taken_s).answer is not None:
            self.looks += 1
        return False

    def fail(self, end: LookEnd) -> None:
        raise RuntimeError(f"the desk gave up: {end}")

    def give_up(self) -> None:
        if self._look is not None:
            self._look.give_up()


class Measurement:
    """On the running app: each part settles, then counts for `seconds`."""

    def __init__(self, app: Any, desk: Any, seconds: float) -> None:
        self._app, self._desk, self._seconds = app, desk, seconds
        self._passes: list[float] = []
        self._task: EndlessLook | None = None
        self.found: dict[str, dict[str, float]] = {}

    def note_pass(self, _dt: float) -> None:
        self._passes.append(time.perf_counter())

    def begin(self, name: str, number: int, *, encodes: bool) -> None:
        def make(engine: Any) -> EndlessLook:
            self._task = EndlessLook(engine.look(ConsentPurpose.ORDERING) if encodes else None)
            return self._task

        self._desk.begin(number, make)
        self._later(_SETTLES_S, self._count)
        self._later(_SETTLES_S + self._seconds, lambda: self._end(name))

    def _count(self) -> None:
        self._passes.clear()
        self._before = self._preview.pictures, self._looks, time.perf_counter(), time.process_time()

    def _end(self, name: str) -> None:
        pictures_before, looks, began_s, worked_s = self._before
        took_s = time.perf_counter() - began_s
        pictures = self._preview.pictures - pictures_before
        gaps_ms = np.diff(self._passes) * 1000
        self.found[name] = {
            "pictures_per_s": pictures / took_s,
            "processor_ms": (time.process_time() - worked_s) * 1000 / max(pictures, 1),
            "looks": self._looks - looks,
            "pass_median_ms": float(np.median(gaps_ms)),
            "pass_p99_ms": float(np.percentile(gaps_ms, 99)),
            "longest_ms": float(gaps_ms.max()),
            "memory_mb": psutil.Process().memory_full_info().pss / 1e6,
        }

    @property
    def _preview(self) -> Any:
        from kiosk.screens.face_preview import FacePreview

        return next(widget for widget in self._app.root.walk() if isinstance(widget, FacePreview))

    @property
    def _looks(self) -> int:
        return self._task.looks if self._task is not None else 0

    def _later(self, after_s: float, act: Any) -> None:
        from kivy.clock import Clock

        Clock.schedule_once(lambda _dt: act(), after_s)


def main(state_dir: Path, seconds: float) -> None:
    gc.disable()  # as kiosk.command_line does
    keep_one_heap()
    state_dir.mkdir(parents=True, exist_ok=True)
    start_logging(LogSettings(), state_dir)
    prepare_window(ScreenSettings(width=1080, height=1920, fullscreen=False), state_dir / "kivy")
    sys.stdout.write(json.dumps(_measured(seconds)) + "\n")


def _measured(seconds: float) -> dict[str, dict[str, float]]:
    from kivy.clock import Clock

    from kiosk.app import KioskApp
    from kiosk.bootstrap import THREADS_TAKE_TURNS_S, keep_what_the_start_left
    from kiosk.face.desk import CameraDesk
    from kiosk.screens.bridge import Bridge
    from kiosk.screens.pictures import PictureLoader
    from tests.face import pictures
    from tests.face.booth import PlayedCamera

    sys.setswitchinterval(THREADS_TAKE_TURNS_S)
    bridge, camera = Bridge(), PlayedCamera(frames_per_s=25)
    camera.picture = pictures.face()
    desk = CameraDesk(FaceSettings(), lambda _purpose: {}, bridge, bridge.preview)
    desk.start(camera)
    facing = Facing(1, ConsentPurpose.ORDERING, turn=False)
    now_s = SystemClock().monotonic_s()
    state = State(Session(1), screen=ScreenName.FACE_LOOK, facing=facing, cameras_on=frozenset({"camera"}))
    state = replace(state, now_s=now_s, touched_s=now_s, idle=IdleTimes(warn_after_s=86_400))
    app = KioskApp(state, lambda _effect: None, bridge, PictureLoader(_FOOD), SystemClock(), lambda: wall_time(12))
    measurement = Measurement(app, desk, seconds)
    app.after_first_frame(keep_what_the_start_left)
    part_s = _SETTLES_S + seconds + 1

    def when_ready(_dt: float) -> bool:
        bridge.publish(CameraWatching("camera", is_on=True))
        if not app.state.face.is_ready:
            return True
        Clock.schedule_interval(measurement.note_pass, 0)
        measurement.begin("picture alone", 2, encodes=False)
        Clock.schedule_once(lambda _dt: measurement.begin("encoding", 3, encodes=True), part_s)
        Clock.schedule_once(lambda _dt: app.stop(), 2 * part_s)
        return False

    Clock.schedule_interval(when_ready, 0.2)
    Clock.schedule_once(lambda _dt: app.stop(), READY_WITHIN_S + 2 * part_s)
    try:
        app.run()
    finally:
        desk.stop()
    return measurement.found


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
