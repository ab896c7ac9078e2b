"""Home: from here sections are opened; and what leads back to it, or out."""

from __future__ import annotations

from dataclasses import replace

from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow.sections import SECTIONS, open_to
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Effect, Step
from kiosk.screens.flow.effects import PlaySound, SoundKind


def entered(state: AdminState) -> Step:
    """Somebody has just got in."""
    return state, (PlaySound(SoundKind.SUCCESS),)


def on_chosen(state: AdminState, event: ev.SectionChosen) -> Step:
    may = state.staff is not None and state.section is None and event.name in open_to(state.staff, state.role)
    return SECTIONS[event.name].opened(replace(state, section=event.name, notice=None)) if may else (state, ())


def on_back(state: AdminState, _event: ev.BackTouched) -> Step:
    """A section that handles it itself goes back by itself."""
    if state.section is None or ev.BackTouched in SECTIONS[state.section].handlers:
        return state, ()
    return gone_home(state), ()


def gone_home(state: AdminState) -> AdminState:
    return replace(state, section=None, open=None, notice=None)


def on_looked_up(state: AdminState, event: ev.StaffLookedUp) -> tuple[AdminState | None, tuple[Effect, ...]]:
    """Central has changed who works here: who does not is out at once, who may no longer do this is at home."""
    if state.staff is None:
        return state, ()
    if event.staff is None or event.staff.id != state.staff.id:
        return left(state, fx.LeftBy.REMOVED)
    state = replace(state, staff=event.staff)
    if state.section is not None and state.section not in open_to(event.staff, state.role):
        state = gone_home(state)
    return state, ()


def left(state: AdminState, left_by: fx.LeftBy) -> tuple[None, tuple[Effect, ...]]:
    """The visit is over."""
    return None, (fx.NoteLeft(state.visit, state.staff.id, left_by),) if state.staff is not None else ()
