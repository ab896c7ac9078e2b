"""The window before Kivy: its size on displays large and small."""

from pathlib import Path

import pytest

from kiosk.screens.window import STYLE, fitted_size


@pytest.mark.parametrize(
    ("wanted", "display", "size"),
    [
        ((1080, 1920), None, (1080, 1920)),
        ((1080, 1920), (1080, 1920), (1080, 1920)),
        ((1080, 1920), (2560, 2160), (1080, 1920)),
        ((1280, 800), (1920, 1080), (1280, 800)),
    ],
)
def test_window_has_the_size_it_was_given_where_there_is_room(
    wanted: tuple[int, int], display: tuple[int, int] | None, size: tuple[int, int]
) -> None:
    assert fitted_size(*wanted, display) == size


@pytest.mark.parametrize("display", [(1920, 1080), (1366, 768), (1000, 3000)])
def test_window_keeps_its_shape_on_a_smaller_display(display: tuple[int, int]) -> None:
    width, height = fitted_size(1080, 1920, display)
    assert width <= display[0]
    assert height <= display[1]
    assert width / height == pytest.approx(1080 / 1920, abs=0.002)


def test_kivy_has_our_style_and_no_other() -> None:
    from kivy.lang import Builder
    from kivy.uix.label import Label
    from kivy.uix.slider import Slider

    assert any(Path(name).parent == STYLE for name in Builder.files)
    assert [rule for rule in Builder.match(Label(text="x")) if not rule.avoid_previous_rules]
    assert not Builder.match(Slider())
