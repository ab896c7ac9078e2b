"""Through the real section, from touch to central and back: what staff touch is what is booked, once."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.ids import StaffId, TerminalId
from kiosk.domain.ingredient import IngredientActKind, IngredientId
from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.admin_effects import answered
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import ingredients_events as ing
from kiosk.screens.admin_flow import step
from kiosk.screens.admin_flow.ingredients_state import IngredientsState
from kiosk.screens.admin_flow.state import AdminState, SectionName
from kiosk.services.ingredients import IngredientDesk
from kiosk.services.ports import TerminalIdentity
from kiosk.sync.ingredients import CentralIngredients
from kiosk.sync.line import CentralAddress
from kiosk.system_clock import SystemClock
from tests.admin_flow.visits import inside
from tests.central.cooking_with import COOK, PORK, STEW, cook_with, left, sold
from tests.central.support import Central, Terminal

MEAT = IngredientId(PORK)


@dataclass(frozen=True)
class Services:
    ingredient_desk: IngredientDesk
    clock: SystemClock


def touched(state: AdminState, services: Services, *events: object) -> AdminState:
    """Those touches, and whatever they want done, done."""
    for event in events:
        after, effects = step(state, event)
        assert after is not None
        state = after
        for effect in effects:
            answer = answered(effect, lambda: services) if isinstance(effect, AdminEffect) else None  # type: ignore[arg-type, return-value]
            if answer is not None:
                state = touched(state, services, answer)
    return state


def test_a_delivery_a_count_and_an_undo(central: Central, terminal: Terminal) -> None:
    cook_with(central)
    told = terminal.enrolled
    identity = TerminalIdentity(
        TerminalId(told.terminal_id), told.incarnation, told.letter, "", terminal.key.private_bytes_raw()
    )
    at_central = CentralIngredients(CentralAddress(central.url, 10), identity)
    services = Services(IngredientDesk(at_central), SystemClock())
    cook, before = Staff(StaffId(COOK), "刘*", frozenset({Role.RESTOCK})), left(central)[0]
    state = touched(inside(cook), services, ev.SectionChosen(SectionName.INGREDIENTS), ing.IngredientTouched(MEAT))
    typed = [ing.AmountKeyTyped(key) for key in "12.5"]
    state = touched(state, services, *typed, ing.AmountConfirmed(), ing.AmountConfirmed())
    assert left(central)[0] == before + 12_500_000
    terminal.push(sold(terminal, STEW))
    assert state.notice is not None
    assert state.notice.undo is not None
    state = touched(state, services, state.notice.undo)
    assert left(central)[0] == before - 150_000
    counting = [ing.IngredientModeChosen(IngredientActKind.COUNT), ing.AmountKeyTyped("7"), ing.AmountConfirmed()]
    state = touched(state, services, ing.IngredientTouched(MEAT), *counting)
    assert left(central)[0] == 7_000_000
    assert isinstance(state.open, IngredientsState)
    level = state.open.level(MEAT)
    assert level is not None
    assert level.left_milli == 7_000_000
    at_central.close()
