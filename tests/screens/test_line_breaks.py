"""Where lines of Chinese end: every line fits, nothing is lost, and no mark stands where it may not."""

from __future__ import annotations

import pytest

from kiosk.screens.widgets.line_breaks import with_line_breaks
from kiosk.screens.widgets.typesetting import TEXT_FONT, text_width

FONT_PX = 40
SENTENCES = (
    "请刷卡（校园卡），或看这里：“付款”……余额 12.50 元，可用 3 张券。",
    "《同意书》只在本机保存；可随时删除！真的？是的，随时。",
    "10:30 至 13:00 供应，其余时间不供应。Wi-Fi 断开时，仍可付款。",
)


def broken(text: str, width: int) -> list[str]:
    return with_line_breaks(text, width, TEXT_FONT, FONT_PX, bold=False).split("\n")


@pytest.mark.parametrize("text", SENTENCES)
def test_marks_stand_where_they_may_at_every_width(text: str) -> None:
    for width in range(5 * FONT_PX, 30 * FONT_PX, 7):
        lines = broken(text, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line[0] in "，。、；：？！）》”…" for line in lines)
        assert not any(line[-1] in "（《“" for line in lines)
        assert max(text_width(line, FONT_PX, bold=False) for line in lines) <= width


@pytest.mark.parametrize("whole", ["12.50", "10:30", "13:00", "Wi-Fi"])
def test_a_number_or_a_latin_word_stays_whole(whole: str) -> None:
    (text,) = (text for text in SENTENCES if whole in text)
    for width in range(5 * FONT_PX, 30 * FONT_PX, 7):
        assert any(whole in line for line in broken(text, width))


def test_lines_are_filled() -> None:
    assert broken("一二三四五六七八九十", 5 * FONT_PX) == ["一二三四五", "六七八九十"]
    assert broken("一二三四五，六七八九", 5 * FONT_PX) == ["一二三四", "五，六七八", "九"]


def test_what_was_broken_already_stays_so() -> None:
    assert broken("一二\n三四五六", 3 * FONT_PX) == ["一二", "三四五", "六"]


def test_english_is_left_to_kivy() -> None:
    assert broken("Hold your card to the reader, please.", 100) == ["Hold your card to the reader, please."]


def test_what_cannot_be_broken_is_left_whole() -> None:
    assert broken("（这。", 10) == ["（这。"]
