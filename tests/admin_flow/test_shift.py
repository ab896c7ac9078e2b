"""The section shift, pure: what is asked for, in which order, and never twice."""

from __future__ import annotations

from datetime import time
from uuid import UUID

import pytest

from kiosk.domain.ids import CashMovementId
from kiosk.domain.money import Money
from kiosk.domain.shift import CashCount, CashDirection, CashMovement
from kiosk.domain.staff import Role, Staff
from kiosk.domain.z_report import CorrectedFigure
from kiosk.screens.admin_flow import AdminState, step
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.shift_state import ERASE, Choice, Page, Shift, ShiftNotice
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.flow import events as common
from kiosk.services.shifts import ShiftRefusal, ShiftRefused
from kiosk.services.staff_acts import NotKnown
from tests.admin_flow.shift_scenes import AT, NO_CASH, NO_SHIFT, OPEN, OPENING, listed, report, shown
from tests.admin_flow.visits import ANYBODY, MANAGER, VISIT, after, inside, wanted

NOON = time(12, 0)
COUNTER = ANYBODY[Role.COUNTER]
ACT = UUID(int=9)


def at_shift(now: object = OPEN, staff: Staff = MANAGER) -> AdminState:
    chosen = inside(staff)
    state = after(chosen, ev.SectionChosen(SectionName.SHIFT))
    return state if now is None else after(state, act.ShiftLoaded(VISIT, now))  # type: ignore[arg-type]


def mine(state: AdminState) -> Shift:
    assert isinstance(state.open, Shift)
    return state.open


def keys(text: str) -> list[act.KeyTouched]:
    return [act.KeyTouched(key) for key in text]


def counting(state: AdminState, minor: str = "4500") -> AdminState:
    return after(state, act.NextTouched(), act.CountedAsSumTouched(), *keys(minor))


def test_it_asks_first_what_is_open() -> None:
    assert wanted(inside(), ev.SectionChosen(SectionName.SHIFT)) == (act.LoadShift(VISIT, MANAGER),)
    assert wanted(at_shift(None), act.NextTouched()) == (), "not before that is known"


def test_the_drawer_springs_open_to_be_counted() -> None:
    assert wanted(at_shift(), act.NextTouched()) == (act.OpenDrawer(VISIT, MANAGER),)


def test_a_count_opens_or_after_a_question_closes() -> None:
    count = CashCount(Money(4500))
    assert wanted(counting(at_shift(NO_SHIFT)), act.CountConfirmed()) == (act.OpenShift(VISIT, MANAGER, count),)
    asked = after(counting(at_shift()), act.CountConfirmed())
    assert mine(asked).counting.confirming
    assert wanted(counting(at_shift()), act.CountConfirmed()) == ()
    assert wanted(counting(at_shift()), act.ClosingConfirmed()) == (), "nobody was asked"
    assert wanted(asked, act.ClosingConfirmed()) == (act.CloseShift(VISIT, MANAGER, count, "zh"),)
    assert not mine(after(asked, act.ClosingDismissed())).counting.confirming


def test_nothing_is_asked_for_twice() -> None:
    closing = after(counting(at_shift()), act.CountConfirmed(), act.ClosingConfirmed())
    for event in (act.ClosingConfirmed(), act.CountConfirmed(), act.NextTouched(), ev.BackTouched(), *keys("1")):
        assert wanted(closing, event) == ()
        assert after(closing, event) == closing


def test_what_is_not_known_is_asked_for_again_as_it_was() -> None:
    closing = after(counting(at_shift()), act.CountConfirmed(), act.ClosingConfirmed())
    doubtful = after(closing, act.ShiftClosed(VISIT, NotKnown(ACT)))
    assert doubtful.notice is not None
    assert doubtful.notice.about is ShiftNotice.NOT_KNOWN
    changed = after(doubtful, *keys("99"), act.CountedAsSumTouched(), act.DenominationChosen(100))
    assert wanted(changed, act.ClosingConfirmed()) == (
        act.CloseShift(VISIT, MANAGER, CashCount(Money(4500)), "zh", ACT),
    )


def test_after_the_closing_its_report_is_shown_and_back_leads_to_the_shift() -> None:
    closing = after(counting(at_shift()), act.CountConfirmed(), act.ClosingConfirmed())
    closed = after(closing, act.ShiftClosed(VISIT, shown()))
    assert mine(closed).page is Page.REPORT
    assert wanted(closing, act.ShiftClosed(VISIT, shown())) == (act.LoadShift(VISIT, MANAGER),)
    assert mine(after(closed, ev.BackTouched())).page is Page.NOW
    assert after(closed, ev.BackTouched(), ev.BackTouched()).section is None


