"""The flow of the admin screen, pure: (state, event) → (state, effects). No Kivy, no I/O, no clock.

It lies over the terminal's own flow, whichever role that has (docs/decisions/0013-admin.md).
state.py: what is shown. events.py: what can happen. effects.py: what is to be done. gate.py: getting in. home.py:
opening a section, leaving. sections.py: the sections; each has a file or two of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.screens.admin_door import AdminAnswer, TellTerminal
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import gate, health_camera, home
from kiosk.screens.admin_flow.sections import SECTIONS
from kiosk.screens.admin_flow.state import AdminState, ShellNotice, Terminal, TerminalRole, Tone
from kiosk.screens.admin_flow.steps import Effect, noticed
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import TextSize, View
from kiosk.services import events as service

ShellStep = tuple[AdminState | None, tuple[Effect, ...]]
"""None: the visit is over."""

_NEXT_SIZE = {
    TextSize.NORMAL: TextSize.LARGE,
    TextSize.LARGE: TextSize.LARGEST,
    TextSize.LARGEST: TextSize.NORMAL,
}


def opened(visit: int, terminal: Terminal, role: TerminalRole, view: View, leave_after_s: float) -> AdminState:
    """The gate, over a terminal of that role and in that state. `visit` was never used before since the start."""
    return AdminState(
        visit,
        view,
        terminal.now_s,
        terminal.now_s,
        leave_after_s,
        role,
        menu=terminal.menu,
        levels=terminal.levels,
        link=terminal.link,
        devices=terminal.devices,
        face=terminal.face,
        out_of_order=terminal.out_of_order,
    )


def step(state: AdminState, event: object) -> ShellStep:
    """The next state and what is to be done outside; what it does not know changes nothing. First the shell's own step,
    then that of the section that was open before and still is. A camera that is not looked at any more is let go."""
    after, effects = _stepped(state, event)
    return after, (*effects, *health_camera.let_go(state, after))


def _stepped(state: AdminState, event: object) -> ShellStep:
    if isinstance(event, AdminAnswer) and event.visit != state.visit:
        return state, ()
    before = state.section
    after, effects = _SHELL.get(type(event), _nothing)(state, event)
    if after is None or before is None or after.section is not before:
        return after, effects
    handler = SECTIONS[before].handlers.get(type(event))
    if handler is None:
        return after, effects
    after, more = handler(after, event)
    return after, (*effects, *more)


def _on_tick(state: AdminState, event: common.Tick) -> ShellStep:
    """Only a touch says that somebody is still there: cards and news do not."""
    state = replace(state, now_s=event.now_s)
    if event.now_s - state.touched_s >= state.leave_after_s:
        return home.left(state, fx.LeftBy.IDLE)
    if state.notice is not None and state.notice.until_s <= event.now_s:
        state = replace(state, notice=None)
    return state, ()


def _on_touched(state: AdminState, event: common.Touched) -> ShellStep:
    return replace(state, now_s=event.now_s, touched_s=event.now_s), ()


def _on_leave(state: AdminState, _event: ev.LeaveTouched) -> ShellStep:
    return home.left(state, fx.LeftBy.TOUCH)


def _on_hand_over(state: AdminState, event: ev.HandOver) -> ShellStep:
    over, effects = home.left(state, fx.LeftBy.HANDED_OVER)
    return over, (*effects, TellTerminal(state.visit, event.event))


def _on_language(state: AdminState, _event: ev.LanguageTouched) -> ShellStep:
    language = "en" if state.view.language == "zh" else "zh"
    return replace(state, view=replace(state.view, language=language)), ()


def _on_text_size(state: AdminState, _event: ev.TextSizeTouched) -> ShellStep:
    return replace(state, view=replace(state.view, text_size=_NEXT_SIZE[state.view.text_size])), ()


def _on_menu(state: AdminState, event: common.MenuLoaded) -> ShellStep:
    return replace(state, menu=event.menu, levels=event.levels), ()


def _on_levels(state: AdminState, event: common.LevelsLoaded) -> ShellStep:
    return replace(state, levels=event.levels), ()


def _on_health(state: AdminState, event: service.DeviceHealthChanged) -> ShellStep:
    return replace(state, devices={**state.devices, event.health.name: event.health}), ()


def _on_link(state: AdminState, event: service.CentralLinkChanged) -> ShellStep:
    return replace(state, link=event.state), ()


def _on_face_readiness(state: AdminState, event: service.FaceReadinessChanged) -> ShellStep:
    return replace(state, face=event.readiness), ()


def _on_storage_stopped(state: AdminState, _event: service.StorageStopped) -> ShellStep:
    return replace(state, out_of_order=True), ()


def _on_staff_changed(state: AdminState, _event: service.StaffChanged) -> ShellStep:
    return state, (fx.LookUpStaff(state.visit, state.staff.id),) if state.staff is not None else ()


def _on_failed(state: AdminState, event: ev.EffectFailed) -> ShellStep:
    if isinstance(event.effect, fx.EnterByPin | fx.EnterByCard):
        return gate.on_failed(state)
    if isinstance(event.effect, fx.LookUpStaff):  # nobody goes on who may have been removed
        return home.left(state, fx.LeftBy.REMOVED)
    return noticed(state, ShellNotice(event.failure), Tone.NEGATIVE)


def _nothing(state: AdminState, _event: object) -> ShellStep:
    return state, ()


_SHELL: dict[type, Callable[[AdminState, Any], ShellStep]] = {
    common.Tick: _on_tick,
    common.Touched: _on_touched,
    ev.DigitTyped: gate.on_digit,
    ev.EraseTouched: gate.on_erase,
    ev.PinConfirmed: gate.on_confirmed,
    ev.EntryAnswered: gate.on_answered,
    service.CardPresented: gate.on_card,
    ev.SectionChosen: home.on_chosen,
    ev.BackTouched: home.on_back,
    ev.LeaveTouched: _on_leave,
    ev.HandOver: _on_hand_over,
    ev.LanguageTouched: _on_language,
    ev.TextSizeTouched: _on_text_size,
    ev.StaffLookedUp: home.on_looked_up,
    ev.EffectFailed: _on_failed,
    common.MenuLoaded: _on_menu,
    common.LevelsLoaded: _on_levels,
    service.DeviceHealthChanged: _on_health,
    service.CentralLinkChanged: _on_link,
    service.FaceReadinessChanged: _on_face_readiness,
    service.StaffChanged: _on_staff_changed,
    service.StorageStopped: _on_storage_stopped,
}
