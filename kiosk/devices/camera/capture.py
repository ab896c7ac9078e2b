"""V4L2 devices and recordings through cv2.VideoCapture, on a thread of its own: a system call that hangs in a camera's
driver cannot be ended, only left behind."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

# FFmpeg writes of every damaged clip on standard error; what is wrong is told by our own faults. Read once, when
# OpenCV first opens a file.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2

from kiosk.devices.camera.picture import BadPicture, in_three_colours
from kiosk.devices.camera.source import Recording, VideoDevice
from kiosk.devices.camera.stream import Pace, Taken
from kiosk.devices.transport import DeviceFault
from kiosk.services.events import DeviceProblem
from kiosk.settings.devices import CameraSettings

CLOSE_TIMEOUT_S = 1.0
V4L2_EXPOSURE_UNIT_US = 100  # V4L2_CID_EXPOSURE_ABSOLUTE
V4L2_EXPOSURE_MANUAL, V4L2_EXPOSURE_AUTOMATIC = 1, 3

log = logging.getLogger(__name__)


class Capture(Protocol):
    """What is used of cv2.VideoCapture."""

    def isOpened(self) -> bool: ...  # noqa: N802 - OpenCV's name

    def grab(self) -> bool: ...

    def retrieve(self) -> tuple[bool, npt.NDArray[np.generic]]: ...

    def set(self, setting: int, value: float) -> bool: ...

    def release(self) -> None: ...


OpenCapture = Callable[[VideoDevice | Recording], Capture]


def open_capture(source: VideoDevice | Recording) -> Capture:
    """Not opened when it cannot be."""
    # OpenCV warns on standard error of what cannot be opened: that is tried every few seconds, and told as a fault.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    match source:
        case VideoDevice(path):
            return cv2.VideoCapture(path, cv2.CAP_V4L2)
        case Recording(path, is_sequence):
            return cv2.VideoCapture(path, cv2.CAP_IMAGES if is_sequence else cv2.CAP_FFMPEG)


class CaptureStream:
    """A PictureStream. A recording plays over and over."""

    def __init__(
        self, source: VideoDevice | Recording, settings: CameraSettings, pace: Pace, opener: OpenCapture
    ) -> None:
        self._source, self._settings, self._pace, self._opener = source, settings, pace, opener
        self._lock = threading.Condition()
        self._newest: Taken | None = None
        self._fault: DeviceFault | None = None
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"capture-{settings.name}", daemon=True)
        self._thread.start()

    @property
    def is_left_behind(self) -> bool:
        """Closed, and still within a call that does not return: the device cannot be opened again."""
        return self._is_closed.is_set() and self._thread.is_alive()

    def next(self, timeout_s: float) -> Taken | None:
        with self._lock:
            self._lock.wait_for(lambda: self._newest is not None or self._fault is not None, timeout_s)
            taken, self._newest = self._newest, None
            if taken is None and self._fault is not None:
                raise self._fault
            return taken

    def close(self) -> None:
        self._is_closed.set()
        self._thread.join(CLOSE_TIMEOUT_S)
        if self._thread.is_alive():
            log.warning("camera_left_hanging", extra={"device": self._settings.name})

    def _run(self) -> None:
        try:
            while not self._is_closed.is_set():
                self._play()
        except DeviceFault as fault:
            self._fail(fault)
        except BadPicture as error:
            self._fail(DeviceFault(DeviceProblem.GARBLED, str(error)))
        except Exception as error:
            # Ours or OpenCV's: the driver has to hear of it.
            log.exception("camera_capture_failed", extra={"device": self._settings.name})
            self._fail(DeviceFault(DeviceProblem.NO_ANSWER, type(error).__name__))

    def _play(self) -> None:
        """Until it is closed, or a recording has ended."""
        capture = self._opener(self._source)
        try:
            if not capture.isOpened():
                raise self._cannot_be_opened()
            if isinstance(self._source, VideoDevice):
                self._set_up(capture)
                self._take_live(capture)
            else:
                self._take_recorded(capture)
        finally:
            capture.release()

    def _take_live(self, capture: Capture) -> None:
        """Every picture is fetched, so that none waits in the device and grows old; those due are decoded."""
        while not self._is_closed.is_set():
            if not capture.grab():
                raise DeviceFault(DeviceProblem.DISCONNECTED, "the device gives no more pictures")
            taken_s = time.monotonic()
            if self._pace.is_due(taken_s):
                self._hand_over(capture, taken_s)

    def _take_recorded(self, capture: Capture) -> None:
        """At the pace: a file would come at full speed."""
        has_pictures = False
        while not self._is_closed.wait(self._pace.wait_s(time.monotonic())):
            taken_s = time.monotonic()
            if not capture.grab():
                if not has_pictures:
                    raise self._cannot_be_opened()
                return
            has_pictures = True
            self._hand_over(capture, taken_s)

    def _hand_over(self, capture: Capture, taken_s: float) -> None:
        is_sound, pixels = capture.retrieve()
        if not is_sound:
            return  # V4L2 cameras begin with a few of these; when no other comes, the driver tells
        self._pace.took(taken_s)
        taken = Taken(in_three_colours(pixels), taken_s)
        with self._lock:
            self._newest = taken
            self._lock.notify()

    def _fail(self, fault: DeviceFault) -> None:
        with self._lock:
            self._fault = fault
            self._lock.notify()

    def _cannot_be_opened(self) -> DeviceFault:
        if isinstance(self._source, VideoDevice):
            return DeviceFault(DeviceProblem.BUSY, "it is there and does not begin: most often another program has it")
        return DeviceFault(DeviceProblem.GARBLED, "no picture can be read from it")

    def _set_up(self, capture: Capture) -> None:
        """Motion JPEG, as raw pictures of this size do not go through USB 2 at full pace."""
        settings = self._settings
        wanted: list[tuple[str, int, float]] = [
            ("format", cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
            ("width", cv2.CAP_PROP_FRAME_WIDTH, settings.width),
            ("height", cv2.CAP_PROP_FRAME_HEIGHT, settings.height),
        ]
        if settings.exposure_us is None:
            wanted.append(("automatic exposure", cv2.CAP_PROP_AUTO_EXPOSURE, V4L2_EXPOSURE_AUTOMATIC))
        else:
            wanted.append(("manual exposure", cv2.CAP_PROP_AUTO_EXPOSURE, V4L2_EXPOSURE_MANUAL))
            wanted.append(("exposure", cv2.CAP_PROP_EXPOSURE, settings.exposure_us / V4L2_EXPOSURE_UNIT_US))
        if settings.gain is not None:
            wanted.append(("gain", cv2.CAP_PROP_GAIN, settings.gain))
        for name, setting, value in wanted:
            if not capture.set(setting, value):
                log.warning("camera_setting_not_taken", extra={"device": settings.name, "setting": name})
