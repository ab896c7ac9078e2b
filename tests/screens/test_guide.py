"""The user guide (docs/guide) is true: its pictures are what the screens show today, both languages tell the same, and
the words it quotes from a screen stand there.

`make guide` takes the pictures anew; look at them before they are committed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from babel.messages.pofile import read_po
from PIL import Image, ImageFilter

from central import cli as central_cli
from kiosk import command_line
from kiosk.screens.flow.state import View
from tests.screens import counter_scenes, scenes
from tests.screens.counter_driver import CounterDriver
from tests.screens.driver import LYING, PICTURES, UPRIGHT, Driver
from tests.screens.guide_scenes import COUNTER, SELF_SERVICE, paid
from tests.screens.guide_staff import ATTRACT, BOARD, KITCHEN, STAFF, staff_pictures
from tests.screens.kitchen_driver import BoardDriver, KitchenDriver

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
LANGUAGES = ("zh", "en")
TAKES_PICTURES = os.environ.get("GUIDE") == "take"
WIDE = (1920, 1080)
WIDTHS_PX = {UPRIGHT: 360, LYING: 640, WIDE: 640}
COLOURS = 96
BLOCK_PX = 16
LOOKS = 8  # what moves comes by its picture within a second
# Of 255, as a block's mean, blurred: the same picture was seen to be at most 7 off, another word is 20 and more.
SAME_WITHIN = 12.0

Picture = np.ndarray[Any, np.dtype[np.uint8]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pictures_are_what_is_seen(
    language: str,
    kept_app: Callable[..., Driver],
    kept_counter: Callable[..., CounterDriver],
    kept_of: Callable[..., Any],
) -> None:
    view = View(language)
    stale = []
    for open_app, states, with_view in (
        (kept_app, SELF_SERVICE, scenes.with_view),
        (kept_counter, COUNTER, counter_scenes.with_view),
        (partial(kept_of(KitchenDriver), size=WIDE), KITCHEN, _with_view),
        (partial(kept_of(BoardDriver), size=WIDE), BOARD, _with_view),
    ):
        ui: Driver | None = None
        for name, state in states.items():
            ui = _shown(ui, open_app, with_view(state, view))
            stale += _kept(language, name, ui)
    staff = kept_app(scenes.with_view(ATTRACT, view), size=LYING)
    for name in staff_pictures(staff):
        stale += _kept(language, name, staff)
    assert not stale, f"take these anew with `make guide` and look at them: {', '.join(stale)}"


def test_another_number_is_seen_on_a_picture(kept_app: Callable[..., Driver]) -> None:
    """Else nothing could go stale."""
    shown = SELF_SERVICE["paid"]
    ui = kept_app(shown)
    before = _small(ui)
    assert _difference(before, _small(ui)) < SAME_WITHIN
    assert shown.order is not None
    ui.show(paid(replace(shown.order, number="A038")))
    assert _difference(before, _small(ui)) > SAME_WITHIN


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_shown_and_there(language: str) -> None:
    shown = {Path(link).stem for page in _pages(language) for link in _pictures(page)}
    assert shown == {*SELF_SERVICE, *COUNTER, *STAFF, *KITCHEN, *BOARD}
    assert {path.stem for path in (GUIDE / "pictures" / language).glob("*.png")} == shown


def test_both_languages_tell_the_same() -> None:
    """The same pages with the same headings, steps and pictures."""
    zh, en = (_pages(language) for language in LANGUAGES)
    assert [page.name for page in zh] == [page.name for page in en]
    for ours, theirs in zip(zh, en, strict=True):
        assert _shape(ours) == _shape(theirs), ours.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_from_the_screen_stand_there(language: str) -> None:
    """What is bold in the guide is a text of the program."""
    texts = _texts(language)
    for page in _pages(language):
        for words in re.findall(r"\*\*(.+?)\*\*", page.read_text(encoding="utf-8")):
            assert words in texts, f"{page.name}: {words}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_in_the_guide_are_there(language: str) -> None:
    for page in _pages(language):
        text = page.read_text(encoding="utf-8")
        for command in re.findall(r"`python -m central ([a-z-]+)", text):
            assert _is_command(central_cli.main, command), command
        for command in re.findall(r"`main\.py (?:--config \S+ )?([a-z-]+)", text):
            assert _is_command(command_line.main, command), command


def _is_command(main: Callable[[list[str]], int], command: str) -> bool:
    """Its help is said, and nothing is done."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()), pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    return ended.value.code == 0


def _with_view(state: Any, view: View) -> Any:
    return replace(state, view=view)


def _shown(ui: Driver | None, open_app: Callable[..., Driver], state: Any) -> Driver:
    if ui is None:
        return open_app(state)
    ui.show(state)
    return ui


def _kept(language: str, name: str, ui: Driver) -> list[str]:
    """Nothing where the picture in the guide is what the window shows; else its name. Or takes it."""
    path = GUIDE / "pictures" / language / f"{name}.png"
    now = _small(ui)
    if TAKES_PICTURES:
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(now).quantize(COLOURS, dither=Image.Dither.NONE)
        if not path.exists() or _difference(_stored(path), now) > 0:
            image.save(path, optimize=True)
        return []
    for _ in range(LOOKS if path.exists() else 0):
        if _difference(_stored(path), now) < SAME_WITHIN:
            return []
        ui.step(6)
        now = _small(ui)
    PICTURES.mkdir(parents=True, exist_ok=True)
    Image.fromarray(now).save(PICTURES / f"guide-{language}-{name}.png")
    return [f"{language}/{name}"]


def _small(ui: Driver) -> Picture:
    ui.settle()
    image = Image.fromarray(ui.pixels())
    width = WIDTHS_PX[ui.size]
    size = (width, round(image.height * width / image.width))
    small = image.resize(size, Image.Resampling.LANCZOS).quantize(COLOURS, dither=Image.Dither.NONE)
    return np.asarray(small.convert("RGB"))


def _stored(path: Path) -> Picture:
    return np.asarray(Image.open(path).convert("RGB"))


def _difference(one: Picture, other: Picture) -> float:
    """Of the block that differs most, as its mean over pixels and colours; what has another size differs wholly."""
    if one.shape != other.shape:
        return 255.0
    apart = np.abs(_blurred(one) - _blurred(other)).mean(axis=2)
    height, width = (side - side % BLOCK_PX for side in apart.shape)
    blocks = apart[:height, :width].reshape(height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX)
    return float(blocks.mean(axis=(1, 3)).max())


def _blurred(picture: Picture) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A text that moved by a pixel or two, as fitted ones do, is the same text."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(2)), dtype=np.float32)


def _pages(language: str) -> list[Path]:
    pages = sorted((GUIDE / language).glob("*.md"))
    assert pages, "no guide"
    return pages


def _pictures(page: Path) -> list[str]:
    return re.findall(r"\]\(\.\./pictures/(\S+?\.png)\)", page.read_text(encoding="utf-8"))


def _shape(page: Path) -> list[str]:
    """Its headings, list items and pictures, one after the other, without their words."""
    shape = []
    for line in page.read_text(encoding="utf-8").splitlines():
        marks = re.match(r"#+ |- |\d+\. |\| ", line)
        if marks:
            shape.append(marks[0].strip())
        shape += [Path(link).name for link in re.findall(r"\]\(\.\./pictures/(\S+?)\)", line)]
    return shape


def _texts(language: str) -> set[str]:
    folder = {"zh": "zh_CN", "en": "en"}[language]
    with (ROOT / "assets" / "locales" / folder / "LC_MESSAGES" / "kiosk.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return {str(message.string or message.id) for message in messages}
