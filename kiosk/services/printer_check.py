"""A test page: staff see whether a printer prints, by the way that every paper goes.

It is a print job like any other, and so never printed twice by itself. It waits behind every other paper, and seconds
at most: a printer that cannot print now is not to surprise somebody with it an hour later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import Align, Columns, Element, Feed, Paper, PaperKind, QrCode, Rule, Text, TextSize
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.events import PrintJobState
from kiosk.services.ports import Catalogue, PrintJob, Store, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.staff_acts import Refused, RefusedReason

_WIDEST_COLUMNS = 48  # what 80 mm of paper take; 58 mm take 32
_CHINESE = "红烧肉 米饭 堃喆祎 ，。：！（）《》 ￥12.50"
_LATIN = "ABC XYZ abc xyz 0123456789 .,:;!?()%+-"


@dataclass(frozen=True, slots=True)
class PageSent:
    """Handed to its printer; what becomes of it is told as of every print job."""

    job_id: UUID


class PrinterCheck:
    """Its call blocks (disk)."""

    def __init__(self, store: Store, desk: PrintDesk, clock: Clock) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock
        self._audit = Audit(clock)

    def print_test_page(self, by: Staff, act_id: UUID, printer: str, language: str) -> PageSent | Refused:
        """`act_id` is made once for each asking: asked for again under it, nothing more is printed. Raises
        NotPermitted, StorageFailed: nothing was printed then."""
        by.require(Permission.TEST_DEVICES)
        if printer not in self._desk.printer_names:
            return Refused(RefusedReason.NO_PRINTER)
        job = PrintJob(act_id, OrderId(act_id), printer, PaperKind.TEST_PAGE, self._paper(printer, language))
        with self._store.transaction() as tx:
            if tx.print_jobs.get(act_id) is not None:
                return PageSent(act_id)
            if _is_under_way(tx, printer):
                return Refused(RefusedReason.STILL_PRINTING)
            tx.print_jobs.add(job)
            self._audit.record(tx, by.id, Act.TEST_PAGE_PRINTED, printer, job=act_id)
        self._desk.submit((job,))
        return PageSent(act_id)

    def _paper(self, printer: str, language: str) -> Paper:
        texts, at = self._desk.catalogue(language), self._desk.local_time(self._clock.now())
        return Paper((*_head(printer, self._desk.terminal_name, at, texts), *_samples(at, texts)))


def _is_under_way(tx: Transaction, printer: str) -> bool:
    open_jobs: Sequence[PrintJob] = (
        *tx.print_jobs.in_state(PrintJobState.QUEUED),
        *tx.print_jobs.in_state(PrintJobState.SENDING),
    )
    return any(job.kind is PaperKind.TEST_PAGE and job.printer == printer for job in open_jobs)


def _head(printer: str, terminal: str, at: datetime, texts: Catalogue) -> Iterator[Element]:
    _ = texts.gettext
    yield Text(_("Test page"), Align.CENTER, TextSize.BIG, bold=True)
    yield Text(_("Nothing was sold. Throw it away when you have looked at it."), Align.CENTER)
    yield Rule()
    yield Columns(terminal, at.strftime("%Y-%m-%d %H:%M"))
    yield Columns(_("Printer"), printer)
    yield Rule()


def _samples(at: datetime, texts: Catalogue) -> Iterator[Element]:
    """What a worn or wrongly set printer prints badly, and what to look for."""
    _ = texts.gettext
    yield Text(_CHINESE)
    yield Text(_LATIN)
    yield Text("Bold 加粗", bold=True)
    yield Text("Tall 高字", size=TextSize.TALL)
    yield Text("A037 大字", size=TextSize.BIG)
    yield Rule()
    yield Text(_("All digits in one line on 80 mm paper, 32 in the first line on 58 mm:"))
    yield Text(("1234567890" * 5)[:_WIDEST_COLUMNS])
    yield Columns(_("left edge"), _("right edge"))
    yield Rule()
    yield Text(_("Each block is evenly black or grey; else clean the print head:"))
    for block in "█▓":
        yield Text(block * (_WIDEST_COLUMNS // 2))
    yield Text("▁▂▃▄▅▆▇█" * 3)
    yield Rule()
    yield Text(_("The code can be read by any scanner:"), Align.CENTER)
    yield QrCode(f"KIOSK TEST {at:%Y-%m-%d %H:%M}")
    yield Text(_("Below this the paper is cut."), Align.CENTER)
    yield Feed()
