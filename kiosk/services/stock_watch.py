"""Watching how fast dishes go: every level that this terminal hears of, whoever sells (kiosk.domain.stock_pace).

It is kept in memory: some minutes after a start the pace is known again.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from kiosk.domain.clock import Clock
from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.stock import StockLevels
from kiosk.domain.stock_pace import DishPace

MAX_DISHES = 1000


class StockWatch:
    """Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._paces: dict[DishId, DishPace] = {}

    def see(self, levels: StockLevels, counts: Mapping[DishId, StockActId]) -> None:
        """The levels just now, and the newest count that each goes back to."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            for dish_id, portions in levels.portions.items():
                if dish_id in self._paces or len(self._paces) < MAX_DISHES:
                    self._paces.setdefault(dish_id, DishPace()).see(now_s, portions, counts.get(dish_id))

    def paces(self) -> dict[DishId, float | None]:
        """Portions a minute, by dish; None where too little was seen."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            return {dish_id: pace.a_minute(now_s) for dish_id, pace in self._paces.items()}
