"""Lines to the bytes of one print job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from kiosk.devices.printer import commands
from kiosk.devices.printer.layout import Line, PrintedPart, QrSymbol, lay_out
from kiosk.domain.receipt import Align, Paper, QrCode, Text, TextSize

PaperWidth = Literal[58, 80]
Chinese = Literal["gb18030", "raster"]
COLUMNS: dict[PaperWidth, int] = {80: 48, 58: 32}


def encode_job(paper: Paper, paper_mm: PaperWidth, chinese: Chinese) -> Iterator[bytes]:
    """The whole job, from the reset to the cut, in pieces: a raster begins to print while the rest is drawn. Raises
    LayoutError, and that before the first piece."""
    parts = lay_out(paper, COLUMNS[paper_mm])
    return _pieces(parts, COLUMNS[paper_mm], chinese)


def warm_up(paper_mm: PaperWidth, chinese: Chinese) -> None:
    """Load what the first job needs (libraries, fonts), so that no customer waits for it."""
    paper = Paper((Text("0 取餐号"), Text("0 取餐号", bold=True), QrCode("0")))
    for _ in encode_job(paper, paper_mm, chinese):
        pass


def _pieces(parts: list[PrintedPart], columns: int, chinese: Chinese) -> Iterator[bytes]:
    yield commands.RESET
    if chinese == "gb18030":
        yield _Gb18030().encode(parts)
    else:
        from kiosk.devices.printer import graphics, picture  # late: see there

        for part in parts:
            yield graphics.raster(picture.draw(part, columns))
    yield commands.CUT


class _Gb18030:
    """For printers with a Chinese font; a mode is sent only when it changes."""

    def __init__(self) -> None:
        self._out = bytearray(commands.CHINESE_ON)
        self._modes: dict[str, bytes] = {
            "align": commands.align(Align.LEFT),
            "size": commands.character_size(TextSize.NORMAL),
            "bold": commands.bold(is_bold=False),
        }

    def encode(self, parts: list[PrintedPart]) -> bytes:
        for part in parts:
            if isinstance(part, QrSymbol):
                self._add_qr(part)
            else:
                self._add_line(part)
        return bytes(self._out)

    def _add_line(self, line: Line) -> None:
        self._set("spacing", commands.line_spacing(commands.line_dots(line.size)))
        self._set("align", commands.align(line.align))
        self._set("size", commands.character_size(line.size))
        self._set("bold", commands.bold(is_bold=line.bold))
        self._out += line.text.encode("gb18030") + commands.LINE_FEED

    def _add_qr(self, symbol: QrSymbol) -> None:
        from kiosk.devices.printer import graphics  # late: see there

        self._set("align", commands.align(Align.CENTER))
        code = graphics.qr_code(symbol.text, symbol.module_dots)
        self._out += commands.FEED_AROUND_QR + code + commands.FEED_AROUND_QR

    def _set(self, mode: str, command: bytes) -> None:
        if self._modes.get(mode) != command:
            self._modes[mode] = command
            self._out += command
