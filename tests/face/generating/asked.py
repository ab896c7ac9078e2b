"""A living head that does as the screen says: it reads, turns, waits to be told that this is enough, turns on where it
is not told, and comes back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from kiosk.domain.liveness import Side, Stage, TurnChallenge
from kiosk.face.landmarks import nose_ratio
from kiosk.services.face_ports import Pixels
from tests.face.generating.genuine import HeadAt, lit
from tests.face.generating.moving import GRAIN, Film, Screen, Sway, filmed, sign
from tests.face.generating.surfaces import Placing, Surface

PACES = ("slow", "easy", "brisk")
LIGHTS = ("even", "dim", "from one side", "bright")

_DEG_PER_S = {"slow": (25.0, 40.0), "easy": (40.0, 65.0), "brisk": (65.0, 95.0)}
"""On the average of a turn; at its fastest half as much again."""
_BRIGHTNESS = {"even": (1.0, 1.0), "dim": (0.5, 0.7), "from one side": (1.0, 1.0), "bright": (1.2, 1.4)}
_READS_S = (0.4, 1.0)
_FIRST_DEG = (25.0, 42.0)
_WAITS_S, _FARTHER_DEG, _FARTHEST_DEG = 0.7, 8.0, 48.0  # farther is no comfortable turn
_GIVES_UP_S = 60.0
_CROOKED = 0.03  # noses are

Light = Callable[[Pixels], Pixels]


@dataclass(frozen=True, slots=True)
class _Move:
    """From one angle to another, gently; the last angle holds."""

    from_deg: float = 0.0
    to_deg: float = 0.0
    begins_s: float = 0.0
    ends_s: float = 0.0

    def at(self, at_s: float) -> float:
        if at_s <= self.begins_s:
            return self.from_deg
        if at_s >= self.ends_s:
            return self.to_deg
        part = (at_s - self.begins_s) / (self.ends_s - self.begins_s)
        return self.from_deg + (self.to_deg - self.from_deg) * (1 - math.cos(math.pi * part)) / 2


class _Neck:
    """Where the head is turned to, as the screen asks."""

    def __init__(self, screen: Screen, pace: str, chance: Random) -> None:
        self._screen, self._chance = screen, chance
        self._deg_per_s = chance.uniform(*_DEG_PER_S[pace])
        self._move = _Move()
        self._next: tuple[float, float] | None = None
        """To which angle, and from when on: what is to be done has to be read first."""
        self._obeyed: tuple[Stage, int] | None = None

    def angle_deg(self, at_s: float) -> float:
        if self._screen.state is not None:
            self._next = self._told(self._screen.state, at_s) or self._next
        if self._next is not None and at_s >= self._next[1]:
            self._begin(*self._next)
        return self._move.at(at_s)

    def _told(self, state: TurnChallenge, at_s: float) -> tuple[float, float] | None:
        asked = (state.stage, len(state.sides))
        if asked != self._obeyed:
            self._obeyed = asked
            to_deg = 0.0 if state.side is None else sign(state.side) * self._chance.uniform(*_FIRST_DEG)
            return to_deg, at_s + self._chance.uniform(*_READS_S)
        if state.side is not None and self._next is None and at_s > self._move.ends_s + _WAITS_S:
            return _farther(self._move.to_deg, state.side), at_s
        return None

    def _begin(self, to_deg: float, begins_s: float) -> None:
        self._next = None
        from_deg = self._move.at(begins_s)
        self._move = _Move(from_deg, to_deg, begins_s, begins_s + abs(to_deg - from_deg) / self._deg_per_s + 0.05)


def _farther(deg: float, side: Side) -> float:
    return sign(side) * min(abs(deg) + _FARTHER_DEG, _FARTHEST_DEG)


def asked(head_at: HeadAt, screen: Screen, pace: str, light: str, chance: Random) -> Film:
    """`pace` and `light`: of PACES and LIGHTS. Until the challenge is over, or for as long as anybody has patience."""
    neck, sway, lamp = _Neck(screen, pace, chance), Sway.random(chance), _lamp(light, chance)
    ahead_deg = _ahead_deg(head_at(0)[1])
    pitch_part, roll_part = chance.uniform(-0.12, 0.12), chance.uniform(-0.1, 0.1)

    def drawn(at_s: float) -> Pixels:
        deg = ahead_deg + neck.angle_deg(at_s)
        placing = sway.added_to(Placing(deg, pitch_part * deg, roll_part * deg, shift_x=0.002 * deg), at_s)
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
