"""The printer's driver against a simulated printer over TCP and a serial line: what is printed, what is reported."""

from __future__ import annotations

import select
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from kiosk.devices.bench.client import BenchClient
from kiosk.devices.bench.messages import PrintedPaper
from kiosk.devices.printer.driver import MAX_WAITING_JOBS, EscposPrinter
from kiosk.devices.printer.encoder import warm_up
from kiosk.devices.printer.escpos_parser import EscposParser
from kiosk.devices.printer.link import PrinterTimes
from kiosk.devices.printer.simulator import PaperState, PrinterFault
from kiosk.devices.transport import open_transport
from kiosk.devices.wake import Wake
from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import Paper, QrCode, Text
from kiosk.services.events import DeviceProblem, DeviceState, PrintJobState
from kiosk.services.ports import PaperKind, PrintJob
from kiosk.settings import PrinterSettings, SimulatorSettings
from tests.devices.papers import CHINESE, job_bytes
from tests.devices.support import Events, Pty, eventually, free_tcp_port, hosted_bench, settings_with, stays

BAUD = 921_600
CONFIRMED = [PrintJobState.SENDING, PrintJobState.CONFIRMED]
UNKNOWN = [PrintJobState.SENDING, PrintJobState.UNKNOWN]
SKIPPED = [PrintJobState.SKIPPED]
QUICK = PrinterTimes(write_s=2.0, proof_s=0.7, status_s=1.0, quiet_s=0.2, ask_every_s=0.3, ask_again_s=0.1)


@dataclass
class Owner:
    """Who hands in jobs and keeps what was reported of each."""

    printer: EscposPrinter
    states: dict[UUID, list[PrintJobState]] = field(default_factory=dict)
    cannot_store: bool = False
    failures: int = 0

    def submit(self, text: str | Paper, kind: PaperKind = PaperKind.RECEIPT) -> UUID:
        paper = Paper((Text(text),)) if isinstance(text, str) else text
        job = PrintJob(uuid4(), OrderId(uuid4()), self.printer.name, kind, paper)
        self.states[job.id] = []
        assert self.printer.submit(job, self._report)
        return job.id

    def kitchen(self, text: str) -> UUID:
        return self.submit(text, PaperKind.KITCHEN_TICKET)

    def await_states(self, job_id: UUID, states: list[PrintJobState]) -> None:
        eventually(lambda: len(self.states[job_id]) >= len(states), f"{states} of a job")
        assert self.states[job_id] == states

    def _report(self, job_id: UUID, state: PrintJobState) -> None:
        if self.cannot_store:
            self.failures += 1
            raise OSError("disk full")
        self.states[job_id].append(state)


@dataclass
class Setup:
    bench: BenchClient
    events: Events
    owner: Owner

    def texts(self, at_least: int) -> list[str]:
        """What stands on each cut paper, commands left out."""
        return [text_of(p) for p in self.bench.papers(at_least=at_least, timeout_s=5.0)]


def text_of(paper: PrintedPaper) -> str:
    printable = bytes(b for b in paper.data.replace(b"\x1b@", b"").replace(b"\x1c&", b"") if b >= 0x20)
    return printable.removeprefix(b'3"').removesuffix(b"VB").decode("gb18030", errors="replace")


@contextmanager
def running(
    state_dir: Path, port: str, *, patience_s: float = 0.4, chinese: str = "gb18030", times: PrinterTimes = QUICK
) -> Iterator[Setup]:
    printer_settings = PrinterSettings(name="receipts", port=port, baud=BAUD, patience_s=patience_s, chinese=chinese)
    simulator = SimulatorSettings(name="printer", device="escpos", port=port, baud=BAUD)
    events = Events()
    with hosted_bench(settings_with(state_dir, (simulator,), (printer_settings,))) as bench:
        printer = EscposPrinter(printer_settings, events, simulated=True, times=times)
        printer.start()
        try:
            events.await_health(DeviceState.READY)
            yield Setup(bench, events, Owner(printer))
        finally:
            printer.stop()
            assert not [t for t in threading.enumerate() if t.name == "device-receipts"]


@pytest.fixture(scope="module", autouse=True)
def _libraries_are_loaded() -> None:
    warm_up(80, "gb18030")
    warm_up(80, "raster")


