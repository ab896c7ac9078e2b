"""A test page on a real store, through the desk of printing, to a real driver and its simulated printer: printed once
or given up, behind every other paper, written down, and never kept for later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from kiosk.devices.printer.columns import width
from kiosk.devices.printer.driver import EscposPrinter
from kiosk.devices.printer.layout import Line, lay_out
from kiosk.domain.ids import OrderId, StaffId
from kiosk.domain.receipt import Paper, PaperKind, Text, TextSize
from kiosk.domain.staff import NotPermitted, Role, Staff
from kiosk.services.events import DeviceProblem, DeviceState, PrintJobChanged, PrintJobState
from kiosk.services.papers import Papers
from kiosk.services.ports import PrintJob
from kiosk.services.printer_check import PageSent, PrinterCheck
from kiosk.services.printing import PrintDesk
from kiosk.services.staff_acts import Refused, RefusedReason
from kiosk.store.print_jobs import KEEP
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.devices.printing import Setup, running
from tests.devices.support import Events, eventually, stays
from tests.services.fakes import FixedClock
from tests.services.terminal import catalogue
from tests.store.sales import new_store
from tests.till.dying import Died, DyingStore, Steps
from tests.till.till import CHINA

NOON = datetime(2026, 3, 2, 4, 3, tzinfo=UTC)
TECHNICIAN = Staff(StaffId("staff-9"), "x", frozenset({Role.TECHNICIAN}))
PATIENCE_S = 30.0
QUEUED, SENDING, CONFIRMED = PrintJobState.QUEUED, PrintJobState.SENDING, PrintJobState.CONFIRMED
UNKNOWN, SKIPPED = PrintJobState.UNKNOWN, PrintJobState.SKIPPED


class Bench:
    """A terminal's printing on one real printer."""

    def __init__(self, store: SqliteStore, setup: Setup) -> None:
        self.store, self.setup, self.events = store, setup, Events()
        self.desk = PrintDesk(store, self.events, Papers("T1", catalogue), FixedClock(NOON), CHINA, {})
        self.desk.connect([setup.owner.printer])
        self.check = PrinterCheck(store, self.desk, FixedClock(NOON))

    def prints(self, act_id: UUID | None = None, language: str = "en") -> UUID:
        sent = self.check.print_test_page(TECHNICIAN, act_id or uuid4(), "receipts", language)
        assert isinstance(sent, PageSent)
        return sent.job_id

    def heard(self, job_id: UUID) -> list[PrintJobState]:
        return [e.state for e in self.events.all if isinstance(e, PrintJobChanged) and e.job_id == job_id]

    def ends(self, job_id: UUID, *states: PrintJobState) -> None:
        eventually(lambda: self.heard(job_id) == [*states], f"{states}, not {self.heard(job_id)}")
        assert self.kept(job_id) is states[-1]

    def kept(self, job_id: UUID) -> PrintJobState | None:
        with self.store.transaction() as tx:
            job = tx.print_jobs.get(job_id)
        return job.state if job else None

    def receipt(self) -> PrintJob:
        job = PrintJob(uuid4(), OrderId(uuid4()), "receipts", PaperKind.RECEIPT, Paper((Text("a receipt"),)))
        with self.store.transaction() as tx:
            tx.print_jobs.add(job)
        return job


@pytest.fixture
def bench(tmp_path: Path, tcp_port: str) -> Iterator[Bench]:
    store = new_store(tmp_path)
    with running(tmp_path, tcp_port, patience_s=PATIENCE_S) as setup:
        yield Bench(store, setup)
    store.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_printed_cut_and_written_down(bench: Bench, language: str) -> None:
    job_id = bench.prints(language=language)
    bench.ends(job_id, SENDING, CONFIRMED)
    (paper,) = bench.setup.texts(1)
    for part in ("T1", "2026-03-02 12:03", "receipts", "红烧肉", "ABC", "1234567890" * 4, "█" * 24, "▓" * 24):
        assert part in paper
    assert ("测试页" if language == "zh" else "Test page") in paper
    assert bench.setup.bench.papers()[0].data.endswith(b"\x1dVB\x00")
    with bench.store.transaction() as tx:
        newest = tx.audit.newest()
    assert newest is not None
    assert (newest.actor, newest.action, newest.subject) == ("staff-9", "test_page_printed", "receipts")
    assert dict(newest.details) == {"job": str(job_id)}


