"""Ingredients: each function makes one piece (an RGBA sprite), a little different every time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

from scripts.food_art import clay
from scripts.food_art.clay import Colour, darker, lighter, shaded, varied

Piece = Callable[[Random], Image.Image]
SOURCE = Path(__file__).parents[2] / "assets" / "food" / "source"


@cache
def _emoji(code: str) -> Image.Image:
    with Image.open(SOURCE / f"{code}.png") as image:
        return image.convert("RGBA")


def emoji(code: str, size: float, turn: float = 0, spread: float = 0) -> Piece:
    """A Fluent emoji `size` pixels wide, turned by `turn` ± `spread` degrees."""

    def make(rng: Random) -> Image.Image:
        image = _emoji(code).resize((round(size), round(size)), Image.Resampling.LANCZOS)
        angle = turn + rng.uniform(-spread, spread)
        return image.rotate(angle, Image.Resampling.BICUBIC, expand=True) if angle else image

    return make


def chunk(colour: str, size: float = 62, wobble: float = 0.16, gloss: float = 0.6, corners: int = 9) -> Piece:
    """A bite of meat, potato, anything roundish."""

    def make(rng: Random) -> Image.Image:
        width = size * rng.uniform(0.85, 1.2)
        mask = clay.blob(rng, width, size * rng.uniform(0.65, 0.9), wobble, corners)
        return shaded(mask, varied(colour, rng), size / 8, gloss)

    return make


def sliced(colour: str, edge: str, size: float = 84, streaks: int = 0) -> Piece:
    """A thin slice with another edge: beef, aubergine, fish; `streaks` as meat has them."""

    def make(rng: Random) -> Image.Image:
        mask = clay.blob(rng, size * rng.uniform(0.9, 1.15), size * rng.uniform(0.42, 0.6), 0.1, 11)
        picture = Image.new("RGB", mask.size, clay.rgb(edge))
        inner = mask.resize((round(mask.width * 0.9), round(mask.height * 0.78)))
        tone = Image.new("RGB", inner.size, varied(colour, rng))
        pen = ImageDraw.Draw(tone)
        for i in range(streaks):
            y = inner.height * (0.34 + 0.15 * i + rng.uniform(-0.05, 0.05))
            pen.line((inner.width * 0.25, y, inner.width * 0.75, y - 5), lighter(colour, 0.2), 3)
        picture.paste(tone, ((mask.width - inner.width) // 2, round((mask.height - inner.height) * 0.35)), inner)
        return shaded(mask, picture, size / 13, 0.5).rotate(rng.uniform(-50, 50), Image.Resampling.BICUBIC, expand=True)

    return make


def strip(colour: str, length: float = 90, thick: float = 7, bend: float = 16, gloss: float = 0.4) -> Piece:
    """A shred or stick: pork, potato, bean, noodle."""

    def make(rng: Random) -> Image.Image:
        arc = clay.bent(length * rng.uniform(0.7, 1.1), rng.uniform(-bend, bend), rng.uniform(0, 180))
        return shaded(clay.stroke(arc, thick), varied(colour, rng, 0.1), thick * 0.6, gloss)

    return make


def belly(size: float = 84) -> Piece:
    """A cube of pork belly: glazed skin on top, fat and lean in layers below."""

    def make(rng: Random) -> Image.Image:
        width, depth, height = size * rng.uniform(0.9, 1.08), size * 0.42, size * 0.5
        points = [(0, depth * 0.5), (width * 0.5, 0), (width, depth * 0.45), (width, depth * 0.45 + height)]
        points += [(width * 0.52, depth + height), (0, depth * 0.5 + height)]
        mask = clay.polygon(points, 7)
        picture = Image.new("RGB", mask.size, (126, 44, 18))
        draw = ImageDraw.Draw(picture)
        bands = [(0.08, "#d98a52"), (0.34, "#8e3a1c"), (0.52, "#e0a064"), (0.7, "#7d2e16"), (1.1, "#7d2e16")]
        for (start, colour), (end, _) in itertools.pairwise(bands):
            y0, y1 = depth * 0.55 + height * start, depth * 0.55 + height * end
            m = clay.MARGIN
            corners = [(m - 4, y0 + m), (m + width * 0.52, y0 + depth * 0.5 + m), (m + width + 4, y0 + m - 3)]
            corners += [(m + width + 4, y1 + m - 3), (m + width * 0.52, y1 + depth * 0.5 + m), (m - 4, y1 + m)]
            draw.polygon(corners, fill=colour)
        return shaded(mask, picture, 8, 0.9).rotate(rng.uniform(-14, 14), Image.Resampling.BICUBIC, expand=True)

    return make


def cube(top: str, side: str, size: float = 64) -> Piece:
    """A block seen from above-ish: tofu, melon, cheese."""

    def make(rng: Random) -> Image.Image:
        width, depth, height = size * rng.uniform(0.9, 1.1), size * 0.5, size * 0.4
        outline = [(0, depth * 0.5), (width * 0.5, 0), (width, depth * 0.5), (width, depth * 0.5 + height)]
        outline += [(width * 0.5, depth + height), (0, depth * 0.5 + height)]
        mask = clay.polygon(outline, 5)
        m = clay.MARGIN
        picture = Image.new("RGB", mask.size, clay.rgb(side))
        draw = ImageDraw.Draw(picture)
        draw.polygon(
            [(x + m, y + m) for x, y in [outline[2], outline[3], outline[4], (width * 0.5, depth)]], darker(side, 0.12)
        )
        draw.polygon([(x + m, y + m) for x, y in [*outline[:3], (width * 0.5, depth)]], clay.rgb(top))
        return shaded(mask, picture, 5, 0.4).rotate(rng.uniform(-16, 16), Image.Resampling.BICUBIC, expand=True)

    return make


def chilli(colour: str = "#d3241b", length: float = 70) -> Piece:
    """A whole small chilli with its stem."""

    def make(rng: Random) -> Image.Image:
        turn = rng.uniform(0, 360)
        arc = clay.bent(length * rng.uniform(0.8, 1.1), rng.uniform(8, 18), turn)
        body = shaded(clay.stroke(arc, lambda t: 9.5 * (1 - t) ** 0.6 + 1.5), varied(colour, rng), 4, 1.0)
        sprite = Image.new("RGBA", (body.width + 24, body.height + 24))
        stem_start = (
            arc[0][0] - min(x for x, _ in arc) + 9.5 + clay.MARGIN,
            arc[0][1] - min(y for _, y in arc) + 9.5 + clay.MARGIN,
        )
        sprite.alpha_composite(body, (12, 12))
        away = math.radians(turn)
        tip = (-math.cos(away) * 16, -math.sin(away) * 16)
        stem = shaded(clay.stroke([(0, 0), tip], 3.4), "#5f9430", 2)
        centre = (stem_start[0] + 12 + tip[0] / 2, stem_start[1] + 12 + tip[1] / 2)
        clay.paste(sprite, stem, centre, 0)
        return sprite

    return make


def ring(colour: str, inside: str, size: float = 24, thick: float = 5) -> Piece:
    """A ring: scallion, chilli, squid, onion."""

    def make(rng: Random) -> Image.Image:
        width, height = size * rng.uniform(0.85, 1.1), size * rng.uniform(0.6, 0.9)
        mask, draw = clay.canvas(width, height)
        (x0, y0), (x1, y1) = clay.scaled([(0, 0), (width, height)])
        edge = thick * clay.OVERSAMPLING
        draw.ellipse((x0, y0, x1, y1), fill=255)
        draw.ellipse((x0 + edge, y0 + edge, x1 - edge, y1 - edge), fill=0)
        mask = clay.reduced(mask)
        sprite = shaded(mask, varied(colour, rng, 0.14), 2.5, 0.6)
        hole = clay.ellipse(width - thick, height - thick)
        floor = Image.new("RGBA", sprite.size)
        tone = Image.new("RGBA", hole.size, (*clay.rgb(inside), 150))
        floor.paste(tone, ((sprite.width - hole.width) // 2, (sprite.height - hole.height) // 2), hole)
        floor.alpha_composite(sprite)
        return floor.rotate(rng.uniform(0, 180), Image.Resampling.BICUBIC, expand=True)

    return make


def scallion(size: float = 22) -> Piece:
    return ring("#6fae35", "#dff0b8", size, size * 0.22)


def dot(colour: str | Colour, size: float = 9, squeeze: float = 0.7, gloss: float = 0.6) -> Piece:
    """A seed, pea, grain or crumb."""

    def make(rng: Random) -> Image.Image:
        mask = clay.ellipse(size * rng.uniform(0.85, 1.15), size * squeeze * rng.uniform(0.85, 1.15))
        return shaded(mask, varied(colour, rng, 0.14), max(1.2, size / 7), gloss).rotate(
            rng.uniform(0, 180), Image.Resampling.BICUBIC, expand=True
        )

    return make


def peanut(size: float = 30) -> Piece:
    return dot("#e2b073", size, 0.62, 0.8)


def leaf(colour: str, size: float = 90, vein: str = "#e4f2b9", width: float = 0.5) -> Piece:
    """A leaf with a pale middle rib: greens, lettuce, cabbage, coriander when small."""

    def make(rng: Random) -> Image.Image:
        length, broad = size * rng.uniform(0.85, 1.15), size * width * rng.uniform(0.85, 1.1)
        mask, draw = clay.canvas(length, broad)
        edge = []
        for i in range(25):
            t = i / 24
            half = broad / 2 * math.sin(math.pi * t**0.75) ** 0.8 * (1 + 0.09 * math.sin(t * 26 + rng.uniform(0, 1)))
            edge.append((t * length, half))
        outline = [(x, broad / 2 - h) for x, h in edge] + [(x, broad / 2 + h) for x, h in reversed(edge)]
        draw.polygon(clay.scaled(outline), fill=255)
        mask = clay.reduced(mask)
        tone = varied(colour, rng, 0.12)
        picture = Image.new("RGB", mask.size, tone)
        pen = ImageDraw.Draw(picture)
        m, pale = clay.MARGIN, clay.mixed(tone, vein, 0.65)
        pen.line((m, m + broad / 2, m + length * 0.9, m + broad / 2), pale, max(2, round(size / 22)))
        for t in (0.25, 0.42, 0.58, 0.74):
            for side in (-1, 1):
                tip = (m + (t + 0.13) * length, m + broad / 2 + side * broad * 0.3)
                pen.line((m + t * length, m + broad / 2, *tip), pale, max(1, round(size / 45)))
        return shaded(mask, picture, size / 14, 0.5).rotate(rng.uniform(0, 360), Image.Resampling.BICUBIC, expand=True)

    return make


def wedge(skin: str, flesh: str, size: float = 70, seeds: str | None = None) -> Piece:
    """A wedge of tomato, lemon, orange or melon, lying on its side."""

    def make(rng: Random) -> Image.Image:
        mask, draw = clay.canvas(size, size * 0.56)
        (x0, y0), (x1, y1) = clay.scaled([(0, -size * 0.44), (size, size * 0.56)])
        draw.pieslice((x0, y0, x1, y1), 4, 176, fill=255)
        mask = clay.reduced(mask)
        picture = Image.new("RGB", mask.size, varied(skin, rng, 0.06))
        pen, m = ImageDraw.Draw(picture), clay.MARGIN
        inset = size * 0.08
        pen.pieslice(
            (m + inset, m - size * 0.44 + inset, m + size - inset, m + size * 0.56 - inset), 0, 180, clay.rgb(flesh)
        )
        if seeds:
            for x in (0.3, 0.5, 0.7):
                pen.ellipse((m + size * x - 4, m + size * 0.2, m + size * x + 4, m + size * 0.2 + 12), clay.rgb(seeds))
        return shaded(mask, picture, 5, 0.7).rotate(rng.uniform(-60, 60), Image.Resampling.BICUBIC, expand=True)

    return make


def egg_half(size: float = 84, white: str = "#fdf6ea", yolk: str = "#f7a72a") -> Piece:
    """Half a boiled egg, its yolk up."""

    def make(rng: Random) -> Image.Image:
        sprite = shaded(clay.ellipse(size, size * 0.76), white, 6, 0.4)
        middle = shaded(clay.ellipse(size * 0.5, size * 0.4), yolk, 5, 0.9)
        clay.paste(sprite, middle, (sprite.width * 0.5, sprite.height * 0.49), 0.12)
        return sprite.rotate(rng.uniform(-25, 25), Image.Resampling.BICUBIC, expand=True)

    return make


def fried_egg(size: float = 150) -> Piece:
    def make(rng: Random) -> Image.Image:
        sprite = shaded(clay.blob(rng, size, size * 0.72, 0.1, 10), "#fffaf0", 7, 0.3)
        yolk = shaded(clay.ellipse(size * 0.4, size * 0.32), "#fbb02d", 7, 1.0)
        clay.paste(sprite, yolk, (sprite.width * 0.5, sprite.height * 0.46), 0.2)
        return sprite

    return make


def scrambled(size: float = 74) -> Piece:
    """A fold of soft scrambled egg."""
    return chunk("#fbcb45", size, 0.24, 0.8)


def shiitake(size: float = 66) -> Piece:
    """A mushroom cap with a star cut into it."""

    def make(rng: Random) -> Image.Image:
        mask = clay.ellipse(size, size * 0.74)
        picture = Image.new("RGB", mask.size, varied("#7a4b2c", rng))
        pen, (cx, cy) = ImageDraw.Draw(picture), (mask.width / 2, mask.height / 2 - 2)
        turn = rng.uniform(0, math.pi)
        for k in range(3):
            angle = turn + k * math.pi / 3
            dx, dy = math.cos(angle) * size * 0.3, math.sin(angle) * size * 0.22
            pen.line((cx - dx, cy - dy, cx + dx, cy + dy), (236, 212, 176), round(size / 11))
        return shaded(mask, picture, size / 8, 0.7)

    return make


def tinted(piece: Piece, colour: str | Colour, share: float) -> Piece:
    """The piece drawn towards a colour: an emoji that has been cooked."""

    def make(rng: Random) -> Image.Image:
        sprite = piece(rng)
        out = Image.blend(sprite, Image.new("RGBA", sprite.size, (*clay.rgb(colour), 255)), share)
        out.putalpha(sprite.getchannel("A"))
        return out

    return make
