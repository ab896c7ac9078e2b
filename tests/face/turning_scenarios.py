"""What stands before the check, that no check may let pass: geometry, frame by frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kiosk.domain.blinking import BlinkRule
from kiosk.domain.head_turn import TurnRule
from kiosk.domain.liveness import TurnChallenge
from kiosk.face.detection import Face
from kiosk.face.encoder_process import EncoderLost
from kiosk.face.landmarks import Points
from kiosk.services.face_ports import Pixels
from tests.face.turning_booth import MIDDLE, PIXELS, Booth, face_at, mirrored, points_at


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


def flat_nod_at(part: float) -> Points:
    """A sheet whose lower edge goes farther away: the nose rises between eyes and mouth."""
    began = points_at(0).astype(np.float64) - MIDDLE
    return (began / (1 - 0.016 * part * began[:, 1:]) + MIDDLE).astype(np.float32)


def a_flat_sheet_that_nods(booth: Booth) -> TurnChallenge:
    booth.frame()
    booth.at_s += 0.3
    for part in (*np.linspace(0, 1, 9), *np.linspace(1, 0, 9)):
        booth.points_seen = flat_nod_at(float(part))
        booth.frame()
    return booth.frame()


def a_nod_the_other_way(booth: Booth) -> TurnChallenge:
    booth.nod(-25, 0)
    return booth.frame()


def an_exchanged_picture_of_a_nod(booth: Booth) -> TurnChallenge:
    booth.nod(25, 0, step_deg=25)
    booth.frame()
    booth.nod(25, 0, step_deg=25)
    return booth.frame()


def a_nod_that_only_the_mesh_sees(booth: Booth) -> TurnChallenge:
    booth.mesh_sees_alone = True
    booth.frame()
    booth.at_s += 0.3
    for pitch in (*range(0, 28, 3), *range(24, -3, -3)):
        booth.points_seen, booth.faces = points_at(0, pitch), (face_at(),) if pitch < 10 else ()
        booth.frame()
    return booth.frame()


def a_nod_that_ends_aside(booth: Booth) -> TurnChallenge:
    """It comes back up or down, and looks to a side."""
    booth.nod(25)
    for yaw in range(0, 33, 3):
        booth.points_seen = points_at(yaw, max(0, 25 - yaw))
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


def a_turn_that_the_mesh_did_not_see(booth: Booth) -> TurnChallenge:
    for _ in range(2):
        booth.turn(12)
        booth.points_seen, booth.faces = None, (face_at(yaw_deg=35.0),)
        for _ in range(12):
            booth.frame()
        booth.points_seen = points_at(35)
        booth.frame()
        booth.frame()
        for yaw in range(32, -3, -3):
            booth.points_seen, booth.faces = points_at(yaw), (face_at(yaw_deg=yaw),)
            booth.frame()
    return booth.frame()


def another_face_while_the_mesh_doubts(booth: Booth) -> TurnChallenge:
    """It has gone half across the picture when the mesh sees one again, and been away for too long."""
    booth.frame()
    booth.points_seen, booth.faces = None, (face_at(x=190.0),)
    for _ in range(12):
        booth.frame()
    return booth.turn(35, 0)


def a_head_that_does_not_come_back(booth: Booth) -> TurnChallenge:
    """Its nose is misread."""
    booth.turn(35)
    booth.faces = (face_at(),)
    for nose_ratio in (*np.arange(0.3, 0.05, -0.06), *[0.08] * 5):
        points = points_at(35)
        points[1, 0] = points[33, 0] + (0.5 + nose_ratio) * (points[263, 0] - points[33, 0])
        booth.points_seen = points
        booth.frame()
    return booth.frame()


def another_person_from_half_way_on(booth: Booth) -> TurnChallenge:
    booth.people[2] = 7
    return booth.turn(35, 0)


def another_person_a_little_too_far(booth: Booth) -> TurnChallenge:
    """From half way on: nearer than most others are."""
    booth.distances[2] = 0.76
    return booth.turn(35, 0)


def pictures_that_are_exchanged_until_one_is_taken_for_a_turn(booth: Booth) -> TurnChallenge:
    """Three times, and then a clip."""
    for _ in range(3):
        booth.turn(35, 0, step_deg=35)
        booth.frame()
    return booth.turn(35, 0)


def another_person_after(booth: Booth) -> TurnChallenge:
    booth.people[3] = 7
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


def a_detector_misled_mostly_to_one_side(booth: Booth, mirrored_deg: float = 3.0) -> TurnChallenge:
    """Of the mirror image it says that the head is turned by so much at most."""
    find = booth.find

    def finds(pixels: Pixels) -> tuple[Face, ...]:
        faces = find(pixels)
        if pixels is booth.pixels or not faces:
            return faces
        seen_deg = float(np.degrees(np.arcsin(booth.faces[0].nose_ratio)))
        return (mirrored(face_at(yaw_deg=min(seen_deg, mirrored_deg))),)

    booth.find = finds  # type: ignore[method-assign]
    return booth.turn(35, 0)
