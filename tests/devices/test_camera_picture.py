"""From a camera's bytes to a picture of ours, and the pace."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.devices.camera.picture import (
    LONGER_SIDE_PX,
    BadPicture,
    PictureCheck,
    Rotation,
    decode_jpeg,
    in_three_colours,
    scaled_down,
    turned,
)
from kiosk.devices.camera.stream import Pace
from kiosk.services.events import DeviceProblem
from kiosk.services.face_ports import Frame
from tests.devices.watching import claiming, corners, jpeg, noisy, quarters

RANDOM = np.random.default_rng(1)


def test_a_jpeg_keeps_its_colours_in_the_order_blue_green_red() -> None:
    pixels = decode_jpeg(jpeg(quarters()))
    assert pixels.shape == (240, 320, 3)
    assert corners(pixels) == ["blue", "green", "red", "white"]


def test_a_grey_jpeg_has_three_colours() -> None:
    grey = jpeg(np.full((120, 160), 77, np.uint8))
    assert decode_jpeg(grey).shape == (120, 160, 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0" + RANDOM.bytes(5000),
        b"\x89PNG\r\n\x1a\n" + RANDOM.bytes(500),
        noisy(RANDOM)[:-3000],
        claiming(65_500, 65_500),
        claiming(10_000, 9_500),
        claiming(9_000, 8_000),
        claiming(4_800, 3_600),
        claiming(65_000, 980),
        claiming(240, 8_200),
    ],
)
def test_what_is_no_sound_picture_is_refused(data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadPicture):
        decode_jpeg(data)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("size", [(8192, 980), (980, 8192), (8192, 1), (5120, 2880), (2600, 200)])
def test_none_is_decoded_larger_than_twice_what_is_wanted(size: tuple[int, int]) -> None:
    """The longer side alone may be large: a stripe is no less to hold."""
    decoded = decode_jpeg(jpeg(quarters(*size)))
    assert decoded.shape[0] * decoded.shape[1] <= (2 * LONGER_SIDE_PX) ** 2
    assert max(decoded.shape) <= 2 * LONGER_SIDE_PX or min(size) < 8
    assert max(scaled_down(decoded).shape) <= LONGER_SIDE_PX


def test_a_picture_that_would_take_gigabytes_is_refused_with_its_size() -> None:
    with pytest.raises(BadPicture, match="65000 x 980"):
        decode_jpeg(claiming(65_000, 980))


def test_twelve_megapixels_are_decoded_at_a_fraction_and_scaled_down() -> None:
    decoded = decode_jpeg(jpeg(quarters(4000, 3000)))
    assert decoded.shape == (1500, 2000, 3)
    pixels = scaled_down(decoded)
    assert pixels.shape == (960, 1280, 3)
    assert corners(pixels) == ["blue", "green", "red", "white"]
    assert scaled_down(quarters(1280, 960)).shape == (960, 1280, 3)
    assert scaled_down(quarters(8, 7000)).shape == (1280, 1, 3)


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (0, ["blue", "green", "red", "white"]),
        (90, ["red", "blue", "white", "green"]),
        (180, ["white", "red", "green", "blue"]),
        (270, ["green", "white", "blue", "red"]),
    ],
)
def test_it_is_turned_clockwise(rotation: Rotation, expected: list[str]) -> None:
    assert corners(turned(quarters(), rotation)) == expected


def test_only_the_preview_is_mirrored() -> None:
    frame = Frame(quarters(), 0.0, 1, mirror_preview=True)
    assert corners(frame.pixels) == ["blue", "green", "red", "white"]
    assert corners(frame.preview) == ["green", "blue", "white", "red"]
    assert corners(Frame(quarters(), 0.0, 1).preview) == ["blue", "green", "red", "white"]


def test_grey_and_transparent_pictures_have_three_colours() -> None:
    grey, clear = np.full((10, 20), 9, np.uint8), np.full((10, 20, 4), 9, np.uint8)
    assert in_three_colours(grey).shape == in_three_colours(clear).shape == (10, 20, 3)
    for unusable in (np.zeros((10, 20, 3), np.uint16), np.zeros((10, 20, 2), np.uint8), np.zeros((0, 0, 3), np.uint8)):
        with pytest.raises(BadPicture):
            in_three_colours(unusable)


def test_a_dark_picture_is_told_after_two_seconds_and_a_bright_one_ends_it() -> None:
    check = PictureCheck(is_live=True)
    darkness = [np.full((48, 64, 3), n % 5, np.uint8) for n in range(40)]
    told = [check.judge(pixels, n / 10) for n, pixels in enumerate(darkness)]
    assert told[:20] == [DeviceProblem.NONE] * 20
    assert told[20:] == [DeviceProblem.DARK] * 20
    assert check.judge(quarters(), 4.0) is DeviceProblem.NONE


def test_a_live_camera_that_gives_the_same_picture_is_frozen_a_recording_is_not() -> None:
    live, recording = PictureCheck(is_live=True), PictureCheck(is_live=False)
    told = [live.judge(quarters(), n / 10) for n in range(40)]
    assert told == [DeviceProblem.NONE] * 20 + [DeviceProblem.FROZEN] * 20
    moved = quarters()
    moved[1, 1] += 1
    assert live.judge(moved, 4.0) is DeviceProblem.NONE
    assert [live.judge(moved, 4.0 + n / 10) for n in (10, 20)] == [DeviceProblem.NONE, DeviceProblem.FROZEN]
    assert {recording.judge(quarters(), n / 10) for n in range(40)} == {DeviceProblem.NONE}


def test_one_that_was_frozen_is_so_until_its_picture_changes() -> None:
    check, moved = PictureCheck(is_live=True, was_frozen=True), quarters()
    moved[100, 101] += 1
    told = [check.judge(picture, n / 10) for n, picture in enumerate((quarters(), quarters(), moved, moved))]
    assert told == [DeviceProblem.FROZEN] * 2 + [DeviceProblem.NONE] * 2


def is_taken(pace: Pace, now_s: float) -> bool:
    is_due = pace.is_due(now_s)
    if is_due:
        pace.took(now_s)
    return is_due


@pytest.mark.parametrize(("comes", "let_through"), [(100, 250), (30, 250), (26, 250), (25, 250), (20, 200), (1, 10)])
def test_the_pace_lets_25_a_second_through_however_many_come(comes: int, let_through: int) -> None:
    """Over ten seconds, from a camera that is not quite regular."""
    pace = Pace(25)
    trembling = np.random.default_rng(2).uniform(-0.2, 0.2, 10 * comes)
    taken = sum(is_taken(pace, (n + float(trembling[n])) / comes) for n in range(10 * comes))
    assert let_through * 0.97 <= taken <= let_through + 1


def test_after_a_gap_the_pace_does_not_catch_up() -> None:
    pace = Pace(25)
    assert is_taken(pace, 0.0)
    assert sum(is_taken(pace, 60 + n / 1000) for n in range(1000)) <= 26
