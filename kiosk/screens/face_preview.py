"""What the camera sees, as in a mirror, with the light that says that it takes pictures."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, RoundedRectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv
from kiosk.services.face_ports import PreviewPicture

_LOOKS_PER_S = 30


class FacePreview(FloatLayout):
    """Fills its box with the newest picture of `source` (a kiosk.services.face_ports.Preview), cut to its shape. A
    screen sets `active` while it is shown, and `light_text` while pictures are taken: the light goes with it."""

    source = ObjectProperty(None)
    active = BooleanProperty(defaultvalue=False)
    light_text = StringProperty("")
    radius = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._shown: PreviewPicture | None = None
        self._texture: Texture | None = None
        self.pictures = 0
        """That were shown since it was made."""
        with_picture = Clock.create_trigger(self._look, 1 / _LOOKS_PER_S, interval=True)
        self._looking = with_picture
        super().__init__(**kwargs)
        with self.canvas.before:
            self._paint = Color(1, 1, 1, 0)
            self._rectangle = RoundedRectangle()
        for name in ("pos", "size", "radius"):
            self.fbind(name, self._place)

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
        self._paint.a = 0
        self._shown = self._texture = self._rectangle.texture = None

    def _show(self, picture: PreviewPicture) -> None:
        size = (picture.width, picture.height)
        if self._texture is None or self._texture.size != size:
            self._texture = Texture.create(size=size, colorfmt="rgb")
        self._texture.blit_buffer(picture.rgb, colorfmt="rgb", bufferfmt="ubyte")
        self._shown = picture
        self._rectangle.texture = self._texture
        self._paint.a = 1
        self.pictures += 1
        self._place()
        self.canvas.ask_update()

    def _place(self, *_: object) -> None:
        self._rectangle.pos, self._rectangle.size = self.pos, self.size
        self._rectangle.radius = [self.radius]
        if self._shown is not None and self.width > 0 and self.height > 0:
            self._rectangle.tex_coords = _corners(self._shown, self.width / self.height)


def _corners(picture: PreviewPicture, shape: float) -> tuple[float, ...]:
    """The part of the picture that has the box's shape (width by height): its corners from the one below left on,
    counter-clockwise. The uppermost row is the texture's first, which OpenGL takes for the lowest."""
    wide = min(1.0, shape * picture.height / picture.width)
    high = min(1.0, picture.width / picture.height / shape)
    left, right = (1 - wide) / 2, (1 + wide) / 2
    upper, lower = (1 - high) / 2, (1 + high) / 2
    return (left, lower, right, lower, right, upper, left, upper)


load_kv(__file__)
