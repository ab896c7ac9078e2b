"""Larger pieces that are made of several: buns, dumplings, ribs, skewers, a whole fish."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from scripts.food_art import clay
from scripts.food_art.clay import darker, shaded, varied
from scripts.food_art.pieces import Piece, chunk, emoji


def bun(size: float = 190, filling: str = "", pleats: int = 11) -> Piece:
    """A steamed bun with its pleats; `filling` is a colour that shows in the middle."""

    def make(rng: Random) -> Image.Image:
        height = size * 0.8
        mask, draw = clay.canvas(size, height)
        outline = []
        for i in range(60):
            angle = math.tau * i / 60
            reach = 0.97 + 0.03 * math.cos(angle * pleats)
            lift = 0.92 if math.sin(angle) > 0 else 1.0
            outline.append(
                (size / 2 * (1 + math.cos(angle) * reach), height / 2 * (1 + math.sin(angle) * reach * lift))
            )
        draw.polygon(clay.scaled(outline), fill=255)
        mask = clay.reduced(mask)
        picture = Image.new("RGB", mask.size, (253, 243, 228))
        pen, cx, cy = ImageDraw.Draw(picture), mask.width / 2, mask.height * 0.42
        for i in range(pleats):
            angle = math.tau * i / pleats + rng.uniform(-0.06, 0.06)
            points = []
            for k in range(9):
                t = 0.12 + 0.62 * k / 8
                swirl = angle + 0.55 * (1 - t)
                points.append((cx + math.cos(swirl) * size / 2 * t, cy + math.sin(swirl) * height / 2 * t))
            pen.line(points, (226, 200, 168), 4, joint="curve")
        picture = picture.filter(ImageFilter.GaussianBlur(1.6))
        sprite = shaded(mask, picture, size / 9, 0.35)
        knot = shaded(clay.blob(rng, size * 0.17, size * 0.13, 0.12), filling or "#f3e0c6", 4, 0.5)
        clay.paste(sprite, knot, (cx, cy), 0.25)
        return sprite

    return make


def dumpling(size: float = 118, tint: str = "#fff6e4") -> Piece:
    """A boiled dumpling: Fluent's, made pale."""

    def make(rng: Random) -> Image.Image:
        sprite = emoji("1f95f", size, -18, 16)(rng)
        pale = Image.new("RGBA", sprite.size, (*clay.rgb(tint), 255))
        out = Image.blend(sprite, pale, 0.34)
        out.putalpha(sprite.getchannel("A"))
        return out

    return make


def rib(meat: str = "#9e3b1c", length: float = 100) -> Piece:
    """A bite of spare rib: glazed meat, the bone's end showing."""

    def make(rng: Random) -> Image.Image:
        turn = rng.uniform(-60, 60) + rng.choice((0, 180))
        bone = shaded(clay.stroke(clay.bent(length * 1.25, 4, turn), 11), "#f6ead2", 4, 0.5)
        flesh = shaded(clay.stroke(clay.bent(length * 0.66, 8, turn), 30), varied(meat, rng), 10, 1.0)
        sprite = Image.new("RGBA", (round(length * 1.8), round(length * 1.8)))
        middle = sprite.width / 2
        clay.paste(sprite, bone, (middle, middle), 0)
        back = (math.cos(math.radians(turn)) * length * 0.16, math.sin(math.radians(turn)) * length * 0.16)
        clay.paste(sprite, flesh, (middle + back[0], middle + back[1]), 0.2)
        return sprite

    return make


def skewer(meat: str, length: float = 520, bites: int = 6) -> Piece:
    """Meat on a bamboo stick, its handle to the right."""

    def make(rng: Random) -> Image.Image:
        sprite = Image.new("RGBA", (round(length + 40), 120))
        stick = shaded(clay.stroke([(0, 0), (length, 0)], 5), "#e3bd80", 3, 0.4)
        clay.paste(sprite, stick, (sprite.width / 2, 60), 0)
        bite = chunk(meat, 84, 0.14, 0.8)
        for i in range(bites):
            clay.paste(sprite, bite(rng), (60 + i * length * 0.13, 60 + rng.uniform(-4, 4)), 0.3)
        return sprite.rotate(rng.uniform(-5, 5), Image.Resampling.BICUBIC, expand=True)

    return make


