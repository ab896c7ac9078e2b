"""Reads and scales pictures of food on a thread of its own. Imports no Kivy, so that it can begin before the window."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

from kiosk.screens.window import FONTS

log = logging.getLogger(__name__)

Rgb = tuple[int, int, int]

_WAITING = 200  # more than any screen shows; the oldest wish is forgotten first
_LARGE_FROM_PX = 400
_NEUTRAL_PAPER, _NEUTRAL_INK = (233, 226, 215), (201, 190, 174)
_CUTLERY = "\U000f0a70"
_SMOOTH = 4  # the mask of round corners is drawn this much larger, then shrunk


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture wanted: `art` is the menu's name for it, cut to `width` x `height` pixels, corners rounded by
    `radius` at the top and, if `round_below`, at the bottom; on `background`, or see-through there with None."""

    art: str
    width: int
    height: int
    radius: int
    background: Rgb | None = None
    round_below: bool = False


class PictureLoader:
    """Give it wishes, collect what is ready. `folder` holds small/<art>.jpg and large/<art>.jpg; a picture that is
    missing or broken becomes a neutral one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._condition = Condition()
        self._wanted: deque[Picture] = deque(maxlen=_WAITING)
        self._loading: Picture | None = None
        self._ready: dict[Picture, bytes] = {}
        self._wake: Callable[[], object] | None = None
        self._stopping = False
        self._thread: Thread | None = None

    def want(self, picture: Picture) -> None:
        """Load it soon, the latest wish first; one that is on its way already is not loaded again."""
        with self._condition:
            if picture == self._loading or picture in self._ready or picture in self._wanted:
                return
            self._wanted.append(picture)
            self._condition.notify()
            if self._thread is None and not self._stopping:
                self._thread = Thread(target=self._work, name="pictures", daemon=True)
                self._thread.start()

    def attach(self, wake: Callable[[], object]) -> None:
        """`wake` is called on the loader's thread whenever a picture is ready."""
        with self._condition:
            self._wake = wake
            ready = bool(self._ready)
        if ready:
            wake()

    def take_ready(self) -> tuple[tuple[Picture, bytes], ...]:
        """Finished pictures as bytes, rows from the top: RGB, or RGBA where the wish has no background."""
        with self._condition:
            taken = tuple(self._ready.items())
            self._ready.clear()
        return taken

    def stop(self) -> None:
        """Ends the thread after the picture it works on."""
        with self._condition:
            self._stopping = True
            self._wake = None
            self._condition.notify()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _work(self) -> None:
        while True:
            with self._condition:
                while not self._wanted and not self._stopping:
                    self._condition.wait()
                if self._stopping:
                    return
                picture = self._loading = self._wanted.pop()
            pixels = self._load(picture)
            with self._condition:
                self._loading = None
                self._ready[picture] = pixels
                wake = self._wake
            if wake is not None:
                wake()

    def _load(self, picture: Picture) -> bytes:
        size = (picture.width, picture.height)
        folder = "large" if max(size) > _LARGE_FROM_PX else "small"
        # The name comes from a menu file: it must not lead out of the folder.
        path = self._folder / folder / f"{Path(picture.art).name}.jpg"
        try:
            with Image.open(path) as file:
                file.draft("RGB", size)
                image = ImageOps.fit(file.convert("RGB"), size, Image.Resampling.BICUBIC)
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            log.info("picture_missing", extra={"art": picture.art, "reason": str(error)})
            image = _neutral(picture)
        return _rounded(image, picture).tobytes()


def _neutral(picture: Picture) -> Image.Image:
    """Cutlery on a quiet colour."""
    image = Image.new("RGB", (picture.width, picture.height), _NEUTRAL_PAPER)
    font = ImageFont.truetype(str(FONTS / "Icons.ttf"), max(8, picture.height // 3))
    centre = (picture.width / 2, picture.height / 2)
    ImageDraw.Draw(image).text(centre, _CUTLERY, font=font, fill=_NEUTRAL_INK, anchor="mm")
    return image


def _rounded(image: Image.Image, picture: Picture) -> Image.Image:
    if not picture.radius:
        return image if picture.background is not None else image.convert("RGBA")
    mask = _corner_mask(picture.width, picture.height, picture.radius, picture.round_below)
    if picture.background is None:
        image.putalpha(mask)
        return image
    background = Image.new("RGB", image.size, picture.background)
    return Image.composite(image, background, mask)


def _corner_mask(width: int, height: int, radius: int, round_below: bool) -> Image.Image:
    """White where the picture is seen. Only the corners are drawn large: a whole mask would cost more."""
    corner = Image.new("L", (radius * _SMOOTH, radius * _SMOOTH), 0)
    ImageDraw.Draw(corner).ellipse((0, 0, 2 * radius * _SMOOTH, 2 * radius * _SMOOTH), fill=255)
    corner = corner.resize((radius, radius), Image.Resampling.BOX)
    mask = Image.new("L", (width, height), 255)
    mask.paste(corner, (0, 0))
    mask.paste(ImageOps.mirror(corner), (width - radius, 0))
    if round_below:
        flipped = ImageOps.flip(mask.crop((0, 0, width, radius)))
        mask.paste(ImageChops.multiply(mask.crop((0, height - radius, width, height)), flipped), (0, height - radius))
    return mask
