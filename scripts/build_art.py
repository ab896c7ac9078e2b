"""Draws the pictures of the demonstration menu: python -m scripts.build_art [art id …]

Writes assets/food/large/<art>.jpg (480 × 360), assets/food/small/<art>.jpg (288 × 216) and assets/food/hero.jpg, from
the emoji in assets/food/source. The same id gives the same picture every time.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from scripts.food_art import backdrop, breakfast_and_drinks, crockery, hot_dishes, soups_and_cold, staples, tables
from scripts.food_art.recipes import Cookbook

FOLDER = Path(__file__).parents[1] / "assets" / "food"
SIZES = {"large": (480, 360), "small": (288, 216)}
HERO = "hero"
JPEG_QUALITY = 88
COMBO_TABLE = "plum"
COOKBOOK = Cookbook(hot_dishes.COOKBOOK, staples.COOKBOOK, soups_and_cold.COOKBOOK, breakfast_and_drinks.COOKBOOK)


def picture(art: str) -> Image.Image:
    """The dish or combo on its table, larger than any of SIZES. Raises KeyError for an unknown art id."""
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
        tables.hero(COOKBOOK).save(FOLDER / "hero.jpg", quality=JPEG_QUALITY, optimize=True, progressive=True)
        return
    whole = picture(art)
    for folder, size in SIZES.items():
        path = FOLDER / folder / f"{art}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        whole.resize(size, Image.Resampling.LANCZOS).save(path, quality=JPEG_QUALITY, optimize=True)


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