def slab(crust: str, size: float, deep: float, flesh: str, cuts: int, crumb: str = "") -> Piece:
    """A flat piece cut into slices: cutlet, duck, omelette. `flesh` shows in the cuts, `crumb` specks its crust."""

    def make(rng: Random) -> Image.Image:
        mask = clay.blob(rng, size, deep, 0.05, 12)
        picture = Image.new("RGB", mask.size, clay.rgb(crust))
        pen = ImageDraw.Draw(picture)
        for _ in range(round(size * deep / 60) if crumb else 0):
            x, y, r = rng.uniform(0, mask.width), rng.uniform(0, mask.height), rng.uniform(2, 5)
            tone = varied(crumb if rng.random() < 0.6 else crust, rng, 0.22)
            pen.ellipse((x - r, y - r * 0.8, x + r, y + r * 0.8), tone)
        sprite = shaded(mask, picture, 11, 0.8)
        gaps = ImageDraw.Draw(sprite)
        for i in range(1, cuts):
            x = clay.MARGIN + size * i / cuts
            gaps.line((x + 9, 0, x - 9, mask.height), (*darker(crust, 0.5), 255), 6)
            gaps.line((x + 15, 0, x - 3, mask.height), (*clay.rgb(flesh), 255), 7)
        sprite.putalpha(mask)
        return sprite

    return make


def fish(length: float = 360) -> Piece:
    """A whole steamed fish, head to the left, scored along its side."""

    def make(rng: Random) -> Image.Image:
        tall = length * 0.34
        mask, draw = clay.canvas(length, tall * 1.25)
        middle, upper, lower = tall * 0.62, [], []
        for i in range(41):
            t = i / 40
            half = tall / 2 * math.sin(math.pi * min(1.0, t * 0.93 + 0.035)) ** 0.72
            upper.append((t * length * 0.84, middle - half))
            lower.append((t * length * 0.84, middle + half))
        draw.polygon(clay.scaled([*upper, *reversed(lower)]), fill=255)
        tail = [
            (length * 0.76, middle),
            (length, middle - tall * 0.44),
            (length * 0.93, middle),
            (length, middle + tall * 0.44),
        ]
        fin = [
            (length * 0.3, middle - tall * 0.4),
            (length * 0.42, middle - tall * 0.62),
            (length * 0.66, middle - tall * 0.34),
        ]
        draw.polygon(clay.scaled(tail), fill=255)
        draw.polygon(clay.scaled(fin), fill=255)
        mask = clay.reduced(clay.rounded(mask, 9))
        shade = Image.linear_gradient("L").resize(mask.size)
        picture = Image.composite(Image.new("RGB", mask.size, "#f3e3c6"), Image.new("RGB", mask.size, "#7f8f8c"), shade)
        pen, m = ImageDraw.Draw(picture), clay.MARGIN
        for t in (0.34, 0.46, 0.58):
            x = m + t * length
            pen.line((x + 16, m + middle - tall * 0.34, x - 12, m + middle + tall * 0.3), (255, 248, 232), 11)
        pen.arc(
            (m + length * 0.06, m + middle - tall * 0.42, m + length * 0.2, m + middle + tall * 0.42),
            -75,
            75,
            (104, 112, 106),
            5,
        )
        x, y = m + length * 0.085, m + middle - tall * 0.1
        pen.ellipse((x - 11, y - 11, x + 11, y + 11), (255, 252, 244))
        pen.ellipse((x - 6, y - 6, x + 6, y + 6), (38, 34, 34))
        return shaded(mask, picture, 11, 0.7)

    return make


def dough_stick(length: float = 430) -> Piece:
    """A youtiao: two strands of dough fried together."""

    def make(rng: Random) -> Image.Image:
        sprite = Image.new("RGBA", (round(length + 80), 150))
        for side, tone in ((-1, "#d8973f"), (1, "#e3a94e")):
            wave = [(t * length / 24, side * 17 + 6 * math.sin(t * 0.95 + side)) for t in range(25)]
            strand = shaded(
                clay.stroke(wave, lambda t: 25 * (1 - 0.45 * abs(2 * t - 1) ** 4)), varied(tone, rng), 9, 0.8
            )
            clay.paste(sprite, strand, (sprite.width / 2, 72 + side * 19), 0.25)
        return sprite.rotate(rng.uniform(-4, 4), Image.Resampling.BICUBIC, expand=True)

    return make


def chopsticks(length: float = 420) -> Piece:
    """A pair, lying a little apart."""

    def make(_rng: Random) -> Image.Image:
        sprite = Image.new("RGBA", (round(length + 60), 130))
        for turn, y in ((-3.0, 48), (2.0, 78)):
            one = shaded(clay.stroke(clay.bent(length, 0, turn), lambda t: 8 - 4 * t), "#a8522f", 4, 0.9)
            clay.paste(sprite, one, (sprite.width / 2, y), 0.35)
        return sprite.rotate(14, Image.Resampling.BICUBIC, expand=True)

    return make
