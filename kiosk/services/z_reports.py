"""Z reports of this terminal: shown, printed again as copies, corrected by entries beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.ids import ZCorrectionId, ZReportId
from kiosk.domain.money import Money
from kiosk.domain.receipt import Paper
from kiosk.domain.staff import Permission, Staff
from kiosk.domain.z_report import CorrectedFigure, ZCorrection, ZReport
from kiosk.services.audit import Audit
from kiosk.services.ports import EventEncoder, OutboxSignal, PrintJob, StorageFailed, Store, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.shifts import ShiftRefusal, ShiftRefused
from kiosk.services.staff_acts import NotKnown
from kiosk.services.staff_names import staff_names
from kiosk.services.z_paper import named, staff_on

MAX_LISTED = 60


@dataclass(frozen=True, slots=True)
class ListedReport:
    """`closed_by`: their name, or their id where the terminal knows no name any more."""

    report: ZReport
    closed_by: str


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report with its corrections, oldest first; `paper` is what is read on the screen."""

    report: ZReport
    corrections: tuple[ZCorrection, ...]
    paper: Paper


@dataclass(frozen=True, slots=True)
class Copied:
    """Handed to the printer, as that copy. `number` None: asked for before under that id, nothing is printed again."""

    number: int | None


class ZReports:
    """Its calls block (disk) and are made one at a time. Each raises NotPermitted, `show` and `listed`
    StorageFailed."""

    def __init__(
        self, store: Store, encoder: EventEncoder, desk: PrintDesk, outbox_signal: OutboxSignal, clock: Clock
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._audit = Audit(clock)

    def listed(self, by: Staff) -> tuple[ListedReport, ...]:
        """Newest first."""
        by.require(Permission.WORK_SHIFTS)
        with self._store.transaction() as tx:
            reports = tx.shifts.reports(MAX_LISTED)
            names = staff_names(tx, {report.staff for report in reports})
        return tuple(ListedReport(report, names.get(report.staff, report.staff)) for report in reports)

    def show(self, by: Staff, report_id: ZReportId, language: str) -> ShownReport | ShiftRefused:
        by.require(Permission.WORK_SHIFTS)
        with self._store.transaction() as tx:
            report = tx.shifts.report(report_id)
            return ShiftRefused(ShiftRefusal.NO_SUCH_REPORT) if report is None else self._shown(tx, report, language)

    def copy(self, by: Staff, act_id: UUID, report_id: ZReportId, language: str) -> Copied | ShiftRefused | NotKnown:
        """Print it again; the paper says that it is a copy."""
        by.require(Permission.WORK_SHIFTS)
        jobs: tuple[PrintJob, ...] = ()
        try:
            with self._store.transaction() as tx:
                report = tx.shifts.report(report_id)
                if report is None:
                    return ShiftRefused(ShiftRefusal.NO_SUCH_REPORT)
                number = tx.shifts.add_copy(act_id, report_id)
                if number is not None:
                    corrections = tx.shifts.corrections(report_id)
                    jobs = self._desk.z_jobs(report, corrections, language, tx.menus.current(), number)
                    self._audit.record(tx, by.id, Act.Z_REPORT_COPIED, str(report_id), copy=number)
                    for job in jobs:
                        tx.print_jobs.add(job)
                    names = staff_names(tx, staff_on(report, corrections))
                    jobs = tuple(replace(job, paper=named(job.paper, names)) for job in jobs)
        except StorageFailed:
            return NotKnown(act_id)
        self._desk.submit(jobs)
        return Copied(number)

    def correct(
        self,
        by: Staff,
        act_id: UUID,
        report_id: ZReportId,
        figure: CorrectedFigure,
        amount: Money,
        reason: str,
        language: str,
    ) -> ShownReport | ShiftRefused | NotKnown:
        """The report stays as it is; by how much that figure is to be read as more (or less), and why. Raises
        ShiftError for an amount of zero, TextError for a reason that is none."""
        by.require(Permission.CORRECT_SHIFTS)
        wanted = ZCorrection(ZCorrectionId(act_id), report_id, figure, amount, by.id, reason, self._clock.now())
        try:
            with self._store.transaction() as tx:
                report = tx.shifts.report(report_id)
                if report is None:
                    return ShiftRefused(ShiftRefusal.NO_SUCH_REPORT)
                known = tx.shifts.correction(wanted.id)
                if known is None:
                    tx.shifts.correct(wanted)
                    tx.outbox.add(self._encoder.shift_corrected(wanted))
                    told = {"report": report_id, "figure": figure, "amount_minor": amount.minor}
                    self._audit.record(tx, by.id, Act.Z_REPORT_CORRECTED, str(wanted.id), **told)
                elif known != replace(wanted, made_at=known.made_at):
                    return ShiftRefused(ShiftRefusal.ID_IN_USE)
                shown = self._shown(tx, report, language)
        except StorageFailed:
            return NotKnown(act_id)
        self._outbox_signal.wake()
        return shown

    def _shown(self, tx: Transaction, report: ZReport, language: str) -> ShownReport:
        corrections = tx.shifts.corrections(report.id)
        paper = self._desk.z_paper(report, corrections, language, tx.menus.current())
        return ShownReport(report, corrections, named(paper, staff_names(tx, staff_on(report, corrections))))