def test_a_refusal_is_said_and_what_is_open_asked_anew() -> None:
    closing = after(counting(at_shift()), act.CountConfirmed(), act.ClosingConfirmed())
    refused = act.ShiftClosed(VISIT, ShiftRefused(ShiftRefusal.NOT_OPEN))
    assert wanted(closing, refused) == (act.LoadShift(VISIT, MANAGER),)
    told = after(closing, refused).notice
    assert told is not None
    assert told.about is ShiftRefusal.NOT_OPEN


def test_without_cash_the_day_is_closed_and_nothing_counted() -> None:
    state = at_shift(NO_CASH)
    assert wanted(state, act.NextTouched()) == (act.CloseShift(VISIT, MANAGER, None, "zh"),)
    assert wanted(state, act.CashTouched()) == ()
    assert mine(after(state, act.CashTouched())).page is Page.NOW


@pytest.mark.parametrize(("choice", "direction"), [(Choice.CASH_IN, CashDirection.IN), (None, CashDirection.OUT)])
def test_cash_moves_with_an_amount_and_a_reason(choice: Choice | None, direction: CashDirection) -> None:
    state = after(at_shift(), act.CashTouched())
    if choice:
        state = after(state, act.ChoiceTouched(choice))
    assert wanted(state, act.ReasonTouched("office")) == (), "no amount yet"
    state = after(state, *keys("0512"), act.KeyTouched(ERASE), act.KeyTouched("00"))
    moving = act.MoveCash(VISIT, MANAGER, direction, Money(5100), "office")
    assert wanted(state, act.ReasonTouched("office")) == (moving,)
    made = CashMovement(CashMovementId(ACT), direction, Money(5100), MANAGER.id, "office", AT)
    done = after(state, act.ReasonTouched("office"), act.CashMoved(VISIT, made))
    assert mine(done).page is Page.NOW
    assert done.notice is not None


def test_no_cash_moves_while_no_shift_is_open() -> None:
    assert mine(after(at_shift(NO_SHIFT), act.CashTouched())).page is Page.NOW


def at_report(staff: Staff = MANAGER) -> AdminState:
    state = after(at_shift(staff=staff), act.ReportsTouched(), act.ReportsLoaded(VISIT, listed(12)))
    return after(state, act.ReportChosen(report().id), act.ReportLoaded(VISIT, shown()))


def test_a_correction_is_the_managers_alone() -> None:
    state = after(at_report(), act.CorrectTouched(), act.ChoiceTouched(Choice.COUNTED_LESS), *keys("150"))
    assert wanted(state, act.ReasonTouched("mistyped")) == (
        act.CorrectReport(VISIT, MANAGER, report().id, CorrectedFigure.COUNTED, Money(-150), "mistyped", "zh"),
    )
    assert mine(after(state, ev.BackTouched())).page is Page.REPORT
    assert mine(after(at_report(COUNTER), act.CorrectTouched())).page is Page.REPORT


def test_a_copy_is_asked_for_once_a_touch() -> None:
    copying = after(at_report(), act.CopyTouched())
    assert wanted(at_report(), act.CopyTouched()) == (act.CopyReport(VISIT, MANAGER, report().id, "zh"),)
    assert wanted(copying, act.CopyTouched()) == ()
    failed = ev.EffectFailed(VISIT, act.CopyReport(VISIT, MANAGER, report().id, "zh"), ev.Failure.FAILED)
    assert wanted(after(copying, failed), act.CopyTouched()) != ()


def test_whoever_counts_is_not_gone() -> None:
    state = counting(at_shift())
    began_s = state.now_s
    for second in range(10, 1180, 10):
        state = after(state, common.Tick(began_s + second, NOON))
        if second == 590:
            state = after(state, common.Touched(state.now_s))
    state = after(state, *(common.Tick(began_s + second, NOON) for second in range(1180, 1240, 10)))
    last, _ = step(state, common.Tick(began_s + 1240, NOON))
    assert last is None, "but not for ever"


@pytest.mark.parametrize("now", [OPEN, NO_SHIFT, NO_CASH])
def test_digits_go_to_the_note_that_was_touched(now: object) -> None:
    state = after(at_shift(now), act.NextTouched(), act.DenominationChosen(500), *keys("12"))
    if now is NO_CASH:
        assert mine(state).page is Page.NOW
        return
    assert mine(state).counting.count() == CashCount(Money(6000), mine(state).counting.pieces)
    assert mine(state).counting.number_of(500) == 12
    assert mine(after(state, *keys("34567"))).counting.number_of(500) <= 10_000
    emptied = after(state, *[act.KeyTouched(ERASE)] * 3)
    assert mine(emptied).counting.pieces == ()
    assert OPENING.float_.total == Money(30_000)
