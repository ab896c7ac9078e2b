"""Printed ESC/POS bytes as a picture of the paper strip: Chinese, sizes, bold, alignment, QR codes, rasters, cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw, ImageFilter

from kiosk.devices.printer.escpos_parser import Command, EscposParser
from kiosk.devices.printer.glyphs import CELL_DOTS, cells, glyph
from kiosk.devices.printer.picture import qr_image

PaperWidth = Literal[58, 80]
HEAD_DOTS: dict[PaperWidth, int] = {80: 576, 58: 384}
STRIP_DOTS: dict[PaperWidth, int] = {80: 640, 58: 464}  # the whole paper at 203 dots per inch

DEFAULT_LINE_DOTS = 30
MAX_HEIGHT_DOTS = 20_000
CUT_FEED_DOTS = 96  # the knife sits above the head
TOP_MARGIN_DOTS = 40
BACKGROUND = 205
PAPER_WHITE = 250
INK = 38
TOOTH_DOTS = 8
BORDER_DOTS = 36


def draw_paper(data: bytes, paper_mm: PaperWidth) -> Image.Image:
    """The strip that comes out of the printer for these bytes, on a grey table (mode "L")."""
    page = _Page(HEAD_DOTS[paper_mm])
    for command in EscposParser().feed(data):
        page.execute(command)
    return _on_table(page.finished(), STRIP_DOTS[paper_mm])


@dataclass(frozen=True, slots=True)
class _Placed:
    """A character in the line that is being filled."""

    mask: Image.Image
    x: int


class _Page:
    """A page printer: characters gather in a line, a line feed puts them on the paper."""

    def __init__(self, head_dots: int) -> None:
        self._head_dots = head_dots
        self._paper = Image.new("L", (head_dots, 512), 255)
        self._y = 0
        self._pending_qr = ""
        self._qr_module_dots = 3
        self._reset()

    def execute(self, command: Command) -> None:
        code, arguments = command.code, command.arguments
        argument = arguments[0] if arguments else 0
        match code:
            case b"":
                self._add_text(arguments)
            case b"\n":
                self._end_line()
            case b"\x1bd":
                self._feed(argument * self._line_dots)
            case b"\x1bJ":
                self._feed(argument)
            case b"\x1d(":
                self._two_dimensional(arguments)
            case b"\x1dv":
                self._raster(arguments)
            case _:
                self._set_mode(code, argument)

    def _set_mode(self, code: bytes, argument: int) -> None:
        match code:
            case b"\x1b@":
                self._reset()
            case b"\x1b3":
                self._line_dots = argument
            case b"\x1b2":
                self._line_dots = DEFAULT_LINE_DOTS
            case b"\x1ba":
                self._is_centred = argument in (1, 49)
            case b"\x1bE":
                self._is_bold = bool(argument & 1)
            case b"\x1d!":
                self._scale_x, self._scale_y = (argument >> 4 & 7) + 1, (argument & 7) + 1
            case b"\x1c&" | b"\x1c.":
                self._is_chinese = code == b"\x1c&"

    def finished(self) -> Image.Image:
        self._feed(0)
        return self._paper.crop((0, 0, self._head_dots, max(self._y, 1)))

    def _reset(self) -> None:
        self._line: list[_Placed] = []
        self._x = 0
        self._line_dots = DEFAULT_LINE_DOTS
        self._is_centred = False
        self._is_bold = False
        self._is_chinese = False
        self._scale_x = self._scale_y = 1

    def _add_text(self, raw: bytes) -> None:
        text = raw.decode("gb18030" if self._is_chinese else "cp437", errors="replace")
        for char in text:
            # Without its Chinese mode a printer prints every byte as a narrow character of its code page.
            wide = cells(char) if self._is_chinese else 1
            step = wide * CELL_DOTS * self._scale_x
            if self._x + step > self._head_dots:
                self._end_line()
            mask = glyph(char if char.isprintable() else " ", self._scale_x, self._scale_y, bold=self._is_bold)
            self._line.append(_Placed(mask if mask.width == step else mask.resize((step, mask.height)), self._x))
            self._x += step

    def _feed(self, dots: int) -> None:
        if self._line:
            self._end_line()
        self._advance(dots)

    def _end_line(self) -> None:
        height = max((placed.mask.height for placed in self._line), default=0)
        shift = (self._head_dots - self._x) // 2 if self._is_centred else 0
        top = self._y
        self._advance(max(self._line_dots, height))
        for placed in self._line:
            position = (placed.x + shift, top + height - placed.mask.height)
            self._paper.paste(0, position, placed.mask)
        self._line = []
        self._x = 0

    def _advance(self, dots: int) -> None:
        self._y = min(self._y + dots, MAX_HEIGHT_DOTS)
        if self._y > self._paper.height:
            taller = Image.new("L", (self._head_dots, max(self._y, 2 * self._paper.height)), 255)
            taller.paste(self._paper, (0, 0))
            self._paper = taller

    def _paste(self, image: Image.Image) -> None:
        left = (self._head_dots - image.width) // 2 if self._is_centred else 0
        top = self._y
        self._advance(image.height)
        self._paper.paste(image, (left, top))

    def _two_dimensional(self, arguments: bytes) -> None:
        """GS ( k pL pH cn fn …: cn 49 is QR; fn 67 module size, 80 store, 81 print."""
        if arguments[:1] != b"k" or arguments[3:4] != b"1":
            return
        function, data = arguments[4], arguments[5:]
        if function == 67:
            self._qr_module_dots = max(data[0], 1)
        elif function == 80:
            self._pending_qr = data[1:].decode("utf-8", errors="replace")
        elif function == 81 and self._pending_qr:
            self._paste(qr_image(self._pending_qr, self._qr_module_dots))

    def _raster(self, arguments: bytes) -> None:
        """GS v 0 m xL xH yL yH: xL xH bytes a row; a set bit is ink."""
        row_bytes = int.from_bytes(arguments[2:4], "little")
        rows = int.from_bytes(arguments[4:6], "little")
        data = arguments[6 : 6 + row_bytes * rows]
        if not data or len(data) < row_bytes * rows:
            return
        image = Image.frombytes("1", (8 * row_bytes, rows), bytes(byte ^ 0xFF for byte in data)).convert("L")
        self._paste(image.crop((0, 0, min(image.width, self._head_dots), rows)))


def _on_table(printed: Image.Image, strip_dots: int) -> Image.Image:
    height = TOP_MARGIN_DOTS + printed.height + CUT_FEED_DOTS
    strip = Image.new("L", (strip_dots, height), PAPER_WHITE)
    left = (strip_dots - printed.width) // 2
    strip.paste(INK, (left, TOP_MARGIN_DOTS), printed.point(lambda light: 255 - light))
    outline = _torn_outline(strip_dots, height)
    size = (strip_dots + 2 * BORDER_DOTS, height + 2 * BORDER_DOTS)
    shadow = Image.new("L", size, 0)
    shadow.paste(120, (BORDER_DOTS + 5, BORDER_DOTS + 9), outline)
    table = Image.new("L", size, BACKGROUND)
    table.paste(0, (0, 0), shadow.filter(ImageFilter.GaussianBlur(9)))
    table.paste(strip, (BORDER_DOTS, BORDER_DOTS), outline)
    return table


def _torn_outline(width: int, height: int) -> Image.Image:
    """The knife leaves a straight top and a toothed bottom."""
    outline = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(outline)
    for x in range(0, width, 2 * TOOTH_DOTS):
        pen.polygon([(x, height), (x + TOOTH_DOTS, height - TOOTH_DOTS), (x + 2 * TOOTH_DOTS, height)], fill=0)
    return outline
