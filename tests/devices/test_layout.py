"""Papers set into columns, and the bytes they become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.printer.columns import printable, width, wrap
from kiosk.devices.printer.escpos_parser import Command, EscposParser
from kiosk.devices.printer.layout import LayoutError, Line, QrSymbol, lay_out
from kiosk.devices.printer.picture import qr_image
from kiosk.domain.receipt import Align, Columns, Feed, Paper, QrCode, Rule, Text, TextSize
from tests.devices.papers import CHINESE, ENGLISH, job_bytes

texts = st.text(max_size=60) | st.text("红烧肉，。（）￥ab 1", max_size=60)
elements = (
    st.builds(Text, texts, st.sampled_from(Align), st.sampled_from(TextSize), st.booleans())
    | st.builds(Columns, texts, texts, st.booleans(), st.integers(0, 60))
    | st.builds(Rule)
    | st.builds(Feed, st.integers(-1, 99))
)


def lines(*parts: Text | Columns | Feed | Rule, columns: int = 32) -> list[str]:
    return [part.text for part in lay_out(Paper(parts), columns) if isinstance(part, Line)]


def commands_of(job: bytes) -> list[Command]:
    return EscposParser().feed(job)


def printed_lines(job: bytes) -> list[str]:
    text = b"".join(c.arguments if not c.code else b"\n" for c in commands_of(job) if c.code in {b"", b"\n"})
    return text.decode("gb18030").split("\n")


def test_a_price_stands_at_the_right_edge_and_the_name_wraps_before_it() -> None:
    assert lines(Columns("红烧肉盖饭（大份，少辣，不要香菜）", "￥18.50")) == [
        "红烧肉盖饭（大份，少辣， ￥18.50",
        "不要香菜）",
    ]
    assert lines(Columns("Braised pork belly with rice", "￥18.50", indent=2)) == [
        "  Braised pork belly     ￥18.50",
        "  with rice",
    ]


def test_a_right_side_that_leaves_no_room_stands_below() -> None:
    assert lines(Columns("Name", "123456789012345678901234567890")) == ["Name", "  123456789012345678901234567890"]


def test_punctuation_never_begins_a_line_and_a_bracket_never_ends_one() -> None:
    assert lines(Text("一二三四五六七八九十一二三四五六，七"))[1] == "六，七"
    assert lines(Text("一二三四五六七八九十一二三四五（六）"))[1] == "（六）"
    assert lines(Text("一二三四五六七八九十一二三四五￥12"))[1] == "￥12"


def test_a_centred_text_has_no_lonely_last_word() -> None:
    assert lines(Text("Sunshine University Canteen No. 1", Align.CENTER)) == ["Sunshine University", "Canteen No. 1"]
    assert lines(Text("请凭取餐号到窗口取餐，祝您用餐愉快！", Align.CENTER)) == [
        "请凭取餐号到窗口取餐，",
        "祝您用餐愉快！",
    ]


def test_a_big_text_has_half_the_columns() -> None:
    assert [width(line) for line in lines(Text("0123456789" * 2, size=TextSize.BIG))] == [16, 4]


def test_rules_and_feeds() -> None:
    assert lines(Rule(), Feed(2)) == ["-" * 32, "", ""]


@given(st.lists(elements, max_size=8), st.sampled_from([32, 48]))
def test_every_line_fits_the_paper(parts: list[Text | Columns | Rule | Feed], columns: int) -> None:
    for line in lay_out(Paper(tuple(parts)), columns):
        assert isinstance(line, Line)
        assert width(line.text) * (2 if line.size is TextSize.BIG else 1) <= columns
        line.text.encode("gb18030")


@given(texts, st.integers(10, 48))
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    text = printable(text)

    assert "".join(wrap(text, columns)).replace(" ", "") == text.replace(" ", "")


@given(texts)
def test_no_text_can_hold_a_command(text: str) -> None:
    assert all(byte >= 0x20 for byte in printable(text).encode("gb18030"))


def test_what_no_printer_has_is_replaced() -> None:
    assert printable("¥5 Crème brûlée don’t – ok") == "￥5 Creme brulee don't - ok"
    assert printable("a\x1b@\r\nb😀䶮") == "a @  b□䶮"


@pytest.mark.parametrize("text", ["", "x" * 301, "X" * 971])
def test_a_qr_code_no_printer_can_hold_is_refused(text: str) -> None:
    with pytest.raises(LayoutError, match="300"):
        lay_out(Paper((QrCode(text),)), 48)


@pytest.mark.parametrize("text", ["x", "码" * 300, "y" * 300, "Z" * 970])
def test_the_longest_qr_code_fits_the_narrow_paper(text: str) -> None:
    (symbol,) = lay_out(Paper((QrCode(text),)), 32)
    assert isinstance(symbol, QrSymbol)
    assert qr_image(symbol.text, symbol.module_dots).width <= 384


def test_golden_bytes_of_a_chinese_line() -> None:
    job = job_bytes(Paper((Text("合计 ￥12.50"),)), 80, "gb18030")

    assert job == bytes.fromhex(
        "18 1B 40"  # reset
        "1C 26"  # Chinese on
        "1B 33 22"  # line spacing
        "BA CF BC C6 20 A3 A4 31 32 2E 35 30 0A"  # 合计 ￥12.50 in GB18030
        "1D 56 42 00"  # cut
    )


def test_modes_are_sent_when_they_change_and_only_then() -> None:
    paper = Paper((Text("a", bold=True), Text("b", bold=True), Text("c", Align.CENTER, TextSize.BIG)))
    codes = [c.code + c.arguments for c in commands_of(job_bytes(paper, 80, "gb18030"))]

    assert codes.count(b"\x1bE\x01") == codes.count(b"\x1bE\x00") == 1
    assert codes.index(b"\x1bE\x01") < codes.index(b"a") < codes.index(b"b") < codes.index(b"\x1bE\x00")
    assert {b"\x1ba\x01", b"\x1d!\x11"} <= set(codes[codes.index(b"b") : codes.index(b"c")])


def test_a_qr_code_is_drawn_by_the_printer() -> None:
    job = job_bytes(Paper((QrCode("https://x.example"),)), 80, "gb18030")

    assert (
        bytes.fromhex("1D 28 6B 14 00 31 50 30") + b"https://x.example" + bytes.fromhex("1D 28 6B 03 00 31 51 30")
        in job
    )


@pytest.mark.parametrize("paper", [CHINESE, ENGLISH])
@pytest.mark.parametrize(("paper_mm", "columns"), [(58, 32), (80, 48)])
def test_a_whole_receipt_reads_back(paper: Paper, paper_mm: int, columns: int) -> None:
    job = job_bytes(paper, paper_mm, "gb18030")
    texts = printed_lines(job)

    assert all(width(line) <= columns for line in texts)
    assert any(line.endswith("￥42.50") and width(line) == columns for line in texts)
    assert job.endswith(bytes.fromhex("1D 56 42 00"))


@pytest.mark.parametrize(("paper_mm", "row_bytes"), [(58, 48), (80, 72)])
def test_a_printer_without_chinese_gets_strips_of_dots(paper_mm: int, row_bytes: int) -> None:
    commands = commands_of(job_bytes(CHINESE, paper_mm, "raster"))
    strips = [c.arguments for c in commands if c.code == b"\x1dv"]

    assert {c.code for c in commands} == {b"\x18", b"\x1b@", b"\x1dv", b"\x1dV"}
    assert all(int.from_bytes(strip[2:4], "little") == row_bytes for strip in strips)
    assert max(2 + len(strip) for strip in strips) < 4_700  # what CLEAR_LEFTOVERS can end
    assert any(any(strip[6:]) for strip in strips)
