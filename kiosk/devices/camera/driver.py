"""The camera's thread: takes pictures while somebody watches, and hands the newest one to everyone who does."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from types import TracebackType
from typing import ClassVar, Self

from kiosk.devices.base import Device
from kiosk.devices.camera.capture import CaptureStream, open_capture
from kiosk.devices.camera.network import NetworkStream
from kiosk.devices.camera.picture import PictureCheck, scaled_down, turned
from kiosk.devices.camera.source import NetworkCamera, Recording, look, source_of
from kiosk.devices.camera.stream import Pace, PictureStream, Taken
from kiosk.devices.transport import DeviceFault, Stopped
from kiosk.devices.wake import Wake, wait_for_any
from kiosk.services.events import CameraWatching, DeviceKind, DeviceProblem, DeviceState, EventSink
from kiosk.services.face_ports import Frame
from kiosk.services.ports.devices import Counted
from kiosk.settings.devices import CameraSettings

LOOK_EVERY_S = 5.0
FIRST_PICTURE_TIMEOUT_S = 5.0
PICTURE_TIMEOUT_S = 2.0
MOVES_WITHIN_S = 3.0
"""Of a camera that stood still: so long it is looked through, each time, to see whether it moves again."""
NOTICE_S = 0.1
"""After so long at most it is noticed that nobody watches any more, or that the driver is to stop."""

log = logging.getLogger(__name__)


class OpencvCamera(Device):
    """Implements services.face_ports.Camera. `look_every_s`: while nobody watches, so often is looked whether the
    camera is still there, or whether it moves again when it stood still."""

    kind: ClassVar[DeviceKind] = DeviceKind.CAMERA

    def __init__(
        self, settings: CameraSettings, events: EventSink, *, simulated: bool, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        self._source = source_of(settings.source)
        # A recording is no camera either: whoever stands there must be told.
        super().__init__(settings.name, events, simulated=simulated or isinstance(self._source, Recording))
        self._settings = settings
        self._look_every_s = look_every_s
        self._lock = threading.Condition()
        self._watches = 0
        self._newest: Frame | None = None
        self._number = 0
        self._wanted = Wake()
        self._light_is_on = False
        self._last_capture: CaptureStream | None = None

    def watch(self) -> CameraWatch:
        with self._lock:
            self._watches += 1
            first = self._number + 1
        self._diary.count(Counted.LOOKS)
        self._wanted.set()
        return CameraWatch(self, first)

    def unwatch(self) -> None:
        """A watch was closed."""
        with self._lock:
            self._watches -= 1

    def newest_from(self, number: int, timeout_s: float) -> Frame | None:
        """The newest frame, when it has that number or a later one; waits for it."""
        with self._lock:
            has_come = self._lock.wait_for(
                lambda: self._newest is not None and self._newest.number >= number, timeout_s
            )
            return self._newest if has_come else None

    def _run(self) -> None:
        super()._run()
        self._set_light(is_on=False)

    def _work(self) -> None:
        while True:
            self._wait_for_watcher()
            self._take_pictures(self._is_watched)

    def _wait_for_watcher(self) -> None:
        while True:
            self._wanted.clear()
            if self._is_watched():
                return
            self._set_light(is_on=False)
            if not self._stands_still:
                self._look()
                self._set_health(DeviceState.READY)
            wait_for_any((self._stop, self._wanted), self._look_every_s)
            if self._stop.is_set():
                raise Stopped
            if self._stands_still and not self._is_watched():
                self._see_whether_it_moves()

    @property
    def _stands_still(self) -> bool:
        return self._health.problem is DeviceProblem.FROZEN

    def _see_whether_it_moves(self) -> None:
        """Nobody is looked at through a camera that stands still, so nobody else would notice."""
        ends_s = time.monotonic() + MOVES_WITHIN_S
        self._take_pictures(
            lambda: self._stands_still and not self._is_watched() and time.monotonic() < ends_s,
        )

    def _take_pictures(self, is_wanted: Callable[[], bool]) -> None:
        """Until they are not wanted any more."""
        self._set_light(is_on=True)
        check = PictureCheck(is_live=not isinstance(self._source, Recording), was_frozen=self._stands_still)
        try:
            with closing(self._open()) as stream:
                self._watch_stream(stream, check, is_wanted)
        finally:
            with self._lock:
                self._newest = None  # nothing of anybody is kept

    def _watch_stream(self, stream: PictureStream, check: PictureCheck, is_wanted: Callable[[], bool]) -> None:
        ends_s = time.monotonic() + FIRST_PICTURE_TIMEOUT_S
        while is_wanted():
            taken = stream.next(NOTICE_S)
            if self._stop.is_set():
                raise Stopped
            if taken is not None:
                self._publish(taken, check)
                ends_s = time.monotonic() + PICTURE_TIMEOUT_S
            elif time.monotonic() >= ends_s:
                raise DeviceFault(DeviceProblem.NO_ANSWER, "no picture in time")

    def _open(self) -> PictureStream:
        pace = Pace(self._settings.frames_per_s)
        if isinstance(self._source, NetworkCamera):
            return NetworkStream(self._source, pace, self._stop)
        self._look()
        self._last_capture = CaptureStream(self._source, self._settings, pace, open_capture)
        return self._last_capture

    def _look(self) -> None:
        if self._last_capture is not None and self._last_capture.is_left_behind:
            # One thread may be lost to a camera that hangs, not one for every try.
            raise DeviceFault(DeviceProblem.NO_ANSWER, "a call to it has not returned yet")
        look(self._source, self._stop)

    def _publish(self, taken: Taken, check: PictureCheck) -> None:
        pixels = turned(scaled_down(taken.pixels), self._settings.rotation)
        pixels.flags.writeable = False
        self._diary.count(Counted.PICTURES_TAKEN)
        problem = check.judge(pixels, taken.taken_s)
        is_good = problem is DeviceProblem.NONE
        self._set_health(DeviceState.READY if is_good else DeviceState.DEGRADED, problem)
        with self._lock:
            self._number += 1
            self._newest = Frame(pixels, taken.taken_s, self._number, self._settings.mirror_preview)
            self._lock.notify_all()

    def _is_watched(self) -> bool:
        with self._lock:
            return self._watches > 0

    def _set_light(self, *, is_on: bool) -> None:
        if is_on != self._light_is_on:
            self._light_is_on = is_on
            self._events.publish(CameraWatching(self.name, is_on))


class CameraWatch:
    """Implements services.face_ports.Watch."""

    def __init__(self, camera: OpencvCamera, first: int) -> None:
        self._camera = camera
        self._next = first
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def newest(self, timeout_s: float) -> Frame | None:
        frame = self._camera.newest_from(self._next, timeout_s)
        if frame is not None:
            self._next = frame.number + 1
        return frame

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._camera.unwatch()


def build_camera(settings: CameraSettings, events: EventSink, simulated: bool) -> OpencvCamera:
    """The camera of the settings, not started. `settings.source` has been checked by load_settings."""
    return OpencvCamera(settings, events, simulated=simulated)
