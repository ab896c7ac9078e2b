"""A terminal whose catalogues are missing or damaged goes on selling, in English."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from kiosk.domain.money import Money
from kiosk.domain.order_code import short_code
from kiosk.screens.texts import CATALOGUES, LOCALES, Texts
from kiosk.services.outcomes import Paid
from kiosk.services.papers import Papers
from tests.services.terminal import CANTEEN
from tests.services.test_papers import LOCAL, RECEIPTS, order, rows

MAGIC = bytes.fromhex("de120495")


def compiled(folder: Path, language: str) -> Path:
    path = folder / CATALOGUES[language] / "LC_MESSAGES" / "kiosk.mo"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no catalogue", MAGIC + bytes(3), MAGIC + bytes([255] * 40), "half"],
    ids=["missing", "empty", "foreign", "cut off", "nonsense", "half"],
)
def test_a_catalogue_that_cannot_be_read(
    tmp_path: Path, content: bytes | str | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = compiled(tmp_path, "zh")
    if content == "half":
        whole = (LOCALES / "zh_CN" / "LC_MESSAGES" / "kiosk.mo").read_bytes()
        content = whole[: len(whole) // 2]
    if isinstance(content, bytes):
        path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        texts = Texts("zh", tmp_path)
        assert [texts.gettext("Total") for _ in range(3)] == ["Total"] * 3
        assert texts.ngettext("{n} point {amount}", "{n} points {amount}", 2) == "{n} points {amount}"
        assert texts.of(CANTEEN) == "第一食堂", "the menu's own texts stay"
    assert [record.message for record in caplog.records] == ["catalogue_not_read"], "said once"


def test_papers_are_printed_all_the_same(tmp_path: Path) -> None:
    papers = Papers("Terminal 1", lambda language: Texts(language, tmp_path))
    paid = Paid(order("en"), Money(350), 48)
    expected = [line.format(id=paid.order.id, code=short_code(paid.order.id)) for line in RECEIPTS["en"]]
    assert rows(papers.receipt(paid, LOCAL, CANTEEN)) == expected
    assert "Total\t¥48.50" in rows(papers.receipt(Paid(order("zh"), None, 0), LOCAL, CANTEEN))


def test_a_catalogue_that_is_there(caplog: pytest.LogCaptureFixture) -> None:
    assert Texts("zh").gettext("Total") == "合计"
    assert caplog.records == []
