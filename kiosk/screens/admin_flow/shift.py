"""The section shift: opened with a counted float, cash put in and out, closed by a blind count; its Z reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiosk.domain.money import Money
from kiosk.domain.shift import CashDirection, ShiftError
from kiosk.domain.staff import Permission
from kiosk.domain.z_report import CorrectedFigure
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.own_reason import (
    OwnReasonEvent,
    OwnReasonTouched,
    ReasonErased,
    ReasonTyped,
    typed_after,
)
from kiosk.screens.admin_flow.shift_answers import ANSWERS, at, mine_of
from kiosk.screens.admin_flow.shift_state import (
    CASH_CHOICES,
    CORRECTIONS,
    COUNTING_S,
    Asking,
    Choice,
    Page,
    Shift,
    keyed,
)
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Effect, Handler, Step, acting
from kiosk.screens.flow import events as common

ASKS = frozenset({Permission.WORK_SHIFTS})

_DIRECTIONS = {Choice.CASH_IN: CashDirection.IN, Choice.CASH_OUT: CashDirection.OUT}
_CORRECTIONS = {
    Choice.COUNTED_MORE: (CorrectedFigure.COUNTED, 1),
    Choice.COUNTED_LESS: (CorrectedFigure.COUNTED, -1),
    Choice.UNNOTED_IN: (CorrectedFigure.MOVED, 1),
    Choice.UNNOTED_OUT: (CorrectedFigure.MOVED, -1),
}


def opened(state: AdminState) -> Step:
    return replace(state, open=Shift()), (act.LoadShift(state.visit, acting(state)),)


def _asked(state: AdminState, effect: Effect) -> Step:
    """Somebody waits for the answer."""
    return at(replace(state, notice=None), effect, waiting=True)


# --- pages ---


def _on_next(state: AdminState, _event: act.NextTouched) -> Step:
    mine, by = mine_of(state), acting(state)
    if mine.page is not Page.NOW or mine.waiting or mine.now is None:
        return state, ()
    if mine.now.handles_cash:
        counting = replace(mine.counting, confirming=False, touched_s=state.now_s)  # as it was left
        return at(state, act.OpenDrawer(state.visit, by), page=Page.COUNT, counting=counting, doubtful=None)
    return _asked(state, act.CloseShift(state.visit, by, None, state.view.language, mine.doubtful))


def _on_cash(state: AdminState, _event: act.CashTouched) -> Step:
    mine = mine_of(state)
    if mine.page is not Page.NOW or mine.waiting or mine.now is None or mine.now.opening is None:
        return state, ()
    return at(state, page=Page.AMOUNT, asking=Asking(CASH_CHOICES, Choice.CASH_OUT), doubtful=None, back_to=Page.NOW)


def _on_reports(state: AdminState, _event: act.ReportsTouched) -> Step:
    if mine_of(state).page is not Page.NOW or mine_of(state).waiting:
        return state, ()
    return at(state, act.LoadReports(state.visit, acting(state)), page=Page.REPORTS, reports=None)


def _on_report(state: AdminState, event: act.ReportChosen) -> Step:
    if mine_of(state).page is not Page.REPORTS or mine_of(state).waiting:
        return state, ()
    return _asked(state, act.LoadReport(state.visit, acting(state), event.report_id, state.view.language))


def _on_correct(state: AdminState, _event: act.CorrectTouched) -> Step:
    mine, by = mine_of(state), acting(state)
    if mine.page is not Page.REPORT or mine.waiting or not by.may(Permission.CORRECT_SHIFTS):
        return state, ()
    asking = Asking(CORRECTIONS, Choice.COUNTED_MORE)
    return at(state, page=Page.AMOUNT, asking=asking, doubtful=None)


def _on_back(state: AdminState, _event: ev.BackTouched) -> Step:
    """Never out of something that is being done: its end is told here."""
    mine = mine_of(state)
    if mine.waiting:
        return state, ()
    if mine.page is Page.AMOUNT and mine.asking.typed is not None:
        return at(state, asking=replace(mine.asking, typed=None))
    if mine.page is Page.NOW:
        return replace(state, section=None, open=None, notice=None), ()
    is_correcting = mine.page is Page.AMOUNT and mine.asking.choices == CORRECTIONS
    page = Page.REPORT if is_correcting else mine.back_to if mine.page is Page.REPORT else Page.NOW
    return at(replace(state, notice=None), page=page, back_to=Page.NOW)


# --- counting, blind ---


def _on_tick(state: AdminState, _event: common.Tick) -> Step:
    """The shell's own idle time does not run."""
    mine = mine_of(state)
    is_counting = mine.page is Page.COUNT and state.now_s - mine.counting.touched_s < COUNTING_S
    return (replace(state, touched_s=state.now_s), ()) if is_counting else (state, ())


def _on_touched(state: AdminState, event: common.Touched) -> Step:
    return at(state, counting=replace(mine_of(state).counting, touched_s=event.now_s))


