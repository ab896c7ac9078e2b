"""What the setting `source` of a camera names, and whether that is there. Opens nothing that would take pictures."""

from __future__ import annotations

import base64
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kiosk.devices.transport import DeviceFault, open_transport, system_faults
from kiosk.devices.wake import Wake
from kiosk.services.events import DeviceProblem

HTTP_PORT = 80
V4L2_MAJOR = 81
_NUMBER_IN_NAME = re.compile(r"%0?\d*d")


@dataclass(frozen=True, slots=True)
class NetworkCamera:
    """An MJPEG stream. `target` and `authorization` (the header's value, or "") may hold a password: neither is ever
    shown."""

    host: str
    port: int
    target: str = field(repr=False)
    authorization: str = field(repr=False)

    def __str__(self) -> str:
        return f"http://{self._host_port}/"

    @property
    def line(self) -> str:
        """As open_transport and the simulators' ports name it."""
        return f"tcp://{self._host_port}"

    @property
    def _host_port(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class VideoDevice:
    """A V4L2 device, such as /dev/video0 or, better, its name under /dev/v4l/by-id."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Recording:
    """A clip, or pictures numbered as `name` says (photo%03d.jpg): for demonstrations. An absolute path, so that
    FFmpeg takes it for no protocol of its own ("concat:…", "pipe:0")."""

    path: str
    is_sequence: bool

    def __str__(self) -> str:
        return self.path


Source = NetworkCamera | VideoDevice | Recording


def source_of(text: str) -> Source:
    """`text` has been checked by load_settings."""
    if text.startswith("http://"):
        return _network_camera(text)
    if text.isdecimal():
        return VideoDevice(f"/dev/video{text}")
    if text.startswith("/dev/"):
        return VideoDevice(text)
    path = Path(text).absolute()
    return Recording(str(path), is_sequence=_NUMBER_IN_NAME.search(path.name) is not None)


def port_of(source: Source) -> str:
    """What a simulator at this source has in its own setting `port`."""
    return source.line if isinstance(source, NetworkCamera) else str(source)


def look(source: Source, stop: Wake) -> None:
    """Returns when it is there and may be opened. Raises DeviceFault, Stopped."""
    match source:
        case NetworkCamera():
            open_transport(source.line, 0, stop).close()
        case VideoDevice():
            _look_for_device(source.path)
        case Recording(path, is_sequence):
            # Of a sequence any number may be the first: its folder has to do.
            with system_faults():
                (Path(path).parent if is_sequence else Path(path)).stat()


def _look_for_device(path: str) -> None:
    with system_faults():
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(fd)
        finally:
            os.close(fd)
    if not stat.S_ISCHR(status.st_mode) or os.major(status.st_rdev) != V4L2_MAJOR:
        raise DeviceFault(DeviceProblem.NOT_FOUND, f"{path} is no V4L2 device")


def _network_camera(url: str) -> NetworkCamera:
    parts = urlsplit(url)
    authorization = ""
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(secret.encode()).decode("ascii")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # As simulators' ports spell it, so that the screen says of one at "localhost" that it is simulated.
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    return NetworkCamera(host, parts.port or HTTP_PORT, target, authorization)