@pytest.fixture(params=["tcp", "serial"])
def port(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"tcp://127.0.0.1:{free_tcp_port()}" if request.param == "tcp" else str(tmp_path / "printer")


@pytest.fixture
def tcp_port() -> str:
    return f"tcp://127.0.0.1:{free_tcp_port()}"


@pytest.fixture
def setup(tmp_path: Path, port: str) -> Iterator[Setup]:
    with running(tmp_path, port) as running_setup:
        yield running_setup


@pytest.fixture
def tcp_setup(tmp_path: Path, tcp_port: str) -> Iterator[Setup]:
    with running(tmp_path, tcp_port) as running_setup:
        yield running_setup


def test_jobs_are_printed_in_turn_and_proved(setup: Setup) -> None:
    jobs = [setup.owner.submit(text) for text in ("一", "二", "三")]
    for job in jobs:
        setup.owner.await_states(job, CONFIRMED)

    assert setup.texts(3) == ["一", "二", "三"]
    assert [h.state for h in setup.events.health] == [DeviceState.READY]


@pytest.mark.parametrize("chinese", ["gb18030", "raster"])
def test_a_whole_receipt_over_a_serial_line(tmp_path: Path, chinese: str) -> None:
    with running(tmp_path, str(tmp_path / "printer"), chinese=chinese) as setup:
        job = setup.owner.submit(CHINESE)
        eventually(lambda: len(setup.owner.states[job]) == 2, "printed", 20.0)

        assert setup.owner.states[job] == CONFIRMED
        assert len(setup.bench.papers()) == 1


def test_from_submit_to_the_first_byte_takes_a_few_milliseconds(tcp_setup: Setup) -> None:
    latencies_s = []
    for n in range(15):
        submitted_s = time.monotonic()
        tcp_setup.owner.await_states(tcp_setup.owner.submit(CHINESE), CONFIRMED)
        latencies_s.append(tcp_setup.bench.papers(since=n, at_least=1, timeout_s=5.0)[0].first_byte_s - submitted_s)

    assert statistics.median(latencies_s) < 0.02


def test_nothing_is_sent_when_the_job_cannot_be_marked_as_being_sent(tcp_setup: Setup) -> None:
    tcp_setup.owner.cannot_store = True
    lost = tcp_setup.owner.submit("lost")
    eventually(lambda: tcp_setup.owner.failures == 1, "reported in vain")
    tcp_setup.owner.cannot_store = False
    tcp_setup.owner.await_states(tcp_setup.owner.submit("kept"), CONFIRMED)

    assert tcp_setup.texts(1) == ["kept"]
    assert tcp_setup.owner.states[lost] == []


def test_a_paper_that_cannot_be_laid_out_is_skipped(tcp_setup: Setup) -> None:
    tcp_setup.owner.await_states(tcp_setup.owner.submit(Paper((QrCode("x" * 301),))), SKIPPED)
    tcp_setup.owner.await_states(tcp_setup.owner.submit("next"), CONFIRMED)


def test_the_queue_is_bounded(tcp_setup: Setup) -> None:
    tcp_setup.bench.paper(PaperState.OUT)
    tcp_setup.events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.PAPER_OUT)
    job = PrintJob(uuid4(), OrderId(uuid4()), "receipts", PaperKind.KITCHEN_TICKET, Paper(()))
    printer = tcp_setup.owner.printer
    assert all(printer.submit(job, lambda *_: None) for _ in range(MAX_WAITING_JOBS))
    assert not printer.submit(job, lambda *_: None)


def test_a_stopped_driver_takes_nothing(tcp_setup: Setup) -> None:
    tcp_setup.owner.printer.stop()
    job = PrintJob(uuid4(), OrderId(uuid4()), "receipts", PaperKind.RECEIPT, Paper(()))

    assert not tcp_setup.owner.printer.submit(job, lambda *_: None)


def test_paper_near_its_end_is_told_and_printed_on(setup: Setup) -> None:
    setup.bench.paper(PaperState.LOW)
    setup.events.await_health(DeviceState.DEGRADED, DeviceProblem.PAPER_LOW)
    setup.owner.await_states(setup.owner.submit("still"), CONFIRMED)
    setup.bench.paper(PaperState.OK)
    setup.events.await_health(DeviceState.READY)


def no_paper(bench: BenchClient) -> Callable[[], None]:
    bench.paper(PaperState.OUT)
    return lambda: bench.paper(PaperState.OK)


def cover_open(bench: BenchClient) -> Callable[[], None]:
    bench.cover(is_open=True)
    return lambda: bench.cover(is_open=False)


