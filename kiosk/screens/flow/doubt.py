"""In doubt whose a face is: the last four digits of the number on the card, a few tries, then the card. Nothing is
shown of who it might be. At a self-service terminal the customer types them, at a counter staff do."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.face import Doubtful
from kiosk.screens.flow.effects import IdentifyByDigits
from kiosk.screens.flow.face_state import DIGITS, Facing


def asking(facing: Facing, judgement: Doubtful) -> Facing:
    """From now on digits are waited for."""
    return replace(facing, candidates=judgement.members)


def with_digit(facing: Facing, digit: str | None, session_id: int) -> tuple[Facing, tuple[IdentifyByDigits, ...]]:
    """None takes the last one back; with the last one it is asked whose they are, which is a try, whatever comes of it.
    Nothing is taken meanwhile."""
    if not facing.candidates or facing.checking:
        return facing, ()
    typed = facing.typed[:-1] if digit is None else (facing.typed + digit)[:DIGITS]
    facing = replace(facing, typed=typed)
    if len(typed) < DIGITS:
        return facing, ()
    asked = IdentifyByDigits(session_id, facing.task, facing.candidates, typed)
    return replace(facing, checking=True, tries_left=facing.tries_left - 1), (asked,)


def not_matched(facing: Facing) -> Facing | None:
    """They are of none of those it may be, or of several. None: that was the last try."""
    return replace(facing, typed="", checking=False) if facing.tries_left > 0 else None
