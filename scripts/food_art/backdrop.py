"""The calm table behind a dish, in its category's hue, and the finished picture."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw, ImageFilter

from scripts.food_art import clay
from scripts.food_art.clay import darker, lighter, mixed
from scripts.food_art.crockery import SIZE

# Middle and edge of the light on the table.
TABLES = {
    "coral": ("#fdebdd", "#f2bf9f"),
    "green": ("#f2f6e0", "#c6d99c"),
    "wheat": ("#fdf3d8", "#efd08a"),
    "amber": ("#feeed6", "#f3bf84"),
    "teal": ("#e9f3ef", "#aecfc8"),
    "mint": ("#eaf6ec", "#b3dbc0"),
    "butter": ("#fff3e6", "#f5cbb4"),
    "sky": ("#eef1fb", "#bccbec"),
    "plum": ("#fbeaec", "#e4b3b8"),
}
FILL = (0.86, 0.8)  # share of the picture's width and height that a dish takes at most


def table(name: str, hue: str, size: tuple[int, int] = SIZE) -> Image.Image:
    """Light from the upper left on a table, on it a round mat, a napkin or nothing, by chance of the name."""
    rng = Random(f"table {name}")
    middle_hex, edge_hex = TABLES[hue]
    middle = lighter(middle_hex, rng.uniform(0, 0.2))
    edge = mixed(edge_hex, middle_hex, rng.uniform(0, 0.3))
    glow = Image.radial_gradient("L").resize((round(size[0] * 1.75), round(size[1] * 1.9)), Image.Resampling.BICUBIC)
    tone = Image.new("L", size, 255)
    tone.paste(glow, (round(size[0] * 0.42 - glow.width / 2), round(size[1] * 0.4 - glow.height / 2)))
    picture = Image.composite(Image.new("RGB", size, edge), Image.new("RGB", size, middle), tone)
    style = rng.choice(["mat", "cloth", "plain"])
    if style == "mat":
        _mat(picture, edge)
    elif style == "cloth":
        _cloth(picture, edge, rng)
    return picture


def _mat(picture: Image.Image, edge: clay.Colour) -> None:
    """A round woven mat under the dish."""
    width, height = picture.size
    mask = Image.new("L", picture.size, 0)
    x, y, rx, ry = width / 2, height * 0.57, width * 0.47, height * 0.42
    ImageDraw.Draw(mask).ellipse((x - rx, y - ry, x + rx, y + ry), fill=150)
    tone = Image.new("RGB", picture.size, lighter(edge, 0.18))
    pen = ImageDraw.Draw(tone)
    for i in range(9):
        share = 1 - i * 0.045
        ring = (x - rx * share, y - ry * share, x + rx * share, y + ry * share)
        pen.ellipse(ring, outline=darker(edge, 0.05), width=3)
    picture.paste(tone, (0, 0), mask.filter(ImageFilter.GaussianBlur(1.5)))


def _cloth(picture: Image.Image, edge: clay.Colour, rng: Random) -> None:
    """A folded napkin's corner with two stripes, under the dish to one side."""
    width, height = picture.size
    side = rng.choice((-1, 1))
    mask = Image.new("L", picture.size, 0)
    x = width / 2
    corners = [(x + side * width * 0.1, height * 0.3), (x + side * width * 0.52, height * 0.44)]
    corners += [(x + side * width * 0.3, height * 1.02), (x - side * width * 0.14, height * 0.88)]
    ImageDraw.Draw(mask).polygon(corners, fill=235)
    shadow = mask.filter(ImageFilter.GaussianBlur(12)).point(lambda v: v // 4)
    picture.paste(Image.new("RGB", picture.size, darker(edge, 0.5)), (4, 8), shadow)
    tone = Image.new("RGB", picture.size, lighter(edge, 0.72))
    pen = ImageDraw.Draw(tone)
    for share, thick in ((0.1, 9), (0.15, 3)):
        ends = []
        for a, b in ((corners[1], corners[0]), (corners[2], corners[3])):
            ends.append((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share))
        pen.line(ends, mixed(edge, "#c0563a", 0.3), thick)
    picture.paste(tone, (0, 0), mask.filter(ImageFilter.GaussianBlur(1.2)))


def fitted(layer: Image.Image, body: tuple[int, int, int, int]) -> Image.Image:
    """The layer enlarged and moved so that `body`, the box of what is solid in it, fills the picture."""
    width, height = body[2] - body[0], body[3] - body[1]
    scale = min(SIZE[0] * FILL[0] / width, SIZE[1] * FILL[1] / height)
    big = layer.resize((round(SIZE[0] * scale), round(SIZE[1] * scale)), Image.Resampling.BICUBIC)
    out = Image.new("RGBA", SIZE)
    x = SIZE[0] / 2 - (body[0] + body[2]) / 2 * scale
    y = SIZE[1] * 0.525 - (body[1] + body[3]) / 2 * scale
    clay.over(out, big, round(x), round(y))
    return out
