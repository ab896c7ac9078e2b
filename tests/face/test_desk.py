"""The desk with its real engine, on drawn faces: who is named, what is said when nobody can be, and what happens when
something breaks in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from kiosk.domain.face import Agreed, Fault, Unknown
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId
from kiosk.domain.liveness import Failure, Stage
from kiosk.face import model_files
from kiosk.face.detection import FaceFinder
from kiosk.face.encoding import encode_all
from kiosk.face.engine import make_encoders
from kiosk.face.look import around
from kiosk.face.model_versions import versions_of
from kiosk.face.templates import template_of
from kiosk.services.face_events import FaceJudged, LookEnd, LookEnded
from kiosk.services.face_ports import Frame, Pixels
from kiosk.settings.face import FaceSettings
from tests.face import pictures
from tests.face.booth import Booth, encoders_process
from tests.face.fakes import until

ANN = MemberId("ann")
ORDERING, PAYING = ConsentPurpose.ORDERING, ConsentPurpose.PAYING


@pytest.fixture(scope="module")
def anns() -> FaceTemplate:
    """What the models make of the drawn face."""
    settings = FaceSettings()
    picture = pictures.face()
    cut = around(picture, FaceFinder(model_files.yunet()).find(picture)[0])
    return template_of([encode_all(make_encoders(settings.model), *cut)], versions_of(settings.model))


@pytest.fixture(scope="module")
def running() -> Iterator[Booth]:
    """Its models take seconds to load: once for all."""
    with Booth() as booth:
        yield booth


@pytest.fixture
def booth(running: Booth, anns: FaceTemplate) -> Iterator[Booth]:
    """Ann may be recognised for ordering only; her face is before the camera."""
    until(lambda: running.readiness.is_ready)
    running.heard.events = [event for event in running.heard.events if hasattr(event, "readiness")]
    running.knows({ORDERING: {ANN: anns}, PAYING: {}})
    running.camera.picture, running.camera.frames_per_s, running.camera.is_frozen = pictures.face(), 25, False
    yield running
    until(lambda: running.camera.watches == 0)


def two_faces() -> Pixels:
    return pictures.with_face(pictures.with_face(pictures.background(), 180, 240, 90), 460, 240, 90)


def test_a_member_is_named_and_the_camera_let_go(booth: Booth) -> None:
    task = booth.look()
    until(lambda: booth.preview.newest is not None)
    assert booth.end_of(task) == FaceJudged(task, Agreed(ANN), turned=False)
    assert booth.preview.newest is None, "nothing of anybody is kept"


def test_only_for_what_was_consented_to(booth: Booth) -> None:
    task = booth.look(PAYING)
    assert booth.end_of(task) == FaceJudged(task, Unknown(), turned=False)


def test_whoever_was_forgotten_is_not_known_any_more(booth: Booth) -> None:
    booth.knows({})
    task = booth.look()
    assert booth.end_of(task) == FaceJudged(task, Unknown(), turned=False)


def test_nobody_is_known_while_the_store_cannot_say_who_may_be(booth: Booth) -> None:
    booth.knows(None)
    task = booth.look()
    assert booth.end_of(task) == FaceJudged(task, Unknown(), turned=False)


@pytest.mark.parametrize(
    ("picture", "fault"),
    [
        (pictures.background(), Fault.NO_FACE),
        (two_faces(), Fault.SEVERAL_FACES),
        (pictures.dimmed(pictures.face(), 0.2), Fault.TOO_DARK),
        (pictures.face(40), Fault.TOO_FAR),
        (np.zeros((480, 640, 3), np.uint8), Fault.NO_FACE),
    ],
    ids=["no face", "two faces", "too dark", "too far", "a black frame"],
)
def test_what_is_wrong_with_the_frames_is_said_and_ends_the_look_in_time(
    booth: Booth, picture: Pixels, fault: Fault
) -> None:
    booth.camera.picture = picture
    task = booth.look(within_s=1.0)
    assert booth.end_of(task) == LookEnded(task, LookEnd.TIME_OUT, fault)
    assert [seen.fault for seen in booth.seen(task)] == [fault], "said once, not with each frame"


@pytest.mark.parametrize("frames", [3, 9])
def test_nothing_is_judged_after_it_was_said_that_nobody_is_there(booth: Booth, frames: int) -> None:
    """Whoever is named after that has come anew: a lane charges them."""
    task = booth.look(within_s=2.0)
    until(lambda: bool(booth.seen(task)))
    enough = booth.camera.frames + frames
    until(lambda: booth.camera.frames >= enough or booth.camera.watches == 0)  # it may be over before
    booth.camera.picture = pictures.background()
    is_judged = isinstance(booth.end_of(task), FaceJudged)
    assert [seen.fault for seen in booth.seen(task)] == ([None] if is_judged else [None, Fault.NO_FACE])


def test_a_camera_pulled_in_the_middle_ends_the_look(booth: Booth) -> None:
    booth.camera.picture = pictures.background()
    task = booth.look()
    until(lambda: bool(booth.seen(task)))
    booth.camera.picture = None
    assert booth.end_of(task) == LookEnded(task, LookEnd.CAMERA_GONE, Fault.NO_FACE)


@pytest.mark.parametrize("turn", [False, True])
def test_one_picture_again_and_again_names_nobody(booth: Booth, turn: bool) -> None:
    """A camera that stands still, though its frames come: all that it shows counts as one."""
    booth.camera.is_frozen = True
    task = booth.look(turn=turn)
    assert booth.end_of(task) == LookEnded(task, LookEnd.CAMERA_GONE, None)


def test_one_that_moves_again_does(booth: Booth) -> None:
    booth.camera.is_frozen = True
    task = booth.look()
    until(lambda: bool(booth.seen(task)))
    booth.camera.is_frozen = False
    assert booth.end_of(task) == FaceJudged(task, Agreed(ANN), turned=False)


def test_a_worker_killed_in_the_middle_of_a_look_costs_a_frame(booth: Booth) -> None:
    task = booth.look()
    os.kill(encoders_process(), signal.SIGKILL)
    assert booth.end_of(task) == FaceJudged(task, Agreed(ANN), turned=False)
    assert booth.readiness.is_ready


def test_a_hundred_frames_a_second(booth: Booth) -> None:
    booth.camera.frames_per_s = 100
    task = booth.look()
    assert booth.end_of(task) == FaceJudged(task, Agreed(ANN), turned=False)


def test_a_frame_of_twelve_megapixels(booth: Booth) -> None:
    large = cv2.resize(pictures.face(), (4000, 3000), interpolation=cv2.INTER_LINEAR)
    booth.camera.picture = np.asarray(large, np.uint8)
    booth.camera.frames_per_s = 5
    task = booth.look()
    until(lambda: booth.preview.newest is not None)
    assert booth.preview.newest is not None
    assert (booth.preview.newest.width, booth.preview.newest.height) == (640, 480)
    assert isinstance(booth.end_of(task), FaceJudged)


class Breaks:
    """A task with a fault of our own."""

    def __init__(self) -> None:
        self.ends: list[LookEnd] = []
        self.given_up = 0

    def see(self, frame: Frame) -> bool:
        raise RuntimeError("a fault")

    def fail(self, end: LookEnd) -> None:
        self.ends.append(end)

    def give_up(self) -> None:
        self.given_up += 1


def test_a_fault_of_ours_ends_one_task_and_not_the_desk(booth: Booth) -> None:
    task = Breaks()
    booth.desk.begin(1000, lambda _engine: task)
    until(lambda: task.given_up > 0)
    assert (task.ends, task.given_up) == ([LookEnd.NOT_READY], 1)
    booth.desk.begin(1001, lambda engine: engine.no_such_thing())
    later = booth.look()
    assert isinstance(booth.end_of(later), FaceJudged)


def test_people_see_themselves_as_in_a_mirror(booth: Booth) -> None:
    picture = pictures.background()
    picture[:, :320] = (200, 30, 30)
    booth.camera.picture = picture
    task = booth.look()
    until(lambda: booth.preview.newest is not None)
    assert booth.preview.newest is not None
    assert booth.preview.newest.rgb[-3:] == bytes((30, 30, 200)), "blue, as red, green, blue, and on the right"
    booth.desk.stop_task(task)


def test_a_look_that_is_cancelled_says_nothing_and_turns_the_camera_off(booth: Booth) -> None:
    booth.camera.picture = pictures.background()
    task = booth.look()
    until(lambda: bool(booth.seen(task)))
    booth.desk.stop_task(task)
    until(lambda: booth.camera.watches == 0)
    booth.camera.picture = pictures.face()
    later = booth.look()
    booth.end_of(later)
    assert not [e for e in booth.heard.events if isinstance(e, FaceJudged | LookEnded) and e.task == task]


def test_another_task_takes_the_place_of_the_first(booth: Booth) -> None:
    booth.camera.picture = pictures.background()
    first = booth.look()
    until(lambda: bool(booth.seen(first)))
    booth.camera.picture = pictures.face()
    second = booth.look()
    booth.desk.stop_task(first)  # too late, and not the one that runs
    assert booth.end_of(second) == FaceJudged(second, Agreed(ANN), turned=False)


def test_a_face_that_does_not_turn_is_not_named(booth: Booth) -> None:
    """A drawing, as a photograph: nothing is said of whose face it is."""
    task = booth.look(turn=True)
    end = booth.end_of(task)
    assert isinstance(end, LookEnded)
    assert (end.end, end.failure) == (LookEnd.NOT_ALIVE, Failure.TIME_OUT)
    stages = [seen.stage for seen in booth.seen(task) if seen.stage is not None]
    assert stages
    assert set(stages) <= {Stage.AHEAD, Stage.TURN}
    assert {(seen.turn, seen.turns) for seen in booth.seen(task) if seen.stage is not None} == {(1, 4)}


def test_a_face_that_nobody_knows_need_not_turn(booth: Booth) -> None:
    task = booth.look(PAYING, turn=True)
    assert booth.end_of(task) == FaceJudged(task, Unknown(), turned=False)
