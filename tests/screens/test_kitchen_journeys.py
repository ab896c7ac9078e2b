"""Staff at a kitchen's screen and at a pickup board: the hidden gesture, the gate, what there is, and what goes on
behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.domain.kitchen import TicketState
from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import stock_state as stock
from kiosk.screens.admin_flow.sections import open_to
from kiosk.screens.admin_flow.state import SectionName, TerminalRole
from kiosk.screens.board_flow.state import CallNumber
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LoadLevels, LoadMenu, PlaySound
from kiosk.screens.flow.state import TextSize, View
from kiosk.screens.kitchen_flow.events import MarkTicket
from kiosk.services import events as service
from kiosk.services.entry import Entered
from kiosk.services.kitchen_events import TicketsHeard
from tests.admin_flow.visits import ANYBODY, EVERYBODY
from tests.kitchen_flow import scenes as scene
from tests.screens import test_admin_stock
from tests.screens.counter_scenes import DEMO
from tests.screens.gallery import Sight, look_at
from tests.screens.kitchen_driver import BoardDriver, KitchenDriver
from tests.screens.test_admin_shell import let_in, touch_corner
from tests.screens.test_kitchen_pictures import SMALL, UPRIGHT, WIDE

CARD = service.CardPresented("reader", "04A1B2C3D4", 1.0)
COOK = ANYBODY[Role.RESTOCK]
Open = Callable[[str], KitchenDriver]
ROLES: tuple[TerminalRole, ...] = ("kitchen", "board")


@pytest.fixture
def opened(kept_of: Callable[[type[Any]], Callable[..., Any]]) -> Open:
    def at(role: str) -> KitchenDriver:
        if role == "board":
            return kept_of(BoardDriver)(scene.board(*scene.BUSY, *scene.READY), size=WIDE)  # type: ignore[no-any-return]
        state = replace(scene.kitchen(*scene.BUSY, *scene.READY), menu=DEMO, levels=test_admin_stock.LEVELS)
        return kept_of(KitchenDriver)(state, size=WIDE)  # type: ignore[no-any-return]

    return at


def get_in(ui: KitchenDriver, staff: Staff = EVERYBODY) -> None:
    touch_corner(ui)
    let_in(ui, staff)


@pytest.mark.parametrize("role", ROLES)
def test_five_touches_in_the_corner_lead_to_the_gate_and_fewer_to_nothing(opened: Open, role: str) -> None:
    ui = opened(role)
    touch_corner(ui, 4)
    ui.advance(4)
    touch_corner(ui, 4)
    assert ui.app.admin.state is None
    assert not any(isinstance(effect, MarkTicket) for effect in ui.effects), "nor is a ticket marked"
    ui.advance(4)
    touch_corner(ui)
    assert ui.has(test_id="key-enter")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("staff", [EVERYBODY, *ANYBODY.values()], ids=lambda staff: " ".join(sorted(staff.roles)))
def test_what_there_is(opened: Open, role: TerminalRole, staff: Staff) -> None:
    """By role of the terminal and of the staff: nothing of the till, and at a board nothing of the kitchen."""
    ui = opened(role)
    get_in(ui, staff)
    machine = {SectionName.HEALTH, SectionName.UPKEEP}
    there = machine if role == "board" else machine | {SectionName.STOCK, SectionName.INGREDIENTS}
    shown = {name for name in SectionName if ui.has(test_id=f"section-{name}")}
    assert shown == there & set(open_to(staff, "order"))


@pytest.mark.parametrize("role", ROLES)
def test_a_staff_card_at_the_gate_and_only_there(opened: Open, role: str) -> None:
    ui = opened(role)
    ui.publish(CARD)
    assert ui.effects == []
    touch_corner(ui)
    ui.publish(CARD)
    visit = ui.app.admin.state.visit
    assert [e for e in ui.effects if not isinstance(e, PlaySound)] == [fx.EnterByCard(visit, CARD.uid)]
    ui.happens(ev.EntryAnswered(visit, Entered(ANYBODY[Role.TECHNICIAN])))
    assert ui.has(test_id=f"section-{SectionName.HEALTH}")


@pytest.mark.parametrize("role", ROLES)
def test_left_alone_it_gives_way_and_that_is_noted(opened: Open, role: str) -> None:
    ui = opened(role)
    get_in(ui)
    visit = ui.app.admin.state.visit
    ui.advance(59, frame_s=0.5)
    assert ui.app.admin.state is not None
    ui.advance(2, frame_s=0.5)
    assert ui.app.admin.state is None
    assert ui.effects[-1] == fx.NoteLeft(visit, EVERYBODY.id, fx.LeftBy.IDLE)
    assert ui.has(test_id="preparing-title" if role == "board" else "title")


def test_a_cook_marks_a_dish_sold_out_in_two_taps(opened: Open) -> None:
    ui = opened("kitchen")
    get_in(ui, COOK)
    ui.tap(test_id=f"section-{SectionName.STOCK}")
    test_admin_stock.load(ui)
    ui.effects.clear()
    ui.tap(test_id=f"mark-{test_admin_stock.DISHES[0]}")
    (asked,) = (effect for effect in ui.effects if isinstance(effect, stock.MarkSoldOut))
    assert (asked.by, asked.dish_ids, ui.touches) == (COOK, (test_admin_stock.DISHES[0],), 2)


def test_stock_that_changes_elsewhere_is_seen_at_the_kitchens(opened: Open) -> None:
    ui = opened("kitchen")
    get_in(ui, COOK)
    ui.effects.clear()
    ui.publish(service.StockChanged())
    ui.publish(service.MenuChanged(2))
    assert [type(effect) for effect in ui.effects] == [LoadLevels, LoadMenu]
    levels = replace(test_admin_stock.LEVELS, portions={test_admin_stock.DISHES[0]: 1})
    ui.happens(common.LevelsLoaded(levels))
    assert ui.app.admin.state.levels == ui.state.levels == levels


def heard(ui: KitchenDriver, *tickets: Any) -> None:
    """As by the sync, now."""
    now_s = ui.clock.now_s
    moved = tuple(replace(each, placed_s=now_s - 60, ready_s=each.ready_s and now_s) for each in tickets)
    ui.publish(TicketsHeard(moved, now_s, now_s))


def test_a_board_calls_numbers_out_behind_it_and_shows_them_after(opened: Open) -> None:
    ui = opened("board")
    get_in(ui)
    ui.effects.clear()
    heard(ui, scene.ready(90))
    assert [e for e in ui.effects if isinstance(e, CallNumber)] == [CallNumber("A090")]
    assert ui.app.admin.state is not None
    ui.tap(test_id="leave")
    ui.step(3)
    assert ui.has(text="A090")
    assert not ui.has(text="A017"), "what is no more is not there"


def test_a_kitchen_hears_of_orders_behind_it(opened: Open) -> None:
    """With its sound; what the scanner reads meanwhile marks nothing."""
    ui = opened("kitchen")
    get_in(ui)
    ui.effects.clear()
    new = scene.heard(scene.ticket(91))
    heard(ui, new)
    assert any(isinstance(effect, PlaySound) for effect in ui.effects)
    ui.publish(service.CodeScanned("scanner", "kiosk:order:00000000", 1.0))
    assert not any(isinstance(effect, MarkTicket) for effect in ui.effects)
    ui.tap(test_id="leave")
    ui.step(3)
    assert ui.state.find(new.ticket.key).state is TicketState.PREPARING
    assert ui.has(text="A091")


HOME_SIGHTS = (
    Sight("zh", View("zh"), WIDE),
    Sight("en-largest", View("en", TextSize.LARGEST), SMALL),
    Sight("zh-largest-upright", View("zh", TextSize.LARGEST), UPRIGHT),
    Sight("en-contrast", View("en", high_contrast=True), WIDE),
)


@pytest.mark.parametrize("sight", HOME_SIGHTS, ids=str)
@pytest.mark.parametrize("role", ROLES)
def test_pictures_of_gate_and_home(kept_of: Callable[[type[Any]], Callable[..., Any]], role: str, sight: Sight) -> None:
    if role == "board":
        ui = kept_of(BoardDriver)(replace(scene.board(*scene.BUSY), view=sight.view), size=sight.size)
    else:
        state = replace(scene.kitchen(*scene.BUSY), view=sight.view, menu=DEMO)
        ui = kept_of(KitchenDriver)(state, size=sight.size)
    touch_corner(ui)
    look_at(ui, f"{role}-staff-gate-{sight.name}")
    let_in(ui, EVERYBODY)
    look_at(ui, f"{role}-staff-home-{sight.name}")
