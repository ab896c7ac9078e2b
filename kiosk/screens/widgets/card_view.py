"""One card of the grid of dishes: a single opaque picture, painted when something on it changes."""

from __future__ import annotations

from kivy.graphics import Color, Fbo, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from kiosk.screens.cards import Card, Standing
from kiosk.screens.theme import TOUCH_UNITS
from kiosk.screens.widgets.card_painter import CardPainter, DrawnText, TouchTarget, pressed_shade

_ACTION_UNITS = TOUCH_UNITS + 10  # the corner of a card where the plus is


class CardView(Widget):
    """Shows one card; used again for another when it has scrolled out."""

    def __init__(self, painter: CardPainter) -> None:
        metrics = painter.metrics
        super().__init__(size_hint=(None, None), size=(metrics.cell_width, metrics.cell_height))
        self.card: Card | None = None
        self.texts: list[DrawnText] = []
        self._painter = painter
        # Not on the canvas: it is drawn when it is painted, free of the scroller's clipping and shift.
        self._fbo = Fbo(size=self.size)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(texture=self._fbo.texture, size=self.size)
        self._fbo.texture.mag_filter = self._fbo.texture.min_filter = "nearest"

    def show(self, card: Card, x: int, y: int) -> None:
        """Stand at that place with that card; paints only what is new."""
        if self._rectangle.pos != (x, y):
            self.pos = self._rectangle.pos = (x, y)
        if card != self.card:
            self.card = card
            self._paint()

    def press(self, *, pressed: bool) -> None:
        metrics, shade = self._painter.metrics, self.canvas.after
        shade.clear()
        if pressed:
            with shade:
                Color(*pressed_shade(self._painter.look))
                pos = (self.x + metrics.margin, self.y + metrics.margin)
                Rectangle(pos=pos, size=(metrics.card_width, metrics.card_height))

    def targets(self) -> tuple[TouchTarget, ...]:
        """The card and, where a touch adds at once, its plus (named "<key> plus")."""
        if self.card is None:
            return ()
        card = TouchTarget(self.card.key, self.x, self.y, self.width, self.height)
        if self.card.opens or self.card.standing is not Standing.AVAILABLE:
            return (card,)
        side = self._painter.look.u(_ACTION_UNITS)
        return card, TouchTarget(f"{self.card.key} plus", self.x + self.width - side, self.y, side, side)

    def _paint(self) -> None:
        if self.card is not None:
            self.texts = self._painter.paint(self._fbo, self.card, self._on_picture)
            self._fbo.draw()
            self._fbo.clear()  # the picture stays; its brushes, some 100 kB, are not needed again
            self.canvas.ask_update()

    def _on_picture(self, _texture: Texture) -> None:
        self._paint()
