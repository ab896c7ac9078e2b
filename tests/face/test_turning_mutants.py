"""Bugs planted in the liveness check, by name: each lets something pass that the right one refuses. With real pictures:
tests/prove/face/test_liveness.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kiosk.domain.blinking import BlinkRule
from kiosk.domain.liveness import Failure, Pose, Stage, TurnChallenge, TurnRule
from kiosk.face.comparing import Comparing
from kiosk.face.detection import Face
from kiosk.face.encoder_process import EncoderLost
from kiosk.face.encoding import Features
from kiosk.face.following import Following
from kiosk.face.landmarks import Points
from kiosk.services.face_ports import Pixels
from tests.face.turning_booth import MIDDLE, PIXELS, Booth, face_at, points_at

Scenario = Callable[[Booth], TurnChallenge]
Plant = Callable[[Booth], None]


def flat_at(part: float) -> Points:
    """A sheet whose one edge comes nearer: the nose moves between the eyes as far as in a turn."""
    began = points_at(0).astype(np.float64) - MIDDLE
    return (began / (1 + 0.018 * part * began[:, :1]) + MIDDLE).astype(np.float32)


def a_flat_sheet(booth: Booth) -> TurnChallenge:
    booth.frame()
    booth.at_s += 0.3
    for part in (*np.linspace(0, 1, 9), *np.linspace(1, 0, 9)):
        booth.points_seen, booth.faces = flat_at(float(part)), (face_at(yaw_deg=35.0 * float(part)),)
        booth.frame()
    return booth.frame()


def an_exchanged_picture(booth: Booth) -> TurnChallenge:
    booth.turn(35, 0, step_deg=35)
    booth.frame()
    booth.turn(35, 0, step_deg=35)
    return booth.frame()


def a_face_elsewhere(booth: Booth) -> TurnChallenge:
    booth.frame()
    booth.faces = (face_at(x=190.0),)
    booth.at_s += 0.8
    booth.frame()
    return booth.turn(35, 0)


def a_head_that_only_the_mesh_sees(booth: Booth) -> TurnChallenge:
    booth.mesh_sees_alone = True
    return booth.turn(35, 0, lost_beyond_deg=15)


def another_person_who_turns_after_a_jump(booth: Booth) -> TurnChallenge:
    booth.turn(35, 0, step_deg=35)
    booth.frame()
    booth.people[len(booth.looks)] = 7
    state = booth.turn(35)
    booth.people.clear()
    for yaw in range(35, -10, -5):
        booth.points_seen, booth.faces = points_at(yaw), (face_at(yaw_deg=yaw),)
        state = booth.frame()
    return state


def a_sheet_that_either_model_takes_for_turned(booth: Booth) -> TurnChallenge:
    """Each of them just so."""
    booth.frame()
    booth.at_s += 0.3
    for part in (*np.linspace(0, 1, 9), *np.linspace(1, 0, 9)):
        booth.points_seen, booth.faces = points_at(24.0 * float(part)), (face_at(yaw_deg=7.5 * float(part)),)
        booth.frame()
    return booth.frame()


def a_face_that_is_lost_for_long(booth: Booth) -> TurnChallenge:
    booth.mesh_sees_alone = True
    booth.frame()
    booth.faces = ()
    for _ in range(40):
        booth.frame()
    return booth.turn(35, 0)


def a_face_that_was_away(booth: Booth) -> TurnChallenge:
    booth.frame()
    booth.faces = ()
    booth.at_s += 0.8
    booth.frame()
    return booth.turn(35, 0)


def another_person_after(booth: Booth) -> TurnChallenge:
    booth.people[2] = 7
    return booth.turn(35, 0)


def a_lost_encoder(booth: Booth) -> TurnChallenge:
    booth.people[1] = None
    booth.turn(35, 0)
    booth.looks[1].set_exception(EncoderLost("gone"))
    return booth.frame()


def open_eyes(booth: Booth) -> TurnChallenge:
    booth.turning._rules = replace(booth.turning._rules, turn=TurnRule(blink=BlinkRule()))
    return booth.turn(35, 0)


def a_detector_misled_to_one_side(booth: Booth) -> TurnChallenge:
    """It says of the mirror image, too, that the nose is right."""
    find = booth.find
    booth.find = lambda pixels: find(PIXELS)  # type: ignore[method-assign]
    return booth.turn(35, 0)


class _AnyStep(TurnRule):
    def is_jump(self, step: float, apart_s: float) -> bool:
        return False

    def is_sudden(self, step: float, before: float) -> bool:
        return False


class _Anywhere(Following):
    def follow(self, face: Face, taken_s: float) -> bool:
        return True

    def among(self, faces: Sequence[Face]) -> Face | None:
        return faces[0] if faces else None

    def is_gone(self, taken_s: float) -> bool:
        return False


class _OnlyBefore(Comparing):
    looked = 0

    def look(self, pixels: Pixels, face: Face, *, turned: bool) -> None:
        self.looked += 1
        if self.looked <= 2:
            super().look(pixels, face, turned=turned)


class _OnceASide(TurnChallenge):
    @property
    def attempt(self) -> tuple[int, bool]:
        return len(self.sides), False


class _LostIsTheSame(Comparing):
    def _failure_of(self, answer: Future[Features], *, turned: bool) -> Failure | None:
        return None if answer.exception() else super()._failure_of(answer, turned=turned)


def _rule(rule: TurnRule) -> Plant:
    def plant(booth: Booth) -> None:
        booth.turning._rules = replace(booth.turning._rules, turn=rule)

    return plant


def _comparing(kind: type[Comparing]) -> Plant:
    def plant(booth: Booth) -> None:
        booth.turning._comparing = kind(booth, booth.recognised)

    return plant


def _following_anything(booth: Booth) -> None:
    booth.turning._following = _Anywhere(0.7)


def _without_mirror_image(booth: Booth) -> None:
    booth.turning._detected_ratio = lambda _, face: face.nose_ratio  # type: ignore[method-assign]


def _mesh_alone(booth: Booth) -> None:
    """Its nose ratio stands for the detector's where that finds nothing."""
    turning, pose = booth.turning, booth.turning._pose

    def of_mesh(pixels: Pixels, detected: Face | None, points: Points, *rest: Any) -> Pose:
        seen = pose(pixels, detected, points, *rest)
        return replace(seen, detected_ratio=seen.nose_ratio) if detected is None else seen

    turning._pose = of_mesh  # type: ignore[method-assign]