@pytest.mark.parametrize(
    ("cause", "problem"), [(no_paper, DeviceProblem.PAPER_OUT), (cover_open, DeviceProblem.COVER_OPEN)]
)
def test_a_printer_that_cannot_begin_gets_no_byte(
    setup: Setup, cause: Callable[[BenchClient], Callable[[], None]], problem: DeviceProblem
) -> None:
    repair = cause(setup.bench)
    setup.events.await_health(DeviceState.UNAVAILABLE, problem)
    receipt, ticket = setup.owner.submit("receipt"), setup.owner.kitchen("ticket")
    slip = setup.owner.submit("slip", PaperKind.COUNTER_SLIP)
    setup.owner.await_states(receipt, SKIPPED)
    setup.owner.await_states(slip, SKIPPED)
    assert setup.owner.states[ticket] == []  # the kitchen waits
    repair()
    setup.owner.await_states(ticket, CONFIRMED)

    assert setup.texts(1) == ["ticket"]
    setup.events.await_health(DeviceState.READY)


@pytest.mark.parametrize("fault", [PrinterFault.PAPER_OUT, PrinterFault.COVER_OPEN, PrinterFault.HANG])
def test_a_fault_inside_a_job_leaves_it_unknown_and_nothing_on_the_next_ticket(
    setup: Setup, fault: PrinterFault
) -> None:
    setup.bench.after(25, fault)
    job = setup.owner.submit("一二三四五六七八九十" * 20)
    next_job = setup.owner.kitchen("next")
    setup.owner.await_states(job, UNKNOWN)
    setup.events.await_health(setup.events.health[-1].state, setup.events.health[-1].problem)
    setup.bench.paper(PaperState.OK)
    setup.bench.cover(is_open=False)
    setup.bench.hang(on=False)
    setup.owner.await_states(next_job, CONFIRMED)

    *_, last = setup.texts(2)
    assert last == "next"
    assert setup.owner.states[job] == UNKNOWN  # and is never printed again by itself


def test_a_printer_that_loses_power_in_a_job_begins_the_next_ticket_on_clean_paper(setup: Setup) -> None:
    setup.bench.after(60, PrinterFault.RESET)
    job = setup.owner.submit("一二三四五六七八九十" * 20)
    setup.owner.await_states(job, UNKNOWN)
    setup.owner.await_states(setup.owner.kitchen("next"), CONFIRMED)

    leftover, following = setup.texts(2)
    assert leftover.startswith("一二三")
    assert following == "next"


def test_the_cable_pulled_in_a_raster_leaves_nothing_that_eats_the_next_ticket(tmp_path: Path) -> None:
    with running(tmp_path, str(tmp_path / "printer"), chinese="raster") as setup:
        job = setup.owner.submit(CHINESE)
        eventually(lambda: PrintJobState.SENDING in setup.owner.states[job], "sending")
        stays(lambda: True, 0.3)  # some strips in
        setup.bench.unplug("printer")
        setup.owner.await_states(job, UNKNOWN)
        setup.events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.DISCONNECTED)
        setup.bench.plug("printer")
        ticket = setup.owner.kitchen("next")
        setup.owner.await_states(ticket, CONFIRMED)

        leftover, following = setup.bench.papers(at_least=2, timeout_s=5.0)
        assert len(leftover.data) < 60_000
        assert following.data.startswith(b"\x18\x1b@\x1dv0")


def test_a_jammed_knife(setup: Setup) -> None:
    setup.bench.cutter(is_jammed=True)
    job = setup.owner.submit("jammed")
    setup.owner.await_states(job, UNKNOWN)
    setup.events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.CUTTER)
    setup.bench.cutter(is_jammed=False)
    setup.owner.await_states(setup.owner.kitchen("next"), CONFIRMED)

    assert setup.texts(2) == ["jammed", "next"]


class SlowPrinter(threading.Thread):
    """Answers status requests at once, and so many GS r: the first one late, those that wait behind it one by one."""

    def __init__(self, line: Pty, late_s: float, answers: int) -> None:
        super().__init__(daemon=True)
        self._line, self._late_s, self._answers = line, late_s, answers

    def run(self) -> None:
        parser = EscposParser()
        due_s: list[float] = []
        while self._line.master >= 0:
            try:
                if select.select([self._line.master], [], [], 0.01)[0]:
                    for command in parser.feed(self._line.read(4096)):
                        if command.code == b"\x10\x04":
                            self._line.send(b"\x16" if command.arguments == b"\x01" else b"\x12")
                        if command.code == b"\x1dr" and len(due_s) < self._answers:
                            due_s.append(due_s[-1] + 0.1 if due_s else time.monotonic() + self._late_s)
                for i, at_s in enumerate(due_s):
                    if at_s <= time.monotonic():
                        self._line.send(b"\x00")
                        due_s[i] = float("inf")
            except (OSError, ValueError):
                return


