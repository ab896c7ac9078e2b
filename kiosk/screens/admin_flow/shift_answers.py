"""The section shift: what its effects have come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiosk.domain.shift import CashDirection, CashMovement, ShiftOpening
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.shift_state import Counting, Page, Shift, ShiftNotice
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Effect, Handler, Step, acting, noticed
from kiosk.services.shifts import ShiftRefused
from kiosk.services.staff_acts import NotKnown
from kiosk.services.z_reports import ShownReport


def mine_of(state: AdminState) -> Shift:
    mine = state.open
    if isinstance(mine, Shift):
        return mine
    raise RuntimeError("another section is open")


def at(state: AdminState, *effects: Effect, **changes: Any) -> Step:
    return replace(state, open=replace(mine_of(state), **changes)), effects


def _on_loaded(state: AdminState, event: act.ShiftLoaded) -> Step:
    return at(state, now=event.now)


def _on_reports_loaded(state: AdminState, event: act.ReportsLoaded) -> Step:
    return at(state, reports=event.reports)


def _on_report_loaded(state: AdminState, event: act.ReportLoaded) -> Step:
    if isinstance(event.outcome, ShiftRefused):
        return _not_done(state, event.outcome)
    return at(state, page=Page.REPORT, shown=event.outcome, back_to=Page.REPORTS, waiting=False, doubtful=None)


def _on_opened(state: AdminState, event: act.ShiftOpened) -> Step:
    if not isinstance(event.outcome, ShiftOpening):
        return _not_done(state, event.outcome)
    return _done(state, ShiftNotice.OPENED)


def _on_moved(state: AdminState, event: act.CashMoved) -> Step:
    if not isinstance(event.outcome, CashMovement):
        return _not_done(state, event.outcome)
    is_in = event.outcome.direction is CashDirection.IN
    return _done(state, ShiftNotice.CASH_PUT_IN if is_in else ShiftNotice.CASH_TAKEN_OUT)


def _on_closed(state: AdminState, event: act.ShiftClosed) -> Step:
    if not isinstance(event.outcome, ShownReport):
        return _not_done(state, event.outcome)
    return _done(state, ShiftNotice.CLOSED, page=Page.REPORT, shown=event.outcome, back_to=Page.NOW)


def _on_copied(state: AdminState, event: act.ReportCopied) -> Step:
    if isinstance(event.outcome, ShiftRefused | NotKnown):
        return _not_done(state, event.outcome)
    return _done(state, ShiftNotice.COPIED, page=Page.REPORT)


def _on_corrected(state: AdminState, event: act.ReportCorrected) -> Step:
    if not isinstance(event.outcome, ShownReport):
        return _not_done(state, event.outcome)
    return _done(state, ShiftNotice.CORRECTED, page=Page.REPORT, shown=event.outcome)


def _on_failed(state: AdminState, event: ev.EffectFailed) -> Step:
    """The shell has said so."""
    return at(state, waiting=False) if isinstance(event.effect, AdminAct) else (state, ())


def _done(state: AdminState, told: ShiftNotice, page: Page = Page.NOW, **changes: Any) -> Step:
    """And what is open now is asked anew."""
    state, effects = at(state, page=page, waiting=False, doubtful=None, counting=Counting(), **changes)
    state, sounds = noticed(state, told)
    return state, (*effects, *sounds, act.LoadShift(state.visit, acting(state)))


def _not_done(state: AdminState, outcome: Any) -> Step:
    """What is not known is asked for again, under the same id, by the same touch."""
    if isinstance(outcome, NotKnown):
        state, _ = at(state, waiting=False, doubtful=outcome.act_id)
        return noticed(state, ShiftNotice.NOT_KNOWN, Tone.NEGATIVE)
    state, effects = at(state, act.LoadShift(state.visit, acting(state)), waiting=False, doubtful=None)
    state, sounds = noticed(state, outcome.reason, Tone.WARNING)
    return state, (*effects, *sounds)


ANSWERS: Mapping[type, Handler] = {
    ev.EffectFailed: _on_failed,
    act.ShiftLoaded: _on_loaded,
    act.ShiftOpened: _on_opened,
    act.CashMoved: _on_moved,
    act.ShiftClosed: _on_closed,
    act.ReportsLoaded: _on_reports_loaded,
    act.ReportLoaded: _on_report_loaded,
    act.ReportCopied: _on_copied,
    act.ReportCorrected: _on_corrected,
}
