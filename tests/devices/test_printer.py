"""The printer's driver against a simulated printer over TCP and a serial line: what is printed, what is reported."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.devices.printer.driver import MAX_WAITING_JOBS
from kiosk.devices.printer.simulator import PaperState
from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import Paper, PaperKind, QrCode
from kiosk.services.events import DeviceProblem, DeviceState
from kiosk.services.ports import PrintJob
from tests.devices.papers import CHINESE
from tests.devices.printing import CONFIRMED, SKIPPED, Setup, running
from tests.devices.support import eventually


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
