"""What the camera sees, as in a mirror, with the light that says that it takes pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Mesh
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv
from kiosk.services.face_ports import PreviewPicture

_LOOKS_PER_S = 30
_CORNER_STEPS = 8


class FacePreview(FloatLayout):
    """Fills its box with the newest picture of `source` (a kiosk.services.face_ports.Preview), cut to its shape. A
    screen sets `active` while it is shown, and `light_text` while pictures are taken: the light goes with it."""

    source = ObjectProperty(None)
    active = BooleanProperty(defaultvalue=False)
    light_text = StringProperty("")
    radius = NumericProperty(0)
    ground = ColorProperty((1, 1, 1, 1))
    """Fills the box while there is no picture: the same shape shows one or the other. Two would each cost milliseconds
    of every frame, and one that Kivy is told to make (0, 0) large is drawn as it was before."""

    def __init__(self, **kwargs: Any) -> None:
        self._shown: PreviewPicture | None = None
        self._texture: Texture | None = None
        self.pictures = 0
        """That were shown since it was made."""
        with_picture = Clock.create_trigger(self._look, 1 / _LOOKS_PER_S, interval=True)
        self._looking = with_picture
        super().__init__(**kwargs)
        with self.canvas.before:
            self._paint = Color(*self.ground)
            self._mesh = Mesh(mode="triangle_fan", indices=list(range(4 * (_CORNER_STEPS + 1) + 2)))
        for name in ("pos", "size", "radius"):
            self.fbind(name, self._place)
        self.fbind("ground", self._fill)

    def on_active(self, _widget: FacePreview, active: bool) -> None:
        if active:
            self._looking()
        else:
            self._looking.cancel()
            self._clear()

    def _look(self, _dt: float) -> None:
        newest: PreviewPicture | None = self.source.newest if self.source is not None else None
        if newest is None:
            self._clear()
        elif newest is not self._shown:
            self._show(newest)

    def _clear(self) -> None:
        """Nobody's picture stays."""
        if self._texture is not None:
            self._shown = self._texture = self._mesh.texture = None
            self._fill()

    def _show(self, picture: PreviewPicture) -> None:
        size = (picture.width, picture.height)
        self._shown = picture
        if self._texture is None or tuple(self._texture.size) != size:
            self._texture = Texture.create(size=size, colorfmt="rgb")
            self._mesh.texture = self._texture
            self._fill()
            self._place()
        self._texture.blit_buffer(picture.rgb, colorfmt="rgb", bufferfmt="ubyte")
        self.pictures += 1
        self.canvas.ask_update()

    def _fill(self, *_: object) -> None:
        self._paint.rgba = self.ground if self._texture is None else (1, 1, 1, 1)

    def _place(self, *_: object) -> None:
        """Kivy's own rounded rectangle shows the whole width of a picture, whatever part it is told to show."""
        if self.width <= 0 or self.height <= 0:
            return
        left, right, upper, lower = _part(self._shown, self.width / self.height) if self._shown else (0, 1, 0, 1)
        vertices: list[float] = []
        for fx, fy in _outline(min(0.5, self.radius / self.width), min(0.5, self.radius / self.height)):
            texture_at = left + fx * (right - left), lower + fy * (upper - lower)
            vertices += (self.x + fx * self.width, self.y + fy * self.height, *texture_at)
        self._mesh.vertices = vertices


def _part(picture: PreviewPicture, shape: float) -> tuple[float, float, float, float]:
    """What of the picture has the box's shape (width by height): left, right, upper, lower, each 0 to 1 of it."""
    wide = min(1.0, shape * picture.height / picture.width)
    high = min(1.0, picture.width / picture.height / shape)
    return (1 - wide) / 2, (1 + wide) / 2, (1 - high) / 2, (1 + high) / 2


def _outline(round_x: float, round_y: float) -> Iterator[tuple[float, float]]:
    """A fan's points, 0 to 1 of a box with round corners: its middle, then around it and back to where it began."""
    yield 0.5, 0.5
    for corner, (x, y) in enumerate(((1, 1), (0, 1), (0, 0), (1, 0))):
        middle_x, middle_y = x + (1 - 2 * x) * round_x, y + (1 - 2 * y) * round_y
        for step in range(_CORNER_STEPS + 1):
            angle = (corner + step / _CORNER_STEPS) * math.pi / 2
            yield middle_x + round_x * math.cos(angle), middle_y + round_y * math.sin(angle)
    yield 1.0, 1.0 - round_y


load_kv(__file__)
