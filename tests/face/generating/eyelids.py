"""Photographs whose eyes close: the picture's lids are drawn down over them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kiosk.services.face_ports import Pixels
from tests.face.generating.people import Person
from tests.face.generating.surfaces import Placing, head, moved_points

_UPPER = np.array([246, 161, 160, 159, 158, 157, 173, 466, 388, 387, 386, 385, 384, 398])
_LOWER = np.array([7, 163, 144, 145, 153, 154, 155, 249, 390, 373, 374, 380, 381, 382])
_BLINK_S = 0.3


class Eyelids:
    """They close for a moment every `every_s`."""

    def __init__(self, person: Person, every_s: float) -> None:
        self._pictures = [_closed(person, part) for part in (0.0, 0.5, 0.95)]
        self._every_s = every_s

    def at(self, at_s: float) -> Pixels:
        closed = max(0.0, 1 - abs(at_s % self._every_s - _BLINK_S) / (_BLINK_S / 2))
        return self._pictures[round(2 * closed)]


def _closed(person: Person, part: float) -> Pixels:
    shaped = head(person.points)
    flat = replace(shaped, shape=np.column_stack([shaped.source, np.zeros(len(shaped.source))]))
    lids = shaped.source[_UPPER] + part * (shaped.source[_LOWER] - shaped.source[_UPPER])
    return moved_points(flat, _UPPER, lids).drawn(person.picture, Placing(), person.picture)
