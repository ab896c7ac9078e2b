"""The picture of the camera on the screen: which way round, cut to its box, and gone when nobody is looked at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from kivy.graphics.instructions import VertexInstruction

from kiosk.screens.face_preview import FacePreview
from kiosk.screens.flow.state import ScreenName
from kiosk.services.events import CameraWatching
from kiosk.services.face_ports import Preview, PreviewPicture
from tests.screens import scenes
from tests.screens.driver import Driver

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 200, 30), (30, 30, 200), (230, 230, 230)


def quarters(width: int, height: int) -> PreviewPicture:
    """Above red and green, below blue and white."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = RED, GREEN
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = BLUE, WHITE
    return PreviewPicture(pixels.tobytes(), width, height)


@pytest.fixture
def ui(open_app: Callable[..., Driver]) -> Driver:
    return open_app(scenes.state(ScreenName.ATTRACT))


def shown(ui: Driver, picture: PreviewPicture) -> FacePreview:
    preview = FacePreview(source=Preview(), active=True)
    preview.source.newest = picture
    ui.app._stage.layers.clear_widgets()
    ui.app._stage.layers.add_widget(preview)
    ui.step(10)
    return preview


def corners(ui: Driver, preview: FacePreview) -> list[tuple[int, ...]]:
    """Above left, above right, below left, below right."""
    pixels = ui.pixels()[::-1]  # as Kivy counts: from below
    places = [(fx, fy) for fy in (0.8, 0.2) for fx in (0.2, 0.8)]
    found = [pixels[round(preview.y + fy * preview.height), round(preview.x + fx * preview.width)] for fx, fy in places]
    return [tuple(int(value) for value in colour) for colour in found]


@pytest.mark.parametrize("size", [(320, 240), (322, 241), (240, 320)])
def test_it_is_shown_the_right_way_round(ui: Driver, size: tuple[int, int]) -> None:
    preview = shown(ui, quarters(*size))
    assert corners(ui, preview) == [RED, GREEN, BLUE, WHITE]


def test_what_does_not_fit_the_box_is_cut_off_and_nothing_stretched(ui: Driver) -> None:
    """A wide picture with a white square in its middle, in a high box."""
    pixels = np.full((240, 640, 3), 40, np.uint8)
    pixels[90:150, 290:350] = 230
    preview = shown(ui, PreviewPicture(pixels.tobytes(), 640, 240))
    preview.radius = 0
    seen = ui.pixels()[:, :, 0] > 135
    wide, high = int(seen.any(axis=0).sum()), int(seen.any(axis=1).sum())
    assert preview.width < preview.height
    assert abs(wide - high) <= 4
    assert abs(high - preview.height / 4) <= 4


def test_each_picture_is_uploaded_once_and_none_stays(ui: Driver) -> None:
    preview = shown(ui, quarters(320, 240))
    assert preview.pictures == 1
    preview.source.newest = quarters(320, 240)
    ui.step(10)
    assert preview.pictures == 2
    preview.source.newest = None
    ui.step(10)
    assert len(set(corners(ui, preview))) == 1, "what the camera saw is still there"


def test_its_box_is_filled_while_there_is_no_picture_and_one_shape_shows_both(ui: Driver) -> None:
    """A second shape under the picture would not be seen, and take as long to draw."""
    preview = shown(ui, quarters(320, 240))
    preview.source.newest = None
    ui.step(10)
    ground = tuple(round(255 * part) for part in ui.app.look.color.sunken_pressed[:3])
    assert corners(ui, preview) == [ground] * 4
    canvases = (preview.canvas.before, preview.canvas)
    assert sum(isinstance(i, VertexInstruction) for canvas in canvases for i in canvas.children) == 1


def test_it_rests_while_it_is_not_shown(ui: Driver) -> None:
    preview = shown(ui, quarters(320, 240))
    preview.active = False
    preview.source.newest = quarters(320, 240)
    ui.step(10)
    assert preview.pictures == 1


def test_the_screen_says_while_a_camera_takes_pictures(ui: Driver) -> None:
    strip = ui.app._stage.camera_strip
    assert not strip.text
    ui.publish(CameraWatching("face-camera", is_on=True))
    assert strip.text
    assert strip.height > 0
    ui.publish(CameraWatching("face-camera", is_on=False))
    assert not strip.text


def test_the_light_stands_on_the_picture(ui: Driver) -> None:
    preview = shown(ui, quarters(320, 240))
    preview.light_text = "Camera on"
    ui.step(2)
    assert ui.has("Camera on", test_id="camera-light")
    preview.light_text = ""
    ui.step(2)
    assert not ui.has(test_id="camera-light")