def _on_denomination(state: AdminState, event: act.DenominationChosen) -> Step:
    return _counting(state, at_minor=event.value_minor)


def _on_as_sum(state: AdminState, _event: act.CountedAsSumTouched) -> Step:
    return _counting(state, as_sum=not mine_of(state).counting.as_sum)


def _counting(state: AdminState, **changes: Any) -> Step:
    mine = mine_of(state)
    is_free = mine.page is Page.COUNT and not mine.waiting and mine.doubtful is None
    return at(state, counting=replace(mine.counting, **changes)) if is_free else (state, ())


def _on_key(state: AdminState, event: act.KeyTouched) -> Step:
    mine = mine_of(state)
    if mine.waiting or mine.doubtful is not None:  # what was asked for is asked for again as it was
        return state, ()
    if mine.page is Page.COUNT:
        return at(state, counting=mine.counting.keyed(event.key))
    if mine.page is Page.AMOUNT:
        return at(state, asking=replace(mine.asking, digits=keyed(mine.asking.digits, event.key)))
    return state, ()


def _on_counted(state: AdminState, _event: act.CountConfirmed) -> Step:
    """A float opens the shift; before it is closed, once more is asked."""
    mine = mine_of(state)
    if mine.page is not Page.COUNT or mine.waiting or mine.now is None:
        return state, ()
    if mine.now.opening is not None:
        return at(state, counting=replace(mine.counting, confirming=True))
    try:
        effect = act.OpenShift(state.visit, acting(state), mine.counting.count(), mine.doubtful)
    except ShiftError:
        return state, ()
    return _asked(state, effect)


def _on_dismissed(state: AdminState, _event: act.ClosingDismissed) -> Step:
    mine = mine_of(state)
    return at(state, counting=replace(mine.counting, confirming=False)) if not mine.waiting else (state, ())


def _on_closing(state: AdminState, _event: act.ClosingConfirmed) -> Step:
    mine = mine_of(state)
    if mine.page is not Page.COUNT or mine.waiting or not mine.counting.confirming:
        return state, ()
    try:
        counted = mine.counting.count()
    except ShiftError:
        return state, ()
    return _asked(state, act.CloseShift(state.visit, acting(state), counted, state.view.language, mine.doubtful))


# --- amounts with a reason ---


def _on_choice(state: AdminState, event: act.ChoiceTouched) -> Step:
    mine = mine_of(state)
    is_free = mine.page is Page.AMOUNT and not mine.waiting and mine.doubtful is None
    if not is_free or event.key not in mine.asking.choices:
        return state, ()
    return at(state, asking=replace(mine.asking, choice=Choice(event.key)))


def _on_typing(state: AdminState, event: OwnReasonEvent) -> Step:
    mine = mine_of(state)
    if mine.page is not Page.AMOUNT or mine.waiting or not mine.asking.amount:
        return state, ()
    return at(state, asking=replace(mine.asking, typed=typed_after(mine.asking.typed, event)))


def _on_reason(state: AdminState, event: act.ReasonTouched) -> Step:
    mine, by = mine_of(state), acting(state)
    if mine.page is not Page.AMOUNT or mine.waiting or not mine.asking.amount or not event.words.strip():
        return state, ()
    choice, amount = mine.asking.choice, mine.asking.amount
    if choice in _DIRECTIONS:
        return _asked(state, act.MoveCash(state.visit, by, _DIRECTIONS[choice], amount, event.words, mine.doubtful))
    if mine.shown is None or not by.may(Permission.CORRECT_SHIFTS):
        return state, ()
    figure, sign = _CORRECTIONS[choice]
    about = mine.shown.report.id, figure, Money(sign * amount.minor), event.words, state.view.language
    return _asked(state, act.CorrectReport(state.visit, by, *about, mine.doubtful))


def _on_copy(state: AdminState, _event: act.CopyTouched) -> Step:
    mine = mine_of(state)
    if mine.page is not Page.REPORT or mine.waiting or mine.shown is None:
        return state, ()
    about = mine.shown.report.id, state.view.language, mine.doubtful
    return _asked(state, act.CopyReport(state.visit, acting(state), *about))


HANDLERS: Mapping[type, Handler] = {
    **ANSWERS,
    common.Tick: _on_tick,
    common.Touched: _on_touched,
    ev.BackTouched: _on_back,
    act.NextTouched: _on_next,
    act.CashTouched: _on_cash,
    act.ReportsTouched: _on_reports,
    act.ReportChosen: _on_report,
    act.CopyTouched: _on_copy,
    act.CorrectTouched: _on_correct,
    act.DenominationChosen: _on_denomination,
    act.CountedAsSumTouched: _on_as_sum,
    act.KeyTouched: _on_key,
    act.CountConfirmed: _on_counted,
    act.ClosingConfirmed: _on_closing,
    act.ClosingDismissed: _on_dismissed,
    act.ChoiceTouched: _on_choice,
    act.ReasonTouched: _on_reason,
    **dict.fromkeys((OwnReasonTouched, ReasonTyped, ReasonErased), _on_typing),
}
