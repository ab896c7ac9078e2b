"""Recordings and V4L2 devices: real files through OpenCV. No V4L2 device can be had in a test: a small fake stands for
OpenCV's handle of one."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.devices.camera.capture import CaptureStream
from kiosk.devices.camera.source import VideoDevice
from kiosk.devices.camera.stream import Pace, Taken
from kiosk.devices.transport import DeviceFault
from kiosk.services.events import DeviceProblem, DeviceState
from kiosk.services.face_ports import Pixels
from kiosk.settings.devices import CameraSettings
from tests.devices.support import DEADLINE_S, Events, eventually, stays
from tests.devices.watching import jpeg, next_frame, quarters, running, write_clip

DEVICE = VideoDevice("/dev/video9")


class FakeVideoDevice:
    """As cv2.VideoCapture of a V4L2 device with 100 pictures a second."""

    def __init__(self) -> None:
        self.settings: dict[int, float] = {}
        self.refused: set[int] = set()
        self.grabbed = self.decoded = 0
        self.is_there = True
        self.hangs = False
        self.woken, self.released = threading.Event(), threading.Event()

    def isOpened(self) -> bool:  # noqa: N802
        return self.is_there

    def grab(self) -> bool:
        if self.hangs:
            self.woken.wait()
        self.woken.wait(0.01)
        self.grabbed += 1
        return self.is_there

    def retrieve(self) -> tuple[bool, Pixels]:
        self.decoded += 1
        return self.decoded > 2, np.full((48, 64, 3), self.decoded % 256, np.uint8)  # the first two are damaged

    def set(self, setting: int, value: float) -> bool:
        self.settings[setting] = value
        return setting not in self.refused

    def release(self) -> None:
        self.released.set()


@contextmanager
def streaming(device: FakeVideoDevice, **settings: object) -> Iterator[CaptureStream]:
    camera = CameraSettings(name="camera", source=DEVICE.path, **settings)
    stream = CaptureStream(DEVICE, camera, Pace(25), lambda _source: device)
    try:
        yield stream
    finally:
        device.woken.set()
        stream.close()
    assert not stream.is_left_behind


def next_taken(stream: CaptureStream) -> Taken:
    taken = stream.next(DEADLINE_S)
    assert taken is not None
    return taken


def take_what_waits(stream: CaptureStream) -> None:
    while stream.next(DEADLINE_S) is not None:
        pass


def test_a_fast_device_is_emptied_and_only_what_is_due_is_decoded() -> None:
    device = FakeVideoDevice()
    with streaming(device) as stream:
        first = next_taken(stream)
        for _ in range(20):
            last = next_taken(stream)
        assert last.taken_s - first.taken_s >= 19 / 25
        assert device.grabbed > 2 * device.decoded
    assert device.released.is_set()


def test_a_slow_consumer_gets_the_newest() -> None:
    device = FakeVideoDevice()
    with streaming(device) as stream:
        first = next_taken(stream)
        before = device.decoded
        eventually(lambda: device.decoded >= before + 5, "five more pictures")
        assert int(next_taken(stream).pixels[0, 0, 0]) - int(first.pixels[0, 0, 0]) >= 4


def test_exposure_and_gain_are_set_when_asked_for() -> None:
    automatic, manual = FakeVideoDevice(), FakeVideoDevice()
    manual.refused = {cv2.CAP_PROP_GAIN}
    with streaming(automatic) as stream:
        next_taken(stream)
    with streaming(manual, exposure_us=20_000, gain=7, width=1280, height=720) as stream:
        next_taken(stream)  # a setting that is not taken is no reason to stop
    assert automatic.settings[cv2.CAP_PROP_AUTO_EXPOSURE] == 3
    assert cv2.CAP_PROP_EXPOSURE not in automatic.settings
    assert manual.settings[cv2.CAP_PROP_AUTO_EXPOSURE] == 1
    assert manual.settings[cv2.CAP_PROP_EXPOSURE] == 200
    assert manual.settings[cv2.CAP_PROP_GAIN] == 7
    assert (manual.settings[cv2.CAP_PROP_FRAME_WIDTH], manual.settings[cv2.CAP_PROP_FRAME_HEIGHT]) == (1280, 720)


def test_an_unplugged_device_is_told_and_given_back() -> None:
    device = FakeVideoDevice()
    with streaming(device) as stream:
        next_taken(stream)
        device.is_there = False
        with pytest.raises(DeviceFault) as fault:
            take_what_waits(stream)
        assert fault.value.problem is DeviceProblem.DISCONNECTED
        assert device.released.wait(DEADLINE_S)


def test_a_device_that_does_not_begin_is_most_likely_busy() -> None:
    device = FakeVideoDevice()
    device.is_there = False
    with streaming(device) as stream, pytest.raises(DeviceFault) as fault:
        stream.next(DEADLINE_S)
    assert fault.value.problem is DeviceProblem.BUSY


def test_a_read_that_hangs_is_left_behind_in_time() -> None:
    device = FakeVideoDevice()
    with streaming(device) as stream:
        next_taken(stream)
        device.hangs = True
        eventually(lambda: stream.next(0.1) is None, "no more pictures")
        began_s = time.monotonic()
        stream.close()
        assert time.monotonic() - began_s < 2.0
        assert stream.is_left_behind


def test_a_clip_plays_at_the_pace_over_and_over(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.avi", frames=8)
    events = Events()
    with running(str(tmp_path / "clip.avi"), events, frames_per_s=50) as camera, camera.watch() as watch:
        frames = [next_frame(watch) for _ in range(24)]
    missed = frames[-1].number - frames[0].number - 23
    assert frames[-1].taken_s - frames[0].taken_s >= (22 + missed) / 50
    brightness = [round(float(frame.pixels.mean()) / 10) for frame in frames]
    assert set(brightness) == set(range(8))
    assert brightness.count(0) >= 2  # from the beginning again
    assert events.health[0].simulated  # a recording is no camera


def test_numbered_pictures_play_in_their_order(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"p{number:02}.jpg").write_bytes(jpeg(np.full((60, 80, 3), 50 * number, np.uint8)))
    with running(str(tmp_path / "p%02d.jpg"), Events(), frames_per_s=10) as camera, camera.watch() as watch:
        frames = [next_frame(watch) for _ in range(6)]
    levels = [round(float(frame.pixels.mean()) / 50) for frame in frames]
    assert levels == [(levels[0] + frame.number - frames[0].number) % 4 for frame in frames]


def test_a_large_picture_is_scaled_down_and_turned(tmp_path: Path) -> None:
    (tmp_path / "p0.jpg").write_bytes(jpeg(quarters(4000, 3000)))
    with running(str(tmp_path / "p%d.jpg"), Events(), rotation=90) as camera, camera.watch() as watch:
        assert next_frame(watch).pixels.shape == (1280, 960, 3)


@pytest.mark.parametrize("content", [b"", b"this is no film " * 1000], ids=["empty", "text"])
def test_a_file_without_pictures_is_told_quietly(
    tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clip.avi").write_bytes(content)
    events = Events()
    with running(str(tmp_path / "clip.avi"), events) as camera, camera.watch() as watch:
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.GARBLED)
        assert watch.newest(0) is None
    assert capfd.readouterr().err == ""


def test_a_device_that_is_not_there_or_is_no_camera() -> None:
    for path in ("/dev/video-of-nobody", "/dev/null"):
        events = Events()
        with running(path, events):
            events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NOT_FOUND)


def test_a_call_that_hangs_does_not_hang_the_driver_and_the_camera_comes_back(tmp_path: Path) -> None:
    """Opening a named pipe that nobody writes does not return, whatever OpenCV's time-outs say."""
    pipe = tmp_path / "clip.avi"
    os.mkfifo(pipe)
    write_clip(tmp_path / "good.avi", frames=8)
    events = Events()
    with running(str(pipe), events) as camera:
        with camera.watch() as watch:
            events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NO_ANSWER)
            hanging = [thread for thread in threading.enumerate() if thread.name == "capture-camera"]
            assert len(hanging) == 1
            pipe.rename(tmp_path / "pipe")
            (tmp_path / "good.avi").rename(pipe)
            assert watch.newest(0.5) is None  # not opened again while the first call has not returned
        stays(lambda: events.health[-1].state is DeviceState.UNAVAILABLE, 0.5)  # nor found well when nobody watches
        with camera.watch() as watch:
            assert [t for t in threading.enumerate() if t.name == "capture-camera"] == hanging
            os.close(os.open(tmp_path / "pipe", os.O_WRONLY))  # now it returns
            hanging[0].join(DEADLINE_S)
            next_frame(watch)
        events.await_health(DeviceState.READY)


def test_stop_while_a_call_hangs_returns_in_time(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clip.avi")
    events = Events()
    with running(str(tmp_path / "clip.avi"), events) as camera:
        camera.watch()
        eventually(lambda: "capture-camera" in {t.name for t in threading.enumerate()}, "a call that hangs")
        began_s = time.monotonic()
        camera.stop()
        assert time.monotonic() - began_s < 2.5
    hanging = [thread for thread in threading.enumerate() if thread.name == "capture-camera"]
    assert len(hanging) == 1
    os.close(os.open(tmp_path / "clip.avi", os.O_WRONLY))
    hanging[0].join(DEADLINE_S)
    assert not hanging[0].is_alive()
