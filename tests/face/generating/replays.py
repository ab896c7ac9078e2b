"""Clips of the right person, played by somebody who does not heed what the screen asks. The best that can be: what the
camera saw when that person turned before it, without a screen's traces, its frames, border or light."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from kiosk.domain.head_turn import Direction
from kiosk.face import model_files
from kiosk.face.detection import Face, FaceFinder
from kiosk.face.landmarks import FaceMesh, Points
from kiosk.face.turning import possible_rows
from kiosk.services.face_ports import Pixels
from tests.face.generating.genuine import turning_head
from tests.face.generating.moving import Film, Frame, opposite
from tests.face.generating.people import Models, Person

_FRAME_S = 0.07  # between two clips, one after the other

Clip = Sequence[Frame]


@dataclass(frozen=True, slots=True, eq=False)
class Clips:
    """What the attacker has of a person: a turn in each direction, from looking ahead to looking ahead again. Whoever
    can cut films has any row of turns by it."""

    of: Mapping[Direction, Clip]

    @classmethod
    def recorded(cls, person: Person, chance: Random) -> Clips:
        return cls({direction: tuple(turning_head(person, direction, chance)) for direction in Direction})


Replay = Callable[[Clips, int, Random], Film]
"""`int`: how many turns are asked for, as whoever attacks knows."""


def one_turn_over_and_over(clips: Clips, turns: int, chance: Random) -> Film:
    return _looped([clips.of[chance.choice(tuple(Direction))]], chance)


def to_and_fro_over_and_over(clips: Clips, turns: int, chance: Random) -> Film:
    direction = chance.choice(tuple(Direction))
    return _looped([clips.of[direction], clips.of[opposite(direction)]], chance)


def round_over_and_over(clips: Clips, turns: int, chance: Random) -> Film:
    """All directions, one after the other, in an order that is as likely as any."""
    return _looped([clips.of[direction] for direction in chance.sample(tuple(Direction), len(Direction))], chance)


def cut_to_length(clips: Clips, turns: int, chance: Random) -> Film:
    """A row that may be asked for, each as likely as any; begun when the person is asked."""
    return _played([clips.of[direction] for direction in chance.choice(possible_rows(turns))])


def _looped(clips: Sequence[Clip], chance: Random) -> Film:
    """It is playing already when the person is asked: from a random frame on, without an end."""
    frames = list(_played(clips))
    begins = chance.randrange(len(frames))
    at_s = -frames[begins].taken_s
    while True:
        for frame in frames[begins:]:
            yield Frame(frame.pixels, at_s + frame.taken_s)
        at_s += frames[-1].taken_s + _FRAME_S
        begins = 0


def _played(clips: Sequence[Clip]) -> Film:
    at_s = 0.0
    for clip in clips:
        for frame in clip:
            yield Frame(frame.pixels, at_s + frame.taken_s)
        at_s += clip[-1].taken_s + _FRAME_S


REPLAYS: Mapping[str, Replay] = {
    replay.__name__: replay
    for replay in (one_turn_over_and_over, to_and_fro_over_and_over, round_over_and_over, cut_to_length)
}


class RewatchingModels(Models):
    """What they see in a picture is kept: a clip that is played a hundred times takes little longer than once."""

    @cached_property
    def finder(self) -> FaceFinder:
        return _RememberingFinder(model_files.yunet())

    @cached_property
    def mesh(self) -> FaceMesh:
        return _RememberingMesh(model_files.face_mesh())


class _RememberingFinder(FaceFinder):
    def __init__(self, model: Path) -> None:
        super().__init__(model)
        self._found: dict[bytes, tuple[Face, ...]] = {}

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        key = _digest(pixels)
        if key not in self._found:
            self._found[key] = super().find(pixels)
        return self._found[key]


class _RememberingMesh(FaceMesh):
    def __init__(self, model: Path) -> None:
        super().__init__(model)
        self._seen: dict[tuple[bytes, bytes], Points | None] = {}

    def points(self, pixels: Pixels, face: Face) -> Points | None:
        key = (_digest(pixels), face.row.tobytes())
        if key not in self._seen:
            self._seen[key] = super().points(pixels, face)
        return self._seen[key]


def _digest(pixels: Pixels) -> bytes:
    return hashlib.blake2b(pixels, digest_size=16).digest()
