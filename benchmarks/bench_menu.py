"""The menu of the measurements: the demonstration canteen's dishes, repeated until there are 120, served all day."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from central.menu.menu_file import load_menu
from kiosk.domain.dish import Dish
from kiosk.domain.ids import DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Menu
from kiosk.store.sqlite_store import SqliteStore

DISHES = 120
DEMO_MENU = Path(__file__).resolve().parents[1] / "config" / "demo" / "menu.toml"


def benchmark_menu() -> Menu:
    """120 dishes in 8 categories and no combos, so that every card has a plus."""
    menu = load_menu(DEMO_MENU, version=1).menu
    always = frozenset(period.id for period in menu.meal_periods)
    dishes = tuple(replace(_dish(menu, i), meal_period_ids=always) for i in range(DISHES))
    return replace(menu, dishes=dishes, combos=())


def _dish(menu: Menu, number: int) -> Dish:
    round_, index = divmod(number, len(menu.dishes))
    dish = menu.dishes[index]
    if not round_:
        return dish
    name = LocalText(f"{dish.name.zh}（小）", f"{dish.name.en}, small")
    return replace(dish, id=DishId(f"{dish.id}-{round_}"), name=name)


def put_menu(store: SqliteStore, menu: Menu) -> None:
    """Into the terminal's store, as if central had told it."""
    with store.transaction() as unit:
        unit.feed.apply_page(epoch="benchmark", next_after=1, more=False, menus=[menu], members={}, cards={}, stock={})
