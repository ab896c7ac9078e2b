"""Motion JPEG over HTTP: an answer of the type multipart/x-mixed-replace (RFC 2046), each part one JPEG picture.

Cut by ourselves, not by OpenCV's FFmpeg: that one guesses the format of whatever the other side sends, follows it to
other addresses, and takes a part without end into memory (measured: 300 MB in the first second).
"""

from __future__ import annotations

import http.client
import io
import re
from email.message import Message

from kiosk.devices.transport import DeviceFault
from kiosk.services.events import DeviceProblem

MAX_HEAD_BYTES = 16 * 1024
MAX_PICTURE_BYTES = 16 * 1024 * 1024
"""A 12-megapixel JPEG of the best quality has less."""
MAX_BOUNDARY_BYTES = 70  # RFC 2046
_HEAD_END = b"\r\n\r\n"
_LINE_END = b"\r\n"
_ANY_DASHES = rb"\r\n-{2,6}"
_MAX_DASHES_BYTES = 8
_PROBLEMS = {
    401: DeviceProblem.NO_PERMISSION,
    403: DeviceProblem.NO_PERMISSION,
    404: DeviceProblem.NOT_FOUND,
    503: DeviceProblem.BUSY,
}


def request(host: str, target: str, authorization: str) -> bytes:
    """HTTP/1.0, so that the answer does not come in chunks."""
    lines = [f"GET {target} HTTP/1.0", f"Host: {host}", "Accept: multipart/x-mixed-replace"]
    if authorization:
        lines.append(f"Authorization: {authorization}")
    return "\r\n".join((*lines, "", "")).encode("ascii")


class PictureCutter:
    """Cuts what comes over the connection into JPEG pictures, with bounded memory, whatever the bytes are."""

    def __init__(self) -> None:
        self._unread = bytearray()
        self._boundary = b""  # empty until the answer's head is read
        self._body_bytes: int | None = None  # what the part's head announced
        self._is_in_body = False
        self._searched = 0  # so far there is no boundary in the body

    def feed(self, data: bytes) -> list[bytes]:
        """The pictures that `data` completes. Raises DeviceFault when this is no such stream; the reason quotes
        nothing of it."""
        self._unread += data
        pictures: list[bytes] = []
        while True:
            if not self._is_in_body:
                if not self._read_head():
                    return pictures
            elif (picture := self._take_body()) is not None:
                pictures.append(picture)
            else:
                return pictures

    def _read_head(self) -> bool:
        """The answer's head, later a part's. False when there is no whole one yet."""
        if self._boundary:
            del self._unread[: len(self._unread) - len(self._unread.lstrip(_LINE_END))]
        end = self._unread.find(_HEAD_END, 0, MAX_HEAD_BYTES)
        if end < 0:
            if len(self._unread) >= MAX_HEAD_BYTES:
                raise _garbled(f"a head of more than {MAX_HEAD_BYTES} bytes")
            return False
        first_line, _, lines = bytes(self._unread[:end]).partition(_LINE_END)
        del self._unread[: end + len(_HEAD_END)]
        headers = _headers(lines)
        if not self._boundary:
            _check_status(first_line)
            self._boundary = _boundary(headers)
        else:
            self._begin_part(first_line, headers)
        return True

    def _begin_part(self, first_line: bytes, headers: Message) -> None:
        if self._boundary not in first_line:
            raise _garbled("no boundary where a part begins")
        announced = headers.get("Content-Length")
        self._body_bytes = None
        if announced is not None:
            if not (announced.isdecimal() and len(announced) < 10 and int(announced) <= MAX_PICTURE_BYTES):
                raise _garbled(f"a part announces more than {MAX_PICTURE_BYTES} bytes, or no number")
            self._body_bytes = int(announced)
        self._is_in_body, self._searched = True, 0

    def _take_body(self) -> bytes | None:
        """None when it has not come whole yet."""
        end = self._body_bytes if self._body_bytes is not None else self._find_boundary()
        if end is None or len(self._unread) < end:
            return None
        picture = bytes(self._unread[:end])
        del self._unread[:end]
        self._is_in_body = False
        return picture

    def _find_boundary(self) -> int | None:
        found = re.compile(_ANY_DASHES + re.escape(self._boundary)).search(self._unread, self._searched)
        if found is not None:
            return found.start()
        if len(self._unread) > MAX_PICTURE_BYTES:
            raise _garbled(f"a part of more than {MAX_PICTURE_BYTES} bytes")
        self._searched = max(0, len(self._unread) - MAX_BOUNDARY_BYTES - _MAX_DASHES_BYTES)
        return None


def _headers(lines: bytes) -> Message:
    try:
        return http.client.parse_headers(io.BytesIO(lines + _HEAD_END))
    except http.client.HTTPException as error:
        raise _garbled(f"unsound headers: {type(error).__name__}") from error


def _check_status(first_line: bytes) -> None:
    words = first_line.split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not (words[1].isdigit() and len(words[1]) == 3):
        raise _garbled("no HTTP answer")
    status = int(words[1])
    if status != http.client.OK:
        raise DeviceFault(_PROBLEMS.get(status, DeviceProblem.REFUSED), f"answered with HTTP status {status}")


def _boundary(headers: Message) -> bytes:
    """Without the dashes before it: some cameras count these to the boundary, some do not."""
    if headers.get("Transfer-Encoding") is not None:
        raise _garbled("an answer in chunks to a request of HTTP/1.0")
    boundary = (headers.get_boundary() or "").lstrip("-")
    if headers.get_content_maintype() != "multipart" or not (
        boundary.isascii() and 0 < len(boundary) <= MAX_BOUNDARY_BYTES
    ):
        raise _garbled("not a stream of pictures (multipart with a boundary)")
    return boundary.encode("ascii")


def _garbled(reason: str) -> DeviceFault:
    return DeviceFault(DeviceProblem.GARBLED, reason)
