"""A picture of food that fills its box."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.art import Art
from kiosk.screens.pictures import Picture


class PictureBox(Widget):
    """Shows the menu's picture `art`, cut to the box, corners rounded by `radius` pixels (all, or with
    `round_below` off only the upper ones)."""

    art_name = StringProperty("")
    radius = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._art: Art | None = None
        self._wanted: Picture | None = None
        self._round_below = True
        with self.canvas:
            self._paint = Color(1, 1, 1, 0)
            self._rectangle = Rectangle()
        self.fbind("pos", self._place)
        self.fbind("size", self._place)
        self.fbind("radius", self._place)

    def show(self, art: Art, name: str, *, dimmed: bool = False, round_below: bool = True) -> None:
        """Show that picture as soon as it is there."""
        self._art, self.art_name, self._round_below = art, name, round_below
        self.opacity = 0.4 if dimmed else 1
        self._place()

    def _place(self, *_: object) -> None:
        if self._art is None or not self.art_name or self.width < 2 or self.height < 2:
            return
        size = (round(self.width), round(self.height))
        wanted = Picture(self.art_name, *size, round(self.radius), None, self._round_below)
        self._rectangle.pos, self._rectangle.size = (round(self.x), round(self.y)), size
        if wanted == self._wanted and self._rectangle.texture is not None and self._paint.a:
            return
        self._wanted = wanted
        texture = self._art.texture(wanted, self._on_ready)
        self._paint.a = 0 if texture is None else 1
        if texture is not None:
            self._rectangle.texture = texture

    def _on_ready(self, _texture: Texture) -> None:
        """Perhaps it is not this one that is wanted any more: ask again."""
        self._place()
