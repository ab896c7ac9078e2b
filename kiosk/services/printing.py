"""Print jobs: made inside the sale's transaction, handed to the printers after it, their states kept in the store.

A job that may have reached the paper is never printed again by itself (promise 3).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from uuid import UUID

from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.clock import Clock
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.ids import OrderId, uuid7
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Menu
from kiosk.domain.order import Order
from kiosk.domain.receipt import Paper, PaperKind
from kiosk.domain.refund import Refund, RefundPart
from kiosk.domain.z_report import ZCorrection, ZReport
from kiosk.services.cash_drawer import CashDrawer, DrawerOpening
from kiosk.services.collected import Collected
from kiosk.services.events import EventSink, PrintJobChanged, PrintJobState
from kiosk.services.outcomes import DueAtCounter, Paid
from kiosk.services.papers import Papers
from kiosk.services.ports import Catalogue, Printer, PrintJob, StorageFailed, Store
from kiosk.services.z_paper import ZWords, z_paper

# What makes each of them: a paper that has no printer is never made.
_Papers = dict[PaperKind, Callable[[], Paper]]

log = logging.getLogger(__name__)


class PrintDesk:
    """Knows which printer prints what, and keeps each job's state. `printers` maps a paper kind to its printer's
    name; a kind without a printer is not printed. `drawer`: None where there is no cash drawer."""

    def __init__(
        self,
        store: Store,
        events: EventSink,
        papers: Papers,
        clock: Clock,
        timezone: tzinfo,
        printer_of: Mapping[PaperKind, str],
        drawer: CashDrawer | None = None,
    ) -> None:
        self._store = store
        self._events = events
        self._papers = papers
        self._clock = clock
        self._timezone = timezone
        self._printer_of = printer_of
        self._drawer = drawer
        self._printers: dict[str, Printer] = {}

    def connect(self, printers: Iterable[Printer]) -> None:
        """Name the running printers; before that, jobs only wait in the store."""
        self._printers = {p.name: p for p in printers}
        if self._drawer is not None:
            self._drawer.connect(self._printers.get(self._drawer.printer_name))

    @property
    def printer_names(self) -> frozenset[str]:
        """Those that run."""
        return frozenset(self._printers)

    @property
    def terminal_name(self) -> str:
        return self._papers.terminal_name

    def catalogue(self, language: str) -> Catalogue:
        """The texts of papers in that language."""
        return self._papers.catalogues(language)

    def local_time(self, moment: datetime) -> datetime:
        return moment.astimezone(self._timezone)

    def paid_jobs(self, paid: Paid, canteen: LocalText) -> tuple[PrintJob, ...]:
        """Receipt and kitchen ticket of a paid order."""
        local = self.local_time(paid.order.created_at)
        papers: _Papers = {PaperKind.RECEIPT: lambda: self._papers.receipt(paid, local, canteen)}
        return self._jobs(paid.order, papers | self._for_kitchen(paid.order, local))

    def counter_jobs(self, due: DueAtCounter, canteen: LocalText) -> tuple[PrintJob, ...]:
        """The slip to pay with at the counter. The kitchen hears of the order when it is paid."""
        local = self.local_time(due.order.created_at)
        return self._jobs(due.order, {PaperKind.COUNTER_SLIP: lambda: self._papers.counter_slip(due, local, canteen)})

    def refund_jobs(self, refund: Refund, order: Order, menu: Menu | None) -> tuple[PrintJob, ...]:
        """The slip; of a void the kitchen hears too."""
        local = self.local_time(refund.made_at)
        papers: _Papers = {
            PaperKind.REFUND_SLIP: lambda: self._papers.refund_slip(refund, order, local, _canteen(menu))
        }
        return self._jobs(order, papers | (self._stops_kitchen(order) if refund.is_void else {}))

    def cash_jobs(self, paid: CounterPayment, due: DueAtCounter, menu: Menu | None) -> tuple[PrintJob, ...]:
        """Receipt and kitchen ticket of an order that was paid at the counter; `due.points` are earned there."""
        local = self.local_time(paid.made_at)
        papers: _Papers = {PaperKind.RECEIPT: lambda: self._papers.cash_receipt(due, paid, local, _canteen(menu))}
        return self._jobs(due.order, papers | self._for_kitchen(due.order, local))

    def collected_jobs(self, collected: Collected, made: Collection, menu: Menu | None) -> tuple[PrintJob, ...]:
        """Receipt and kitchen ticket of an order that was collected here, whoever took it."""
        local = self.local_time(made.made_at)
        return self._jobs(
            collected.order,
            {
                PaperKind.RECEIPT: lambda: self._papers.collected_receipt(collected, made, local, _canteen(menu)),
                PaperKind.KITCHEN_TICKET: lambda: self._papers.kitchen_ticket(collected.order, local),
            },
        )

    def undone_jobs(
        self, made: Collection, undone: UndoneCollection, order: Order, menu: Menu | None
    ) -> tuple[PrintJob, ...]:
        """Of an order whose collection was undone: the customer's slip, and the kitchen is to stop."""
        local = self.local_time(undone.made_at)
        papers: _Papers = {
            PaperKind.REFUND_SLIP: lambda: self._papers.undone_slip(made, undone, order, local, _canteen(menu))
        }
        return self._jobs(order, papers | self._stops_kitchen(order))

    def cancelled_jobs(
        self, cancelled: CounterPayment, back: Sequence[RefundPart], order: Order, menu: Menu | None
    ) -> tuple[PrintJob, ...]:
        """The slip for what had paid a part of it; none when nothing had. The kitchen has not heard of the order."""
        if not back:
            return ()
        local = self.local_time(cancelled.made_at)
        papers: _Papers = {
            PaperKind.REFUND_SLIP: lambda: self._papers.cancelled_slip(cancelled, back, order, local, _canteen(menu))
        }
        return self._jobs(order, papers)

    def top_up_jobs(self, top_up: CashTopUp, language: str, menu: Menu | None) -> tuple[PrintJob, ...]:
        local = self.local_time(top_up.made_at)
        papers: _Papers = {
            PaperKind.TOP_UP_SLIP: lambda: self._papers.top_up_slip(top_up, language, local, _canteen(menu))
        }
        return self._jobs(top_up, papers)

    def z_jobs(
        self, report: ZReport, corrections: Sequence[ZCorrection], language: str, menu: Menu | None, copy: int = 0
    ) -> tuple[PrintJob, ...]:
        """The paper of a closing, or a copy of it: 1, 2 …"""
        papers: _Papers = {PaperKind.Z_REPORT: lambda: self.z_paper(report, corrections, language, menu, copy)}
        return tuple(replace(job, copy=copy) for job in self._jobs(report, papers))

    def z_paper(
        self, report: ZReport, corrections: Sequence[ZCorrection], language: str, menu: Menu | None, copy: int = 0
    ) -> Paper:
        texts, canteen = self._papers.catalogues(language), _canteen(menu).get(language)
        words = ZWords(texts, language, canteen, self._papers.terminal_name, self.local_time, copy)
        return z_paper(report, corrections, words)

    def copy_job(self, copy: PrintJob, language: str) -> PrintJob | None:
        """A job's `copy`-th copy, with that written on it, for the printer of now; None: there is none for such."""
        printer = self._printer_of.get(copy.kind)
        if printer is None:
            return None
        local = self.local_time(self._clock.now())
        paper = self._papers.marked_as_copy(copy.paper, copy.kind, copy.copy, local, language)
        return replace(copy, printer=printer, paper=paper, state=PrintJobState.QUEUED)

    def _for_kitchen(self, order: Order, local: datetime) -> _Papers:
        """None for sums that staff typed alone."""
        return (
            {PaperKind.KITCHEN_TICKET: lambda: self._papers.kitchen_ticket(order, local)} if _is_cooked(order) else {}
        )

    def _stops_kitchen(self, order: Order) -> _Papers:
        return {PaperKind.KITCHEN_TICKET: lambda: self._papers.cancelled_ticket(order)} if _is_cooked(order) else {}

    def submit(self, jobs: Iterable[PrintJob], opening: DrawerOpening | None = None) -> None:
        """Open the drawer, if there is one and cash moves, then hand jobs to their printers; one whose printer cannot
        take it stays queued in the store, a test page is given up."""
        if opening is not None and self._drawer is not None:
            self._drawer.open(opening)
        for job in jobs:
            printer = self._printers.get(job.printer)
            if printer is None or not printer.submit(job, self._report):
                log.warning("print_job_not_taken", extra={"job": str(job.id), "printer": job.printer})
                if job.kind is PaperKind.TEST_PAGE:
                    self._report(job.id, PrintJobState.SKIPPED)

    def interrupted_printers(self) -> frozenset[str]:
        """Printers that were in the middle of a job when the program ended: something may lie in their paper path.
        Ask before `resume`. Raises StorageFailed."""
        with self._store.transaction() as tx:
            return frozenset(job.printer for job in tx.print_jobs.in_state(PrintJobState.SENDING))

    def resume(self) -> None:
        """At start: what was being sent is unknown; a customer's paper of before is of no use any more; kitchen
        tickets that were never begun are printed now. Raises StorageFailed."""
        with self._store.transaction() as tx:
            for job in tx.print_jobs.in_state(PrintJobState.SENDING):
                tx.print_jobs.set_state(job.id, PrintJobState.UNKNOWN)
            queued = tx.print_jobs.in_state(PrintJobState.QUEUED)
            for job in queued:
                if job.kind is not PaperKind.KITCHEN_TICKET:
                    tx.print_jobs.set_state(job.id, PrintJobState.SKIPPED)
        self.submit(job for job in queued if job.kind is PaperKind.KITCHEN_TICKET)

    def _jobs(self, about: Order | CashTopUp | ZReport, papers: _Papers) -> tuple[PrintJob, ...]:
        unix_ms = int(self._clock.now().timestamp() * 1000)
        return tuple(
            PrintJob(uuid7(unix_ms), OrderId(about.id), self._printer_of[kind], kind, make())
            for kind, make in papers.items()
            if kind in self._printer_of
        )

    def _report(self, job_id: UUID, state: PrintJobState) -> None:
        """Called on the printer's thread. For SENDING a failure must reach the driver: nothing is sent then."""
        try:
            with self._store.transaction() as tx:
                job = tx.print_jobs.get(job_id)
                tx.print_jobs.set_state(job_id, state)
        except StorageFailed:
            if state is PrintJobState.SENDING:
                raise
            log.exception("print_job_state_not_kept", extra={"job": str(job_id)})
            return
        if job is not None:
            self._events.publish(PrintJobChanged(job_id, job.order_id, job.kind, state))


def _is_cooked(order: Order) -> bool:
    return any(line.dishes for line in order.lines)


def _canteen(menu: Menu | None) -> LocalText:
    """Its name on the menu of now; nothing when there is none any more."""
    return LocalText("", "") if menu is None else menu.canteen
