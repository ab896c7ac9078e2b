"""Staff look at what the camera sees: by the desk, with a word about the picture; nobody is recognised or kept."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from kiosk.domain.face import Fault
from kiosk.face.detection import Face
from kiosk.face.quality import QualityRule
from kiosk.face.showing import Showing, fault_of_picture
from kiosk.services.face_events import CameraEnded, CameraSeen, FaceJudged, FaceSeen, LookEnd
from kiosk.services.face_ports import Pixels
from tests.face import pictures
from tests.face.booth import Booth, Heard
from tests.face.fakes import until

TASK = -7000


def room(grey: int = 150) -> Pixels:
    """Nobody is in it; it has edges, and that mean."""
    tiles = np.indices((480, 640)).sum(axis=0) // 40 % 2
    return np.repeat((tiles * 30 + grey - 15)[:, :, None], 3, axis=2).astype(np.uint8)


BLACK, WHITE = np.zeros((480, 640, 3), np.uint8), np.full((480, 640, 3), 255, np.uint8)


@pytest.fixture(scope="module")
def running() -> Iterator[Booth]:
    with Booth() as booth:
        yield booth


@pytest.fixture
def booth(running: Booth) -> Iterator[Booth]:
    running.heard.events.clear()
    running.camera.picture = pictures.face()
    yield running
    running.desk.stop_task(TASK)
    until(lambda: running.camera.watches == 0)


def seen(booth: Booth) -> list[Fault | None]:
    return [event.fault for event in list(booth.heard.events) if isinstance(event, CameraSeen) and event.task == TASK]


@pytest.mark.parametrize(
    ("picture", "fault"),
    [
        (pictures.face(), None),
        (room(), Fault.NO_FACE),
        (pictures.face(40), Fault.TOO_FAR),
        (BLACK, Fault.TOO_DARK),
        (WHITE, Fault.TOO_BRIGHT),
        (cv2.GaussianBlur(room(), (0, 0), 25), Fault.BLURRED),
    ],
    ids=["a good face", "nobody", "far away", "dark", "bright", "blurred"],
)
def test_the_picture_is_shown_and_judged(booth: Booth, picture: Pixels, fault: Fault | None) -> None:
    booth.camera.picture = picture
    booth.desk.show(TASK)
    until(lambda: bool(seen(booth)))
    assert seen(booth) == [fault]
    assert booth.preview.newest is not None


def test_a_word_comes_when_it_changes_and_not_with_each_frame(booth: Booth) -> None:
    booth.desk.show(TASK)
    until(lambda: seen(booth) == [None])
    frames = booth.camera.frames
    until(lambda: booth.camera.frames > frames + 20)
    booth.camera.picture = BLACK
    until(lambda: len(seen(booth)) > 1)
    assert seen(booth) == [None, Fault.TOO_DARK]


def test_let_go_it_is_off_and_nothing_is_left(booth: Booth) -> None:
    booth.desk.show(TASK)
    until(lambda: booth.preview.newest is not None)
    booth.desk.stop_task(TASK)
    until(lambda: booth.camera.watches == 0)
    assert booth.preview.newest is None
    frames, said = booth.camera.frames, len(booth.heard.events)
    booth.desk.stop_task(TASK)
    assert (booth.camera.frames, len(booth.heard.events)) == (frames, said)
    assert not [event for event in booth.heard.events if isinstance(event, FaceJudged | FaceSeen)]


def test_a_camera_that_is_gone_ends_it(booth: Booth) -> None:
    booth.camera.picture = None
    booth.desk.show(TASK)
    until(lambda: CameraEnded(TASK, LookEnd.CAMERA_GONE) in booth.heard.events)
    until(lambda: booth.camera.watches == 0)


@pytest.mark.parametrize("end", LookEnd)
def test_why_it_ended_is_said(end: LookEnd) -> None:
    heard = Heard()
    Showing(FindsNobody(), QualityRule(), TASK, heard).fail(end)
    assert heard.events == [CameraEnded(TASK, end)]


class FindsNobody:
    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        return ()


def test_a_customers_look_takes_its_place(booth: Booth) -> None:
    booth.desk.show(TASK)
    until(lambda: bool(seen(booth)))
    task = booth.look(within_s=0.5)
    assert booth.end_of(task).task == task


@pytest.mark.parametrize(
    ("grey", "fault"), [(20, Fault.TOO_DARK), (60, None), (200, None), (240, Fault.TOO_BRIGHT)], ids=str
)
def test_light_alone(grey: int, fault: Fault | None) -> None:
    assert fault_of_picture(room(grey), QualityRule()) is fault
