"""Make assets/theme: the few pictures that the screens' chrome is drawn with. By hand, after a change of the look.

    .venv/bin/python scripts/build_theme_assets.py

card.png is a nine-patch: a white card with round corners and its soft shadow, drawn once so that the screen pays
for one textured rectangle. Its measures are the constants of kiosk/screens/widgets/card_painter.py, at 2 pixels a unit.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

THEME = Path(__file__).resolve().parent.parent / "assets" / "theme"

PIXELS_PER_UNIT = 2
SMOOTH = 4
SIDE_UNITS = 96  # of the whole picture
MARGIN_UNITS = 10  # around the card, for the shadow
RADIUS_UNITS = 24
SHADOW = (88, 60, 34)
SHADOW_STRENGTH = 46
SHADOW_DROP_UNITS = 3
SHADOW_BLUR_UNITS = 4


def card() -> Image.Image:
    scale = PIXELS_PER_UNIT * SMOOTH
    side, margin, radius = SIDE_UNITS * scale, MARGIN_UNITS * scale, RADIUS_UNITS * scale
    drop = SHADOW_DROP_UNITS * scale
    box = (margin, margin, side - margin - 1, side - margin - 1)
    shadow = Image.new("L", (side, side), 0)
    fallen = (box[0], box[1] + drop, box[2], box[3] + drop)
    ImageDraw.Draw(shadow).rounded_rectangle(fallen, radius, fill=SHADOW_STRENGTH)
    shadow = shadow.filter(ImageFilter.GaussianBlur(SHADOW_BLUR_UNITS * scale))
    shape = Image.new("L", (side, side), 0)
    ImageDraw.Draw(shape).rounded_rectangle(box, radius, fill=255)
    picture = Image.new("RGBA", (side, side), (*SHADOW, 0))
    picture.putalpha(shadow)
    picture.paste((255, 255, 255, 255), (0, 0), shape)
    final = SIDE_UNITS * PIXELS_PER_UNIT
    return picture.resize((final, final), Image.Resampling.LANCZOS)


def main() -> int:
    THEME.mkdir(parents=True, exist_ok=True)
    card().save(THEME / "card.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
