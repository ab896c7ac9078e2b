"""One dish being plated: a vessel, what fills it, what is heaped on it, steam."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scripts.food_art import clay, crockery
from scripts.food_art.clay import darker, lighter, rgb, varied
from scripts.food_art.crockery import SIZE, Surface
from scripts.food_art.pieces import Piece, dot

Mix = Sequence[tuple[Piece, int]]


class Dish:
    """Laid out on a transparent layer. Positions are (u, v): (0, 0) the middle of the surface, 1 its edge."""

    def __init__(self, name: str) -> None:
        self.rng = Random(name)
        self._vessel = Image.new("RGBA", SIZE)
        self._food = Image.new("RGBA", SIZE)
        self._air = Image.new("RGBA", SIZE)
        self._surface = Surface(SIZE[0] / 2, SIZE[1] / 2 + 40, 300, 180)

    def on(self, vessel: Callable[..., Surface], *args: str, **sizes: float | str | bool) -> Dish:
        """Take a vessel of `crockery`."""
        self._surface = vessel(self._vessel, *args, **sizes)
        return self

    def body(self) -> tuple[int, int, int, int]:
        """The box of what is solid: without shadows and steam."""
        return crockery.solid_box(ImageChops.lighter(self._vessel.getchannel("A"), self._food.getchannel("A")))

    def picture(self) -> Image.Image:
        """All of it, with what the vessel's front edge hides taken away."""
        picture = self._vessel.copy()
        food = self._food.copy()
        if self._surface.lip:
            seen = crockery.ellipse_mask(self._surface.lip)
            _left, top, _right, bottom = self._surface.lip
            ImageDraw.Draw(seen).rectangle((0, 0, SIZE[0], (top + bottom) / 2), fill=255)
            food.putalpha(ImageChops.multiply(food.getchannel("A"), seen))
        picture.alpha_composite(food)
        picture.alpha_composite(self._air)
        return picture

    def at(self, u: float, v: float, lift: float = 0) -> tuple[float, float]:
        s = self._surface
        return s.x + u * s.rx, s.y + v * s.ry - lift

    # --- what fills the vessel -----------------------------------------------------------------------------------

    def sauce(self, colour: str, size: float = 0.98, shine: int = 5) -> Dish:
        """A pool of sauce or broth with a few reflections."""
        s = self._surface
        box = crockery.around(s.x, s.y, s.rx * size, s.ry * size)
        mask = crockery.ellipse_mask(box)
        glow = Image.radial_gradient("L").resize((round(s.rx * 3), round(s.ry * 3)))
        tone = Image.new("L", SIZE, 255)
        tone.paste(glow, (round(s.x - glow.width / 2), round(s.y - glow.height / 2)))
        pool = Image.composite(
            Image.new("RGB", SIZE, clay.mixed(colour, "#7a3a10", 0.24)),
            Image.new("RGB", SIZE, lighter(colour, 0.08)),
            tone,
        )
        pool.putalpha(mask)
        self._food.alpha_composite(pool)
        gleam = Image.new("RGBA", SIZE)
        pen = ImageDraw.Draw(gleam)
        for _ in range(shine):
            x, y = self.at(self.rng.uniform(-0.75, 0.6), self.rng.uniform(-0.75, 0.6))
            w, h = self.rng.uniform(20, 60), self.rng.uniform(5, 9)
            pen.ellipse((x - w, y - h, x + w, y + h), fill=(255, 246, 226, 90))
        gleam = gleam.filter(ImageFilter.GaussianBlur(4))
        gleam.putalpha(ImageChops.multiply(gleam.getchannel("A"), mask))
        self._food.alpha_composite(gleam)
        return self

    def oil(self, colour: str, count: int = 26) -> Dish:
        """Round drops of oil on a broth."""
        drops = Image.new("RGBA", SIZE)
        pen = ImageDraw.Draw(drops)
        for _ in range(count):
            u, v = self._place(0.93)
            x, y = self.at(u, v)
            w = self.rng.uniform(7, 24)
            pen.ellipse((x - w, y - w * 0.6, x + w, y + w * 0.6), fill=(*rgb(colour), 120))
            pen.arc((x - w, y - w * 0.6, x + w, y + w * 0.6), 180, 300, (255, 240, 210, 150), 2)
        self._food.alpha_composite(drops)
        return self

    def rice(self, size: float = 0.95, height: float = 70, colour: str = "#fffaf0") -> Dish:
        """A mound of rice, grain by grain."""
        dim = clay.mixed(colour, "#d9a86a", 0.24)
        self.mound(clay.mixed(colour, dim, 0.6), size, height)
        grains = [self._shadowed(dot(clay.mixed(dim, colour, 0.55 + 0.09 * (i % 6)), 23, 0.5, 0.9)) for i in range(30)]
        places = [self._place(1.0) for _ in range(int(950 * size * size * (1 + height / 160)))]
        for u, v in sorted(places, key=lambda p: p[1]):
            x, y = self.at(u * size, v * size, height * (1 - u * u - v * v))
            grain = self.rng.choice(grains)
            clay.over(self._food, grain, round(x - grain.width / 2), round(y - grain.height / 2))
        return self

    def _shadowed(self, piece: Piece) -> Image.Image:
        """The piece with its shadow in one sprite, to be laid many times."""
        sprite = piece(self.rng)
        both = Image.new("RGBA", sprite.size)
        clay.paste(both, sprite, (sprite.width / 2, sprite.height / 2), 0.22)
        return both

    def mound(self, colour: clay.Colour | str, size: float = 0.95, height: float = 60) -> Dish:
        """A smooth heap: mash, ice cream, the body under rice."""
        mask = Image.new("L", SIZE, 0)
        pen = ImageDraw.Draw(mask)
        for i in range(12):
            t = i / 12
            x, y = self.at(0, 0, height * (1 - (1 - t) ** 2))
            r = size * (1 - t) ** 0.55 if t else size
            pen.ellipse(crockery.around(x, y, self._surface.rx * r, self._surface.ry * r), fill=255)
        self._food.alpha_composite(clay.shaded(mask, colour, 22, 0.3))
        return self

    def noodles(
        self, colour: str = "#f6dc9c", count: int = 90, size: float = 0.9, height: float = 40, thick: float = 9
    ) -> Dish:
        """Strands in loose loops."""
        twice = Image.new("RGBA", (SIZE[0] * 2, SIZE[1] * 2))
        pen = ImageDraw.Draw(twice)
        for _ in range(count):
            u, v = self._place(size * 0.6)
            turn, reach = self.rng.uniform(0, math.tau), self.rng.uniform(0.28, 0.55) * size
            sweep = self.rng.uniform(1.6, 3.6)
            points = []
            for i in range(23):
                a = turn + sweep * i / 22
                pu, pv = u + math.cos(a) * reach, v + math.sin(a) * reach
                away = math.hypot(pu, pv)
                if away > size:
                    pu, pv = pu * size / away, pv * size / away
                points.append(self.at(pu, pv, height * max(0.0, 1 - (pu * pu + pv * pv) / size**2)))
            tone = varied(colour, self.rng, 0.1)
            self._strand(pen, points, darker(tone, 0.42), thick + 3, 2)
            self._strand(pen, points, tone, thick, 0)
            self._strand(pen, points, lighter(tone, 0.45), max(2, thick * 0.3), -2)
        self._food.alpha_composite(twice.reduce(2))
        return self

    @staticmethod
    def _strand(
        pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], tone: clay.Colour, width: float, down: float
    ) -> None:
        """A line with round ends on a layer of twice the size."""
        line = [(x * 2, (y + down) * 2) for x, y in points]
        pen.line(line, tone, round(width * 2), joint="curve")
        for x, y in (line[0], line[-1]):
            pen.ellipse((x - width, y - width, x + width, y + width), fill=tone)

    # --- what lies on it -----------------------------------------------------------------------------------------

    def heap(self, mix: Mix, spread: float = 0.82, height: float = 60, centre: tuple[float, float] = (0, 0)) -> Dish:
        """Pieces in a dome, those in front over those behind."""
        wanted = [piece for piece, count in mix for _ in range(count)]
        self.rng.shuffle(wanted)
        places = self._places(len(wanted), spread)
        for (u, v), piece in zip(sorted(places, key=lambda p: p[1]), wanted, strict=True):
            lift = height * max(0.0, 1 - (u * u + v * v) / spread**2)
            clay.paste(self._food, piece(self.rng), self.at(u + centre[0], v + centre[1], lift))
        return self

    def scatter(self, piece: Piece, count: int, spread: float = 0.75, height: float = 60, shadow: float = 0.25) -> Dish:
        """Garnish over the top of a heap of that height."""
        for u, v in self._places(count, spread):
            lift = height * max(0.0, 1 - (u * u + v * v) / max(spread, 0.8) ** 2)
            clay.paste(self._food, piece(self.rng), self.at(u, v, lift), shadow)
        return self

    def lay(self, piece: Piece, u: float, v: float, lift: float = 0, shadow: float = 0.4) -> Dish:
        """One piece in that place."""
        clay.paste(self._food, piece(self.rng), self.at(u, v, lift), shadow)
        return self

    def beside(self, piece: Piece, x: float, y: float, shadow: float = 0.5) -> Dish:
        """One piece on the table beside the vessel, in pixels of the layer."""
        clay.paste(self._vessel, piece(self.rng), (x, y), shadow)
        return self

    def steam(self, strength: float = 0.5) -> Dish:
        """Two wisps above something hot."""
        air = Image.new("L", SIZE, 0)
        pen = ImageDraw.Draw(air)
        for side in (-0.28, 0.16):
            x0, y0 = self.at(side, -0.35, 30)
            points = []
            for i in range(30):
                t = i / 29
                points.append((x0 + math.sin(t * 5.2 + side * 9) * 26 * (0.4 + t), y0 - t * 215))
            for i, (x, y) in enumerate(points):
                r = 7 + 13 * math.sin(math.pi * i / 29)
                pen.ellipse((x - r, y - r, x + r, y + r), fill=round(255 * strength * math.sin(math.pi * i / 29)))
        self._air = Image.new("RGBA", SIZE, (255, 255, 255, 0))
        self._air.putalpha(air.filter(ImageFilter.GaussianBlur(13)))
        return self

    def _place(self, spread: float) -> tuple[float, float]:
        angle, reach = self.rng.uniform(0, math.tau), math.sqrt(self.rng.random()) * spread
        return math.cos(angle) * reach, math.sin(angle) * reach

    def _places(self, count: int, spread: float) -> list[tuple[float, float]]:
        """Places well apart: of eight drawn, the one farthest from those taken (Mitchell's best candidate)."""
        taken: list[tuple[float, float]] = []
        for _ in range(count):
            drawn = [self._place(spread) for _ in range(8)]
            taken.append(max(drawn, key=lambda p: min((math.dist(p, q) for q in taken), default=0)))
        return taken
