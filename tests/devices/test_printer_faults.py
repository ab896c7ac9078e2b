"""What can go wrong with a printer, before a job and inside it: what is reported, and that the next ticket is clean."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.devices.bench.client import BenchClient
from kiosk.devices.printer.driver import EscposPrinter
from kiosk.devices.printer.escpos_parser import EscposParser
from kiosk.devices.printer.simulator import PaperState, PrinterFault
from kiosk.devices.transport import open_transport
from kiosk.devices.wake import Wake
from kiosk.domain.receipt import PaperKind
from kiosk.services.events import DeviceProblem, DeviceState, PrintJobState
from kiosk.settings.devices import PrinterSettings, SimulatorSettings
from tests.devices.papers import CHINESE, job_bytes
from tests.devices.printing import BAUD, CONFIRMED, QUICK, SKIPPED, UNKNOWN, Owner, Setup, running, text_of
from tests.devices.support import Events, Pty, eventually, hosted_bench, settings_with, stays


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
