"""The section shift: what staff touch there, what is to be done for it, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kiosk.domain.ids import ZReportId
from kiosk.domain.money import Money
from kiosk.domain.shift import CashCount, CashDirection, CashMovement, ShiftOpening
from kiosk.domain.staff import Permission
from kiosk.domain.z_report import CorrectedFigure
from kiosk.screens.admin_door import AdminAnswer, AdminEvent
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.services.shifts import ShiftNow, ShiftRefused
from kiosk.services.staff_acts import NotKnown
from kiosk.services.z_reports import Copied, ListedReport, ShownReport

# --- touches ---


@dataclass(frozen=True, slots=True)
class NextTouched(AdminEvent):
    """The one next step: the drawer is counted, to open a shift or to close the one that is open; where there is no
    cash, the day is closed."""


@dataclass(frozen=True, slots=True)
class CashTouched(AdminEvent):
    """Cash is to be put in or taken out."""


@dataclass(frozen=True, slots=True)
class ReportsTouched(AdminEvent):
    """The earlier Z reports."""


@dataclass(frozen=True, slots=True)
class ReportChosen(AdminEvent):
    report_id: ZReportId


@dataclass(frozen=True, slots=True)
class CopyTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class CorrectTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class DenominationChosen(AdminEvent):
    """The next digits say how many of these."""

    value_minor: int


@dataclass(frozen=True, slots=True)
class CountedAsSumTouched(AdminEvent):
    """From notes and coins to one sum, and back."""


@dataclass(frozen=True, slots=True)
class KeyTouched(AdminEvent):
    """A key of the pad: digits, or ERASE."""

    key: str


@dataclass(frozen=True, slots=True)
class CountConfirmed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class ClosingConfirmed(AdminEvent):
    """After it was asked whether that is what is in the drawer."""


@dataclass(frozen=True, slots=True)
class ClosingDismissed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class ChoiceTouched(AdminEvent):
    """Which of the few ways the amount is meant (shift.Choice)."""

    key: str


@dataclass(frozen=True, slots=True)
class ReasonTouched(AdminEvent):
    """Does it. `words`: as they stand on the key; they are kept."""

    words: str


# --- to be done; `act_id`: of the try before, whose end is not known ---


@dataclass(frozen=True, slots=True)
class LoadShift(AdminAct):
    needs: ClassVar[Permission] = Permission.WORK_SHIFTS


@dataclass(frozen=True, slots=True)
class OpenDrawer(AdminAct):
    """To count what is in it."""

    needs: ClassVar[Permission] = Permission.WORK_SHIFTS


@dataclass(frozen=True, slots=True)
class OpenShift(AdminAct):
    float_: CashCount
    act_id: UUID | None = None
    needs: ClassVar[Permission] = Permission.WORK_SHIFTS


@dataclass(frozen=True, slots=True)
class MoveCash(AdminAct):
    direction: CashDirection
    amount: Money
    reason: str
    act_id: UUID | None = None
    needs: ClassVar[Permission] = Permission.WORK_SHIFTS


@dataclass(frozen=True, slots=True)
class CloseShift(AdminAct):
    counted: CashCount | None
    language: str
    act_id: UUID | None = None
    needs: ClassVar[Permission] = Permission.WORK_SHIFTS


@dataclass(frozen=True, slots=True)
class LoadReports(AdminAct):
    needs: ClassVar[Permission] = Permission.WORK_SHIFTS


@dataclass(frozen=True, slots=True)
class LoadReport(AdminAct):
    report_id: ZReportId
    language: str
    needs: ClassVar[Permission] = Permission.WORK_SHIFTS


@dataclass(frozen=True, slots=True)
class CopyReport(AdminAct):
    report_id: ZReportId
    language: str
    act_id: UUID | None = None
    needs: ClassVar[Permission] = Permission.WORK_SHIFTS


@dataclass(frozen=True, slots=True)
class CorrectReport(AdminAct):
    report_id: ZReportId
    figure: CorrectedFigure
    amount: Money
    reason: str
    language: str
    act_id: UUID | None = None
    needs: ClassVar[Permission] = Permission.CORRECT_SHIFTS


# --- answers ---


@dataclass(frozen=True, slots=True)
class ShiftLoaded(AdminAnswer):
    now: ShiftNow


@dataclass(frozen=True, slots=True)
class ShiftOpened(AdminAnswer):
    outcome: ShiftOpening | ShiftRefused | NotKnown


@dataclass(frozen=True, slots=True)
class CashMoved(AdminAnswer):
    outcome: CashMovement | ShiftRefused | NotKnown


@dataclass(frozen=True, slots=True)
class ShiftClosed(AdminAnswer):
    outcome: ShownReport | ShiftRefused | NotKnown


@dataclass(frozen=True, slots=True)
class ReportsLoaded(AdminAnswer):
    reports: tuple[ListedReport, ...]


@dataclass(frozen=True, slots=True)
class ReportLoaded(AdminAnswer):
    outcome: ShownReport | ShiftRefused


@dataclass(frozen=True, slots=True)
class ReportCopied(AdminAnswer):
    outcome: Copied | ShiftRefused | NotKnown


@dataclass(frozen=True, slots=True)
class ReportCorrected(AdminAnswer):
    outcome: ShownReport | ShiftRefused | NotKnown
