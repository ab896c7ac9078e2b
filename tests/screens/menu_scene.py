"""What the tests of the menu share: its state, and where its cards are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time

from kiosk.screens.flow.state import ScreenName, State
from kiosk.screens.widgets.dish_grid import DishGrid, TouchTarget
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.sample_menu import CATEGORIES, MENU, dish_id

Open = Callable[..., Driver]
CHICKEN = MENU.dish_by_id[dish_id(0, 0)]
GRID = "dishes"
LUNCH, AFTERNOON = time(12, 0), time(15, 0)


def menu_state(**changes: object) -> State:
    return replace(scenes.state(ScreenName.MENU), **changes)


def target(ui: Driver, name: str) -> tuple[float, float]:
    """The middle of a card or its plus, in the window; it must be seen."""
    grid: DishGrid = ui.find(test_id=GRID)
    found: TouchTarget = next(t for t in grid.touch_targets() if t.name == name)
    x, y = grid.to_window(*grid.to_parent(found.x + found.width / 2, found.y + found.height / 2))
    assert grid.y < y < grid.top, f"{name} is scrolled out"
    return x, y


def titles(ui: Driver) -> list[str]:
    return [target.name for target in ui.find(test_id=GRID).touch_targets()]


def go_to(ui: Driver, category: int) -> None:
    ui.tap(test_id=f"category-{CATEGORIES[category].id}")
