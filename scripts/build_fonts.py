"""Make the fonts under assets/fonts from the fonts they come from. By hand, when a glyph is missing.

    npm pack @expo-google-fonts/noto-sans-sc@0.4.3 @mdi/font@7.4.47     and unpack both archives, then
    .venv/bin/python scripts/build_fonts.py NOTO_FOLDER MDI_FOLDER      the folders named `package`

Text: Noto Sans SC, Regular and Bold, cut down to GBK (people's names need more than GB2312), the characters
of the List of Commonly Used Standard Chinese Characters (通用规范汉字表, 2013) that GBK lacks, Latin, a few
symbols. Static TrueType files, because Kivy refuses woff2 and loads a variable font as Thin.
Icons: those named in icons.txt and our own drawings, in one font; icons.json says name -> code point (hex).
The same input makes the same bytes.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path
from fontTools.ttLib import TTFont

SCRIPTS = Path(__file__).resolve().parent
FONTS = SCRIPTS.parent / "assets" / "fonts"
ICON_NAMES = SCRIPTS / "icons.txt"

LATIN = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028)}
SYMBOLS = set(map(ord, "‰′″‹›€¥￥™℃←↑→↓−√≈≠≤≥□■△▲▽▼○●☆★✓①②③④⑤⑥⑦⑧⑨⑩"))
# Of that list, those in CJK Extension A: not in GBK, yet in names.
EXTENSION_A = set(
    map(
        ord,
        "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡"
        "䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮",
    )
)
BEYOND_BMP = range(0x20000, 0x40000)

# Material Design Icons has no crustacean. Drawn on the same 24 x 24 grid, y down.
SHRIMP = (
    "M3 4h6.5v1.6H5.2c.5 1 1.6 1.7 2.8 1.7h1.5V4h3.2C17.3 4 21 7.6 21 12.1c0 4.4-3.5 7.9-7.9 7.9H9.6v-2.2"
    "L6 21v-7l3.6 1.9v-1.2h3.5c1.4 0 2.6-1.2 2.6-2.6 0-1.5-1.2-2.7-2.7-2.7H8C5.2 9.4 3 7.2 3 4.4Z"
)
OWN_ICONS = {"shrimp": (0xF1F00, SHRIMP)}


def gbk() -> set[int]:
    """Every code point that GBK's two-byte codes stand for."""
    points: set[int] = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            text = bytes([lead, trail]).decode("gbk", errors="ignore")
            points.update(map(ord, text) if len(text) == 1 else ())
    return points


def cut(source: Path, target: Path, points: set[int], features: list[str]) -> None:
    """Write the part of `source` that draws `points` to `target`; no hints."""
    options = subset.Options(hinting=False, layout_features=features, name_IDs=["*"], notdef_outline=True)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def build_text(package: Path, weight: str, target: Path) -> None:
    source = package / weight / f"NotoSansSC_{weight}.ttf"
    drawn = set(TTFont(source).getBestCmap())
    rare = {point for point in drawn if point in BEYOND_BMP}
    wanted = gbk() | LATIN | SYMBOLS | EXTENSION_A | rare
    cut(source, target, wanted & drawn, ["kern", "ccmp", "locl", "mark", "liga", "tnum"])
    print(f"{target.name}: {len(wanted & drawn)} of {len(wanted)} characters, {target.stat().st_size:,} bytes")


def icon_points(package: Path) -> dict[str, int]:
    """The code point of each chosen icon, from the package's style sheet.

    Raises SystemExit with the names that the package does not have.
    """
    sheet = (package / "css" / "materialdesignicons.css").read_text(encoding="utf-8")
    rules = re.findall(r'\.mdi-([\w-]+)::before \{\s*content: "\\(\w+)"', sheet)
    known = {name: int(point, 16) for name, point in rules}
    lines = ICON_NAMES.read_text(encoding="utf-8").splitlines()
    chosen = [name for line in lines if not line.startswith("#") for name in line.split()]
    missing = sorted(set(chosen) - set(known))
    if missing:
        raise SystemExit(f"no such icons in {package}: {', '.join(missing)}")
    return {name: known[name] for name in chosen}


def draw(font: TTFont, name: str, point: int, path: str) -> None:
    """Add one drawing of a 24 x 24 grid to `font`."""
    scale = font["head"].unitsPerEm / 24
    top = font["hhea"].ascent
    glyph = TTGlyphPen(None)
    parse_path(path, TransformPen(Cu2QuPen(glyph, max_err=1.0), (scale, 0, 0, -scale, 0, top)))
    drawing = glyph.glyph()
    drawing.recalcBounds(font["glyf"])
    font["glyf"][name] = drawing
    font["hmtx"][name] = (font["head"].unitsPerEm, drawing.xMin)
    if "vmtx" in font:
        font["vmtx"][name] = (font["head"].unitsPerEm, 0)
    for table in font["cmap"].tables:
        if table.format == 12:
            table.cmap[point] = name


def true_bearings(font: TTFont) -> None:
    """The package says 0 for every left side bearing, and FreeType then moves each drawing to the left edge."""
    for name, (advance, _) in list(font["hmtx"].metrics.items()):
        font["hmtx"][name] = (advance, getattr(font["glyf"][name], "xMin", 0))


def build_icons(package: Path, target: Path) -> None:
    points = icon_points(package)
    cut(package / "fonts" / "materialdesignicons-webfont.ttf", target, set(points.values()), [])
    font = TTFont(target, recalcTimestamp=False)
    for name, (point, path) in OWN_ICONS.items():
        draw(font, name, point, path)
        points[name] = point
    true_bearings(font)
    font.save(target)
    names = {name: f"{points[name]:X}" for name in sorted(points)}
    target.with_name("icons.json").write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(names)} icons, {target.stat().st_size:,} bytes")


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the fonts under assets/fonts.")
    parser.add_argument("noto", type=Path, help="the unpacked npm package @expo-google-fonts/noto-sans-sc")
    parser.add_argument("mdi", type=Path, help="the unpacked npm package @mdi/font")
    arguments = parser.parse_args()
    build_text(arguments.noto, "400Regular", FONTS / "NotoSansSC-Regular.ttf")
    build_text(arguments.noto, "700Bold", FONTS / "NotoSansSC-Bold.ttf")
    build_icons(arguments.mdi, FONTS / "Icons.ttf")
    (FONTS / "OFL.txt").write_bytes((arguments.noto / "LICENSE_FONT").read_bytes())
    (FONTS / "Icons-LICENSE.txt").write_bytes((arguments.mdi / "LICENSE").read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
