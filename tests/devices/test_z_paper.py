"""A Z report on paper: both widths, both languages, nothing cut."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from kiosk.devices.printer.columns import width
from kiosk.devices.printer.layout import Line, lay_out
from kiosk.devices.printer.paper_image import draw_paper
from kiosk.domain.receipt import TextSize
from tests.admin_flow.shift_scenes import report, shown
from tests.devices.papers import job_bytes

PICTURES = Path("out/pictures")
_WIDE = (TextSize.BIG,)


@pytest.mark.parametrize("columns", [32, 48])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("corrected", [False, True])
def test_every_line_fits(columns: int, language: str, *, corrected: bool) -> None:
    lines = [p for p in lay_out(shown(language, corrected=corrected).paper, columns) if isinstance(p, Line)]
    for line in lines:
        assert width(line.text) * (2 if line.size in _WIDE else 1) <= columns, line
    text = "\n".join(line.text for line in lines)
    for figure in ("1352.00", "458.00", "456.50", "-￥1.50" if "￥" in text else "-¥1.50", "A001", "A215"):
        assert figure in text, figure


@pytest.mark.parametrize("paper_mm", [58, 80])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_its_picture(language: str, paper_mm: Literal[58, 80]) -> None:
    picture = draw_paper(job_bytes(shown(language, corrected=True).paper, paper_mm, "gb18030"), paper_mm)
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture.save(PICTURES / f"z-report-{language}-{paper_mm}.png")
    assert picture.height > 1000


def test_a_day_without_cash_says_nothing_of_a_drawer() -> None:
    text = "\n".join(p.text for p in lay_out(shown("en", report(counted=None)).paper, 48) if isinstance(p, Line))
    assert "Expected" not in text
    assert "Difference" not in text
