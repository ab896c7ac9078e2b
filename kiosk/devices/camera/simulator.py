"""A simulated network camera: Motion JPEG over HTTP, as a real one sends it, of photos, a clip or a test picture. It
runs on its line's asyncio loop; a new client takes the place of the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.devices.simulated_line import SimulatedLine

if TYPE_CHECKING:
    from kiosk.devices.camera.reel import Reel

FRAMES_PER_S = 25
FAST_FRAMES_PER_S = 100
MAX_REQUEST_BYTES = 8 * 1024
_ANSWER = (
    b"HTTP/1.0 200 OK\r\nCache-Control: no-cache\r\nContent-Type: multipart/x-mixed-replace; boundary=picture\r\n\r\n"
)
_PART = b"--picture\r\nContent-Type: image/jpeg\r\n"
_FLOOD_BYTES = 1024 * 1024


class CameraFault(StrEnum):
    """What it can be made to do. `cut`: every connection breaks in the middle of its first picture. `endless_*`: a
    part whose head, or whose picture, never ends."""

    SILENT = "silent"
    FREEZE = "freeze"
    BLACK = "black"
    GARBAGE = "garbage"
    CUT = "cut"
    ENDLESS_HEAD = "endless_head"
    ENDLESS_PICTURE = "endless_picture"
    HUGE_PICTURES = "huge_pictures"
    FAST = "fast"


class SimulatedCamera:
    """`plays` as for `play`; None: a test picture."""

    def __init__(self, plays: Path | None = None) -> None:
        self._line: SimulatedLine | None = None
        self._asked = bytearray()
        self._fault: CameraFault | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._frozen: bytes | None = None
        self._plays = plays
        self._loaded: Reel | None = None

    def play(self, path: Path) -> None:
        """A folder of photos, one photo, or a clip. Raises ValueError when no picture can be read there."""
        from kiosk.devices.camera.reel import Reel

        self._loaded = Reel(path)

    def set_fault(self, fault: CameraFault | None) -> None:
        self._fault, self._frozen = fault, None

    def attached(self, line: SimulatedLine) -> None:
        self._line = line
        self._asked.clear()
        self._frozen = None

    def detached(self) -> None:
        self._line = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def received(self, data: bytes) -> None:
        if self._line is None or self._timer is not None:
            return
        self._asked += data[:MAX_REQUEST_BYTES]
        if b"\r\n\r\n" in self._asked:
            self._line.send(_ANSWER)
            self._send_next()
        elif len(self._asked) > MAX_REQUEST_BYTES:
            self._line.reset()

    def _send_next(self) -> None:
        line = self._line
        if line is None:
            return
        frames_per_s = FAST_FRAMES_PER_S if self._fault is CameraFault.FAST else FRAMES_PER_S
        self._timer = asyncio.get_running_loop().call_later(1 / frames_per_s, self._send_next)
        match self._fault:
            case CameraFault.SILENT:
                pass
            case CameraFault.GARBAGE:
                line.send(_part(b"\xff\xd8\xff\xe0 this is no picture " * 100))
            case CameraFault.CUT:
                line.send(_part(self._reel.next())[:-1000])
                # Later, so that what was sent goes out: a reset drops what waits.
                asyncio.get_running_loop().call_soon(line.reset)
            case CameraFault.ENDLESS_HEAD:
                line.send(_PART if self._frozen is None else b"X-Padding: " + b"a" * 1000 + b"\r\n")
                self._frozen = b""
            case CameraFault.ENDLESS_PICTURE:
                line.send(_PART + b"\r\n\xff\xd8" if self._frozen is None else b"a" * _FLOOD_BYTES)
                self._frozen = b""
            case _:
                line.send(_part(self._picture()))

    def _picture(self) -> bytes:
        makers: dict[CameraFault | None, Callable[[], bytes]] = {
            CameraFault.BLACK: self._reel.black,
            CameraFault.HUGE_PICTURES: self._reel.huge,
        }
        if self._fault is not CameraFault.FREEZE:
            return makers.get(self._fault, self._reel.next)()
        if self._frozen is None:
            self._frozen = self._reel.next()
        return self._frozen

    @property
    def _reel(self) -> Reel:
        """Loaded with the first picture: a bench without a camera does without OpenCV."""
        if self._loaded is None:
            from kiosk.devices.camera.reel import Reel

            self._loaded = Reel(self._plays)
        return self._loaded


def _part(picture: bytes) -> bytes:
    return b"%sContent-Length: %d\r\n\r\n%s\r\n" % (_PART, len(picture), picture)
