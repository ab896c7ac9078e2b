"""Pictures of food: cut to size, corners rounded, and a neutral one where there is none. Theme: readable colours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kiosk.domain.money import Money
from kiosk.screens.flow.state import TextSize, View
from kiosk.screens.pictures import Picture, PictureLoader
from kiosk.screens.texts import texts_for
from kiosk.screens.theme import HIGH_CONTRAST, LIGHT, TYPE_SCALE, Look, Palette, Rgba

RED, WHITE = (220, 30, 20), (255, 255, 255)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for size, pixels in (("small", (288, 216)), ("large", (640, 480))):
        (tmp_path / "food" / size).mkdir(parents=True)
        Image.new("RGB", pixels, RED).save(tmp_path / "food" / size / "stew.jpg")
    (tmp_path / "food" / "small" / "broken.jpg").write_bytes(b"not a picture")
    Image.new("RGB", (10, 10), RED).save(tmp_path / "secret.jpg")
    return tmp_path / "food"


@pytest.fixture
def loader(folder: Path) -> Iterator[PictureLoader]:
    loader = PictureLoader(folder)
    yield loader
    loader.stop()


def loaded(loader: PictureLoader, wanted: Picture) -> Image.Image:
    ready = threading.Event()
    loader.attach(ready.set)
    loader.want(wanted)
    assert ready.wait(10)
    ((picture, pixels),) = loader.take_ready()
    assert picture == wanted
    mode = "RGBA" if wanted.background is None else "RGB"
    return Image.frombytes(mode, (wanted.width, wanted.height), pixels)


def test_a_picture_that_is_ready_is_not_loaded_again(loader: PictureLoader) -> None:
    stew, last = Picture("stew", 200, 120, 0, WHITE), Picture("stew", 20, 12, 0, WHITE)
    wakes = 0
    taken: list[Picture] = []
    done = threading.Event()

    def wake() -> None:
        nonlocal wakes
        wakes += 1
        if wakes == 1:  # on the loader's thread: it goes on only when both wishes are there
            loader.want(last)
            loader.want(stew)
        else:
            taken.extend(picture for picture, _ in loader.take_ready())
            done.set()

    loader.attach(wake)
    loader.want(stew)
    assert done.wait(10)
    assert taken == [stew, last]


def close(pixel: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(pixel, wanted, strict=True))


def test_cut_to_size_with_round_corners_at_the_top(loader: PictureLoader) -> None:
    image = loaded(loader, Picture("stew", 200, 120, 24, WHITE))
    assert image.size == (200, 120)
    assert close(image.getpixel((0, 0)), WHITE)
    assert close(image.getpixel((199, 0)), WHITE)
    assert close(image.getpixel((0, 119)), RED)
    assert close(image.getpixel((100, 60)), RED)


def test_without_background_the_corners_are_see_through(loader: PictureLoader) -> None:
    image = loaded(loader, Picture("stew", 200, 120, 24, None, round_below=True))
    assert image.getpixel((0, 0))[3] == 0
    assert image.getpixel((199, 119))[3] == 0
    assert image.getpixel((100, 60))[3] == 255


@pytest.mark.parametrize("name", ["missing", "broken", "../secret", "../../secret", "", "/etc/passwd"])
def test_what_cannot_be_shown_becomes_a_neutral_picture(loader: PictureLoader, name: str) -> None:
    image = loaded(loader, Picture(name, 200, 120, 0, WHITE))
    assert len(image.getcolors(maxcolors=10_000)) > 1
    assert not close(image.getpixel((100, 60)), RED)


def test_latest_wish_comes_first(folder: Path) -> None:
    loader, begun, hold = PictureLoader(folder), threading.Event(), threading.Event()
    taken: list[int] = []
    complete = threading.Event()

    def woken() -> None:
        begun.set()
        hold.wait(10)
        taken.extend(picture.width for picture, _pixels in loader.take_ready())
        if len(taken) == 4:
            complete.set()

    loader.attach(woken)
    loader.want(Picture("stew", 10, 10, 0, WHITE))
    assert begun.wait(10)
    for width in (11, 12, 13):
        loader.want(Picture("stew", width, 10, 0, WHITE))
    hold.set()
    assert complete.wait(10)
    loader.stop()
    assert taken == [10, 13, 12, 11]


# --- theme ---


def luminance(color: Rgba) -> float:
    channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(a: Rgba, b: Rgba) -> float:
    """WCAG 2 contrast ratio."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("palette", "least"), [(LIGHT, 4.5), (HIGH_CONTRAST, 7.0)], ids=["light", "high contrast"])
def test_every_text_colour_can_be_read(palette: Palette, least: float) -> None:
    pairs = [
        (text, ground)
        for text in (palette.ink, palette.ink_soft, palette.accent_ink)
        for ground in (palette.background, palette.surface, palette.sunken)
    ]
    pairs += [(palette.ink_on_accent, palette.accent), (palette.ink_on_accent, palette.accent_pressed)]
    pairs += [(palette.accent_ink, palette.accent_soft), (palette.ink, palette.accent_soft)]
    pairs += [(palette.surface, palette.ink)]
    pairs += [(palette.positive, palette.positive_soft), (palette.positive, palette.surface)]
    pairs += [(palette.warning, palette.warning_soft), (palette.negative, palette.negative_soft)]
    low = [(a, b, round(contrast(a, b), 2)) for a, b in pairs if contrast(a, b) < least]
    assert low == []


@pytest.mark.parametrize("size", [(1080, 1920), (1280, 800), (2160, 3840), (720, 1280), (1920, 1080), (1024, 768)])
def test_scale_fits_the_design_into_any_screen(size: tuple[int, int]) -> None:
    look = Look(*size)
    wide, high = (1920, 1200) if look.lying else (1080, 1920)
    assert look.u(wide) <= size[0] + 1
    assert look.u(high) <= size[1] + 1
    assert look.u(wide) >= size[0] - 1 or look.u(high) >= size[1] - 1


def test_text_sizes_grow() -> None:
    for role in TYPE_SCALE:
        sizes = [Look(view=View(text_size=size)).font(role) for size in TextSize]
        assert sizes == sorted(set(sizes))


def test_money_on_screen() -> None:
    texts = texts_for("zh")
    assert texts.money(Money(1250)) == "¥12.50"
    assert texts.money(Money(-5)) == "−¥0.05"
    assert texts.money(Money(100, "JPY")) == "JPY 1.00"
    assert [texts.price_difference(Money(n)) for n in (300, 0, -150)] == ["+¥3.00", "", "−¥1.50"]