def test_a_proof_that_comes_too_late_is_not_taken_for_the_next_jobs(tmp_path: Path) -> None:
    times = replace(QUICK, proof_s=0.6)
    with Pty(tmp_path / "printer") as line:
        SlowPrinter(line, late_s=1.1, answers=2).start()  # for the first job, and for the clearing up after it
        settings = PrinterSettings(name="receipts", port=str(line.path))
        printer = EscposPrinter(settings, Events(), simulated=True, times=times)
        owner = Owner(printer)
        printer.start()
        first, second = owner.kitchen("first"), owner.kitchen("second")
        owner.await_states(first, UNKNOWN)
        owner.await_states(second, UNKNOWN)
        printer.stop()


def test_a_silent_printer_has_no_answer(setup: Setup) -> None:
    setup.bench.hang(on=True)
    setup.events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NO_ANSWER)
    skipped = setup.owner.submit("nobody hears")
    setup.owner.await_states(skipped, SKIPPED)
    setup.bench.hang(on=False)
    setup.events.await_health(DeviceState.READY)


def test_unplugged_while_idle_is_noticed_and_the_kitchen_waits(setup: Setup) -> None:
    setup.bench.unplug("printer")
    eventually(lambda: setup.events.health[-1].state is DeviceState.UNAVAILABLE, "unavailable", 1.0)
    ticket, receipt = setup.owner.kitchen("ticket"), setup.owner.submit("receipt")
    setup.owner.await_states(receipt, SKIPPED)
    setup.bench.plug("printer")
    setup.owner.await_states(ticket, CONFIRMED)

    assert setup.texts(1) == ["ticket"]
    assert [h.state for h in setup.events.health].count(DeviceState.UNAVAILABLE) <= 2  # gone, then not found


def test_a_printer_that_is_switched_off_and_on_while_idle(tcp_setup: Setup) -> None:
    tcp_setup.bench.reset()
    tcp_setup.events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.DISCONNECTED)
    tcp_setup.events.await_health(DeviceState.READY)
    tcp_setup.owner.await_states(tcp_setup.owner.submit("after"), CONFIRMED)


def test_noise_and_automatic_status_are_no_proof(setup: Setup) -> None:
    setup.bench.cutter(is_jammed=True)
    job = setup.owner.submit("x")
    eventually(lambda: PrintJobState.SENDING in setup.owner.states[job], "sending")
    for _ in range(4):
        setup.bench.send("printer", bytes.fromhex("14 00 00 00 12 11 13 FF"))
    setup.owner.await_states(job, UNKNOWN)


@pytest.mark.parametrize("unfinished", [False, True])
def test_what_the_last_run_left_is_cut_off_first(tmp_path: Path, tcp_port: str, *, unfinished: bool) -> None:
    simulator = SimulatorSettings(name="printer", device="escpos", port=tcp_port)
    with hosted_bench(settings_with(tmp_path, (simulator,))) as bench:
        with open_transport(tcp_port, BAUD, Wake()) as killed:
            killed.write(job_bytes(CHINESE, 80, "gb18030")[:60], 1.0)
        settings = PrinterSettings(name="receipts", port=tcp_port)
        printer = EscposPrinter(settings, Events(), simulated=True, unfinished=unfinished, times=QUICK)
        printer.start()
        owner = Owner(printer)
        owner.await_states(owner.kitchen("next"), CONFIRMED)
        printer.stop()

        papers = [text_of(paper) for paper in bench.papers(at_least=1, timeout_s=5.0)]
        assert (papers[-1] == "next") is unfinished


def test_stop_in_the_middle_of_a_job_leaves_it_unknown_at_once(tcp_setup: Setup) -> None:
    tcp_setup.bench.after(5, PrinterFault.HANG)
    job = tcp_setup.owner.submit("x")
    eventually(lambda: PrintJobState.SENDING in tcp_setup.owner.states[job], "sending")
    began_s = time.monotonic()
    tcp_setup.owner.printer.stop()

    assert time.monotonic() - began_s < 0.3
    assert tcp_setup.owner.states[job] == UNKNOWN
