"""What the camera's tests share: generated pictures, a running driver, a network camera that says what it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from kiosk.devices.bench.client import BenchClient
from kiosk.devices.camera.driver import OpencvCamera
from kiosk.services.face_ports import Frame, Pixels, Watch
from kiosk.settings.devices import CameraSettings, SimulatorSettings
from tests.devices.support import DEADLINE_S, Events, free_tcp_port, hosted_bench, settings_with

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=picture\r\n\r\n"
BLUE, GREEN, RED, WHITE = (220, 30, 30), (30, 220, 30), (30, 30, 220), (225, 225, 225)


def quarters(width: int = 320, height: int = 240) -> Pixels:
    """Blue and green above, red and white below, with noise that is the same for the same size."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2], picture[: height // 2, width // 2 :] = BLUE, GREEN
    picture[height // 2 :, : width // 2], picture[height // 2 :, width // 2 :] = RED, WHITE
    return picture


def corners(pixels: Pixels) -> list[str]:
    """The names of the colours: above left, above right, below left, below right."""
    height, width = pixels.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [_name(pixels[place]) for place in places]


def _name(colour: Pixels) -> str:
    known = {"blue": BLUE, "green": GREEN, "red": RED, "white": WHITE}
    return min(known, key=lambda name: int(np.abs(colour.astype(int) - known[name]).sum()))


def jpeg(pixels: Pixels) -> bytes:
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def noisy(random: np.random.Generator, width: int = 320, height: int = 240) -> bytes:
    return jpeg(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


def claiming(width: int, height: int) -> bytes:
    """A small JPEG whose head says that it is large."""
    data = bytearray(jpeg(quarters()))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(data)


def part(picture: bytes) -> bytes:
    return b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(picture), picture)


def write_clip(path: Path, frames: int, width: int = 160, height: int = 120) -> None:
    """Frame n is grey of the brightness 10 n."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (width, height))
    for number in range(frames):
        writer.write(np.full((height, width, 3), 10 * number, np.uint8))
    writer.release()


@contextmanager
def running(source: str, events: Events, **settings: object) -> Iterator[OpencvCamera]:
    camera_settings = CameraSettings(name="camera", source=source, **settings)
    camera = OpencvCamera(camera_settings, events, simulated=False, look_every_s=0.2)
    camera.start()
    try:
        yield camera
    finally:
        camera.stop()
        assert not [thread for thread in threading.enumerate() if thread.name == "device-camera"]


def next_frame(watch: Watch) -> Frame:
    frame = watch.newest(DEADLINE_S)
    assert frame is not None
    return frame


@contextmanager
def simulated(tmp_path: Path, plays: Path | None = None) -> Iterator[tuple[BenchClient, str]]:
    """A hosted simulator and the source that names it."""
    port = free_tcp_port()
    simulator = SimulatorSettings(name="sim", device="mjpeg", port=f"tcp://127.0.0.1:{port}", plays=plays)
    with hosted_bench(settings_with(tmp_path, (simulator,))) as bench:
        yield bench, f"http://127.0.0.1:{port}/"


class ScriptedCamera:
    """Accepts clients, keeps what they ask, and says `answer` to each; then it closes, or keeps silent."""

    def __init__(self, answer: bytes, *, closes: bool = True) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.asked: list[bytes] = []
        self._answer, self._closes = answer, closes
        self._clients: list[socket.socket] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join(DEADLINE_S)
        for client in (*self._clients, self._server):
            client.close()

    def _serve(self) -> None:
        while not self._is_over.is_set():
            try:
                client, _ = self._server.accept()
                self._clients.append(client)
                self._answer_to(client)
            except OSError:
                continue  # the client is gone, or it is over

    def _answer_to(self, client: socket.socket) -> None:
        client.settimeout(DEADLINE_S)
        asked = client.recv(4096)
        if asked:  # no mere look whether it is there
            self.asked.append(asked)
            client.sendall(self._answer)
        if self._closes or not asked:
            client.close()
