"""What of the menu is served now, and what is left of it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.dish import Dish
from kiosk.domain.menu import Combo
from kiosk.screens.flow.state import State


def is_served_now(item: Dish | Combo, state: State) -> bool:
    return state.serving_id is not None and state.serving_id in item.meal_period_ids


def at_meal_time(state: State) -> State:
    """With the meal period that is served by its menu at its local time, and the one that starts next."""
    menu, local = state.menu, state.local
    if menu is None or local is None:
        return replace(state, serving_id=None, next_serving_id=None)
    now = menu.meal_period_at(local)
    coming = sorted(menu.meal_periods, key=lambda period: (period.starts <= local, period.starts))
    return replace(state, serving_id=now.id if now else None, next_serving_id=coming[0].id if coming else None)
