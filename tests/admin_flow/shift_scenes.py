"""A shift and its reports, for the tests of the section."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kiosk.domain.ids import ShiftId, ZCorrectionId, ZReportId
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from kiosk.domain.shift import CashCount, Pieces, ShiftOpening
from kiosk.domain.z_report import (
    BeforeOpening,
    BeingCheckedSum,
    CorrectedFigure,
    Entry,
    EntryKind,
    MealName,
    Moved,
    ShiftSums,
    Way,
    ZCorrection,
    ZReport,
)
from kiosk.screens.texts import texts_for
from kiosk.services.shifts import ShiftNow
from kiosk.services.z_paper import ZWords, named, z_paper
from kiosk.services.z_reports import ListedReport, ShownReport
from tests.admin_flow.visits import MANAGER

AT = datetime(2026, 3, 2, 3, 2, tzinfo=UTC)
OPENING = ShiftOpening(ShiftId(UUID(int=1)), MANAGER.id, AT, CashCount(Money(30_000)))
NO_SHIFT = ShiftNow(None, 12, BeingCheckedSum(), handles_cash=True)
OPEN = ShiftNow(OPENING, 12, BeingCheckedSum(1, 1250), handles_cash=True, opened_by=MANAGER.name)
NO_CASH = ShiftNow(None, 12, BeingCheckedSum(), handles_cash=False)
COUNTED = CashCount(Money(45_650), (Pieces(10_000, 4), Pieces(5_000, 1), Pieces(500, 1), Pieces(100, 1), Pieces(50, 1)))
_LUNCH = MealName("lunch", LocalText("午餐", "Lunch"))


def report(number: int = 12, counted: CashCount | None = COUNTED) -> ZReport:
    sums = ShiftSums()
    for entry in (
        Entry(EntryKind.ORDER, 1250, (Moved(Way.CARD, 1250),), "A001", _LUNCH),
        Entry(EntryKind.ORDER, 186_000, (Moved(Way.FACE, 120_000), Moved(Way.POINTS, 6000)), "A214", _LUNCH),
        Entry(EntryKind.ORDER, 2400, (Moved(Way.COUPON, 500), Moved(Way.CARD, 1900)), "A215"),
        Entry(EntryKind.COUNTER_PAYMENT, 6800, (Moved(Way.CASH, 6800),)),
        Entry(EntryKind.REFUND, 1250, (Moved(Way.CARD, -1250),)),
        Entry(EntryKind.TOP_UP, 10_000, (Moved(Way.CASH, 10_000),)),
        Entry(EntryKind.CASH_OUT, 1000, (Moved(Way.CASH, -1000),)),
    ):
        sums.add(entry)
    head = ZReportId(UUID(int=number)), 1, number, "CNY", MANAGER.id, AT, 1, 300, sums.totals()
    if counted is None:
        return ZReport(*head)
    expected = 30_000 + sums.cash_minor
    before = BeforeOpening(2, 0)
    return ZReport(*head, OPENING, before, BeingCheckedSum(1, 1250), 31, expected, counted)


def shown(language: str = "zh", made: ZReport | None = None, *, corrected: bool = False) -> ShownReport:
    made = made or report()
    correction = ZCorrection(
        ZCorrectionId(UUID(int=5)), made.id, CorrectedFigure.COUNTED, Money(150), MANAGER.id, "重新清点", AT
    )
    corrections = (correction,) if corrected else ()
    canteen = LocalText("第一食堂", "Canteen One").get(language)
    words = ZWords(texts_for(language), language, canteen, "收银台 1", lambda moment: moment)
    paper = named(z_paper(made, corrections, words), {MANAGER.id: MANAGER.name})
    return ShownReport(made, corrections, paper)


def listed(*numbers: int) -> tuple[ListedReport, ...]:
    return tuple(ListedReport(report(number), MANAGER.name) for number in numbers)
