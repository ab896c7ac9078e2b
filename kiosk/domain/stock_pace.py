"""How fast dishes go, how long they last at that pace, and what the kitchen should cook next.

The pace is seen from what is left: every sale, of whichever terminal, takes a dish's level down. It is for people to
plan by, nothing is refused or sold because of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.stock import StockLevels

WINDOW_S = 20 * 60.0
"""The pace of the meal is that of the last twenty minutes: a break between lessons is about as long."""
MIN_WATCHED_S = 120.0
MIN_TAKEN = 3
MAX_SEEN = 500
"""Of one dish: in a window of 20 minutes a level seen every 2.4 seconds."""
LOW_WITHIN_MIN = 15.0
"""A batch takes the kitchen about so long."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of one dish: what is left (None: not counted), how many go a minute (None: too little was seen), and how long
    that lasts. `sold_out` as it is on the menu. `beyond`: portions that this terminal sold without having them, and
    central has not booked: other terminals may have sold the same."""

    dish_id: DishId
    portions: int | None
    a_minute: float | None = None
    sold_out: bool = False
    beyond: int = 0

    @property
    def owed(self) -> int:
        """Portions that were sold and are not there."""
        return max(0, -(self.portions or 0))

    @property
    def minutes_left(self) -> float | None:
        if self.portions is None or self.a_minute is None:
            return None
        return max(0, self.portions) / self.a_minute

    @property
    def is_low(self) -> bool:
        """Without a new batch it will run out before one is ready."""
        return not self.sold_out and self.minutes_left is not None and self.minutes_left <= LOW_WITHIN_MIN


class DishPace:
    """What was seen of one dish's level, as far back as the window reaches. Not thread-safe."""

    def __init__(self) -> None:
        self._taken: deque[tuple[float, int]] = deque(maxlen=MAX_SEEN)
        self._since_s = inf
        self._last: tuple[int, StockActId | None] | None = None

    def see(self, now_s: float, portions: int, count: StockActId | None) -> None:
        """`now_s` is monotonic; `count` the newest count that the level goes back to: what a count corrects was not
        taken just now."""
        if self._last is None:
            self._since_s = now_s
        elif self._last[1] == count and portions < self._last[0]:
            self._taken.append((now_s, self._last[0] - portions))
        self._last = portions, count
        while self._taken and self._taken[0][0] < now_s - WINDOW_S:
            self._taken.popleft()

    def a_minute(self, now_s: float) -> float | None:
        """Portions a minute; None when too little was seen to say."""
        watched_s = min(WINDOW_S, now_s - self._since_s)
        taken = sum(portions for at_s, portions in self._taken if at_s >= now_s - WINDOW_S)
        if watched_s < MIN_WATCHED_S or taken < MIN_TAKEN:
            return None
        return taken * 60.0 / watched_s


def outlooks(
    levels: StockLevels,
    paces: Mapping[DishId, float | None],
    dish_ids: Iterable[DishId],
    beyond: Mapping[DishId, int] | None = None,
) -> list[Outlook]:
    """In the order of `dish_ids`."""
    sold_beyond = beyond or {}
    return [
        Outlook(d, levels.portions.get(d), paces.get(d), levels.is_sold_out(d), sold_beyond.get(d, 0)) for d in dish_ids
    ]


def cook_next(dishes: Iterable[Outlook]) -> list[Outlook]:
    """What was sold and is not there comes first, whoever waits for it has paid; then what runs out first, of what
    goes; among dishes that have run out, what was sold beyond what is known, and what goes fastest. A dish that staff
    have said to be sold out while some is left is not wanted."""
    going = [
        dish
        for dish in dishes
        if dish.owed or (dish.minutes_left is not None and not (dish.sold_out and dish.minutes_left > 0))
    ]

    def rank(dish: Outlook) -> tuple[int, float, int, float, DishId]:
        return -dish.owed, dish.minutes_left or 0.0, -dish.beyond, -(dish.a_minute or 0.0), dish.dish_id

    return sorted(going, key=rank)
