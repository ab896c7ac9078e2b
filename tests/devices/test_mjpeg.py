"""Bytes of an MJPEG stream become pictures, or are refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.camera import mjpeg
from kiosk.devices.camera.mjpeg import MAX_HEAD_BYTES, MAX_PICTURE_BYTES, PictureCutter
from kiosk.devices.transport import DeviceFault
from kiosk.services.events import DeviceProblem
from tests.devices.watching import HEAD, part

ONE, TWO = b"\xff\xd8one\r\n--pic\xff\xd9", b"\xff\xd8two\xff\xd9"


def head(content_type: str = "multipart/x-mixed-replace; boundary=picture", more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{more}\r\n".encode("latin-1")


def test_pictures_come_out_as_they_went_in() -> None:
    assert PictureCutter().feed(HEAD + part(ONE) + part(TWO) + part(ONE)[:-10]) == [ONE, TWO]


def test_one_byte_at_a_time() -> None:
    cutter = PictureCutter()
    stream = HEAD + part(ONE) + part(TWO)
    assert [picture for i in range(len(stream)) for picture in cutter.feed(stream[i : i + 1])] == [ONE, TWO]


@pytest.mark.parametrize("in_line", ["--picture", "----picture"])
@pytest.mark.parametrize("in_head", ["picture", "--picture", '"picture"', '"--picture"'])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_without_lengths_and_with_every_way_to_count_dashes(in_line: str, in_head: str, size: int) -> None:
    parts = b"".join(f"{in_line}\r\nContent-Type: image/jpeg\r\n\r\n".encode() + p + b"\r\n" for p in (ONE, TWO))
    stream = head(f"multipart/x-mixed-replace;boundary={in_head}") + parts + f"{in_line}\r\n".encode()
    cutter = PictureCutter()
    cut = [picture for i in range(0, len(stream), size) for picture in cutter.feed(stream[i : i + size])]
    assert cut == [ONE, TWO]


@pytest.mark.parametrize(
    ("stream", "problem"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", DeviceProblem.GARBLED),
        (b"HTTP/1.1 xyz\r\n\r\n", DeviceProblem.GARBLED),
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", DeviceProblem.NO_PERMISSION),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", DeviceProblem.NOT_FOUND),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n", DeviceProblem.REFUSED),
        (b"HTTP/1.1 503 Busy\r\n\r\n", DeviceProblem.BUSY),
        (head("text/html"), DeviceProblem.GARBLED),
        (head("application/vnd.apple.mpegurl"), DeviceProblem.GARBLED),
        (head("multipart/x-mixed-replace"), DeviceProblem.GARBLED),
        (head("multipart/x-mixed-replace; boundary=---"), DeviceProblem.GARBLED),
        (head("multipart/x-mixed-replace; boundary=" + "b" * 71), DeviceProblem.GARBLED),
        (head(more="Transfer-Encoding: chunked\r\n"), DeviceProblem.GARBLED),
        (head(more="X: y\r\n" * 200), DeviceProblem.GARBLED),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * MAX_HEAD_BYTES, DeviceProblem.GARBLED),
        (HEAD + b"--other\r\n\r\n", DeviceProblem.GARBLED),
        (HEAD + b"--picture\r\n" + b"X-Pad: a\r\n" * 5_000, DeviceProblem.GARBLED),
        (HEAD + b"--picture\r\nContent-Length: -1\r\n\r\n", DeviceProblem.GARBLED),
        (HEAD + b"--picture\r\nContent-Length: 99999999999999999999\r\n\r\n", DeviceProblem.GARBLED),
        (HEAD + b"--picture\r\nContent-Length: %d\r\n\r\n" % (MAX_PICTURE_BYTES + 1), DeviceProblem.GARBLED),
        (HEAD + b"--picture\r\n\r\n" + b"a" * (MAX_PICTURE_BYTES + 100), DeviceProblem.GARBLED),
    ],
)
def test_what_is_no_stream_of_pictures_is_refused(stream: bytes, problem: DeviceProblem) -> None:
    with pytest.raises(DeviceFault) as refused:
        PictureCutter().feed(stream)
    assert refused.value.problem is problem
    assert str(refused.value)


@given(
    st.lists(st.binary(max_size=300) | st.sampled_from([HEAD, part(ONE), b"--picture\r\n\r\n", b"\r\n"]), max_size=20)
)
def test_any_bytes_give_pictures_or_a_fault(chunks: list[bytes]) -> None:
    cutter = PictureCutter()
    try:
        for chunk in chunks:
            cutter.feed(chunk)
    except DeviceFault:
        pass


def test_the_request_carries_a_password_only_where_there_is_one() -> None:
    assert mjpeg.request("cam", "/video?x=1", "") == (
        b"GET /video?x=1 HTTP/1.0\r\nHost: cam\r\nAccept: multipart/x-mixed-replace\r\n\r\n"
    )
    assert b"Authorization: Basic abc\r\n" in mjpeg.request("cam", "/", "Basic abc")
