"""From frames to whose face it is: the votes of one person, few enough to be quick."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kiosk.domain.face import Agreed, Doubtful, Limits, LimitsByNumber, Unknown
from kiosk.domain.ids import MemberId
from kiosk.face.detection import Face
from kiosk.face.encoding import Features, Measure
from kiosk.face.enrolled import Enrolled
from kiosk.face.look import Look, Seen
from kiosk.face.quality import Fault
from kiosk.face.rules import FaceRules
from tests.face import fakes

ANN, BEN = MemberId("ann"), MemberId("ben")
MEASURES = {"dlib": Measure.EUCLIDEAN, "sface": Measure.COSINE}
PICTURE = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)  # sharp, and neither dark nor bright


def features(number: int, away: float = 0.1) -> Features:
    return {"dlib": fakes.direction(number, away), "sface": fakes.direction(number, away)}


def good_face(x: float = 230.0) -> Face:
    """As the detector gives it, looking ahead."""
    row = np.array([x, 140, 180, 220, x + 50, 220, x + 130, 220, x + 90, 260, x + 60, 300, x + 120, 300, 0.9])
    return Face(x, 140, 180, 220, 0.9, row.astype(np.float32))


class Scene:
    """A look with a detector and encoders that do as the test says."""

    def __init__(self, rules: FaceRules | None = None) -> None:
        self.finder, self.encoding = fakes.Finder(), fakes.Encoding()
        enrolled = Enrolled(MEASURES, {ANN: [features(1, 0.0)], BEN: [features(2, 0.0)]})
        self.look = Look(self.finder, self.encoding, enrolled, rules or FaceRules())
        self.now_s = 100.0

    def see(self, *faces: Face, after_s: float = 0.125) -> Seen:
        self.now_s += after_s
        self.finder.faces = faces
        return self.look.see(PICTURE, self.now_s)

    @property
    def wanted(self) -> int:
        return len(self.encoding.wanted)

    @property
    def cancelled(self) -> int:
        return sum(future.cancelled() for future in self.encoding.wanted)


def test_two_of_three_frames_that_agree_are_an_answer() -> None:
    scene = Scene()
    assert scene.see(good_face()).answer is None
    scene.encoding.answer(features(1))
    assert scene.see(good_face()).answer is None
    scene.encoding.answer(features(1))
    assert scene.see(good_face()).answer == Agreed(ANN)
    assert len(scene.look.features) == 2


def test_an_answer_is_given_once_then_it_begins_anew() -> None:
    scene = Scene()
    for _ in range(3):
        scene.see(good_face())
    for _ in range(3):
        scene.encoding.answer(features(1))
    assert scene.see(good_face()).answer == Agreed(ANN)
    assert scene.see(good_face()).answer is None
    assert scene.look.features == ()
    for _ in range(3):
        scene.see(good_face())
    for _ in range(3):
        scene.encoding.answer(features(2))
    assert scene.see(good_face()).answer == Agreed(BEN)


def test_nobody_known() -> None:
    scene = Scene()
    for _ in range(3):
        scene.see(good_face())
    for _ in range(3):
        scene.encoding.answer(features(9))
    assert scene.see(good_face()).answer == Unknown()


def test_only_one_model_recognises() -> None:
    scene = Scene()
    for _ in range(3):
        scene.see(good_face())
    for _ in range(3):
        scene.encoding.answer({"dlib": fakes.direction(1), "sface": fakes.direction(9)})
    assert scene.see(good_face()).answer == Doubtful(frozenset({ANN}))


def test_another_face_never_votes_with_the_one_before() -> None:
    """Ann steps aside and Ben stands elsewhere in the next frame."""
    scene = Scene()
    scene.see(good_face())
    scene.encoding.answer(features(1))
    scene.see(good_face())
    assert scene.see(good_face(x=420.0)).answer is None
    assert scene.cancelled == 1
    assert scene.look.features == ()
    scene.encoding.answer(features(2))
    assert scene.see(good_face(x=420.0)).answer is None
    scene.encoding.answer(features(2))
    assert scene.see(good_face(x=420.0)).answer == Agreed(BEN)


def test_who_takes_the_same_place_unnoticed_is_a_doubt_not_a_name() -> None:
    scene = Scene()
    for _ in range(3):
        scene.see(good_face())
    for number in (1, 2, 2):
        scene.encoding.answer(features(number))
    assert scene.see(good_face()).answer == Doubtful(frozenset({ANN, BEN}))


def test_a_second_face_beside_begins_anew() -> None:
    scene = Scene()
    scene.see(good_face())
    scene.encoding.answer(features(1))
    assert scene.see(good_face(), good_face(x=430.0)).fault is Fault.SEVERAL_FACES
    assert scene.look.features == ()


def test_a_face_that_is_missed_for_a_moment_goes_on() -> None:
    scene = Scene()
    scene.see(good_face())
    scene.encoding.answer(features(1))
    missed = scene.see()
    assert (missed.fault, missed.is_away) == (Fault.NO_FACE, False)
    scene.see(good_face())
    scene.encoding.answer(features(1))
    assert scene.see(good_face()).answer == Agreed(ANN)


def test_a_face_that_went_is_given_up() -> None:
    scene = Scene()
    scene.see(good_face())
    assert not scene.see(after_s=0.4).is_away, "what was seen may still be answered"
    assert scene.cancelled == 0
    assert scene.see(after_s=0.2).is_away
    assert scene.cancelled == 1
    assert scene.look.features == ()


def test_nobody_there_from_the_beginning() -> None:
    scene = Scene()
    assert [scene.see(after_s=0.4).is_away for _ in range(3)] == [False, False, True]


def test_a_frame_that_is_too_old_does_not_vote() -> None:
    """The worker hung; whoever stands there is still followed."""
    scene = Scene(FaceRules(longest_look_s=1.0))
    for _ in range(3):
        scene.see(good_face())
    for _ in range(10):
        scene.see(good_face())
    assert scene.cancelled == 3
    assert scene.wanted == 6


def test_a_frame_that_was_lost_makes_room_for_another() -> None:
    scene = Scene()
    for _ in range(3):
        scene.see(good_face())
    scene.encoding.lose()
    scene.encoding.answer(features(1))
    assert scene.see(good_face()).answer is None
    scene.see(good_face())
    assert scene.wanted == 4
    scene.encoding.answer(features(1))
    assert scene.see(good_face()).answer == Agreed(ANN)


def test_given_up_nothing_is_wanted_any_more() -> None:
    scene = Scene()
    for _ in range(3):
        scene.see(good_face())
    scene.look.give_up()
    assert scene.cancelled == 3


@pytest.mark.parametrize("frames_per_s", [100, 1000])
def test_a_camera_that_is_too_fast_costs_no_more(frames_per_s: int) -> None:
    """Two seconds: no more detections than at 33 frames a second, no more than three frames wait."""
    scene = Scene()
    for _ in range(2 * frames_per_s):
        scene.see(good_face(), after_s=1 / frames_per_s)
    assert 60 <= scene.finder.found <= 68
    assert scene.wanted == 3


def test_frames_that_count_are_apart() -> None:
    scene = Scene(FaceRules(frame_gap_s=0.1))
    for _ in range(4):
        scene.see(good_face(), after_s=0.04)
    assert scene.wanted == 2


def test_a_clock_that_was_set_back_begins_anew() -> None:
    scene = Scene()
    scene.see(good_face())
    scene.see(good_face(), after_s=-50)
    assert scene.cancelled == 1
    assert scene.wanted == 2


def test_the_encoders_get_the_face_alone() -> None:
    scene = Scene()
    scene.see(good_face())
    (pixels,) = scene.encoding.pixels
    assert pixels.shape[0] < PICTURE.shape[0]
    assert not np.shares_memory(pixels, PICTURE)  # the camera writes over its own


def test_a_large_picture_is_handed_over_small() -> None:
    scene = Scene()
    scene.finder.faces = (_enlarged(good_face(), 6.25),)
    scene.look.see(np.asarray(cv2.resize(PICTURE, (4000, 3000)), np.uint8), 1.0)
    assert scene.encoding.pixels[0].nbytes < 1_000_000


def _enlarged(face: Face, by: float) -> Face:
    row = face.row.copy()
    row[:14] *= by
    return Face(face.x * by, face.y * by, face.width * by, face.height * by, face.certainty, row)


def test_limits_go_by_how_many_are_enrolled() -> None:
    strict = {"dlib": Limits(0.05, 0.0), "sface": Limits(0.01, 0.0)}
    wide = {"dlib": Limits(0.5, 0.0), "sface": Limits(0.5, 0.0)}
    for steps, answer in ((((1, wide), (2, strict)), Unknown()), (((1, strict), (2, wide)), Agreed(ANN))):
        scene = Scene(FaceRules(limits=LimitsByNumber(steps)))
        for _ in range(3):
            scene.see(good_face())
        for _ in range(3):
            scene.encoding.answer(features(1, away=0.2))
        assert scene.see(good_face()).answer == answer
