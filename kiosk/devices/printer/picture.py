"""Laid out lines as black and white pictures of the print head's width, for printers without a Chinese font."""

from __future__ import annotations

import qrcode
from PIL import Image

from kiosk.devices.printer.columns import width
from kiosk.devices.printer.commands import QR_MARGIN_DOTS, line_dots
from kiosk.devices.printer.glyphs import CELL_DOTS, HEIGHT_DOTS, cells, glyph
from kiosk.devices.printer.layout import Line, PrintedPart, QrSymbol
from kiosk.domain.receipt import Align, TextSize

_DARKEST_WHITE = 145
_SCALES = {TextSize.NORMAL: (1, 1), TextSize.TALL: (1, 2), TextSize.BIG: (2, 2)}


def draw(part: PrintedPart, columns: int) -> Image.Image:
    """One line or symbol, as wide as the print head; mode "L", 0 is ink, nothing between black and white."""
    drawn = _draw_qr(part) if isinstance(part, QrSymbol) else _draw_line(part, columns)
    strip = Image.new("L", (columns * CELL_DOTS, drawn.height), 255)
    strip.paste(drawn, ((strip.width - drawn.width) // 2, 0))
    return strip.point(lambda light: 255 if light > _DARKEST_WHITE else 0)


def qr_image(text: str, module_dots: int) -> Image.Image:
    """The code without a margin, level M as the printer's own (mode "L", 0 is ink)."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text.encode("utf-8"))
    code.make()
    matrix = code.get_matrix()
    pixels = bytes(0 if dark else 255 for row in matrix for dark in row)
    image = Image.frombytes("L", (len(matrix), len(matrix)), pixels)
    side = len(matrix) * module_dots
    return image.resize((side, side), Image.Resampling.NEAREST)


def _draw_line(line: Line, columns: int) -> Image.Image:
    scale_x, scale_y = _SCALES[line.size]
    strip = Image.new("L", (columns * CELL_DOTS, line_dots(line.size)), 255)
    free_dots = strip.width - width(line.text) * CELL_DOTS * scale_x
    x = free_dots // 2 if line.align is Align.CENTER else 0
    y = (strip.height - HEIGHT_DOTS * scale_y) // 2
    for char in line.text:
        mask = glyph(char, scale_x, scale_y, bold=line.bold)
        strip.paste(0, (x, y), mask)
        x += cells(char) * CELL_DOTS * scale_x
    return strip


def _draw_qr(symbol: QrSymbol) -> Image.Image:
    code = qr_image(symbol.text, symbol.module_dots)
    image = Image.new("L", (code.width, code.height + 2 * QR_MARGIN_DOTS), 255)
    image.paste(code, (0, QR_MARGIN_DOTS))
    return image
