"""Bugs planted in the liveness check, by name: each lets something pass that the right one refuses. With real pictures:
tests/prove/face/test_liveness.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kiosk.domain.head_turn import Direction, Pose, TurnRule
from kiosk.domain.liveness import Stage, TurnChallenge
from kiosk.face.comparing import Comparing, Recognised, _Part
from kiosk.face.detection import Face
from kiosk.face.encoding import Features
from kiosk.face.following import Following
from kiosk.face.landmarks import Points
from kiosk.services.face_ports import Pixels
from tests.face import turning_scenarios as scenarios
from tests.face.turning_booth import Booth

Scenario = Callable[[Booth], TurnChallenge]
Plant = Callable[[Booth], None]


class _AnyStep(TurnRule):
    def is_jump(self, step: float, apart_s: float) -> bool:
        return False

    def is_sudden(self, step: float, before: float) -> bool:
        return False


class _AnyStepUnseen(TurnRule):
    """What was not seen may have been a turn."""

    def longest_step(self, apart_s: float) -> float:
        return self.noise_ratio + self.fastest_per_s * apart_s

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
    is_same = True
    looked = 0

    def look(self, pixels: Pixels, face: Face) -> None:
        self.looked += 1
        if self.looked <= 3:
            super().look(pixels, face)


class _NobodyIsAnother(Recognised):
    def is_another(self, features: Features) -> bool:
        return False


class _AsFarAsBefore(Recognised):
    """1.45 times as far as one ahead may be."""

    def is_another(self, features: Features) -> bool:
        return not self._is_within(1.45, features)


class _OnceADirection(TurnChallenge):
    @property
    def attempt(self) -> tuple[int, int]:
        return len(self.directions), 0


class _EitherNod(TurnRule):
    def turned_to(self, pose: Pose, middle: Pose) -> Direction | None:
        direction = super().turned_to(pose, middle)
        return Direction.UP if direction is Direction.DOWN else direction


class _BackByNod(TurnChallenge):
    def _is_back(self, pose: Pose, middle: Pose, rule: TurnRule) -> bool:
        return abs(pose.nod_ratio - middle.nod_ratio) <= rule.ahead_ratio


class _LostIsTheSame(Comparing):
    def _answered(self, part: _Part, answer: Future[Features]) -> None:
        if answer.exception():
            part.is_same = True
        else:
            super()._answered(part, answer)


def _rule(rule: TurnRule) -> Plant:
    def plant(booth: Booth) -> None:
        booth.turning._rules = replace(booth.turning._rules, turn=rule)

    return plant


def _comparing(kind: type[Comparing]) -> Plant:
    def plant(booth: Booth) -> None:
        booth.turning._comparing = kind(booth, booth.recognised)

    return plant


def _recognised(kind: type[Recognised]) -> Plant:
    def plant(booth: Booth) -> None:
        recognised = booth.recognised
        another = kind(recognised.features, recognised.measures, recognised.limits)
        booth.turning._comparing = Comparing(booth, another)

    return plant


_one_good_look_is_enough = _recognised(_NobodyIsAnother)


def _following_anything(booth: Booth) -> None:
    booth.turning._following = _Anywhere(0.7)


def _doubted_anywhere(booth: Booth) -> None:
    """Any face that the detector sees is the one that the mesh doubts."""
    keep, following = booth.turning._follow, booth.turning._following

    def follow(pixels: Pixels, faces: tuple[Face, ...], began: Points, taken_s: float) -> None:
        if booth.points_seen is None and faces:
            following._seen_s = taken_s
        keep(pixels, faces, began, taken_s)

    booth.turning._follow = follow  # type: ignore[method-assign]


def _without_mirror_image(booth: Booth) -> None:
    booth.turning._detected_ratio = lambda _, face: face.nose_ratio  # type: ignore[method-assign]


def _mean_of_picture_and_mirror_image(booth: Booth) -> None:
    turning = booth.turning

    def mean(pixels: Pixels, face: Face) -> float:
        (mirrored,) = booth.find(np.ascontiguousarray(pixels[:, ::-1]))
        return (face.nose_ratio - mirrored.nose_ratio) / 2

    turning._detected_ratio = mean  # type: ignore[method-assign]


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
    """All looks to one side are one part, of which one is enough."""
    _one_good_look_is_enough(booth)
    booth.turning._challenge = _OnceADirection(booth.turning._challenge.directions, 0.0)


def _blink_by_turning(booth: Booth) -> None:
    booth.turning._challenge = _BlinksByTurning(booth.turning._challenge.directions, 0.0)


def _back_by_nod(booth: Booth) -> None:
    booth.turning._challenge = _BackByNod(booth.turning._challenge.directions, 0.0)


class _BlinksByTurning(TurnChallenge):
    def compared(self, rule: TurnRule) -> TurnChallenge:
        return super().compared(replace(rule, blink=None))


MUTANTS: dict[str, tuple[Plant, Scenario]] = {
    "what is flat is turned": (_rule(TurnRule(turned_residual=1e-9)), scenarios.a_flat_sheet),
    "either model alone is enough": (
        _rule(TurnRule(turned_together=0.1)),
        scenarios.a_sheet_that_either_model_takes_for_turned,
    ),
    "any step": (_rule(_AnyStep()), scenarios.an_exchanged_picture),
    "any place is the same face's": (_following_anything, scenarios.a_face_elsewhere),
    "away for any time": (_following_anything, scenarios.a_face_that_was_away),
    "nearly back is back": (_rule(TurnRule(centred_residual=1.0)), scenarios.a_head_that_does_not_come_back),
    "what was not seen is a turn": (_rule(_AnyStepUnseen()), scenarios.a_turn_that_the_mesh_did_not_see),
    "any face is the one that the mesh doubts": (_doubted_anywhere, scenarios.another_face_while_the_mesh_doubts),
    "turned by the mesh alone": (_mesh_alone, scenarios.a_head_that_only_the_mesh_sees),
    "followed by the mesh for any time": (_mesh_for_ever, scenarios.a_face_that_is_lost_for_long),
    "not compared after": (_comparing(_OnlyBefore), scenarios.another_person_after),
    "one good look at a turn is enough": (_one_good_look_is_enough, scenarios.another_person_from_half_way_on),
    "another may be a little farther": (_recognised(_AsFarAsBefore), scenarios.another_person_a_little_too_far),
    "a turn is asked for again and again": (
        _rule(TurnRule(most_jumps=9)),
        scenarios.pictures_that_are_exchanged_until_one_is_taken_for_a_turn,
    ),
    "who turns again is not compared": (_not_compared_again, scenarios.another_person_who_turns_after_a_jump),
    "a lost encoder says the same person": (_comparing(_LostIsTheSame), scenarios.a_lost_encoder),
    "no blink is missed": (_blink_by_turning, scenarios.open_eyes),
    "the mirror image is not asked": (_without_mirror_image, scenarios.a_detector_misled_to_one_side),
    "the mirror image has only half a word": (
        _mean_of_picture_and_mirror_image,
        scenarios.a_detector_misled_mostly_to_one_side,
    ),
}


NOD_MUTANTS: dict[str, tuple[Plant, Scenario]] = {
    "a nod in either direction": (_rule(_EitherNod()), scenarios.a_nod_the_other_way),
    "what is flat nods": (_rule(TurnRule(nodded_residual=1e-9)), scenarios.a_flat_sheet_that_nods),
    "a nod by any step": (_rule(_AnyStep()), scenarios.an_exchanged_picture_of_a_nod),
    "a nod by the mesh alone": (_mesh_alone, scenarios.a_nod_that_only_the_mesh_sees),
    "back from a nod, looking aside": (_back_by_nod, scenarios.a_nod_that_ends_aside),
}
"""Where a nod up is asked for."""


@pytest.mark.parametrize("name", [*MUTANTS, *NOD_MUTANTS])
def test_each_is_found(name: str) -> None:
    asked = (Direction.UP,) if name in NOD_MUTANTS else (Direction.LEFT,)
    plant, scenario = (MUTANTS | NOD_MUTANTS)[name]
    booth = Booth(*asked)
    plant(booth)
    assert scenario(Booth(*asked)).stage is not Stage.PASSED
    assert scenario(booth).stage is Stage.PASSED