@pytest.mark.parametrize("columns", [32, 48])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_lines_fit_and_the_ruler_fills_the_paper(bench: Bench, columns: int, language: str) -> None:
    job_id = bench.prints(language=language)
    with bench.store.transaction() as tx:
        job = tx.print_jobs.get(job_id)
    assert job is not None
    lines = [part for part in lay_out(job.paper, columns) if isinstance(part, Line)]
    assert all(width(line.text) * (2 if line.size is TextSize.BIG else 1) <= columns for line in lines)
    texts = [line.text for line in lines]
    for ruler in (("1234567890" * 5)[:columns], "█" * (columns // 2), "▓" * (columns // 2), "-" * columns):
        assert ruler in texts


def asked_twice_prints_once(bench: Bench) -> None:
    act_id = uuid4()
    bench.ends(bench.prints(act_id), SENDING, CONFIRMED)
    bench.prints(act_id)
    stays(lambda: len(bench.setup.bench.papers()) == 1, 0.5)


def test_the_same_asking_prints_once(bench: Bench) -> None:
    asked_twice_prints_once(bench)


def given_up_and_never_printed_later(bench: Bench) -> None:
    bench.setup.bench.cover(is_open=True)
    bench.setup.events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.COVER_OPEN)
    began_s = time.monotonic()
    job_id = bench.prints()
    again = bench.check.print_test_page(TECHNICIAN, uuid4(), "receipts", "en")
    assert again == Refused(RefusedReason.STILL_PRINTING)
    bench.ends(job_id, SKIPPED)
    assert time.monotonic() - began_s < PATIENCE_S / 2, "it waits as long as a customer's paper"
    bench.setup.bench.cover(is_open=False)
    bench.setup.events.await_health(DeviceState.READY)
    stays(lambda: not bench.setup.bench.papers(), 0.5)
    bench.ends(bench.prints(), SENDING, CONFIRMED)


def test_a_page_that_cannot_be_printed_now_is_given_up(bench: Bench) -> None:
    given_up_and_never_printed_later(bench)


def waits_behind_a_customers_receipt(bench: Bench) -> None:
    bench.setup.bench.cover(is_open=True)
    bench.setup.events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.COVER_OPEN)
    page, receipt = bench.prints(), bench.receipt()
    bench.desk.submit((receipt,))
    bench.setup.bench.cover(is_open=False)
    first, second = bench.setup.texts(2)
    assert "a receipt" in first, "a customer waits for the test page"
    assert "Test page" in second
    bench.ends(page, SENDING, CONFIRMED)
    bench.ends(receipt.id, SENDING, CONFIRMED)


def test_a_customers_receipt_does_not_wait_for_it(bench: Bench) -> None:
    waits_behind_a_customers_receipt(bench)


def test_a_page_that_may_be_on_the_paper_is_not_known_and_not_printed_again(bench: Bench) -> None:
    bench.setup.bench.hang(on=True)
    job_id = bench.prints()
    eventually(lambda: bench.heard(job_id)[-1:] in ([UNKNOWN], [SKIPPED]), "it ended")
    bench.setup.bench.hang(on=False)
    bench.setup.events.await_health(DeviceState.READY)
    stays(lambda: len(bench.heard(job_id)) <= 2, 0.5)
    assert bench.kept(job_id) in (UNKNOWN, SKIPPED)


def test_a_printer_that_is_none_or_takes_nothing(bench: Bench) -> None:
    none = bench.check.print_test_page(TECHNICIAN, uuid4(), "none", "en")
    assert none == Refused(RefusedReason.NO_PRINTER)
    bench.setup.owner.printer.stop()
    job_id = bench.prints()
    bench.ends(job_id, SKIPPED)


