"""Pictures of printed paper: both widths, both languages, and that both ways to print Chinese look alike."""

from __future__ import annotations

import pytest
from PIL import Image

from kiosk.devices.printer.paper_image import BORDER_DOTS, HEAD_DOTS, INK, STRIP_DOTS, TOP_MARGIN_DOTS, draw_paper
from kiosk.devices.printer.picture import qr_image
from kiosk.domain.receipt import Align, Columns, Feed, Paper, QrCode, Text, TextSize
from tests.devices.papers import CHINESE, ENGLISH, QR_TEXT, job_bytes


def printed(paper: Paper, paper_mm: int = 80, chinese: str = "gb18030") -> Image.Image:
    """The strip as wide as the print head: white, and the ink on it ("L", 255 is ink)."""
    return head(draw_paper(job_bytes(paper, paper_mm, chinese), paper_mm), paper_mm)


def head(picture: Image.Image, paper_mm: int) -> Image.Image:
    left = BORDER_DOTS + (STRIP_DOTS[paper_mm] - HEAD_DOTS[paper_mm]) // 2
    top = BORDER_DOTS + TOP_MARGIN_DOTS
    box = (left, top, left + HEAD_DOTS[paper_mm], picture.height - BORDER_DOTS - 12)
    return picture.crop(box).point(lambda light: 255 if light < (INK + 250) // 2 else 0)


def ink_box(image: Image.Image) -> tuple[int, int, int, int]:
    box = image.getbbox()
    assert box is not None
    return box


def ink(image: Image.Image) -> int:
    return image.histogram()[255]


@pytest.mark.parametrize("paper", [CHINESE, ENGLISH], ids=["zh", "en"])
@pytest.mark.parametrize("paper_mm", [58, 80])
def test_a_receipt_fills_its_width_and_holds_its_qr_code(paper: Paper, paper_mm: int) -> None:
    picture = printed(paper, paper_mm)
    left, _, right, _ = ink_box(picture)
    code = qr_image(QR_TEXT, 5).point(lambda light: 255 - light)

    assert left < 12
    assert right > HEAD_DOTS[paper_mm] - 12
    x = (HEAD_DOTS[paper_mm] - code.width) // 2
    assert any(
        picture.crop((x, y, x + code.width, y + code.height)).tobytes() == code.tobytes()
        for y in range(picture.height - code.height)
    )


@pytest.mark.parametrize("paper", [CHINESE, ENGLISH], ids=["zh", "en"])
@pytest.mark.parametrize("paper_mm", [58, 80])
def test_text_and_raster_look_alike(paper: Paper, paper_mm: int) -> None:
    """The same lines one after the other: the ink of each line, whichever way it was sent, is nearly the same."""
    for element in paper.elements:
        if isinstance(element, QrCode | Feed):
            continue
        text, raster = (printed(Paper((element,)), paper_mm, way) for way in ("gb18030", "raster"))
        assert ink(raster) == pytest.approx(ink(text), rel=0.2)
        for a, b in zip(ink_box(text)[::2], ink_box(raster)[::2], strict=True):
            assert abs(a - b) <= 2


def test_sizes_bold_and_alignment_show() -> None:
    normal = ink_box(printed(Paper((Text("取餐A037"),))))
    tall = ink_box(printed(Paper((Text("取餐A037", size=TextSize.TALL),))))
    big = ink_box(printed(Paper((Text("取餐A037", Align.CENTER, TextSize.BIG),))))
    width, height = normal[2] - normal[0], normal[3] - normal[1]

    assert tall[2] - tall[0] == pytest.approx(width, abs=4)
    assert tall[3] - tall[1] == pytest.approx(2 * height, abs=6)
    assert big[2] - big[0] == pytest.approx(2 * width, abs=8)
    assert (big[0] + big[2]) / 2 == pytest.approx(HEAD_DOTS[80] / 2, abs=4)
    assert ink(printed(Paper((Text("红烧肉", bold=True),)))) > 1.2 * ink(printed(Paper((Text("红烧肉"),))))


def test_a_price_ends_at_the_edge_of_the_print_head() -> None:
    assert ink_box(printed(Paper((Columns("红烧肉", "￥18.50"),))))[2] > HEAD_DOTS[80] - 12


def test_without_the_chinese_mode_it_is_as_illegible_as_on_a_printer() -> None:
    job = job_bytes(Paper((Text("红烧肉盖饭"),)), 80, "gb18030")
    without = draw_paper(job.replace(b"\x1c\x26", b""), 80)

    assert ink(head(without, 80)) < 0.8 * ink(head(draw_paper(job, 80), 80))


def test_the_strip_has_the_papers_width_and_grows_with_its_text() -> None:
    one, many = (draw_paper(job_bytes(Paper((Text("一"),) * n), 58, "gb18030"), 58) for n in (1, 11))

    assert one.width == many.width == STRIP_DOTS[58] + 2 * BORDER_DOTS
    assert many.height - one.height == 10 * 34
