"""A living head that turns as it was asked: a photograph, or a clip of a talking person, on the shape of that head."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import cv2
import numpy as np

from kiosk.domain.liveness import Side
from kiosk.face.detection import Pixels
from tests.face.generating.moving import Film, Sway, Turn, filmed, sign
from tests.face.generating.people import CLIP, Models, Person, person_in
from tests.face.generating.surfaces import Placing, Surface, head

NARROWEST_DEG, WIDEST_DEG = 36.0, 46.0  # how far people turn who are asked to turn their head

HeadAt = Callable[[float], tuple[Pixels, Surface]]


def lit(picture: Pixels, placing: Placing) -> Pixels:
    return cv2.convertScaleAbs(picture, alpha=placing.light)


def turning_head(person: Person, side: Side, chance: Random, widest_deg: float | None = None) -> Film:
    """One turn of a person who keeps their face as on the photograph."""
    surface = head(person.points)
    return _turning(lambda _: (person.picture, surface), side, chance, widest_deg)


def talking_and_turning(models: Models, side: Side, chance: Random) -> Film:
    """The person of the clip, who talks and blinks meanwhile."""
    frames = [person for person in clip_people(models) if person is not None]
    surfaces = [head(person.points) for person in frames]

    def at(at_s: float) -> tuple[Pixels, Surface]:
        number = min(int(at_s * CLIP_FRAMES_A_S), len(frames) - 1)
        return frames[number].picture, surfaces[number]

    return _turning(at, side, chance, None)


def _turning(head_at: HeadAt, side: Side, chance: Random, widest_deg: float | None) -> Film:
    turn, sway = Turn.at_an_easy_pace(chance), Sway.random(chance)
    widest = chance.uniform(NARROWEST_DEG, WIDEST_DEG) if widest_deg is None else widest_deg
    pitch, roll, shift = chance.uniform(-5, 5), chance.uniform(-4, 4), chance.uniform(-0.1, 0.1)

    def drawn(at_s: float) -> Pixels:
        part = turn.at(at_s)
        placing = Placing(sign(side) * widest * part, pitch * part, roll * part, shift_x=shift * part)
        placing = sway.added_to(placing, at_s)
        picture, surface = head_at(at_s)
        return lit(surface.drawn(picture, placing, picture), placing)

    return filmed(drawn, turn.length_s, chance)


CLIP_FRAMES_A_S = 15.0


def clip_people(models: Models) -> list[Person | None]:
    """The clip's frames as the camera would see them, 15 a second; None where no face is good enough."""
    clip = cv2.VideoCapture(str(CLIP))
    every = max(1, round(clip.get(cv2.CAP_PROP_FPS) / CLIP_FRAMES_A_S))
    found, number = [], 0
    while (taken := clip.read())[0]:
        if number % every == 0:
            found.append(person_in(models, "clip", np.asarray(taken[1], dtype=np.uint8)))
        number += 1
    clip.release()
    return found