def test_who_may(bench: Bench) -> None:
    for role in (Role.RESTOCK, Role.COUNTER):
        with pytest.raises(NotPermitted):
            bench.check.print_test_page(replace(TECHNICIAN, roles=frozenset({role})), uuid4(), "receipts", "en")
    stays(lambda: not bench.setup.bench.papers(), 0.2)


def test_whatever_step_it_dies_at_it_is_not_printed_after_the_start(tmp_path: Path, bench: Bench) -> None:
    """Kept before it was handed over; given up, or not known, when the program is there again."""
    for dies_at in range(1, 12):
        folder = tmp_path / f"{dies_at}"
        folder.mkdir()
        store = new_store(folder)
        steps, act_id = Steps(folder, tmp_path / f"{dies_at}-crashed", dies_at), uuid4()
        dying = Bench(DyingStore(store, steps), bench.setup)  # type: ignore[arg-type]
        dying.desk.connect([Silent()])
        try:
            dying.check.print_test_page(TECHNICIAN, act_id, "receipts", "en")
        except Died:
            store.close()
        else:
            assert dies_at > 2, "too few steps: nothing is proved"
            store.close()
            return
        started = Bench(open_store(steps.crash_image / "kiosk.db", steps.crash_image / "kiosk.key"), bench.setup)
        started.desk.resume()
        assert started.kept(act_id) in (None, SKIPPED, UNKNOWN)
        started.store.close()
        assert not bench.setup.bench.papers()
    raise AssertionError("it has more steps than were expected")


class Silent:
    """A printer that is told nothing further of."""

    name = "receipts"

    def submit(self, _job: PrintJob, _report: object) -> bool:
        return True

    def open_drawer(self, _report: object) -> bool:
        return False


def test_pages_are_not_kept_for_ever(bench: Bench) -> None:
    """Not even those of which nothing is known."""
    page = PrintJob(uuid4(), OrderId(uuid4()), "receipts", PaperKind.TEST_PAGE, Paper((Text("x"),)), UNKNOWN)
    ticket = replace(page, id=uuid4(), kind=PaperKind.KITCHEN_TICKET)
    with bench.store.transaction() as tx:
        for job in (page, ticket, *(replace(page, id=uuid4(), state=CONFIRMED) for _ in range(KEEP + 50))):
            tx.print_jobs.add(job)
    assert (bench.kept(page.id), bench.kept(ticket.id)) == (None, UNKNOWN)


# --- planted bugs ---


class PrintsForEachTouch(PrinterCheck):
    def print_test_page(self, by: Staff, act_id: UUID, printer: str, language: str) -> PageSent | Refused:
        return super().print_test_page(by, uuid4(), printer, language)


def test_a_page_for_each_touch_is_found(bench: Bench) -> None:
    bench.check = PrintsForEachTouch(bench.store, bench.desk, FixedClock(NOON))
    with pytest.raises(AssertionError):
        asked_twice_prints_once(bench)


class WaitsForEver(EscposPrinter):
    def _patience_s(self, kind: PaperKind) -> float:
        return float("inf")


class InTurn(EscposPrinter):
    def _take_first(self) -> Any:
        return self._waiting.popleft() if self._waiting else None


@pytest.mark.parametrize(
    ("driver", "held_to"),
    [(WaitsForEver, given_up_and_never_printed_later), (InTurn, waits_behind_a_customers_receipt)],
    ids=["a page that waits as a kitchen ticket does", "a page that a customer waits for"],
)
def test_planted_bugs_in_the_driver_are_found(
    tmp_path: Path, tcp_port: str, driver: type[EscposPrinter], held_to: Callable[[Bench], None]
) -> None:
    store = new_store(tmp_path)
    with running(tmp_path, tcp_port, patience_s=PATIENCE_S, driver=driver) as setup, pytest.raises(AssertionError):
        held_to(Bench(store, setup))
    store.close()
