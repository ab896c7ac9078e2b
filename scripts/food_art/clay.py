"""Soft, clay-like shading of flat shapes with Pillow, so that what is drawn here sits well beside Fluent's 3D emoji.

A shape is a mask (mode "L"). Its blurred copy serves as a height map; light comes from the upper left.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from random import Random

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = tuple[int, int, int]
OVERSAMPLING = 2
MARGIN = 14


def rgb(colour: str | Colour) -> Colour:
    return ImageColor.getrgb(colour)[:3] if isinstance(colour, str) else colour


def mixed(a: str | Colour, b: str | Colour, share_of_b: float) -> Colour:
    """The colour between a and b."""
    red, green, blue = (round(x + (y - x) * share_of_b) for x, y in zip(rgb(a), rgb(b), strict=True))
    return red, green, blue


def darker(colour: str | Colour, by: float) -> Colour:
    """Towards a warm brown, as shadows on food are never grey."""
    return mixed(colour, "#3a1406", by)


def lighter(colour: str | Colour, by: float) -> Colour:
    return mixed(colour, "#fffaf0", by)


def varied(colour: str | Colour, rng: Random, by: float = 0.08) -> Colour:
    """The colour made a little lighter or darker at random."""
    change = rng.uniform(-by, by)
    return lighter(colour, change) if change > 0 else darker(colour, -change)


def shaded(mask: Image.Image, fill: Image.Image | str | Colour, depth: float = 6, gloss: float = 0.5) -> Image.Image:
    """The shape filled with a colour or a picture of its size, lit from the upper left. `depth` in pixels says how
    round it is, `gloss` (0 to 1) how it shines."""
    picture = fill if isinstance(fill, Image.Image) else Image.new("RGB", mask.size, rgb(fill))
    height = mask.filter(ImageFilter.GaussianBlur(depth))
    shift = max(1, round(depth * 0.7))
    moved = ImageChops.offset(height, shift, shift)
    lit = ImageChops.subtract(height, moved).point(lambda v: min(255, int(v * (1.0 + gloss))))
    shadow = ImageChops.subtract(moved, height).point(lambda v: min(255, int(v * 1.5)))
    picture = Image.composite(Image.new("RGB", mask.size, (255, 250, 238)), picture, lit)
    dark = ImageChops.multiply(picture, Image.new("RGB", mask.size, (150, 92, 70)))
    picture = Image.composite(dark, picture, shadow)
    picture.putalpha(mask)
    return picture


def canvas(width: float, height: float) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty mask for a shape of that size with room around it for shading, drawn larger than needed."""
    size = (round(width + 2 * MARGIN) * OVERSAMPLING, round(height + 2 * MARGIN) * OVERSAMPLING)
    mask = Image.new("L", size, 0)
    return mask, ImageDraw.Draw(mask)


def reduced(image: Image.Image) -> Image.Image:
    return image.reduce(OVERSAMPLING)


def scaled(points: Sequence[Point]) -> list[Point]:
    return [((x + MARGIN) * OVERSAMPLING, (y + MARGIN) * OVERSAMPLING) for x, y in points]


def stroke(points: Sequence[Point], radius: Callable[[float], float] | float) -> Image.Image:
    """A mask of a round brush drawn along `points`; `radius` may depend on the way gone (0 to 1)."""
    width_at = radius if callable(radius) else lambda _t: radius
    widest = max(width_at(t / 20) for t in range(21))
    left, top = min(x for x, _ in points) - widest, min(y for _, y in points) - widest
    right, bottom = max(x for x, _ in points) + widest, max(y for _, y in points) + widest
    mask, draw = canvas(right - left, bottom - top)
    way = sum(math.dist(a, b) for a, b in itertools.pairwise(points))
    steps = max(40, round(way / (widest * 0.3)))
    for step in range(steps + 1):
        t = step / steps
        position = t * (len(points) - 1)
        i = min(int(position), len(points) - 2)
        (x0, y0), (x1, y1) = points[i], points[i + 1]
        share = position - i
        (x, y), r = (
            scaled([(x0 + (x1 - x0) * share - left, y0 + (y1 - y0) * share - top)])[0],
            width_at(t) * OVERSAMPLING,
        )
        draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    return reduced(mask)


def blob(rng: Random, width: float, height: float, wobble: float = 0.15, corners: int = 9) -> Image.Image:
    """A mask of an irregular piece; the fewer corners, the more it looks cut."""
    mask, draw = canvas(width, height)
    turn = rng.uniform(0, math.tau)
    points = []
    for i in range(corners):
        angle = turn + math.tau * i / corners
        reach = 1 - rng.uniform(0, 2 * wobble)
        points.append((width / 2 * (1 + math.cos(angle) * reach), height / 2 * (1 + math.sin(angle) * reach)))
    draw.polygon(scaled(points), fill=255)
    softness = 0.16 if corners > 7 else 0.09
    return reduced(rounded(mask, min(width, height) * softness * OVERSAMPLING))


def rounded(mask: Image.Image, radius: float) -> Image.Image:
    """The mask with its corners taken off."""
    soft = mask.filter(ImageFilter.GaussianBlur(radius))
    return soft.point(lambda v: max(0, min(255, (v - 118) * 12)))


def ellipse(width: float, height: float) -> Image.Image:
    mask, draw = canvas(width, height)
    (x0, y0), (x1, y1) = scaled([(0, 0), (width, height)])
    draw.ellipse((x0, y0, x1, y1), fill=255)
    return reduced(mask)


def polygon(points: Sequence[Point], radius: float = 3) -> Image.Image:
    """A mask of that polygon with rounded corners; its corner nearest to the origin stays there."""
    mask, draw = canvas(max(x for x, _ in points), max(y for _, y in points))
    draw.polygon(scaled(points), fill=255)
    return reduced(rounded(mask, radius * OVERSAMPLING))


def bent(length: float, bend: float, turn_deg: float, steps: int = 8) -> list[Point]:
    """Points of an arc: `length` long, bulging by `bend`, turned by `turn_deg`."""
    turn = math.radians(turn_deg)
    points = []
    for i in range(steps + 1):
        t = i / steps
        x, y = (t - 0.5) * length, -bend * 4 * t * (1 - t)
        points.append((x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)))
    return points


def paste(layer: Image.Image, sprite: Image.Image, centre: Point, shadow: float = 0.35) -> None:
    """Lay the sprite on the layer with the soft shadow it throws on what lies below."""
    x, y = round(centre[0] - sprite.width / 2), round(centre[1] - sprite.height / 2)
    if shadow:
        alpha = sprite.getchannel("A").filter(ImageFilter.GaussianBlur(4)).point(lambda v: int(v * shadow))
        dark = Image.new("RGBA", sprite.size, (58, 20, 6, 0))
        dark.putalpha(alpha)
        over(layer, dark, x + 3, y + 6)
    over(layer, sprite, x, y)


def over(layer: Image.Image, sprite: Image.Image, x: int, y: int) -> None:
    """Alpha-composite the sprite at x, y, which may lie partly outside."""
    left, top = max(0, -x), max(0, -y)
    right, bottom = min(sprite.width, layer.width - x), min(sprite.height, layer.height - y)
    if left < right and top < bottom:
        layer.alpha_composite(sprite.crop((left, top, right, bottom)), (x + left, y + top))
