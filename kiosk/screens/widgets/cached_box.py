"""A box that keeps its picture: what stands in it is drawn again only when it changes."""

from __future__ import annotations

from typing import Any

from kivy.graphics import (
    Callback,
    Canvas,
    ClearBuffers,
    ClearColor,
    Color,
    Fbo,
    PopMatrix,
    PushMatrix,
    Rectangle,
    Translate,
)
from kivy.graphics.opengl import GL_SCISSOR_TEST, glDisable, glEnable, glIsEnabled
from kivy.properties import ColorProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget


class CachedBox(BoxLayout):
    """Around parts that stand still while something else moves: a frame then costs one rectangle instead of all
    their shapes and texts. It is opaque, on `ground`. It may stand in a ScrollArea, but no ScrollArea in it."""

    ground = ColorProperty((1, 1, 1, 1))

    def __init__(self, **kwargs: Any) -> None:
        self.canvas = Canvas()
        with self.canvas:
            self._fbo = Fbo(size=(1, 1))
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(size=(0, 0))
        with self._fbo.before:
            Callback(self._stop_clipping)
            self._clear = ClearColor(1, 1, 1, 1)
            ClearBuffers()
            PushMatrix()
            self._shift = Translate()
        with self._fbo.after:
            PopMatrix()
            Callback(self._clip_again)
        self._was_clipping = False
        super().__init__(**kwargs)
        for name in ("pos", "size", "ground"):
            self.fbind(name, self._fit)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """The children are drawn into the picture instead of onto the screen."""
        canvas, self.canvas = self.canvas, self._fbo
        super().add_widget(widget, *args, **kwargs)
        self.canvas = canvas

    def remove_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        canvas, self.canvas = self.canvas, self._fbo
        super().remove_widget(widget, *args, **kwargs)
        self.canvas = canvas

    def _stop_clipping(self, _instruction: Callback) -> None:
        """What clips on the screen means nothing in the picture."""
        self._was_clipping = bool(glIsEnabled(GL_SCISSOR_TEST))
        glDisable(GL_SCISSOR_TEST)

    def _clip_again(self, _instruction: Callback) -> None:
        if self._was_clipping:
            glEnable(GL_SCISSOR_TEST)

    def _fit(self, *_: object) -> None:
        x, y, width, height = (round(value) for value in (*self.pos, *self.size))
        if width < 1 or height < 1:
            self._rectangle.size = (0, 0)
            return
        self._clear.rgba = self.ground
        self._shift.xy = (-x, -y)
        if tuple(self._fbo.size) != (width, height):
            self._fbo.size = (width, height)
            self._rectangle.texture = self._fbo.texture
            self._fbo.texture.mag_filter = self._fbo.texture.min_filter = "nearest"
        self._rectangle.pos, self._rectangle.size = (x, y), (width, height)
        self._fbo.ask_update()
