"""From what a camera gives to a picture of ours: three colours, not too large, upright; and whether it shows
anything."""

from __future__ import annotations

import io
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from kiosk.services.events import DeviceProblem
from kiosk.services.face_ports import Pixels

Rotation = Literal[0, 90, 180, 270]

LONGER_SIDE_PX = 1280
"""Larger pictures are scaled down: no consumer needs more of a face at the counter."""
MAX_SIDE_PX = 8192
MAX_PICTURE_PX = 16_000_000
"""What a progressive JPEG of more would take in memory is more than a terminal has to spare; no camera at a counter has
more."""
_SHARES = (1, 2, 4, 8)  # at which libjpeg decodes
DARK_BELOW = 10
"""Of 255, the brightest of the sampled values: even a bad camera's noise in a dark room is above it."""
DEGRADED_AFTER_S = 2.0
_SAMPLE_EVERY_PX = 4
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class BadPicture(Exception):
    """These bytes are no picture that can be used; the text says why and quotes nothing of them."""


def decode_jpeg(data: bytes) -> Pixels:
    """At most twice LONGER_SIDE_PX: a larger one is decoded at a fraction of its size, which takes less time. Raises
    BadPicture, also for half a picture, and for one that its head says is too large, before anything is decoded.

    By Pillow, not cv2.imdecode: libjpeg within OpenCV writes a line on standard error for every damaged picture.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
            width, height = picture.size
            longer = max(width, height)
            if longer > MAX_SIDE_PX or width * height > MAX_PICTURE_PX:
                raise BadPicture(f"{width} x {height} pixels are too many")
            share = next(share for share in _SHARES if longer <= 2 * LONGER_SIDE_PX * share)
            picture.draft("RGB", (max(1, width // share), max(1, height // share)))
            pixels = np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(f"no sound JPEG ({type(error).__name__})") from error
    return of_opencv(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))


def in_three_colours(pixels: npt.NDArray[np.generic]) -> Pixels:
    """OpenCV gives single pictures as their file has them: grey, or with transparency. Raises BadPicture."""
    if pixels.dtype != np.uint8 or pixels.size == 0:
        raise BadPicture("not 8 bits a colour")
    picture = np.asarray(pixels, np.uint8)
    colours = picture.shape[2] if picture.ndim == 3 else 1
    match colours:
        case 1:
            return of_opencv(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
        case 3:
            return picture
        case 4:
            return of_opencv(cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR))
    raise BadPicture(f"{colours} colours")


def scaled_down(pixels: Pixels) -> Pixels:
    """The longer side has LONGER_SIDE_PX at most."""
    height, width = pixels.shape[:2]
    scale = LONGER_SIDE_PX / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return of_opencv(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def turned(pixels: Pixels, rotation: Rotation) -> Pixels:
    """Clockwise."""
    return of_opencv(cv2.rotate(pixels, _TURNS[rotation])) if rotation else pixels


def of_opencv(array: npt.NDArray[Any]) -> Pixels:
    """The same array: OpenCV's own types leave open of what."""
    return np.asarray(array, np.uint8)


class PictureCheck:
    """Does the camera show anything? Dark (a covered lens) or frozen for DEGRADED_AFTER_S is told; one good picture
    ends it. `is_live`: a recording may stand still. `was_frozen`: then it is until a picture differs from the one
    before."""

    def __init__(self, *, is_live: bool, was_frozen: bool = False) -> None:
        self._is_live = is_live
        self._last: Pixels | None = None
        self._changed_s = float("-inf") if was_frozen else None
        self._bright_s: float | None = None

    def judge(self, pixels: Pixels, taken_s: float) -> DeviceProblem:
        """Give it every picture. NONE, DARK or FROZEN."""
        # A live sensor's noise changes something in every picture.
        if self._changed_s is None or (self._last is not None and not np.array_equal(pixels, self._last)):
            self._changed_s = taken_s
        self._last = pixels
        sample = pixels[::_SAMPLE_EVERY_PX, ::_SAMPLE_EVERY_PX]
        if self._bright_s is None or int(sample.max()) >= DARK_BELOW:
            self._bright_s = taken_s
        if taken_s - self._bright_s >= DEGRADED_AFTER_S:
            return DeviceProblem.DARK
        if self._is_live and taken_s - self._changed_s >= DEGRADED_AFTER_S:
            return DeviceProblem.FROZEN
        return DeviceProblem.NONE
