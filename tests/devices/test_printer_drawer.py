"""The cash drawer at a printer: real bytes, one pulse an opening, before the paper, never a second time by itself."""

from __future__ import annotations

from kiosk.devices.printer.simulator import PaperState, PrinterFault
from kiosk.services.events import DeviceProblem, DeviceState, PrintJobState
from tests.devices.papers import CHINESE
from tests.devices.printing import CONFIRMED, SKIPPED, UNKNOWN, Setup
from tests.devices.support import eventually, stays


def asks(setup: Setup, *, storage_fails: bool = False) -> list[PrintJobState]:
    """What is reported of it, as it comes."""
    states: list[PrintJobState] = []

    def report(state: PrintJobState) -> None:
        states.append(state)
        if storage_fails and state is PrintJobState.SENDING:
            raise OSError("disk full")

    assert setup.owner.printer.open_drawer(report)
    return states


def test_it_opens_once_and_prints_nothing(setup: Setup) -> None:
    states = asks(setup)
    eventually(lambda: states == CONFIRMED, "opened")

    assert len(setup.bench.drawer()) == 1
    assert setup.bench.papers() == ()


def test_it_opens_before_the_papers_that_wait(setup: Setup) -> None:
    busy = setup.owner.submit(CHINESE)
    receipts = [setup.owner.submit(text) for text in "abcdefghij"]  # some may be out before this thread goes on
    states = asks(setup)
    for job in (busy, *receipts):
        setup.owner.await_states(job, CONFIRMED)

    assert states == CONFIRMED
    (opened_s,) = setup.bench.drawer()
    papers = setup.bench.papers(at_least=1 + len(receipts), timeout_s=5.0)
    assert opened_s < papers[-1].first_byte_s


def test_a_printer_that_cannot_print_refuses_at_once(tcp_setup: Setup) -> None:
    tcp_setup.bench.paper(PaperState.OUT)
    tcp_setup.events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.PAPER_OUT)
    assert not tcp_setup.owner.printer.open_drawer(lambda _state: None)
    tcp_setup.bench.paper(PaperState.OK)
    tcp_setup.events.await_health(DeviceState.READY)

    stays(lambda: not tcp_setup.bench.drawer(), 0.3)


def test_a_printer_that_is_gone_refuses_at_once(tcp_setup: Setup) -> None:
    tcp_setup.bench.unplug("printer")
    eventually(lambda: not tcp_setup.owner.printer.open_drawer(lambda _state: None), "refused")


def test_a_doubtful_end_is_told_and_nothing_is_sent_again(tcp_setup: Setup) -> None:
    """The printer loses power when the pulse has come, before it could say so."""
    tcp_setup.bench.after(5, PrinterFault.RESET)
    states = asks(tcp_setup)
    eventually(lambda: states == UNKNOWN, "told")
    tcp_setup.events.await_health(DeviceState.READY)
    tcp_setup.owner.await_states(tcp_setup.owner.submit("next"), CONFIRMED)

    assert len(tcp_setup.bench.drawer()) <= 1
    assert states == UNKNOWN


def test_what_cannot_be_written_down_is_not_opened(tcp_setup: Setup) -> None:
    states = asks(tcp_setup, storage_fails=True)
    tcp_setup.owner.await_states(tcp_setup.owner.submit("next"), CONFIRMED)

    assert states == [PrintJobState.SENDING]
    assert tcp_setup.bench.drawer() == ()


def test_a_job_that_hangs_keeps_no_drawer_waiting_for_long(tcp_setup: Setup) -> None:
    """The paper before it never ends: the drawer is refused with it, not opened later."""
    tcp_setup.bench.after(40, PrinterFault.HANG)
    hanging = tcp_setup.owner.submit(CHINESE)
    eventually(lambda: tcp_setup.owner.states[hanging] == [PrintJobState.SENDING], "begun")
    states = asks(tcp_setup)
    tcp_setup.owner.await_states(hanging, UNKNOWN)
    eventually(lambda: states == SKIPPED, "refused")
    tcp_setup.bench.hang(on=False)
    tcp_setup.events.await_health(DeviceState.READY)

    stays(lambda: not tcp_setup.bench.drawer(), 0.3)
