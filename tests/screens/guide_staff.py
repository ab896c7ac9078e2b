"""The user guide's pictures of the admin screen, one touch after the other, and of kitchen and pickup board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kiosk.screens.admin_flow import stock_state as stock
from kiosk.screens.admin_flow.menu_of_day_state import Pricing
from kiosk.screens.admin_flow.shift_state import Counting, Page, Shift
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.admin_flow.stock_find import SearchTyped
from kiosk.screens.admin_flow.stock_several import AllTouched, SeveralTouched
from kiosk.screens.admin_flow.stock_state import Mode
from kiosk.screens.flow.state import ScreenName, State
from tests.admin_flow.shift_scenes import COUNTED, OPEN, shown
from tests.admin_flow.visits import MANAGER
from tests.screens import (
    scenes,
    test_admin_ingredients,
    test_admin_members,
    test_admin_menu_of_day,
    test_admin_stock,
    test_admin_upkeep,
    test_kitchen_pictures,
)
from tests.screens.counter_scenes import DEMO
from tests.screens.driver import Driver
from tests.screens.orders_scenes import VARIANTS
from tests.screens.test_admin_health import DEVICES, HEALTH, PRINTER_TRIED
from tests.screens.test_admin_shell import let_in, touch_corner

ATTRACT: State = replace(scenes.state(ScreenName.ATTRACT), menu=DEMO, levels=test_admin_stock.LEVELS)
STAFF = (
    *("staff-pin", "staff-home", "staff-stock", "staff-several", "staff-search", "staff-restock", "staff-count"),
    *("staff-waste", "staff-ingredients", "staff-delivery", "staff-menu", "staff-price", "staff-orders"),
    *("staff-order", "staff-refund", "staff-shift", "staff-count-cash", "staff-z"),
    *("staff-member", "staff-cards", "staff-correct", "staff-diet"),
    *("staff-health", "staff-printer"),
    *("staff-upkeep", "staff-sync"),
)
KITCHEN: Mapping[str, Any] = {"kitchen": test_kitchen_pictures.KITCHEN["busy"]}
BOARD: Mapping[str, Any] = {"board": test_kitchen_pictures.BOARD["busy"]}


def staff_pictures(ui: Driver) -> Iterator[str]:
    """Drives the app, which shows ATTRACT; each name of STAFF comes when its picture can be taken."""
    touch_corner(ui)
    yield "staff-pin"
    let_in(ui, MANAGER)
    yield "staff-home"
    ui.tap(test_id=f"section-{SectionName.STOCK}")
    test_admin_stock.load(ui)
    yield "staff-stock"
    ui.happens(stock.CategoryChosen(DEMO.categories[0].id), SeveralTouched(), AllTouched())
    yield "staff-several"
    ui.happens(SeveralTouched(), SearchTyped("hs"))
    yield "staff-search"
    ui.happens(SearchTyped(None))
    ui.happens(stock.DishTouched(test_admin_stock.DISHES[1]))
    yield "staff-restock"
    ui.happens(stock.ModeChosen(Mode.COUNT), stock.MoreTouched(-2))
    yield "staff-count"
    ui.happens(stock.ModeChosen(Mode.WASTE), stock.MoreTouched(3))
    yield "staff-waste"
    ingredients = {"staff-ingredients": "list", "staff-delivery": "delivery"}
    looks = test_admin_ingredients.VARIANTS
    yield from _open(ui, SectionName.INGREDIENTS, {name: looks[of] for name, of in ingredients.items()})
    menu = test_admin_menu_of_day.SEEN
    yield from _open(ui, SectionName.MENU_OF_DAY, {"staff-menu": menu})
    pricing = Pricing(test_admin_menu_of_day.OTHER, 1850, from_tomorrow=True)
    yield from _open(ui, SectionName.MENU_OF_DAY, {"staff-price": replace(menu, screen="menu_price", pricing=pricing)})
    orders = {"staff-orders": "list", "staff-order": "order", "staff-refund": "refund"}
    yield from _open(ui, SectionName.ORDERS, {name: VARIANTS[of] for name, of in orders.items()})
    language = ui.app.admin.state.view.language
    shifts = {
        "staff-shift": Shift(now=OPEN),
        "staff-count-cash": Shift(Page.COUNT, OPEN, Counting(COUNTED.pieces, 500)),
        "staff-z": Shift(Page.REPORT, OPEN, shown=shown(language)),
    }
    yield from _open(ui, SectionName.SHIFT, shifts)
    members = {"staff-member": "seen", "staff-cards": "fresh", "staff-correct": "amount", "staff-diet": "diet"}
    shown_of = {name: test_admin_members.VARIANTS[of] for name, of in members.items()}
    yield from _open(ui, SectionName.MEMBERS, shown_of)
    ui.app.admin.state = replace(ui.app.admin.state, devices=DEVICES)
    yield from _open(ui, SectionName.HEALTH, {"staff-health": HEALTH, "staff-printer": PRINTER_TRIED})
    upkeep = {"staff-upkeep": "overview", "staff-sync": "sync-wrong"}
    yield from _open(ui, SectionName.UPKEEP, {name: test_admin_upkeep.SCENES[of] for name, of in upkeep.items()})


def _open(ui: Driver, name: SectionName, pictures: Mapping[str, Any]) -> Iterator[str]:
    """That section, with these states of its own."""
    for picture, mine in pictures.items():
        ui.app.admin.state = replace(ui.app.admin.state, section=name, open=mine, notice=None)
        ui.app._show()
        ui.step(3)
        yield picture
