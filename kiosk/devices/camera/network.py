"""A network camera: Motion JPEG over HTTP on a transport of ours, whose every wait ends."""

from __future__ import annotations

import logging
import time

from kiosk.devices.camera import mjpeg
from kiosk.devices.camera.picture import BadPicture, decode_jpeg
from kiosk.devices.camera.source import NetworkCamera
from kiosk.devices.camera.stream import Pace, Taken
from kiosk.devices.transport import DeviceFault, open_transport
from kiosk.devices.wake import Wake
from kiosk.services.events import DeviceProblem

WRITE_TIMEOUT_S = 1.0
GARBLED_AFTER = 4
"""So many unsound pictures in a row are no accident."""

log = logging.getLogger(__name__)


class NetworkStream:
    """A PictureStream. Raises DeviceFault and Stopped when it is made."""

    def __init__(self, camera: NetworkCamera, pace: Pace, stop: Wake) -> None:
        self._pace = pace
        self._cutter = mjpeg.PictureCutter()
        self._bad_pictures = 0
        self._transport = open_transport(camera.line, 0, stop)
        try:
            ask = mjpeg.request(camera.host, camera.target, camera.authorization)
            self._transport.write(ask, WRITE_TIMEOUT_S)
        except BaseException:
            self._transport.close()
            raise

    def next(self, timeout_s: float) -> Taken | None:
        ends_s = time.monotonic() + timeout_s
        while (left_s := ends_s - time.monotonic()) > 0:
            pictures = self._cutter.feed(self._transport.read(left_s))
            now_s = time.monotonic()
            # What comes faster than it is wanted is not even decoded.
            if pictures and self._pace.is_due(now_s) and (taken := self._decode(pictures[-1], now_s)):
                return taken
        return None

    def close(self) -> None:
        self._transport.close()

    def _decode(self, picture: bytes, now_s: float) -> Taken | None:
        try:
            pixels = decode_jpeg(picture)
        except BadPicture as error:
            self._bad_pictures += 1
            log.debug("bad_picture", extra={"reason": str(error)})
            if self._bad_pictures >= GARBLED_AFTER:
                raise DeviceFault(DeviceProblem.GARBLED, f"{GARBLED_AFTER} pictures in a row: {error}") from error
            return None
        self._bad_pictures = 0
        self._pace.took(now_s)
        return Taken(pixels, now_s)
