"""Several dishes together: the trays of the combos and the hero picture of the attract screen."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from scripts.food_art import clay, crockery
from scripts.food_art.backdrop import TABLES
from scripts.food_art.made_pieces import chopsticks
from scripts.food_art.recipes import Cookbook

HERO_SIZE = (1080, 1100)


@dataclass(frozen=True)
class Place:
    """A dish on a table: its art id, the middle of its body in pixels and its body's width."""

    art: str
    x: float
    y: float
    width: float


TRAYS: dict[str, tuple[str, tuple[Place, ...]]] = {
    "breakfast-classic": (
        "#dba86c",
        (Place("pork-bun", 285, 300, 420), Place("soy-milk", 690, 265, 330), Place("tea-egg", 590, 455, 300)),
    ),
    "congee-breakfast": (
        "#d98f6c",
        (Place("tea-egg", 720, 215, 270), Place("pork-congee", 300, 325, 450), Place("pork-bun", 660, 425, 400)),
    ),
    "noodle-breakfast": (
        "#e0b84e",
        (Place("soy-milk", 705, 215, 290), Place("tomato-egg-noodles", 320, 330, 480), Place("tea-egg", 695, 440, 300)),
    ),
    "student-set": (
        "#86a3b5",
        (
            Place("hand-torn-cabbage", 280, 225, 390),
            Place("tomato-egg-soup", 710, 215, 290),
            Place("kung-pao-chicken", 310, 455, 460),
            Place("steamed-rice", 725, 435, 320),
        ),
    ),
    "two-vegetables": (
        "#9fb36c",
        (
            Place("garlic-broccoli", 690, 225, 390),
            Place("tomato-egg-soup", 255, 215, 290),
            Place("tomato-egg", 655, 455, 460),
            Place("steamed-rice", 240, 435, 320),
        ),
    ),
    "halal-set": (
        "#5f9a86",
        (
            Place("garlic-broccoli", 690, 220, 400),
            Place("tomato-beef-brisket", 300, 330, 500),
            Place("steamed-rice", 700, 435, 330),
        ),
    ),
    "noodle-set": (
        "#c07a5a",
        (
            Place("sour-plum-drink", 715, 200, 200),
            Place("braised-beef-noodles", 310, 325, 500),
            Place("smashed-cucumber", 680, 465, 390),
        ),
    ),
    "cutlet-set": (
        "#d0857c",
        (
            Place("french-fries", 580, 205, 270),
            Place("bubble-tea", 780, 350, 260),
            Place("chicken-cutlet-rice", 340, 420, 540),
        ),
    ),
    "sweet-break": ("#9aa8d6", (Place("lemon-iced-tea", 300, 270, 220), Place("caramel-pudding", 615, 380, 460))),
}

HERO = (
    Place("jasmine-tea", 940, 140, 280),
    Place("garden-salad", 135, 165, 330),
    Place("steamed-rice", 712, 200, 225),
    Place("soup-dumplings", 435, 180, 330),
    Place("garlic-broccoli", 930, 345, 360),
    Place("tomato-egg", 135, 395, 370),
    Place("braised-beef-noodles", 540, 430, 410),
    Place("red-braised-pork", 900, 605, 370),
    Place("kung-pao-chicken", 195, 655, 440),
    Place("orange-juice", 478, 690, 215),
    Place("pork-dumplings", 690, 775, 370),
)
HERO_CHOPSTICKS = (250, 868)


def _set_table(picture: Image.Image, places: tuple[Place, ...], cookbook: Cookbook) -> None:
    """Put the dishes down, those at the back first."""
    for place in sorted(places, key=lambda p: p.y):
        dish = cookbook.plated(place.art)
        left, top, right, bottom = dish.body()
        scale = place.width / (right - left)
        image = dish.picture()
        small = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
        x, y = place.x - (left + right) / 2 * scale, place.y - (top + bottom) / 2 * scale
        clay.over(picture, small, round(x), round(y))


def tray_picture(art: str, cookbook: Cookbook) -> Image.Image:
    """The combo's tray on a transparent layer."""
    colour, places = TRAYS[art]
    layer = Image.new("RGBA", crockery.SIZE)
    crockery.tray(layer, colour)
    _set_table(layer, places, cookbook)
    return layer


def hero(cookbook: Cookbook) -> Image.Image:
    """A generous table in warm light; calm at the bottom, where the screen puts its words."""
    width, height = HERO_SIZE
    middle, edge = TABLES["amber"]
    glow = Image.radial_gradient("L").resize((round(width * 2.1), round(height * 1.7)), Image.Resampling.BICUBIC)
    tone = Image.new("L", HERO_SIZE, 255)
    tone.paste(glow, (round(width * 0.46 - glow.width / 2), round(height * 0.4 - glow.height / 2)))
    table = Image.composite(Image.new("RGB", HERO_SIZE, edge), Image.new("RGB", HERO_SIZE, middle), tone).convert(
        "RGBA"
    )
    _set_table(table, HERO, cookbook)
    clay.paste(table, chopsticks()(Random("hero")), HERO_CHOPSTICKS, 0.5)
    veil = Image.new("L", (1, height), 0)
    pen = ImageDraw.Draw(veil)
    for y in range(height):
        pen.point((0, y), round(255 * max(0.0, min(1.0, (y - height * 0.85) / (height * 0.13)))))
    calm = Image.new("RGBA", HERO_SIZE, (*clay.rgb(middle), 255))
    calm.putalpha(veil.resize(HERO_SIZE).filter(ImageFilter.GaussianBlur(6)))
    table.alpha_composite(calm)
    return table.convert("RGB")
