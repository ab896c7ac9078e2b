"""The camera's picture on its way to the customer's window: the newest, whole, and none of anybody who has gone."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from itertools import cycle

import pytest

from kiosk.screens.customer_display.pictures import LONGEST_SIDE_PX, SharedPictures, SharedPreview
from kiosk.services.face_ports import PreviewPicture


@pytest.fixture
def preview() -> Iterator[SharedPreview]:
    made = SharedPreview()
    yield made
    os.close(made.descriptor)


def plain(level: int, width: int = 640, height: int = 480) -> PreviewPicture:
    return PreviewPicture(bytes([level]) * (3 * width * height), width, height)


def test_the_newest_is_seen_and_no_older_one(preview: SharedPreview) -> None:
    pictures = SharedPictures(preview.descriptor)
    assert pictures.newest is None
    for level in (1, 2, 3):
        preview.newest = plain(level)
    seen = pictures.newest
    assert seen is not None
    assert (seen.rgb, seen.width, seen.height) == (plain(3).rgb, 640, 480)
    assert pictures.newest is seen, "nothing is copied again"
    assert preview.newest is not None
    assert preview.newest.rgb == seen.rgb, "the staff see it too"
    preview.newest = plain(4, 480, 640)
    seen = pictures.newest
    assert seen is not None
    assert (seen.rgb[0], seen.width) == (4, 480)


def test_nobodys_picture_stays_in_the_memory(preview: SharedPreview) -> None:
    pictures = SharedPictures(preview.descriptor)
    preview.newest = plain(200)
    assert pictures.newest is not None
    preview.newest = None
    assert pictures.newest is None
    size = os.fstat(preview.descriptor).st_size
    assert not os.pread(preview.descriptor, size, 0).strip(b"\x00")[16:]


def test_one_that_has_no_room_is_left_out(preview: SharedPreview) -> None:
    pictures = SharedPictures(preview.descriptor)
    preview.newest = plain(1, LONGEST_SIDE_PX, LONGEST_SIDE_PX)
    preview.newest = plain(2, LONGEST_SIDE_PX + 1, LONGEST_SIDE_PX)
    seen = pictures.newest
    assert seen is not None
    assert seen.rgb[0] == 1


def test_a_picture_is_never_half_of_another(preview: SharedPreview) -> None:
    """However fast they come: each that is seen is of one colour."""
    pictures = SharedPictures(preview.descriptor)
    stop = threading.Event()

    def write() -> None:
        for level in cycle(range(1, 256)):
            preview.newest = plain(level, 160, 120)
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen: set[int] = set()
        deadline_s = time.monotonic() + 20.0
        while len(seen) < 20:
            assert time.monotonic() < deadline_s, "nothing came"
            picture = pictures.newest
            if picture is not None:
                assert set(picture.rgb) == {picture.rgb[0]}
                seen.add(picture.rgb[0])
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize("size", [0, 100])
def test_memory_of_another_size_is_refused(size: int) -> None:
    descriptor = os.memfd_create("small")
    try:
        os.ftruncate(descriptor, size)
        with pytest.raises((OSError, ValueError)):
            SharedPictures(descriptor)
    finally:
        os.close(descriptor)
