"""Which pictures count, with the real detector on drawn faces."""

from __future__ import annotations

import time

import numpy as np
import pytest

from kiosk.face import model_files
from kiosk.face.detection import Face, FaceFinder
from kiosk.face.look import around
from kiosk.face.quality import Fault, QualityRule, fault_of
from kiosk.services.face_ports import Pixels
from tests.face import pictures


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder(model_files.yunet())


TWO = pictures.with_face(pictures.with_face(pictures.background(), 170, 240, 100), 470, 240, 90)
ONE_BEHIND = pictures.with_face(pictures.with_face(pictures.background(), 250, 260, 130), 520, 150, 40)


@pytest.mark.parametrize(
    ("picture", "fault"),
    [
        pytest.param(pictures.face(), None, id="good"),
        pytest.param(ONE_BEHIND, None, id="somebody far behind"),
        pytest.param(pictures.background(), Fault.NO_FACE, id="nobody"),
        pytest.param(TWO, Fault.SEVERAL_FACES, id="two"),
        pytest.param(pictures.face(40), Fault.TOO_FAR, id="far away"),
        pytest.param(pictures.with_face(pictures.background(), 40, 240, 110), Fault.CUT_OFF, id="cut off"),
        pytest.param(pictures.dimmed(pictures.face(), 0.15), Fault.TOO_DARK, id="dark"),
        pytest.param(pictures.dimmed(pictures.face(), 1.75), Fault.TOO_BRIGHT, id="bright"),
        pytest.param(pictures.blurred(pictures.face(), 6), Fault.BLURRED, id="blurred"),
        pytest.param(pictures.background(grey=0), Fault.NO_FACE, id="black"),
        pytest.param(pictures.background(1, 1), Fault.NO_FACE, id="a single pixel"),
    ],
)
def test_what_is_wrong_with_a_picture(finder: FaceFinder, picture: Pixels, fault: Fault | None) -> None:
    assert fault_of(picture, finder.find(picture), QualityRule()) == fault


def test_a_face_is_where_it_was_drawn_the_largest_first(finder: FaceFinder) -> None:
    faces = finder.find(TWO)
    assert [face.x < 170 < face.x + face.width for face in faces] == [True, False]
    (eye, other_eye) = faces[0].points[:2]
    assert eye == pytest.approx((170 - 30, 240 - 15), abs=12)
    assert other_eye == pytest.approx((170 + 30, 240 - 15), abs=12)


def test_twelve_megapixels_cost_hardly_more(finder: FaceFinder) -> None:
    """Scaled before anything costly; what goes to the encoders is small."""
    picture = pictures.with_face(pictures.background(4000, 3000), 2000, 1500, 900)
    began_s = time.process_time()
    (face,) = finder.find(picture)
    assert time.process_time() - began_s < 0.5
    assert fault_of(picture, (face,), QualityRule()) is None
    pixels, moved = around(picture, face)
    assert pixels.nbytes < 1_000_000
    assert max(moved.width, moved.height) == pytest.approx(224)
    (found,) = finder.find(pixels)
    assert found.points[:2] == pytest.approx(moved.points[:2], abs=8)  # the eyes


@pytest.mark.parametrize(("nose_x", "fault"), [(320, None), (345, Fault.TURNED), (295, Fault.TURNED), (335, None)])
def test_a_head_that_is_turned(nose_x: float, fault: Fault | None) -> None:
    """The detector finds a drawn nose in the middle, wherever it is drawn: so its finding is made up."""
    row = np.array([240, 140, 160, 210, 280, 220, 360, 220, nose_x, 260, 290, 300, 350, 300, 0.9], np.float32)
    assert fault_of(pictures.face(), [Face(240, 140, 160, 210, 0.9, row)], QualityRule()) == fault


def test_noise_is_no_face(finder: FaceFinder) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    assert fault_of(noise, finder.find(noise), QualityRule()) is Fault.NO_FACE
