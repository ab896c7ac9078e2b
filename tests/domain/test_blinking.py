"""Eyes that close for a moment."""

from __future__ import annotations

import math

import pytest

from kiosk.domain.blinking import Blinking, BlinkRule
from kiosk.domain.errors import DomainError

RULE = BlinkRule(least_change=0.3, times_usual=1.0, open_part=0.5, longest_s=0.6)
FRAME_S = 0.1


def seen(*likenesses: float, state: Blinking | None = None) -> Blinking:
    """A frame each tenth of a second."""
    state = state or Blinking()
    for number, likeness in enumerate(likenesses):
        state = state.seen(likeness, number * FRAME_S, RULE)
    return state


@pytest.mark.parametrize(
    ("likenesses", "has_blinked"),
    [
        ((math.nan, 0.9, 0.5, 0.9), True),
        ((0.9, 0.75, 0.6, 0.5, 0.75, 0.85), True),
        ((0.9, 0.5), False),
        ((0.9, 0.75, 0.9), False),
        ((0.9, math.nan, 0.9), False),
        ((0.5, 0.9, 0.9), False),
        ((0.9, *[0.5] * 7, 0.9), False),
        ((0.9, *[0.5] * 7, 0.9, 0.5, 0.9), True),
    ],
    ids=[
        "for a frame",
        "gently",
        "not open again",
        "half closed",
        "not seen",
        "closed from the start",
        "for too long",
        "after a long look elsewhere",
    ],
)
def test_open_closed_and_open_again(likenesses: tuple[float, ...], has_blinked: bool) -> None:
    assert seen(*likenesses).has_blinked is has_blinked


def test_a_face_that_talks_changes_always() -> None:
    talks = [0.95, 0.75] * 20
    assert not seen(*talks).has_blinked
    assert seen(*talks, 0.2, 0.95).has_blinked


def test_a_turn_between_is_no_blink() -> None:
    assert not seen(0.9, state=seen(0.9, 0.5).turned_away()).has_blinked
    assert seen(0.9, 0.5, 0.9).turned_away().has_blinked


@pytest.mark.parametrize(
    "nonsense", [{"least_change": 0}, {"times_usual": 0}, {"open_part": 0}, {"open_part": 1}, {"longest_s": 0}]
)
def test_rules_that_make_no_sense(nonsense: dict[str, float]) -> None:
    with pytest.raises(DomainError):
        BlinkRule(**nonsense)
