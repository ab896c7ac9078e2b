"""When there are more numbers than places: those that are new stay, the others take turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from kiosk.screens.board_flow.state import ShownNumber

TURN_S = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """`page` of `pages`, from 1."""

    numbers: tuple[ShownNumber, ...]
    page: int = 1
    pages: int = 1


def turn_of(numbers: Sequence[ShownNumber], places: int, now_s: float) -> Turn:
    """At most `places` of them, one at least; every one of them has its turn."""
    if len(numbers) <= places:
        return Turn(tuple(numbers))
    kept = [n for n in numbers if n.is_new][: places - 1]
    others = [n for n in numbers if n not in kept]
    room = max(1, places - len(kept))
    pages = ceil(len(others) / room)
    page = int(now_s // TURN_S) % pages
    return Turn((*kept, *others[page * room : (page + 1) * room]), page + 1, pages)
