"""A living head that turns as it was asked: a photograph, or a clip of a talking person, on the shape of that head."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import cv2
import numpy as np

from kiosk.domain.head_turn import Direction
from kiosk.face.landmarks import nose_ratio
from kiosk.services.face_ports import Pixels
from tests.face.generating.eyelids import Eyelids
from tests.face.generating.moving import Film, Frame, Sway, Turn, filmed, towards
from tests.face.generating.people import CLIP, Models, Person, person_in
from tests.face.generating.surfaces import Placing, Surface, head

_SIDEWAYS_DEG, _NOD_DEG = (36.0, 46.0), (24.0, 34.0)  # how far people turn who are asked to turn their head

_CLIP_FRAMES_A_S = 12.5  # every second one
_AHEAD_RATIO = 0.1  # the nose, from the middle between the eyes


def widest_deg(direction: Direction, chance: Random) -> float:
    return chance.uniform(*(_SIDEWAYS_DEG if direction.is_sideways else _NOD_DEG))


HeadAt = Callable[[float], tuple[Pixels, Surface]]
"""What a head looks like at a time: its picture, and its shape."""


def lit(picture: Pixels, placing: Placing) -> Pixels:
    return cv2.convertScaleAbs(picture, alpha=placing.light)


def turning_head(person: Person, direction: Direction, chance: Random) -> Film:
    """One turn of a person who keeps their face as on the photograph."""
    return _turning(still(person), direction, chance)


def still(person: Person) -> HeadAt:
    """The face as on the photograph."""
    surface = head(person.points)
    return lambda _: (person.picture, surface)


def blinking(person: Person, every_s: float) -> HeadAt:
    """The same, with eyes that close for a moment."""
    surface, eyes = head(person.points), Eyelids(person, every_s)
    return lambda at_s: (eyes.at(at_s), surface)


class TalkingHead:
    """The person of the clip, who talks and blinks; for turns, as long as she looks ahead by herself: that part is
    played forwards and backwards."""

    def __init__(self, models: Models) -> None:
        self._frames = _looking_ahead(list(_clip_frames(models)))
        self._surfaces: dict[int, Surface] = {}
        self.person = self._frames[0]

    def turning(self, direction: Direction, chance: Random) -> Film:
        return _turning(self.at, direction, chance)

    def at(self, at_s: float) -> tuple[Pixels, Surface]:
        """A HeadAt."""
        last = len(self._frames) - 1
        number = last - abs(last - int(at_s * _CLIP_FRAMES_A_S) % (2 * last))
        person = self._frames[number]
        if number not in self._surfaces:
            self._surfaces[number] = head(person.points)
        return person.picture, self._surfaces[number]


def talking(models: Models) -> Film:
    """The clip as it is."""
    for number, person in enumerate(_clip_frames(models)):
        if person is not None:
            yield Frame(person.picture, number / _CLIP_FRAMES_A_S)


def _looking_ahead(frames: list[Person | None]) -> list[Person]:
    """The longest part without a frame in which she does not."""
    parts: list[list[Person]] = [[]]
    for person in frames:
        if person is not None and abs(nose_ratio(person.points[:, :2])) <= _AHEAD_RATIO:
            parts[-1].append(person)
        else:
            parts.append([])
    return max(parts, key=len)


def _turning(head_at: HeadAt, direction: Direction, chance: Random) -> Film:
    turn, sway = Turn.at_an_easy_pace(chance), Sway.random(chance)
    widest = widest_deg(direction, chance)
    across, roll, shift = chance.uniform(-5, 5), chance.uniform(-4, 4), chance.uniform(-0.1, 0.1)

    def drawn(at_s: float) -> Pixels:
        part = turn.at(at_s)
        turned = towards(direction, widest * part, across * part)
        placing = sway.added_to(replace(turned, roll_deg=roll * part, shift_x=shift * part), at_s)
        picture, surface = head_at(at_s)
        return lit(surface.drawn(picture, placing, picture), placing)

    return filmed(drawn, turn.length_s, chance)


def _clip_frames(models: Models) -> Iterator[Person | None]:
    """As the camera would see them; None where no face is good enough."""
    clip = cv2.VideoCapture(str(CLIP))
    every = max(1, round(clip.get(cv2.CAP_PROP_FPS) / _CLIP_FRAMES_A_S))
    number = 0
    while (taken := clip.read())[0]:
        if number % every == 0:
            yield person_in(models, "clip", np.asarray(taken[1], dtype=np.uint8))
        number += 1
    clip.release()
