"""QR codes and pictures as ESC/POS bytes, by python-escpos.

Imported late, by the printer's thread: loading the library's printer profiles takes a third of a second.
"""

from __future__ import annotations

import shutil

import escpos.capabilities
from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy
from PIL import Image

# The library leaves a folder with a cache of its profiles in the temporary directory at every start.
shutil.rmtree(escpos.capabilities.pickle_dir, ignore_errors=True)

STRIP_ROWS = 64
"""Rows of one raster command: small enough for the buffer of any printer."""
_PROFILES = {576: "TM-T20II", 384: "POS-5890"}


def qr_code(text: str, module_dots: int) -> bytes:
    """GS ( k: the printer draws the code itself."""
    printer = Dummy()
    printer.qr(text, ec=QR_ECLEVEL_M, size=module_dots, native=True)
    return printer.output


def raster(image: Image.Image) -> bytes:
    """GS v 0 commands, one per strip. The image is as wide as the print head: 576 or 384 dots."""
    printer = Dummy(profile=_PROFILES[image.width])
    printer.image(image, impl="bitImageRaster", fragment_height=STRIP_ROWS)
    return printer.output
