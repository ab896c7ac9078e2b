"""How things move before a camera: paths over time, and the camera itself, which adds noise and takes its frames not
quite evenly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

import cv2
import numpy as np

from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import TurnChallenge
from kiosk.services.face_ports import Pixels
from tests.face.generating.surfaces import Placing

GRAIN = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    pixels: Pixels
    taken_s: float


Film = Iterator[Frame]


@dataclass(slots=True)
class Screen:
    """What it shows whoever stands before it."""

    state: TurnChallenge | None = None


def eased(keys: Sequence[tuple[float, float]], at_s: float) -> float:
    """Through (time, value), gently from each to the next; the first and the last value hold."""
    for (from_s, start), (to_s, end) in pairwise(keys):
        if at_s < from_s:
            return start
        if at_s < to_s:
            return start + (end - start) * (1 - math.cos(math.pi * (at_s - from_s) / (to_s - from_s))) / 2
    return keys[-1][1]


@dataclass(frozen=True, slots=True)
class Turn:
    """There and back: `keys` of the angle, 1 where it is widest. `length_s`: with a moment of holding still after."""

    keys: tuple[tuple[float, float], ...]
    length_s: float

    @classmethod
    def at_an_easy_pace(cls, chance: Random) -> Turn:
        begins_s = chance.uniform(0.4, 0.7)
        there_s, holds_s, back_s = chance.uniform(0.5, 1.2), chance.uniform(0.2, 0.6), chance.uniform(0.5, 1.2)
        turned_s = begins_s + there_s
        home_s = turned_s + holds_s + back_s
        return cls(((begins_s, 0.0), (turned_s, 1.0), (turned_s + holds_s, 1.0), (home_s, 0.0)), home_s + 0.4)

    def at(self, at_s: float) -> float:
        return eased(self.keys, at_s)


@dataclass(frozen=True, slots=True)
class Sway:
    """Nobody stands quite still: small slow movements, `size` times those of a calm head."""

    phases: tuple[float, ...]
    size: float

    @classmethod
    def random(cls, chance: Random, size: float = 1.0) -> Sway:
        return cls(tuple(chance.uniform(0, 2 * math.pi) for _ in range(7)), size)

    def added_to(self, placing: Placing, at_s: float) -> Placing:
        yaw, pitch, roll, x, y, scale, light = (
            self.size * math.sin(phase + at_s * rate)
            for phase, rate in zip(self.phases, (1.9, 1.3, 1.1, 1.7, 2.3, 0.9, 1.5), strict=True)
        )
        return replace(
            placing,
            yaw_deg=placing.yaw_deg + yaw,
            pitch_deg=placing.pitch_deg + 2 * pitch,
            roll_deg=placing.roll_deg + 1.5 * roll,
            shift_x=placing.shift_x + 0.04 * x,
            shift_y=placing.shift_y + 0.03 * y,
            scale=placing.scale * (1 + 0.015 * scale),
            light=placing.light * (1 + 0.04 * light),
        )


def towards(direction: Direction, deg: float, across_deg: float = 0.0) -> Placing:
    """Turned that way, and a little on the other axis."""
    along_deg = deg if direction in (Direction.LEFT, Direction.UP) else -deg
    yaw_deg, pitch_deg = (along_deg, across_deg) if direction.is_sideways else (across_deg, along_deg)
    return Placing(yaw_deg, pitch_deg)


def opposite(direction: Direction) -> Direction:
    return {
        Direction.LEFT: Direction.RIGHT,
        Direction.RIGHT: Direction.LEFT,
        Direction.UP: Direction.DOWN,
        Direction.DOWN: Direction.UP,
    }[direction]


def filmed(drawn: Callable[[float], Pixels], length_s: float, chance: Random, grain: float = GRAIN) -> Film:
    """`drawn`: the picture at a time from the start. 12 to 15 frames a second, as a terminal's camera in dim light;
    `grain`: its noise, in greys."""
    per_second = chance.uniform(12, 15)
    noise = np.random.default_rng(chance.randrange(2**32))
    at_s = 0.0
    while at_s < length_s:
        picture = drawn(at_s)
        greys = noise.standard_normal((100, 100), dtype=np.float32) * grain
        spread = cv2.resize(greys, picture.shape[1::-1])[..., None]
        yield Frame(np.clip(picture + spread, 0, 255).astype(np.uint8), at_s)
        at_s += chance.uniform(0.85, 1.15) / per_second
