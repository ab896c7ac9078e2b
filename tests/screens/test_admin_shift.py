"""The section shift on the screen: what is touched, what is shown, how it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from kiosk.domain.ids import CashMovementId
from kiosk.domain.money import Money
from kiosk.domain.shift import CashCount, CashDirection, CashMovement, Pieces
from kiosk.domain.staff import Role
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import own_reason as own
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.shift_state import CORRECTIONS, Asking, Choice, Counting, Page, Shift
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.flow.state import ScreenName, TextSize, View
from kiosk.services.shifts import ShiftNow
from tests.admin_flow.shift_scenes import COUNTED, NO_CASH, NO_SHIFT, OPEN, listed, report, shown
from tests.admin_flow.visits import MANAGER
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.gallery import look_at
from tests.screens.test_admin_shell import LEAST_PX_AT_WIDE, LOOKS, WIDE, open_admin

OpenApp = Callable[..., Driver]


def at_shift(kept_app: OpenApp, now: ShiftNow = OPEN, **more: object) -> Driver:
    ui = kept_app(scenes.state(ScreenName.ATTRACT), **more)
    open_admin(ui)
    ui.tap(test_id=f"section-{SectionName.SHIFT}")
    ui.happens(act.ShiftLoaded(visit(ui), now))
    ui.effects.clear()
    return ui


def visit(ui: Driver) -> int:
    number: int = ui.app.admin.state.visit
    return number


def test_a_float_is_counted_by_notes_and_opens_the_shift(kept_app: OpenApp) -> None:
    ui = at_shift(kept_app, NO_SHIFT)
    ui.tap(test_id="shift-main")
    for key in ("key-2", "piece-5000", "key-1", "piece-50", "key-1", "key-2", "key-erase"):
        ui.tap(test_id=key)
    ui.effects.clear()
    ui.tap(test_id="counted-go")
    pieces = (Pieces(10_000, 2), Pieces(5_000, 1), Pieces(50, 1))
    assert ui.effects[-1] == act.OpenShift(visit(ui), MANAGER, CashCount(Money(25_050), pieces))


def test_a_drawer_is_counted_as_a_sum_and_closed_after_a_question(kept_app: OpenApp) -> None:
    ui = at_shift(kept_app)
    ui.tap(test_id="shift-main")
    ui.tap(test_id="as-sum")
    for key in ("key-4", "key-5", "key-00"):
        ui.tap(test_id=key)
    ui.effects.clear()
    ui.tap(test_id="counted-go")
    assert ui.effects == []
    ui.tap(test_id="confirm")
    assert ui.effects[-1] == act.CloseShift(visit(ui), MANAGER, CashCount(Money(4500)), "zh")
    ui.happens(act.ShiftClosed(visit(ui), shown()))
    assert ui.find(test_id="difference").text


def test_before_the_count_nothing_says_what_should_be_there(kept_app: OpenApp) -> None:
    """Neither a figure nor a word of it; whoever closes sees it on the report."""
    ui = at_shift(kept_app)
    for touch in (None, "shift-main", "as-sum"):
        if touch:
            ui.tap(test_id=touch)
        assert not ui.has(contains="应有")
        assert not ui.has(contains="456.50")


def test_cash_is_taken_out_in_three_touches_beside_the_digits(kept_app: OpenApp) -> None:
    ui = at_shift(kept_app)
    ui.tap(test_id="shift-cash")
    for key in ("key-5", "key-00"):
        ui.tap(test_id=key)
    ui.tap(test_id="reason-0")
    reason = ui.effects[-1].reason
    assert ui.effects[-1] == act.MoveCash(visit(ui), MANAGER, CashDirection.OUT, Money(500), reason)
    assert reason


def test_a_reason_that_no_key_says_is_typed(kept_app: OpenApp) -> None:
    """For cash and beside a Z report; nothing is done before there is one, and back leads to the keys."""
    ui = at_shift(kept_app)
    ui.tap(test_id="shift-cash")
    for key in ("key-5", "key-00", "reason-own", "confirm-reason"):
        ui.tap(test_id=key)
    assert not any(isinstance(effect, act.MoveCash) for effect in ui.effects)
    for key in ("key-B", "key-X", "key-erase", "key-7"):
        ui.tap(test_id=key)
    assert ui.find(test_id="typed").text == "B7"
    ui.tap(test_id="back")
    assert ui.has(test_id="reason-0")
    for key in ("reason-own", "key-C", "key-9", "confirm-reason"):
        ui.tap(test_id=key)
    assert ui.effects[-1] == act.MoveCash(visit(ui), MANAGER, CashDirection.OUT, Money(500), "C9")
    ui.happens(shell.BackTouched(), own.ReasonTyped("Z"))
    assert ui.find(test_id="typed").text == "C9", "what is being done is not changed any more"
    movement = CashMovement(CashMovementId(uuid4()), CashDirection.OUT, Money(500), MANAGER.id, "C9", datetime.now(UTC))
    ui.happens(act.CashMoved(visit(ui), movement))
    ui.tap(test_id="shift-cash")
    assert ui.has(test_id="reason-0")
    assert ui.find(test_id="amount").text == "¥0.00"


def test_a_correction_with_a_typed_reason(kept_app: OpenApp) -> None:
    ui = at_shift(kept_app)
    asking = Asking(CORRECTIONS, Choice.COUNTED_MORE, "1200")
    mine = Shift(Page.AMOUNT, OPEN, asking=asking, shown=shown())
    ui.app.admin.state = replace(ui.app.admin.state, open=mine)
    ui.app._show()
    ui.step(2)
    for key in ("reason-own", "key-K", "key-1", "confirm-reason"):
        ui.tap(test_id=key)
    asked = ui.effects[-1]
    assert isinstance(asked, act.CorrectReport)
    assert (asked.reason, asked.amount) == ("K1", Money(1200))


def test_where_there_is_no_cash_the_day_is_closed(kept_app: OpenApp) -> None:
    ui = at_shift(kept_app, NO_CASH)
    ui.tap(test_id="shift-main")
    assert ui.effects[-1] == act.CloseShift(visit(ui), MANAGER, None, "zh")


def test_a_report_is_opened_copied_and_corrected(kept_app: OpenApp) -> None:
    ui = at_shift(kept_app)
    ui.tap(test_id="shift-reports")
    ui.happens(act.ReportsLoaded(visit(ui), listed(12, 11)))
    ui.tap(test_id="report-11")
    assert ui.effects[-1] == act.LoadReport(visit(ui), MANAGER, report(11).id, "zh")
    ui.happens(act.ReportLoaded(visit(ui), shown(made=report(11))))
    ui.tap(test_id="z-copy")
    assert ui.effects[-1] == act.CopyReport(visit(ui), MANAGER, report(11).id, "zh")


@pytest.mark.parametrize(("size", "view"), LOOKS, ids=str)
def test_pictures(kept_app: OpenApp, size: tuple[int, int], view: View) -> None:
    ui = at_shift(kept_app, size=size)
    base = replace(ui.app.admin.state, view=view)
    counting = Counting(COUNTED.pieces, 500)
    of_cash, of_report = Asking(Shift().asking.choices, Choice.CASH_OUT, "5000"), Asking(CORRECTIONS, CORRECTIONS[0])
    z = shown(view.language, corrected=True)
    pages = {
        "open": Shift(now=OPEN),
        "none": Shift(now=NO_SHIFT),
        "day": Shift(now=NO_CASH),
        "count": Shift(Page.COUNT, OPEN, counting),
        "sum": Shift(Page.COUNT, NO_SHIFT, Counting(as_sum=True, sum_digits="30000")),
        "question": Shift(Page.COUNT, OPEN, replace(counting, confirming=True)),
        "cash": Shift(Page.AMOUNT, OPEN, asking=of_cash),
        "correction": Shift(Page.AMOUNT, OPEN, asking=of_report, shown=z),
        "typed": Shift(Page.AMOUNT, OPEN, asking=replace(of_cash, typed="BILL 0417")),
        "typing": Shift(Page.AMOUNT, OPEN, asking=replace(of_report, digits="1200", typed=""), shown=z),
        "reports": Shift(Page.REPORTS, OPEN, reports=listed(*range(40, 6, -1))),
        "report": Shift(Page.REPORT, OPEN, shown=z),
    }
    name = f"{size[0]}x{size[1]}-{view.language}-{view.text_size}"
    for page, mine in pages.items():
        ui.app.admin.state = replace(base, open=mine, notice=None)
        ui.app._show()
        ui.step(2)
        is_kept = view.text_size is TextSize.NORMAL or page in ("count", "report", "typed")
        look_at(ui, f"admin-shift-{page}-{name}", keeps_picture=is_kept)
        if size == WIDE:
            _check_heights(ui)


def _check_heights(ui: Driver) -> None:
    """What can be touched is 15 mm high on 15.6 inches."""
    for widget in ui.widgets(lambda w: hasattr(w, "pressed") and getattr(w, "test_id", "") and w.opacity):
        if widget.width and not widget.disabled:
            assert widget.height >= LEAST_PX_AT_WIDE, (widget.test_id, widget.height)


def test_whoever_may_not_work_shifts_has_no_such_section(kept_app: OpenApp) -> None:
    ui = kept_app(scenes.state(ScreenName.ATTRACT))
    open_admin(ui, replace(MANAGER, roles=frozenset({Role.RESTOCK})))
    assert not ui.has(test_id=f"section-{SectionName.SHIFT}")
