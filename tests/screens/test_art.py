"""The textures of the pictures of food: what is kept, within its bounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.screens.art import _KEPT_BYTES, Art
from kiosk.screens.pictures import Picture


class Deliveries:
    """A loader that hands over what it is told to."""

    def __init__(self) -> None:
        self.ready: list[Picture] = []

    def attach(self, _wake: Callable[[], object]) -> None: ...
    def want(self, picture: Picture) -> None: ...
    def stop(self) -> None: ...

    def take_ready(self) -> tuple[tuple[Picture, bytes], ...]:
        taken, self.ready = self.ready, []
        return tuple((picture, bytes(picture.width * picture.height * 4)) for picture in taken)


@pytest.fixture(autouse=True)
def drawing() -> None:
    """Textures need the window's drawing context."""
    import kivy.core.window  # noqa: F401 - opening it is the point


def dish(number: int) -> Picture:
    return Picture(f"dish-{number}", 100, 100, 0)


def kept(art: Art, numbers: range) -> list[int]:
    return [n for n in numbers if art.texture(dish(n), lambda _texture: None) is not None]


def test_a_picture_that_comes_again_takes_no_more_room() -> None:
    loader = Deliveries()
    art = Art(loader)  # type: ignore[arg-type]
    for _ in range(2 * _KEPT_BYTES // (100 * 100 * 4)):
        loader.ready = [dish(0)]
        art.collect()
    loader.ready = [dish(n) for n in range(1, 20)]
    art.collect()
    assert kept(art, range(20)) == list(range(20))


def test_the_oldest_pictures_go_when_there_are_too_many() -> None:
    loader = Deliveries()
    art = Art(loader)  # type: ignore[arg-type]
    fit = _KEPT_BYTES // (100 * 100 * 4)
    for n in range(fit + 10):
        loader.ready = [dish(n)]
        art.collect()
    assert kept(art, range(fit + 10)) == list(range(10, fit + 10))
