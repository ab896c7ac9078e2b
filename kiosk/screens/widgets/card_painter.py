"""Draws a card of the grid once, into a texture of its own: scrolling then costs one opaque rectangle a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kivy.core.image import Image as CoreImage
from kivy.graphics import (
    BorderImage,
    ClearBuffers,
    ClearColor,
    Color,
    Fbo,
    Rectangle,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
)
from kivy.graphics.texture import Texture

from kiosk.screens.art import Art
from kiosk.screens.cards import CARD_RADIUS_UNITS, Card, CardMetrics, Standing, card_picture
from kiosk.screens.pictures import Picture
from kiosk.screens.theme import Look, Rgba
from kiosk.screens.widgets.typesetting import (
    ICON_FONT,
    TextTextures,
    fits,
    fitting_font_px,
    icon_character,
    text_width,
)

CARD_PICTURE = Path(__file__).resolve().parents[3] / "assets" / "theme" / "card.png"
_NINE_PATCH_BORDER_UNITS = 38  # margin + radius and a little, of scripts/build_theme_assets.py
_NINE_PATCH_SCALE = 2
_PLUS_UNITS = 72
_BADGE_UNITS = 56
_SMALLEST_UNITS = 19
_NOTE_ICONS = {
    Standing.SOLD_OUT: "food-off",
    Standing.BLOCKED: "alert-circle-outline",
    Standing.NOT_NOW: "clock-outline",
}


@dataclass(frozen=True, slots=True)
class DrawnText:
    """A text on a canvas: pixels from the left bottom of what it is drawn in; `cut` when it did not fit."""

    text: str
    x: float
    y: float
    width: float
    height: float
    cut: bool


@dataclass(frozen=True, slots=True)
class TouchTarget:
    """Something to touch that is drawn, not a widget; in the coordinates of the grid's children."""

    name: str
    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A text ready to be drawn."""

    text: str
    texture: Texture
    cut: bool

    def draw(self, x: float, y: float, tone: Rgba) -> DrawnText:
        """Draw it with its left bottom there."""
        Color(*tone)
        Rectangle(texture=self.texture, pos=(round(x), round(y)), size=self.texture.size)
        return DrawnText(self.text, x, y, self.texture.width, self.texture.height, self.cut)


class CardPainter:
    """Paints cards for one look and one width of the grid."""

    def __init__(self, look: Look, metrics: CardMetrics, art: Art, textures: TextTextures) -> None:
        self.look = look
        self.metrics = metrics
        self.art = art
        self._textures = textures
        self._fits: dict[tuple[str, int, int, str], tuple[int, int | None, bool]] = {}
        self._nine_patch: Texture = CoreImage(str(CARD_PICTURE)).texture

    def paint(self, fbo: Fbo, card: Card, when_ready: Callable[[Texture], None]) -> list[DrawnText]:
        """Draw the card over everything that `fbo` has; `when_ready` is called when its picture has come: then paint
        again. Returns the texts that were drawn."""
        texts: list[DrawnText] = []
        fbo.clear()
        with fbo:
            ClearColor(*self.look.color.background)
            ClearBuffers()
            self._paper()
            self._picture(card, when_ready)
            self._outline()
            if card.standing is not Standing.AVAILABLE:
                self._note(card, texts)
            self._name(card, texts)
            self._marks(card)
            if card.unit:
                self._unit(card, texts)
            self._price(card, texts)
            if card.standing is Standing.AVAILABLE:
                self._action(card)
                if card.count:
                    self._badge(card.count, texts)
        return texts

    def picture_of(self, card: Card) -> Picture:
        """The picture that the card shows."""
        return card_picture(card, self.look, self.metrics)

    # --- parts, from the top; y counts from the cell's bottom ---

    @property
    def _picture_bottom(self) -> int:
        m = self.metrics
        return m.cell_height - m.margin - m.picture_height

    def _outline(self) -> None:
        look, m = self.look, self.metrics
        if look.outline:
            Color(*look.color.line)
            card = (m.margin, m.margin, m.card_width, m.card_height)
            SmoothLine(rounded_rectangle=(*card, look.u(CARD_RADIUS_UNITS)), width=max(1.0, look.outline / 2))

    def _paper(self) -> None:
        look, m = self.look, self.metrics
        if look.outline:  # a line instead of a shadow
            return
        border, shown = _NINE_PATCH_BORDER_UNITS * _NINE_PATCH_SCALE, look.u(_NINE_PATCH_BORDER_UNITS)
        Color(*look.color.surface)
        BorderImage(
            texture=self._nine_patch,
            pos=(0, 0),
            size=(m.cell_width, m.cell_height),
            border=(border,) * 4,
            display_border=(shown,) * 4,
        )

    def _picture(self, card: Card, when_ready: Callable[[Texture], None]) -> None:
        wanted = self.picture_of(card)
        texture = self.art.texture(wanted, when_ready)
        if texture is not None:
            dimmed = card.standing is not Standing.AVAILABLE
            Color(1, 1, 1, 0.4 if dimmed else 1)
            pos = (self.metrics.margin + round(self.look.outline), self._picture_bottom)
            Rectangle(texture=texture, pos=pos, size=(wanted.width, wanted.height))

    def _note(self, card: Card, texts: list[DrawnText]) -> None:
        """A band over the foot of the picture with an icon and the reason."""
        look, m = self.look, self.metrics
        icon_px, pad = look.u(34), look.u(12)
        fitted = self._fitted(card.note, m.card_width - 2 * m.pad - icon_px - 3 * pad, look.line("caption", 2), "body")
        band_width = icon_px + fitted.texture.width + 3 * pad
        band_height = max(fitted.texture.height, icon_px) + pad
        left, bottom = m.margin + m.pad, self._picture_bottom + look.u(12)
        Color(*look.color.surface)
        radius = min(band_height / 2, look.u(22))
        SmoothRoundedRectangle(pos=(left, bottom), size=(band_width, band_height), radius=[radius])
        tone = look.color.negative if card.standing is Standing.BLOCKED else look.color.ink
        Color(*tone)
        self._icon(_NOTE_ICONS[card.standing], icon_px, left + pad, bottom + (band_height - icon_px) // 2)
        y = bottom + (band_height - fitted.texture.height) // 2
        texts.append(fitted.draw(left + icon_px + 2 * pad, y, tone))

    def _name(self, card: Card, texts: list[DrawnText]) -> None:
        look, m = self.look, self.metrics
        role = "body" if look.view.language == "en" else "label"
        fitted = self._fitted(card.name, m.card_width - 2 * m.pad, m.name_height, role)
        y = self._picture_bottom - m.pad // 2 - fitted.texture.height
        texts.append(fitted.draw(m.margin + m.pad, y, self._tone(card)))

    def _marks(self, card: Card) -> None:
        """Spice and diet, as icons above the price."""
        look, m = self.look, self.metrics
        icon_px = look.u(30)
        x, y = m.margin + m.pad - look.u(2), m.margin + m.pad // 2 + m.price_height
        for icon, tone in (
            (card.spice_icon, look.color.negative),
            *((mark, look.color.positive) for mark in card.marks),
        ):
            if icon:
                Color(*tone)
                self._icon(icon, icon_px, x, y)
                x += icon_px + look.u(6)

    def _unit(self, card: Card, texts: list[DrawnText]) -> None:
        """Where the marks would be: what is sold by weight has none."""
        m = self.metrics
        fitted = self._fitted(card.unit, m.card_width - 2 * m.pad, self.look.line("caption"), "caption")
        y = m.margin + m.pad // 2 + m.price_height
        texts.append(fitted.draw(m.margin + m.pad, y, self.look.color.ink_soft))

    def _price(self, card: Card, texts: list[DrawnText]) -> None:
        look, m = self.look, self.metrics
        width = m.card_width - 2 * m.pad - look.u(_PLUS_UNITS)
        fitted = self._fitted(card.price, width, m.price_height, "title")
        y = m.margin + m.pad // 2 + (m.price_height - fitted.texture.height) // 2
        texts.append(fitted.draw(m.margin + m.pad, y, self._tone(card)))

    def _action(self, card: Card) -> None:
        """A plus that adds, or an arrow that opens."""
        look, m = self.look, self.metrics
        side, inset = look.u(_PLUS_UNITS), look.u(14)
        x, y = m.cell_width - m.margin - inset - side, m.margin + inset
        Color(*look.color.accent_soft)
        SmoothEllipse(pos=(x, y), size=(side, side))
        Color(*look.color.accent_ink)
        if look.outline:
            SmoothLine(ellipse=(x, y, side, side), width=max(1.0, look.outline / 2))
        icon_px = look.u(46)
        offset = (side - icon_px) // 2
        self._icon("chevron-right" if card.opens else "plus", icon_px, x + offset, y + offset)

    def _badge(self, count: int, texts: list[DrawnText]) -> None:
        look, m = self.look, self.metrics
        side, inset = round(look.u(_BADGE_UNITS) * look.growth("label")), look.u(10)
        x, y = m.cell_width - m.margin - inset - side, m.cell_height - m.margin - inset - side
        Color(*look.color.surface)
        ring = look.u(4)
        SmoothEllipse(pos=(x - ring, y - ring), size=(side + 2 * ring, side + 2 * ring))
        Color(*look.color.accent)
        SmoothEllipse(pos=(x, y), size=(side, side))
        fitted = self._fitted(str(count), side, side, "body")
        left, bottom = x + (side - fitted.texture.width) // 2, y + (side - fitted.texture.height) // 2
        texts.append(fitted.draw(left, bottom, look.color.ink_on_accent))

    # --- small things ---

    def _tone(self, card: Card) -> Rgba:
        color = self.look.color
        return color.ink if card.standing is Standing.AVAILABLE else color.ink_soft

    def _fitted(self, text: str, width: int, height: int, role: str) -> _Fitted:
        """The text, bold, as large as it fits into that box."""
        key = (text, width, height, role)
        if key not in self._fits:
            font_px = fitting_font_px(
                text, width, height, self.look.font(role), self.look.u(_SMALLEST_UNITS), bold=True
            )
            # A texture of one line is as wide as its text, one of several as wide as the box.
            wrap_at = None if text_width(text, font_px, bold=True) <= width else width
            self._fits[key] = font_px, wrap_at, not fits(text, width, height, font_px, bold=True)
        font_px, wrap_at, cut = self._fits[key]
        return _Fitted(text, self._textures.get(text, font_px, bold=True, width=wrap_at), cut)

    def _icon(self, icon: str, size_px: int, x: float, y: float) -> None:
        texture = self._textures.get(icon_character(icon), size_px, font=ICON_FONT)
        Rectangle(texture=texture, pos=(round(x), round(y)), size=texture.size)


def pressed_shade(look: Look) -> Rgba:
    """Laid over a card under the finger."""
    red, green, blue, _ = look.color.ink
    return red, green, blue, 0.12
