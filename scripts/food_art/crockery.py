"""Plates, bowls, pots, baskets, boards and glasses, seen from above the table's edge.

Each function draws on a transparent layer of SIZE and returns the Surface that food is laid on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scripts.food_art.clay import Colour, darker, lighter, mixed, rgb, shaded

SIZE = (960, 720)
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Surface:
    """An ellipse food lies on, in pixels. `lip`: food in front of it is hidden by the vessel's edge."""

    x: float
    y: float
    rx: float
    ry: float
    lip: Box | None = None


def around(x: float, y: float, rx: float, ry: float) -> Box:
    return (x - rx, y - ry, x + rx, y + ry)


def ellipse_mask(box: Box) -> Image.Image:
    """Antialiased: drawn twice as large."""
    mask = Image.new("L", (SIZE[0] * 2, SIZE[1] * 2), 0)
    ImageDraw.Draw(mask).ellipse([v * 2 for v in box], fill=255)
    return mask.reduce(2)


def solid_box(alpha: Image.Image) -> tuple[int, int, int, int]:
    """The box of what is not see-through."""
    return alpha.point(lambda v: 255 if v > 180 else 0).getbbox() or (0, 0, *alpha.size)


def shadow(layer: Image.Image, box: Box, blur: float = 22, strength: float = 0.42) -> None:
    """A soft shadow on the table."""
    alpha = ellipse_mask(box).filter(ImageFilter.GaussianBlur(blur)).point(lambda v: int(v * strength))
    dark = Image.new("RGBA", SIZE, (84, 44, 24, 0))
    dark.putalpha(alpha)
    layer.alpha_composite(dark)


def disc(layer: Image.Image, box: Box, colour: str | Colour, depth: float = 8, gloss: float = 0.4) -> None:
    layer.alpha_composite(shaded(ellipse_mask(box), colour, depth, gloss))


