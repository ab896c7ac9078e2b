"""The texts that members say yes to: complete in every language, and never changed once they were shown."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from kiosk.domain.face_consent import MAX_TERM, MAX_VERSION_CHARS, ConsentGiver
from kiosk.screens.consent_files import CONSENTS, read_consent_text
from kiosk.services.consent_text import CONSENT_LANGUAGES, CONSENT_VERSION, TERM, Yes

# Of each version that was released. Another text is another version: its file is added, and a line here.
RELEASED = {
    "face-1.en.txt": "15307fc0f9950530c335ed3fc1f28df2b0341bcb22d7051c12d3befeca05595f",
    "face-1.zh.txt": "cfbbe2ce738bc54e4b05409ee4cf5e7700d7827b4cc75a701720dce35b73b2bd",
}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_text_that_was_released_is_never_changed() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in CONSENTS.iterdir()}
    assert found == RELEASED


def test_every_language_says_as_much() -> None:
    text = read_consent_text()
    assert text is not None
    assert text.version == CONSENT_VERSION
    assert len(CONSENT_VERSION) <= MAX_VERSION_CHARS
    shapes = {len(text.page(code).body.split("\n\n")) for code in CONSENT_LANGUAGES}
    assert len(shapes) == 1, "as many paragraphs in each"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("自愿", "校园卡", "不保存", "加密", "一年", "查看、续期、删除", "14 周岁", "监护人", "一分钟", "投诉")),
        (
            "en",
            ("free choice", "card", "No photograph is kept", "encrypted", "one year", "see, renew or delete",
             "Under 14", "guardian", "minute", "complaints"),
        ),
    ],
)  # fmt: skip
def test_what_the_law_and_the_product_promise_is_in_it(language: str, said: tuple[str, ...]) -> None:
    text = read_consent_text()
    assert text is not None
    body = text.page(language).body
    assert [word for word in said if word not in body] == []


def test_the_term_is_the_year_that_the_text_names() -> None:
    assert timedelta(days=364) < TERM <= MAX_TERM
    form = Yes("face-1", "zh").form(NOON)
    assert form.until == NOON + TERM
    assert (form.under_14, form.given_by, form.guardian) == (False, ConsentGiver.MEMBER, "")


def test_a_guardian_who_is_named_consents_for_a_child() -> None:
    form = Yes("face-1", "zh", "王芳", "李雷").form(NOON)
    assert (form.under_14, form.given_by, form.guardian, form.staff) == (True, ConsentGiver.GUARDIAN, "王芳", "李雷")


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_fonts_have_every_character(weight: str) -> None:
    with TTFont(CONSENTS.parent / "fonts" / f"NotoSansSC-{weight}.ttf", lazy=True) as font:
        drawable = set(map(chr, font.getBestCmap()))
    needed = {character for path in CONSENTS.iterdir() for character in path.read_text("utf-8")}
    assert needed - drawable - {"\n"} == set()


def missing(folder: Path) -> None:
    (folder / "face-1.en.txt").unlink()


def without_a_body(folder: Path) -> None:
    (folder / "face-1.en.txt").write_text("Consent\n", "utf-8")


def not_text(folder: Path) -> None:
    (folder / "face-1.zh.txt").write_bytes(b"\xff\xfe\x00")


def endless(folder: Path) -> None:
    (folder / "face-1.zh.txt").write_text("a\n" + "b" * 30_000, "utf-8")


@pytest.mark.parametrize("damage", [missing, without_a_body, not_text, endless])
def test_nobody_can_agree_to_a_text_that_is_not_whole(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = tmp_path / "consent"
    shutil.copytree(CONSENTS, folder)
    assert read_consent_text(folder) is not None
    damage(folder)
    assert read_consent_text(folder) is None
