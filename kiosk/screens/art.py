"""Pictures of food as textures: those in use and the latest ones are kept, the rest loaded again when needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from kivy.clock import Clock
from kivy.graphics.texture import Texture

from kiosk.screens.pictures import Picture, PictureLoader

_KEPT_BYTES = 6_000_000


class Art:
    """`loader` may have been given wishes before the window was there: they are picked up."""

    def __init__(self, loader: PictureLoader) -> None:
        self._loader = loader
        self._textures: OrderedDict[Picture, Texture] = OrderedDict()
        self._kept_bytes = 0
        self._waiting: dict[Picture, list[Callable[[Texture], None]]] = {}

    def start(self) -> None:
        """From now on the Kivy clock collects what is ready."""
        self._loader.attach(lambda: Clock.schedule_once_free(self._collect, 0))

    def stop(self) -> None:
        self._loader.stop()

    def texture(self, picture: Picture, when_ready: Callable[[Texture], None]) -> Texture | None:
        """The picture if it is there; else None, and `when_ready` is called with it soon, on the UI thread."""
        texture = self._textures.get(picture)
        if texture is not None:
            self._textures.move_to_end(picture)
            return texture
        waiting = self._waiting.setdefault(picture, [])
        if when_ready not in waiting:
            waiting.append(when_ready)
        self._loader.want(picture)
        return None

    def prefetch(self, picture: Picture) -> None:
        """It will soon be asked for."""
        if picture not in self._textures:
            self._loader.want(picture)

    def collect(self) -> None:
        """Turn what is ready into textures now."""
        for picture, pixels in self._loader.take_ready():
            colorfmt = "rgba" if picture.background is None else "rgb"
            texture = Texture.create(size=(picture.width, picture.height), colorfmt=colorfmt)
            texture.mag_filter = texture.min_filter = "nearest"  # made for exactly these pixels
            texture.blit_buffer(pixels, colorfmt=colorfmt, bufferfmt="ubyte")
            texture.flip_vertical()
            self._keep(picture, texture)
            for when_ready in self._waiting.pop(picture, ()):
                when_ready(texture)

    def _collect(self, _dt: float) -> None:
        self.collect()

    def _keep(self, picture: Picture, texture: Texture) -> None:
        if picture not in self._textures:
            self._kept_bytes += _bytes_of(picture)
        self._textures[picture] = texture
        while self._kept_bytes > _KEPT_BYTES and len(self._textures) > 1:
            oldest, _ = self._textures.popitem(last=False)
            self._kept_bytes -= _bytes_of(oldest)


def _bytes_of(picture: Picture) -> int:
    return picture.width * picture.height * 4