def hollow(layer: Image.Image, box: Box, colour: str | Colour, depth: float = 16) -> None:
    """An ellipse that goes down: dark at the upper left, light at the lower right."""
    mask = ellipse_mask(box)
    turned = ImageChops.invert(mask)
    height = turned.filter(ImageFilter.GaussianBlur(depth))
    shade = height.point(lambda v: min(255, int(v * 1.1)))
    picture = Image.new("RGB", SIZE, rgb(colour))
    moved = ImageChops.offset(shade, round(depth * 0.5), round(depth * 0.8))
    picture = Image.composite(Image.new("RGB", SIZE, darker(colour, 0.34)), picture, moved.point(lambda v: v // 2))
    picture.putalpha(mask)
    layer.alpha_composite(picture)


def outline(layer: Image.Image, box: Box, colour: str | Colour, width: int, alpha: int = 255) -> None:
    pen = Image.new("RGBA", (SIZE[0] * 2, SIZE[1] * 2))
    ImageDraw.Draw(pen).ellipse([v * 2 for v in box], outline=(*rgb(colour), alpha), width=width * 2)
    layer.alpha_composite(pen.reduce(2))


def plate(
    layer: Image.Image, colour: str = "#fffaf2", rim: str = "", *, rx: float = 296, ry: float = 186, y: float = 392
) -> Surface:
    """A round plate; `rim` colours a line on its edge."""
    x = SIZE[0] / 2
    shadow(layer, around(x + 10, y + 34, rx * 0.97, ry * 0.98))
    disc(layer, around(x, y + 13, rx, ry), darker(colour, 0.2), 6)
    disc(layer, around(x, y, rx, ry), colour, 10)
    if rim:
        outline(layer, around(x, y, rx * 0.955, ry * 0.95), rim, 7, 220)
        outline(layer, around(x, y, rx * 0.915, ry * 0.905), rim, 2, 150)
    hollow(layer, around(x, y + 4, rx * 0.86, ry * 0.84), mixed(colour, "#efdcc2", 0.25))
    return Surface(x, y + 2, rx * 0.83, ry * 0.79)


def bowl(
    layer: Image.Image, colour: str = "#fffaf2", band: str = "", *, rx: float = 245, inside: str = "", y: float = 318
) -> Surface:
    """A round bowl; `band` colours a stripe around it."""
    x, ry, foot = SIZE[0] / 2, rx * 0.56, rx * 0.42
    bottom = y + rx * 0.86
    shadow(layer, around(x + 8, bottom - 2, rx * 0.72, ry * 0.42), 20, 0.55)
    disc(layer, around(x, bottom + 8, foot * 0.9, foot * 0.3), darker(colour, 0.25), 5)
    body = _bowl_body(x, y, rx, ry, foot, bottom)
    picture = Image.new("RGB", SIZE, rgb(colour))
    if band:
        picture = _bands(picture, x, y, rx, ry, band)
    layer.alpha_composite(shaded(body, picture, 34, 0.2))
    disc(layer, around(x, y, rx, ry), lighter(colour, 0.35), 4, 0.6)
    lip = around(x, y + 2, rx * 0.945, ry * 0.925)
    hollow(layer, lip, inside or lighter(colour, 0.1), 18)
    return Surface(x, y + ry * 0.11, rx * 0.9, ry * 0.83, lip)


def _bowl_body(x: float, y: float, rx: float, ry: float, foot: float, bottom: float) -> Image.Image:
    """The outside of a bowl, from its rim down to its foot."""
    points = []
    for i in range(41):
        angle = math.pi * i / 40
        points.append((x + rx * math.cos(angle), y))
    side = [(x - rx + (rx - foot) * (t**2.1), y + (bottom - y) * t**0.8) for t in (i / 24 for i in range(25))]
    base = [(x + foot * math.cos(a), bottom + foot * 0.3 * math.sin(a)) for a in _angles(math.pi, 0)]
    right = [(2 * x - px, py) for px, py in reversed(side)]
    mask = Image.new("L", (SIZE[0] * 2, SIZE[1] * 2), 0)
    pen = ImageDraw.Draw(mask)
    pen.polygon([(px * 2, py * 2) for px, py in [*side, *base, *right]], fill=255)
    pen.ellipse([v * 2 for v in around(x, y, rx, ry)], fill=255)
    return mask.reduce(2)


def _angles(start: float, end: float, steps: int = 24) -> list[float]:
    return [start + (end - start) * i / steps for i in range(steps + 1)]


def _bands(picture: Image.Image, x: float, y: float, rx: float, ry: float, band: str) -> Image.Image:
    big = picture.resize((SIZE[0] * 2, SIZE[1] * 2))
    pen = ImageDraw.Draw(big)
    for down, width in ((rx * 0.13, 28), (rx * 0.21, 8)):
        pen.arc([v * 2 for v in around(x, y + down, rx, ry * 1.02)], 0, 180, rgb(band), width)
    return big.reduce(2)


def pot(layer: Image.Image, colour: str = "#5a3a2e", *, rx: float = 240, handles: bool = True) -> Surface:
    """A claypot or stone bowl: thick, dark, with two ears."""
    x, y, ry = SIZE[0] / 2, 320.0, rx * 0.56
    if handles:
        for side in (-1, 1):
            disc(layer, around(x + side * rx * 1.04, y + 26, 46, 26), darker(colour, 0.2), 7)
    bottom = y + rx * 0.74
    shadow(layer, around(x + 8, bottom, rx * 0.86, ry * 0.46), 20, 0.6)
    layer.alpha_composite(shaded(_bowl_body(x, y, rx, ry, rx * 0.66, bottom), colour, 34, 0.35))
    disc(layer, around(x, y, rx, ry), lighter(colour, 0.16), 6, 0.9)
    lip = around(x, y + 3, rx * 0.9, ry * 0.88)
    hollow(layer, lip, darker(colour, 0.3), 16)
    return Surface(x, y + ry * 0.14, rx * 0.85, ry * 0.78, lip)


def basket(layer: Image.Image, *, rx: float = 270) -> Surface:
    """A bamboo steamer."""
    x, y, ry, tall = SIZE[0] / 2, 350.0, rx * 0.6, 96.0
    shadow(layer, around(x + 10, y + tall + 10, rx * 1.0, ry * 0.98), 20, 0.5)
    wall = Image.new("L", (SIZE[0] * 2, SIZE[1] * 2), 0)
    pen = ImageDraw.Draw(wall)
    pen.rectangle([(x - rx) * 2, y * 2, (x + rx) * 2, (y + tall) * 2], fill=255)
    pen.ellipse([v * 2 for v in around(x, y, rx, ry)], fill=255)
    pen.ellipse([v * 2 for v in around(x, y + tall, rx, ry)], fill=255)
    picture = Image.new("RGB", SIZE, (222, 178, 116))
    draw = ImageDraw.Draw(picture)
    for down, colour, width in ((26, "#c08a4a", 5), (58, "#cd9a5a", 5), (88, "#b57d3f", 14)):
        draw.arc(around(x, y + down, rx, ry), 0, 180, colour, width)
    for i in range(23):
        a = math.pi * (i + 0.5) / 23
        px = x + rx * math.cos(a)
        py = y + ry * math.sin(a)
        draw.line((px, py + 4, px, py + tall * 0.72), (206, 158, 96), 2)
    layer.alpha_composite(shaded(wall.reduce(2), picture, 26, 0.2))
    disc(layer, around(x, y, rx, ry), "#edc98e", 4, 0.7)
    outline(layer, around(x, y, rx * 0.965, ry * 0.955), "#c89655", 3)
    lip = around(x, y + 3, rx * 0.93, ry * 0.915)
    hollow(layer, lip, "#d9b27a", 20)
    _slats(layer, lip)
    return Surface(x, y + ry * 0.1, rx * 0.8, ry * 0.74, lip)


def _slats(layer: Image.Image, box: Box) -> None:
    lines = Image.new("RGBA", SIZE)
    pen = ImageDraw.Draw(lines)
    for px in range(int(box[0]), int(box[2]), 26):
        pen.line((px, box[1], px + 12, box[3]), (150, 104, 52, 90), 4)
    lines.putalpha(ImageChops.multiply(lines.getchannel("A"), ellipse_mask(box)))
    layer.alpha_composite(lines)


def board(
    layer: Image.Image, colour: str = "#d9a066", *, wide: float = 600, deep: float = 300, y: float = 398
) -> Surface:
    """A wooden board, narrower at the back."""
    x, back = SIZE[0] / 2, 0.86
    shadow(layer, around(x + 6, y + deep / 2 - 60, wide * 0.52, deep * 0.44), 24, 0.45)
    layer.alpha_composite(shaded(_trapezoid(y + 24, wide, deep, back), darker(colour, 0.35), 7))
    picture = Image.new("RGB", SIZE, rgb(colour))
    pen = ImageDraw.Draw(picture)
    for i in range(-7, 8):
        grain = mixed(colour, "#8a5a2c", 0.16 + 0.1 * (i % 3))
        pen.line((x + i * wide * back / 15, y - deep / 2, x + i * wide / 15, y + deep / 2), grain, 3)
    picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    layer.alpha_composite(shaded(_trapezoid(y, wide, deep, back), picture, 7, 0.4))
    return Surface(x, y, wide * 0.42, deep * 0.4)


def tray(layer: Image.Image, colour: str) -> Surface:
    """A canteen's tray with a raised edge, as wide as the picture allows."""
    x, y, wide, deep, back = SIZE[0] / 2, 372.0, 880.0, 440.0, 0.89
    outside = _trapezoid(y + 20, wide, deep, back)
    alpha = ImageChops.offset(outside, 0, 16).filter(ImageFilter.GaussianBlur(16)).point(lambda v: int(v * 0.4))
    dark = Image.new("RGBA", SIZE, (84, 44, 24, 0))
    dark.putalpha(alpha)
    layer.alpha_composite(dark)
    layer.alpha_composite(shaded(outside, darker(colour, 0.3), 5))
    layer.alpha_composite(shaded(_trapezoid(y, wide, deep, back), lighter(colour, 0.3), 5, 0.8))
    floor = _trapezoid(y + 3, wide - 52, deep - 44, back)
    inner = ImageChops.invert(floor).filter(ImageFilter.GaussianBlur(14))
    inner = ImageChops.offset(inner, 6, 9).point(lambda v: v // 2)
    picture = Image.composite(Image.new("RGB", SIZE, darker(colour, 0.3)), Image.new("RGB", SIZE, rgb(colour)), inner)
    picture.putalpha(floor)
    layer.alpha_composite(picture)
    return Surface(x, y, wide * 0.42, deep * 0.4)


def _trapezoid(y: float, wide: float, deep: float, back: float) -> Image.Image:
    """A mask of a rectangle lying on the table, its corners rounded."""
    x = SIZE[0] / 2
    corners = [(x - wide / 2 * back, y - deep / 2), (x + wide / 2 * back, y - deep / 2)]
    corners += [(x + wide / 2, y + deep / 2), (x - wide / 2, y + deep / 2)]
    mask = Image.new("L", (SIZE[0] * 2, SIZE[1] * 2), 0)
    ImageDraw.Draw(mask).polygon([(px * 2, py * 2) for px, py in corners], fill=255)
    soft = mask.filter(ImageFilter.GaussianBlur(24))
    return soft.point(lambda v: max(0, min(255, (v - 116) * 10))).reduce(2)


def glass(layer: Image.Image, drink: str, *, tall: float = 390, rx: float = 118, fill: float = 0.84) -> Surface:
    """A tumbler with a drink; the surface is the drink's."""
    x, bottom = SIZE[0] / 2, 590.0
    top, slim = bottom - tall, 0.78
    shadow(layer, around(x + 26, bottom + 4, rx * 1.25, 40), 18, 0.45)
    level = bottom - tall * fill
    wide = slim + (1 - slim) * fill
    liquid = _tumbler(x, level, bottom - 16, rx * wide * 0.92, rx * slim * 0.9)
    tone = Image.linear_gradient("L").resize(SIZE)
    picture = Image.composite(
        Image.new("RGB", SIZE, darker(drink, 0.16)), Image.new("RGB", SIZE, lighter(drink, 0.12)), tone
    )
    wall = Image.new("RGBA", SIZE, (255, 255, 255, 0))
    wall.putalpha(_tumbler(x, top, bottom, rx, rx * slim).point(lambda v: int(v * 0.42)))
    layer.alpha_composite(wall)
    layer.alpha_composite(shaded(liquid, picture, 20, 0.3))
    disc(layer, around(x, level, rx * wide * 0.92, rx * 0.24), lighter(drink, 0.28), 3, 0.5)
    outline(layer, around(x, top, rx, rx * 0.27), "#ffffff", 5, 230)
    shine = Image.new("RGBA", SIZE)
    pen = ImageDraw.Draw(shine)
    pen.line((x - rx * 0.72, top + 50, x - rx * 0.6, bottom - 60), (255, 255, 255, 150), 14)
    layer.alpha_composite(shine.filter(ImageFilter.GaussianBlur(4)))
    return Surface(x, level, rx * wide * 0.8, rx * 0.2)


def _tumbler(x: float, top: float, bottom: float, rx_top: float, rx_bottom: float) -> Image.Image:
    mask = Image.new("L", (SIZE[0] * 2, SIZE[1] * 2), 0)
    pen = ImageDraw.Draw(mask)
    sides = [(x - rx_top, top), (x + rx_top, top), (x + rx_bottom, bottom), (x - rx_bottom, bottom)]
    pen.polygon([(px * 2, py * 2) for px, py in sides], fill=255)
    pen.ellipse([v * 2 for v in around(x, top, rx_top, rx_top * 0.25)], fill=255)
    pen.ellipse([v * 2 for v in around(x, bottom, rx_bottom, rx_bottom * 0.25)], fill=255)
    return mask.reduce(2)
