"""The section menu of the day: how it looks, and what touching it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kiosk.domain.menu_of_day import COMBOS, MenuItem, MenuRefusal, menu_items
from kiosk.domain.money import Money
from kiosk.domain.staff import Role
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import menu_of_day_events as menu_ev
from kiosk.screens.admin_flow.menu_of_day_state import MenuDone, MenuOfDayState, Pricing
from kiosk.screens.admin_flow.state import SectionName, ShownNotice, Tone
from kiosk.screens.flow.state import ScreenName, TextSize, View
from kiosk.services.menu_of_day import MenuTrouble
from kiosk.services.ports import MenuAtCentral
from tests.admin_flow.visits import MANAGER, someone
from tests.screens import scenes
from tests.screens.counter_scenes import DEMO
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.gallery import is_pictured, look_at
from tests.screens.test_admin_shell import LEAST_PX_AT_WIDE, WIDE, open_admin

OpenApp = Callable[..., Driver]
NOW = datetime(2026, 3, 9, 4, tzinfo=UTC)
ATTRACT = replace(scenes.state(ScreenName.ATTRACT), menu=DEMO)
FIRST = DEMO.categories[0].id


def items(*off: str, dearer: str = "") -> tuple[MenuItem, ...]:
    return tuple(
        replace(
            item,
            is_off=item.id in off,
            next_price=Money(1850) if item.id == dearer else None,
            next_from=NOW + timedelta(days=1) if item.id == dearer else None,
        )
        for item in menu_items(DEMO, (), NOW)
    )


DISHES = [item for item in items() if item.category_id == FIRST]
DISH, OTHER = DISHES[0], DISHES[1]
SOME_OFF = items(DISH.id, dearer=OTHER.id)
SEEN = MenuOfDayState(items=SOME_OFF, category_id=FIRST)
ASKED = menu_ev.SeeMenu(1, MANAGER)
VARIANTS = {
    "list": SEEN,
    "combos": replace(SEEN, category_id=COMBOS),
    "waiting": MenuOfDayState(asked=ASKED),
    "unreachable": MenuOfDayState(trouble=MenuTrouble.UNREACHABLE, doubtful=ASKED),
    "not-known": replace(SEEN, trouble=MenuTrouble.UNREACHABLE, doubtful=ASKED),
    "price": replace(SEEN, screen="menu_price", pricing=Pricing(OTHER)),
    "price-typed": replace(SEEN, screen="menu_price", pricing=Pricing(OTHER, 1850, from_tomorrow=True)),
}
# Those of one size together: the app that is open goes on.
LOOKS = {
    "upright-zh": (UPRIGHT, View("zh", TextSize.NORMAL)),
    "upright-en-largest": (UPRIGHT, View("en", TextSize.LARGEST)),
    "lying-zh": (LYING, View("zh", TextSize.NORMAL)),
    "lying-en-largest": (LYING, View("en", TextSize.LARGEST)),
    "wide-zh-largest": (WIDE, View("zh", TextSize.LARGEST)),
}


@pytest.mark.parametrize("look", LOOKS)
def test_how_it_looks(kept_app: OpenApp, look: str) -> None:
    size, view = LOOKS[look]
    ui = kept_app(ATTRACT, size=size)
    open_admin(ui, MANAGER)
    for name, section in VARIANTS.items():
        show(ui, section, view=view)
        look_at(ui, f"admin-menu-{name}-{look}", keeps_picture=is_pictured(size, view))
    done = MenuDone(DISH, None, 1, off=True)
    for about in (done, *MenuRefusal):
        undo = menu_ev.ItemsSwitched(frozenset({DISH.id}), off=False)
        notice = ShownNotice("menu_of_day", about, Tone.POSITIVE, 9e9, undo if about is done else None)
        show(ui, SEEN, view=view, notice=notice)
        look_at(ui, f"admin-menu-done-{look}", keeps_picture=about is done and is_pictured(size, view))
    if size == WIDE:
        for test_id in ("all-off", f"switch-{DISH.id}", f"price-{DISH.id}", f"category-{FIRST}"):
            assert ui.find(test_id=test_id).height >= LEAST_PX_AT_WIDE


def show(ui: Driver, section: MenuOfDayState, **changes: object) -> None:
    state = ui.app.admin.state
    ui.app.admin.state = replace(state, section=SectionName.MENU_OF_DAY, open=section, **changes)
    ui.app._show()
    ui.step(3)


def begun(kept_app: OpenApp, staff: object = MANAGER) -> Driver:
    """Its section open, and central has answered."""
    ui = kept_app(ATTRACT, size=LYING)
    open_admin(ui, staff)  # type: ignore[arg-type]
    ui.tap(test_id=f"section-{SectionName.MENU_OF_DAY}")
    asked = ui.effects[-1]
    assert isinstance(asked, menu_ev.SeeMenu)
    told(ui, asked, MenuAtCentral(items(), NOW))
    ui.tap(test_id=f"category-{FIRST}")
    return ui


def told(ui: Driver, asked: menu_ev.MenuEffect, answer: MenuAtCentral | MenuTrouble) -> None:
    ui.happens(menu_ev.MenuTold(asked.visit, asked, answer))


def test_off_and_undone(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"switch-{DISH.id}")
    asked = ui.effects[-1]
    assert (asked.switching.item_ids, asked.switching.off, asked.by) == ((DISH.id,), True, MANAGER)
    told(ui, replace(asked, act_id=uuid4()), MenuAtCentral(items(DISH.id), NOW))
    assert ui.has(contains=DISH.name.zh)
    ui.tap(test_id="undo")
    assert (ui.effects[-1].switching.item_ids, ui.effects[-1].switching.off) == ((DISH.id,), False)


def test_a_category_at_once_and_back_only_what_was_on(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    told(ui, menu_ev.SeeMenu(ui.app.admin.state.visit, MANAGER), MenuAtCentral(items(), NOW))
    show(ui, replace(SEEN, items=items(DISH.id)))
    ui.tap(test_id="all-off")
    asked = ui.effects[-1]
    assert set(asked.switching.item_ids) == {item.id for item in DISHES} - {DISH.id}
    told(ui, replace(asked, act_id=uuid4()), MenuAtCentral(items(*(item.id for item in DISHES)), NOW))
    ui.tap(test_id="undo")
    assert set(ui.effects[-1].switching.item_ids) == set(asked.switching.item_ids)


def test_a_price_is_typed_and_its_reason_does_it(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"price-{DISH.id}")
    assert ui.find(test_id="reason-0").disabled
    for key in "1850":
        ui.tap(test_id=f"key-{key}")
    ui.tap(test_id="from-tomorrow")
    ui.tap(test_id="reason-0")
    asked = ui.effects[-1]
    assert (asked.price, asked.pricing.item.id, asked.pricing.from_tomorrow) == (Money(1850), DISH.id, True)
    assert asked.reason
    count = len(ui.effects)
    ui.tap(test_id="reason-0")
    assert len(ui.effects) == count, "a second touch is another act"
    told(ui, replace(asked, act_id=uuid4()), MenuAtCentral(items(dearer=DISH.id), NOW))
    assert ui.has(test_id=f"price-{DISH.id}")


def test_what_is_not_known_is_asked_for_again_as_the_same_act(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"switch-{DISH.id}")
    asked = replace(ui.effects[-1], act_id=uuid4())
    told(ui, asked, MenuTrouble.UNREACHABLE)
    ui.tap(test_id="again")
    assert ui.effects[-1] == asked


def test_a_refusal_is_said_and_nothing_shown_as_done(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"switch-{DISH.id}")
    told(ui, replace(ui.effects[-1], act_id=uuid4()), MenuAtCentral(items(), NOW, MenuRefusal.NOTHING_LEFT))
    assert ui.app.admin.state.notice.tone is Tone.NEGATIVE
    assert not ui.has(test_id="undo") or ui.find(test_id="undo").opacity == 0


def test_another_menu_is_looked_at_again(kept_app: OpenApp) -> None:
    from kiosk.screens.flow.events import MenuLoaded

    ui = begun(kept_app)
    ui.happens(MenuLoaded(DEMO, ui.app.admin.state.levels))
    assert isinstance(ui.effects[-1], menu_ev.SeeMenu)


@pytest.mark.parametrize("role", [Role.RESTOCK, Role.COUNTER, Role.TECHNICIAN])
def test_who_may_not_has_no_such_section(kept_app: OpenApp, role: Role) -> None:
    ui = kept_app(ATTRACT, size=LYING)
    open_admin(ui, someone(role))
    assert not ui.has(test_id=f"section-{SectionName.MENU_OF_DAY}")
    ui.happens(ev.SectionChosen(SectionName.MENU_OF_DAY))
    assert ui.app.admin.state.section is None