def _mesh_for_ever(booth: Booth) -> None:
    tracked = booth.turning._tracked
    booth.turning._tracked = lambda _: tracked(booth.turning._detected_s)  # type: ignore[method-assign]


def _not_compared_again(booth: Booth) -> None:
    booth.turning._challenge = _OnceASide(booth.turning._challenge.sides, 0.0)


def _blink_by_turning(booth: Booth) -> None:
    booth.turning._challenge = _BlinksByTurning(booth.turning._challenge.sides, 0.0)


class _BlinksByTurning(TurnChallenge):
    def compared(self, rule: TurnRule) -> TurnChallenge:
        return super().compared(replace(rule, blink=None))


MUTANTS: Mapping[str, tuple[Plant, Scenario]] = {
    "what is flat is turned": (_rule(TurnRule(turned_residual=1e-9)), a_flat_sheet),
    "either model alone is enough": (
        _rule(TurnRule(turned_together=0.1)),
        a_sheet_that_either_model_takes_for_turned,
    ),
    "any step": (_rule(_AnyStep()), an_exchanged_picture),
    "any place is the same face's": (_following_anything, a_face_elsewhere),
    "away for any time": (_following_anything, a_face_that_was_away),
    "turned by the mesh alone": (_mesh_alone, a_head_that_only_the_mesh_sees),
    "followed by the mesh for any time": (_mesh_for_ever, a_face_that_is_lost_for_long),
    "not compared after": (_comparing(_OnlyBefore), another_person_after),
    "who turns again is not compared": (_not_compared_again, another_person_who_turns_after_a_jump),
    "a lost encoder says the same person": (_comparing(_LostIsTheSame), a_lost_encoder),
    "no blink is missed": (_blink_by_turning, open_eyes),
    "the mirror image is not asked": (_without_mirror_image, a_detector_misled_to_one_side),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_each_is_found(name: str) -> None:
    plant, scenario = MUTANTS[name]
    booth = Booth()
    plant(booth)
    assert scenario(Booth()).stage is not Stage.PASSED
    assert scenario(booth).stage is Stage.PASSED
