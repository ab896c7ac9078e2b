"""Drawn eyes that close: what their likeness to themselves does."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from kiosk.domain.blinking import BlinkRule
from kiosk.face.eyes import Eyes
from kiosk.face.landmarks import Points
from kiosk.services.face_ports import Pixels
from tests.face.pictures import blurred, dimmed, face

SKIN = (140, 170, 215)
X, Y, RADIUS = 320, 240, 110  # as tests.face.pictures.face draws it
RULE = BlinkRule()
CLOSED = 1 - RULE.closing(0.02)
OPEN = 1 - RULE.open_part * RULE.closing(0.02)


def points(shift: float = 0.0) -> Points:
    found = np.zeros((468, 2), dtype=np.float32)
    for side, (left, right) in {-1: (33, 133), 1: (362, 263)}.items():
        middle = np.array([X + side * 0.3 * RADIUS + shift, Y - 0.15 * RADIUS])
        half = np.array([0.14 * RADIUS, 0])
        found[left], found[right] = middle - half, middle + half
    return found


def closed(picture: Pixels, *sides: int) -> Pixels:
    """With a lid over those eyes, -1 the one that stands left in the picture, and its lashes."""
    drawn = picture.copy()
    for side in sides:
        middle = (round(X + side * 0.3 * RADIUS), round(Y - 0.15 * RADIUS))
        cv2.ellipse(drawn, middle, (17, 9), 0, 0, 360, SKIN, -1, cv2.LINE_AA)
        cv2.ellipse(drawn, middle, (15, 7), 0, 0, 180, (60, 60, 70), 1, cv2.LINE_AA)
    return drawn


@pytest.mark.parametrize(
    ("picture", "is_closed"),
    [
        (face(), False),
        (dimmed(face(), 0.6), False),
        (blurred(face(), 1.5), False),
        (closed(face(), -1, 1), True),
        (closed(face(), 1), False),
    ],
    ids=["open", "darker", "blurred", "closed", "a wink"],
)
def test_lids_that_close_and_what_is_like_it(picture: Pixels, is_closed: bool) -> None:
    eyes = Eyes()
    assert math.isnan(eyes.likeness(face(), points(), 0.0))
    assert eyes.likeness(face(), points(0.4), 0.1) >= OPEN
    likeness = eyes.likeness(picture, points(), 0.2)
    assert (likeness < CLOSED) is is_closed
    assert eyes.likeness(face(), points(), 0.3) >= OPEN


def test_what_stays_becomes_usual() -> None:
    eyes = Eyes()
    eyes.likeness(face(), points(), 0.0)
    seen = [eyes.likeness(closed(face(), -1, 1), points(), n / 10) for n in range(1, 20)]
    assert seen[0] < CLOSED < OPEN < seen[-1]


def test_after_a_turn_they_are_seen_anew() -> None:
    eyes = Eyes()
    eyes.likeness(face(), points(), 0.0)
    eyes.forget()
    assert math.isnan(eyes.likeness(closed(face(), -1, 1), points(), 0.1))


def test_a_picture_of_one_grey_is_neither() -> None:
    grey = np.full((480, 640, 3), 90, np.uint8)
    eyes = Eyes()
    eyes.likeness(grey, points(), 0.0)
    assert eyes.likeness(grey, points(), 0.1) == pytest.approx(0.0, abs=1e-6)
