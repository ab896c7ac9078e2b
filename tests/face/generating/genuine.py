"""A living head that turns as it was asked: a photograph, or a clip of a talking person, on the shape of that head."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import cv2
import numpy as np

from kiosk.domain.liveness import Side
from kiosk.face.detection import Pixels
from tests.face.generating.moving import Film, Frame, Sway, Turn, filmed, sign
from tests.face.generating.people import CLIP, Models, Person, person_in
from tests.face.generating.surfaces import Placing, Surface, head

NARROWEST_DEG, WIDEST_DEG = 36.0, 46.0  # how far people turn who are asked to turn their head

_CLIP_FRAMES_A_S = 15.0

HeadAt = Callable[[float], tuple[Pixels, Surface]]


def lit(picture: Pixels, placing: Placing) -> Pixels:
    return cv2.convertScaleAbs(picture, alpha=placing.light)


def turning_head(person: Person, side: Side, chance: Random, widest_deg: float | None = None) -> Film:
    """One turn of a person who keeps their face as on the photograph."""
    surface = head(person.points)
    return _turning(lambda _: (person.picture, surface), side, chance, widest_deg)


class TalkingHead:
    """The person of the clip, who talks and blinks."""

    def __init__(self, models: Models) -> None:
        self._frames = list(_clip_frames(models))
        self._surfaces: dict[int, Surface] = {}
        self.person = self._frames[0]

    def talking(self) -> Film:
        """The clip as it is."""
        yield from (Frame(person.picture, number / _CLIP_FRAMES_A_S) for number, person in enumerate(self._frames))

    def turning(self, side: Side, chance: Random) -> Film:
        return _turning(self._at, side, chance, None)

    def _at(self, at_s: float) -> tuple[Pixels, Surface]:
        number = min(int(at_s * _CLIP_FRAMES_A_S), len(self._frames) - 1)
        person = self._frames[number]
        if number not in self._surfaces:
            self._surfaces[number] = head(person.points)
        return person.picture, self._surfaces[number]


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


def _clip_frames(models: Models) -> Iterator[Person]:
    """As the camera would see them, 15 a second; without those where no face is good enough."""
    clip = cv2.VideoCapture(str(CLIP))
    every = max(1, round(clip.get(cv2.CAP_PROP_FPS) / _CLIP_FRAMES_A_S))
    number = 0
    while (taken := clip.read())[0]:
        person = person_in(models, "clip", np.asarray(taken[1], dtype=np.uint8)) if number % every == 0 else None
        number += 1
        if person is not None:
            yield person
    clip.release()
