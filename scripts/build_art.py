"""Draws the pictures of the demonstration menu: python -m scripts.build_art [art id …]

Writes assets/food/large/<art>.jpg (640 × 480), assets/food/small/<art>.jpg (288 × 216) and assets/food/large/hero.jpg,
from the emoji in assets/food/source. The same id gives the same picture every time.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from scripts.food_art import backdrop, breakfast_and_drinks, crockery, hot_dishes, soups_and_cold, staples, tables
from scripts.food_art.recipes import Cookbook


@dataclass(frozen=True)
class Format:
    """One folder of pictures: pixels and JPEG quality (the larger a picture, the less it shows)."""

    folder: str
    size: tuple[int, int]
    quality: int


FORMATS = (Format("large", (640, 480), 82), Format("small", (288, 216), 88))
FOLDER = Path(__file__).parents[1] / "assets" / "food"
HERO = "hero"
COMBO_TABLE = "plum"
COOKBOOK = Cookbook(hot_dishes.COOKBOOK, staples.COOKBOOK, soups_and_cold.COOKBOOK, breakfast_and_drinks.COOKBOOK)


def picture(art: str) -> Image.Image:
    """The dish or combo on its table, larger than any of FORMATS. Raises KeyError for an unknown art id."""
    if art in tables.TRAYS:
        hue, layer = COMBO_TABLE, tables.tray_picture(art, COOKBOOK)
        body = crockery.solid_box(layer.getchannel("A"))
    else:
        dish = COOKBOOK.plated(art)
        hue, layer, body = COOKBOOK.recipes[art].table, dish.picture(), dish.body()
    table = backdrop.table(art, hue).convert("RGBA")
    table.alpha_composite(backdrop.fitted(layer, body))
    return table.convert("RGB")


def save(art: str) -> None:
    """Write the files of one art id."""
    if art == HERO:
        tables.hero(COOKBOOK).save(FOLDER / "large" / f"{HERO}.jpg", quality=88, optimize=True, progressive=True)
        return
    whole = picture(art)
    for form in FORMATS:
        path = FOLDER / form.folder / f"{art}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        small = whole.resize(form.size, Image.Resampling.LANCZOS)
        small.save(path, quality=form.quality, optimize=True)


def main() -> int:
    known = [*COOKBOOK.recipes, *tables.TRAYS, HERO]
    wanted = sys.argv[1:] or known
    for art in wanted:
        if art not in known:
            print(f"no recipe for {art!r}", file=sys.stderr)
            return 2
        save(art)
    print(f"{len(wanted)} pictures in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
