"""A living head that does as the screen says: it reads, turns, waits to be told that this is enough, turns on where it
is not told, and comes back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Stage, TurnChallenge
from kiosk.face.landmarks import nose_ratio
from kiosk.services.face_ports import Pixels
from tests.face.generating.genuine import HeadAt, lit
from tests.face.generating.moving import GRAIN, Film, Screen, Sway, filmed, towards
from tests.face.generating.surfaces import Placing, Surface

PACES = ("slow", "easy", "brisk")
LIGHTS = ("even", "dim", "from one side", "bright")

_DEG_PER_S = {"slow": (25.0, 40.0), "easy": (40.0, 65.0), "brisk": (65.0, 95.0)}
"""On the average of a turn; at its fastest half as much again."""
_BRIGHTNESS = {"even": (1.0, 1.0), "dim": (0.5, 0.7), "from one side": (1.0, 1.0), "bright": (1.2, 1.4)}
_READS_S = (0.4, 1.0)
_FIRST_DEG = (25.0, 42.0)
_FIRST_NOD_DEG = (15.0, 30.0)
_ACROSS_PART = 0.12  # of a turn to a side goes up or down, and the other way round
_WAITS_S, _FARTHER_DEG = 0.7, 8.0
_FARTHEST_DEG, _FARTHEST_NOD_DEG = 48.0, 38.0  # farther is no comfortable turn
_CAMERA_DEG = 8.0  # above the eyes, or below them
_GIVES_UP_S = 60.0
_CROOKED = 0.03  # noses are

Angles = tuple[float, float]
Light = Callable[[Pixels], Pixels]


@dataclass(frozen=True, slots=True)
class _Move:
    """From one angle to another, gently; the last angle holds. Degrees of yaw and of pitch."""

    start: Angles = (0.0, 0.0)
    end: Angles = (0.0, 0.0)
    begins_s: float = 0.0
    ends_s: float = 0.0

    def at(self, at_s: float) -> Angles:
        if at_s <= self.begins_s:
            return self.start
        if at_s >= self.ends_s:
            return self.end
        part = (1 - math.cos(math.pi * (at_s - self.begins_s) / (self.ends_s - self.begins_s))) / 2
        (yaw, pitch), (to_yaw, to_pitch) = self.start, self.end
        return yaw + (to_yaw - yaw) * part, pitch + (to_pitch - pitch) * part


class _Neck:
    """Where the head is turned to, as the screen asks."""

    def __init__(self, screen: Screen, pace: str, chance: Random) -> None:
        self._screen, self._chance = screen, chance
        self._deg_per_s = chance.uniform(*_DEG_PER_S[pace])
        self._across_part = chance.uniform(-_ACROSS_PART, _ACROSS_PART)
        self._deg = 0.0
        self._move = _Move()
        self._next: tuple[Angles, float] | None = None
        """To which angles, and from when on: what is to be done has to be read first."""
        self._obeyed: tuple[Stage, int] | None = None

    def angles(self, at_s: float) -> Angles:
        """Of yaw and pitch, in degrees."""
        if self._screen.state is not None:
            self._next = self._told(self._screen.state, at_s) or self._next
        if self._next is not None and at_s >= self._next[1]:
            self._begin(*self._next)
        return self._move.at(at_s)

    def _told(self, state: TurnChallenge, at_s: float) -> tuple[Angles, float] | None:
        asked, direction = (state.stage, len(state.directions)), state.direction
        if asked != self._obeyed:
            self._obeyed = asked
            reads_s = self._chance.uniform(*_READS_S)
            if direction is None:
                return (0.0, 0.0), at_s + reads_s
            self._deg = self._chance.uniform(*(_FIRST_DEG if direction.is_sideways else _FIRST_NOD_DEG))
            return self._to(direction), at_s + reads_s
        if direction is not None and self._next is None and at_s > self._move.ends_s + _WAITS_S:
            farthest_deg = _FARTHEST_DEG if direction.is_sideways else _FARTHEST_NOD_DEG
            self._deg = min(self._deg + _FARTHER_DEG, farthest_deg)
            return self._to(direction), at_s
        return None

    def _to(self, direction: Direction) -> Angles:
        placing = towards(direction, self._deg, self._across_part * self._deg)
        return placing.yaw_deg, placing.pitch_deg

    def _begin(self, end: Angles, begins_s: float) -> None:
        self._next = None
        start = self._move.at(begins_s)
        self._move = _Move(start, end, begins_s, begins_s + math.dist(start, end) / self._deg_per_s + 0.05)


def asked(head_at: HeadAt, screen: Screen, pace: str, light: str, chance: Random) -> Film:
    """`pace` and `light`: of PACES and LIGHTS. Until the challenge is over, or for as long as anybody has patience."""
    neck, sway, lamp = _Neck(screen, pace, chance), Sway.random(chance), _lamp(light, chance)
    ahead_deg, camera_deg = _ahead_deg(head_at(0)[1]), chance.uniform(-_CAMERA_DEG, _CAMERA_DEG)
    roll_part = chance.uniform(-0.1, 0.1)

    def drawn(at_s: float) -> Pixels:
        yaw_deg, pitch_deg = neck.angles(at_s)
        yaw_deg += ahead_deg
        placing = Placing(yaw_deg, camera_deg + pitch_deg, roll_part * yaw_deg, shift_x=0.002 * yaw_deg)
        placing = sway.added_to(placing, at_s)
        picture, surface = head_at(at_s)
        return lamp(lit(surface.drawn(picture, placing, picture), placing))

    return filmed(drawn, _GIVES_UP_S, chance, grain=2 * GRAIN if light == "dim" else GRAIN)


def _ahead_deg(surface: Surface) -> float:
    """Who looks aside on the photograph looks ahead when asked to: turned so far, the nose is near the middle."""

    def ratio(deg: float) -> float:
        return nose_ratio(surface.placed(Placing(deg))[:, :2].astype(np.float32))

    wanted = min(max(ratio(0), -_CROOKED), _CROOKED)
    low, high = -30.0, 30.0
    while high - low > 0.1:
        middle = (low + high) / 2
        low, high = (middle, high) if ratio(middle) < wanted else (low, middle)
    return (low + high) / 2


def _lamp(light: str, chance: Random) -> Light:
    """Stands still while the head turns."""
    least, most = _BRIGHTNESS[light]
    brightness = chance.uniform(least, most)
    slope = chance.choice([-1, 1]) * chance.uniform(0.25, 0.5) if light == "from one side" else 0.0

    def shone(picture: Pixels) -> Pixels:
        along = brightness * (1 + slope * np.linspace(-1, 1, picture.shape[1], dtype=np.float32))
        return cv2.convertScaleAbs(picture * along[None, :, None])

    return shone
