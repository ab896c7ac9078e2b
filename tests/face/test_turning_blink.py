"""The challenge with a blink beside the turn."""

from __future__ import annotations

import numpy as np

from kiosk.domain.blinking import BlinkRule
from kiosk.domain.liveness import Failure, Stage
from kiosk.services.face_ports import Pixels
from tests.face.turning_booth import PIXELS, Booth


def with_closed_eyes() -> Pixels:
    """Other eyes, at least: the picture is noise."""
    return np.ascontiguousarray(PIXELS[::-1])


def test_a_blink_that_is_asked_for_may_come_after_the_turn() -> None:
    booth = Booth(blink=BlinkRule())
    state = booth.turn(35, 0)
    for _ in range(20):
        assert not state.is_over
        state = booth.frame()
    assert state.stage is Stage.BLINK
    booth.pixels = with_closed_eyes()
    assert booth.frame().stage is Stage.BLINK
    booth.pixels = PIXELS
    assert booth.frame().stage is Stage.PASSED


def test_a_blink_that_is_asked_for_may_come_before_the_turn() -> None:
    booth = Booth(blink=BlinkRule())
    for pixels in (PIXELS, PIXELS, PIXELS, with_closed_eyes(), PIXELS):
        booth.pixels = pixels
        assert booth.frame().stage is Stage.TURN
    assert booth.turn(35, 0).stage is Stage.PASSED


def test_no_blink_where_one_is_asked_for() -> None:
    booth = Booth(blink=BlinkRule())
    assert booth.turn(35, 0).stage is Stage.BLINK
    booth.at_s += 5
    assert booth.frame().failure is Failure.NO_BLINK


def test_a_blink_alone_is_nothing() -> None:
    booth = Booth(blink=BlinkRule())
    for number in range(60):
        booth.pixels = with_closed_eyes() if number % 8 == 4 else PIXELS
        assert booth.frame().stage in (Stage.TURN, Stage.FAILED)
    assert booth.frame().failure is None
    booth.at_s += 5
    assert booth.frame().failure is Failure.TIME_OUT
