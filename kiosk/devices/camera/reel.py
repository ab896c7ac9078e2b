"""What a simulated camera sees: photos, a clip or a test picture, as JPEG of one size and with a sensor's noise."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from kiosk.devices.camera.capture import open_capture
from kiosk.devices.camera.picture import in_three_colours, of_opencv
from kiosk.devices.camera.source import Recording
from kiosk.services.face_ports import Pixels

WIDTH, HEIGHT = 640, 480
HUGE_WIDTH, HUGE_HEIGHT = 4000, 3000
PHOTO_FRAMES = 75
"""A photo is shown for so many frames, then the next one."""
MAX_PHOTOS = 10_000
MAX_PHOTO_PX = 64_000_000
_PHOTO_NAMES = frozenset((".jpg", ".jpeg", ".png"))
_QUALITY = 90
_NOISE = 3


class Reel:
    """Plays over and over. `path`: a folder of photos, a photo, a clip; None: a test picture. Raises ValueError when
    no picture can be read there."""

    def __init__(self, path: Path | None) -> None:
        self._random = np.random.default_rng(0)
        if path is None:
            self._pictures = _test_pictures()
        elif path.is_dir() or path.suffix.lower() in _PHOTO_NAMES:
            names = sorted(path.iterdir())[:MAX_PHOTOS] if path.is_dir() else [path]
            self._pictures = _photos([name for name in names if name.suffix.lower() in _PHOTO_NAMES])
        else:
            self._pictures = _clip(path)
        self._first: Pixels | None = next(self._pictures, None)
        if self._first is None:
            raise ValueError(f"no photo and no clip can be read at {path}")

    def next(self) -> bytes:
        """JPEG. Never the same bytes twice, as a live camera's."""
        picture, self._first = self._first, None
        if picture is None:
            picture = next(self._pictures)
        noise = self._random.integers(0, _NOISE, (HEIGHT, WIDTH, 1), dtype=np.uint8)
        return _jpeg(of_opencv(cv2.add(picture, np.repeat(noise, 3, axis=2))))

    def black(self) -> bytes:
        return _jpeg(np.zeros((HEIGHT, WIDTH, 3), np.uint8))

    def huge(self) -> bytes:
        """12 megapixels."""
        return self._huge

    @cached_property
    def _huge(self) -> bytes:
        noise = self._random.integers(0, 256, (HUGE_HEIGHT // 8, HUGE_WIDTH // 8, 3), dtype=np.uint8)
        return _jpeg(of_opencv(cv2.resize(noise, (HUGE_WIDTH, HUGE_HEIGHT))))


def _test_pictures() -> Iterator[Pixels]:
    """Three colours side by side, and a white bar that wanders."""
    for x in itertools.cycle(range(0, WIDTH, 8)):
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        for channel in range(3):
            picture[:, channel * WIDTH // 3 : (channel + 1) * WIDTH // 3, channel] = 160
        picture[:, x : x + 16] = 255
        yield picture


def _photos(names: list[Path]) -> Iterator[Pixels]:
    while True:
        was_read = False
        for name in names:
            photo = _photo(name)
            if photo is not None:
                was_read = True
                yield from itertools.repeat(_fitted(photo), PHOTO_FRAMES)
        if not was_read:
            return


def _photo(path: Path) -> Pixels | None:
    """None: it is no picture, or its head says that it is too large to be decoded."""
    try:
        with Image.open(path) as head:
            if head.width * head.height > MAX_PHOTO_PX:
                return None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    photo = cv2.imread(str(path), cv2.IMREAD_COLOR)
    return None if photo is None else of_opencv(photo)


def _clip(path: Path) -> Iterator[Pixels]:
    while True:
        capture = open_capture(Recording(str(path.absolute()), is_sequence=False))
        was_read = False
        try:
            while capture.grab():
                is_sound, picture = capture.retrieve()
                if is_sound:
                    was_read = True
                    yield _fitted(in_three_colours(picture))
        finally:
            capture.release()
        if not was_read:
            return


def _fitted(picture: Pixels) -> Pixels:
    """WIDTH × HEIGHT, the whole picture with grey beside it."""
    height, width = picture.shape[:2]
    scale = min(WIDTH / width, HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    fitted = np.full((HEIGHT, WIDTH, 3), 96, np.uint8)
    left, top = (WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2
    fitted[top : top + size[1], left : left + size[0]] = small
    return fitted


def _jpeg(picture: Pixels) -> bytes:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()
