"""ESC/POS commands written by hand (Epson's ESC/POS command reference; the Chinese ones as GB18030 printers have
them). QR codes and rasters come from python-escpos: see graphics.py."""

from __future__ import annotations

from typing import Literal

from kiosk.domain.receipt import Align, TextSize

StatusKind = Literal[1, 2, 3, 4]

RESET = b"\x18\x1b\x40"  # CAN: drop the page; ESC @: drop the line, and every mode to its default
CHINESE_ON = b"\x1c\x26"  # FS &
CUT = b"\x1d\x56\x42\x00"  # GS V 66 0: feed to the knife, cut
OPEN_DRAWER = b"\x1b\x70\x00\x32\x32"  # ESC p 0 50 50: connector pin 2, 100 ms on, 100 ms off
ASK_PAPER_SENSOR = b"\x1d\x72\x01"  # GS r 1: answered in its turn, so after everything before it
LINE_FEED = b"\n"

LONGEST_COMMAND_BYTES = 4_700
"""No command we send is longer: so many NULs end whichever one was cut off, and print nothing."""
CLEAR_LEFTOVERS = b"\x00" * LONGEST_COMMAND_BYTES + RESET + CUT
"""For a printer that got only a part of the last job: what is on the paper is cut off, nothing waits in a buffer."""

QR_MARGIN_DOTS = 16
FEED_AROUND_QR = bytes([0x1B, 0x4A, QR_MARGIN_DOTS])  # ESC J

NORMAL_LINE_DOTS = 34
LARGE_LINE_DOTS = 60

_SIZES = {TextSize.NORMAL: 0x00, TextSize.TALL: 0x01, TextSize.BIG: 0x11}
_ALIGNMENTS = {Align.LEFT: 0, Align.CENTER: 1}


def ask_status(kind: StatusKind) -> bytes:
    """DLE EOT n: answered at once, even by a printer that is offline. Never inside another command's data."""
    return bytes([0x10, 0x04, kind])


def character_size(size: TextSize) -> bytes:
    return bytes([0x1D, 0x21, _SIZES[size]])


def bold(*, is_bold: bool) -> bytes:
    return bytes([0x1B, 0x45, is_bold])


def align(align: Align) -> bytes:
    return bytes([0x1B, 0x61, _ALIGNMENTS[align]])


def line_spacing(dots: int) -> bytes:
    return bytes([0x1B, 0x33, dots])


def line_dots(size: TextSize) -> int:
    """From one line's top to the next one's."""
    return NORMAL_LINE_DOTS if size is TextSize.NORMAL else LARGE_LINE_DOTS
