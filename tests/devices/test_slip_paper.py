"""Codes on paper: what a camera reads off the picture of a slip is what was signed, off a receipt's what finds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
from PIL import Image

from kiosk.devices.printer.encoder import COLUMNS
from kiosk.devices.printer.layout import QrSymbol, lay_out
from kiosk.devices.printer.paper_image import HEAD_DOTS, draw_paper
from kiosk.devices.printer.picture import qr_image
from kiosk.domain.due_order import order_of
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.order_code import order_code
from kiosk.domain.receipt import Paper, QrCode
from kiosk.domain.slip import MAX_SLIP_CHARS, PREFIX, SIGNATURE_BYTES, slip_payload, slip_text
from kiosk.services.outcomes import DueAtCounter, Paid
from tests.devices.papers import job_bytes
from tests.domain.test_slip import an_order
from tests.services.terminal import CANTEEN, PAPERS

PICTURES = Path("out/pictures")

LONGEST = PREFIX + "Q7%" * ((MAX_SLIP_CHARS - len(PREFIX)) // 3)
SLIPS = {
    "one-line": slip_text(slip_payload(an_order(1)), bytes(range(SIGNATURE_BYTES))),
    "twelve-lines": slip_text(slip_payload(an_order(12)), bytes(range(SIGNATURE_BYTES))),
    "longest": LONGEST,
}


def slip_paper(code: str) -> Paper:
    order = replace(order_of(an_order(2), None), state=OrderState.AWAITING_PAYMENT)
    local = datetime(2026, 3, 2, 12, 3, tzinfo=UTC)
    return PAPERS.counter_slip(DueAtCounter(order, slip=code), local, CANTEEN)


def receipt(language: str) -> tuple[Paper, str]:
    """And what its code says."""
    order = replace(order_of(an_order(3), None), state=OrderState.PAID, language=language)
    return PAPERS.receipt(Paid(order, Money(350), 48), datetime(2026, 3, 2, 12, 3, tzinfo=UTC), CANTEEN), order_code(
        order.id
    )


def symbol_on(paper: Paper, columns: int) -> QrSymbol:
    (symbol,) = [part for part in lay_out(paper, columns) if isinstance(part, QrSymbol)]
    return symbol


@pytest.mark.parametrize("paper_mm", [58, 80])
@pytest.mark.parametrize("chinese", ["gb18030", "raster"])
@pytest.mark.parametrize("name", SLIPS)
def test_it_is_read_off_the_paper(name: str, chinese: Literal["gb18030", "raster"], paper_mm: Literal[58, 80]) -> None:
    paper = slip_paper(SLIPS[name])
    symbol = symbol_on(paper, COLUMNS[paper_mm])
    assert symbol.module_dots >= (3 if name == "longest" and paper_mm == 58 else 4), "eighths of a millimetre"
    assert qr_image(symbol.text, symbol.module_dots).width <= HEAD_DOTS[paper_mm]
    picture = draw_paper(job_bytes(paper, paper_mm, chinese), paper_mm)
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture.save(PICTURES / f"slip-{name}-{chinese}-{paper_mm}.png")
    assert read_code(picture) == SLIPS[name]


@pytest.mark.parametrize("paper_mm", [58, 80])
@pytest.mark.parametrize("chinese", ["gb18030", "raster"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_receipts_code_is_read_off_it(
    language: str, chinese: Literal["gb18030", "raster"], paper_mm: Literal[58, 80]
) -> None:
    paper, code = receipt(language)
    picture = draw_paper(job_bytes(paper, paper_mm, chinese), paper_mm)
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture.save(PICTURES / f"receipt-{language}-{chinese}-{paper_mm}.png")
    assert read_code(picture) == code


def test_a_printer_that_packs_bytes_has_room_for_it_all_the_same() -> None:
    """Not every printer knows that these characters can be packed more tightly."""
    symbol = symbol_on(Paper((QrCode(LONGEST),)), COLUMNS[58])
    assert qr_image(symbol.text.lower(), symbol.module_dots).width <= HEAD_DOTS[58]


def read_code(picture: Image.Image) -> str:
    """As a scanner's camera sees it, a little unsharp, from one distance or another."""
    for scale in (2.0, 1.5, 3.0, 1.0):
        grey = np.array(picture.convert("L").resize((round(picture.width * scale), round(picture.height * scale))))
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(cv2.GaussianBlur(grey, (3, 3), 0))
        if text:
            return text
    return ""
